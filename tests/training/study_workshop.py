"""A folder in which real trainings of a tiny encoder are queued."""

import json
import os
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).parents[2]
SECONDS = 300

BASE = """
question = "baseline"
[settings]
batch_size = 4
learning_rate = 5e-3
average_decay = 0.5
max_tokens = 16
served_max_tokens = 32
precision = "fp32"
base_encoder = "{encoder}"
"""
RUNGS = """
[[rungs]]
about = "short"
settings = {{ epochs = {epochs} }}
seeds = [1]
baseline_seeds = [1, 2]
margin = -100.0

[[rungs]]
about = "long"
settings = {{ epochs = 2 }}
seeds = [1]
baseline_seeds = [1]
"""


class Workshop:
    """A folder with experiments, runs and documents, and the command to work on them."""

    def __init__(self, folder, encoder, comments, epochs, experiments):
        self.folder, self.runs, self.started = folder, folder / "runs", []
        self.experiments, self.documents = folder / "experiments", folder / "docs"
        data = folder / "data"
        for each in (self.experiments, data):
            each.mkdir()
        files = {"base": BASE.format(encoder=encoder), "rungs": RUNGS.format(epochs=epochs)}
        for name, text in {**files, **experiments}.items():
            (self.experiments / f"{name}.toml").write_text(text, encoding="utf-8")
        rows = [f"{c.text}\t{','.join(map(str, c.source_indices))}\t{c.id}\n" for c in comments]
        for split in ("train", "dev"):
            (data / f"{split}.tsv").write_text("".join(rows), encoding="utf-8")
        self.env = {
            **os.environ,
            "GOEMOTIONS_DIR": str(data),
            "PYTHONPATH": f"{TOP}{os.pathsep}{TOP / 'handler'}",
        }

    def start(self, command, *options):
        folders = [f"--runs={self.runs}", f"--experiments={self.experiments}"]
        process = subprocess.Popen(
            [
                sys.executable, "-m", "training.study", command, *folders,
                f"--to={self.documents}", *options,
            ],
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )  # fmt: skip
        self.started.append(process)
        return process

    def stop(self):
        """Stop what still runs, with what it trains."""
        for process in self.started:
            if process.poll() is None:
                process.terminate()
                process.communicate(timeout=SECONDS)

    def call(self, command, *options):
        """The exit code and what was printed."""
        process = self.start(command, *options)
        output, _ = process.communicate(timeout=SECONDS)
        return process.returncode, output

    def run(self, name):
        return self.runs / name

    def record(self, name):
        return json.loads((self.run(name) / "run.json").read_text())
