"""The encoder on a CPU: ONNX Runtime over packed comments."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from goemotions.encoders.packing import INPUTS, PackedRun, infer_packed
from goemotions.encoders.protocol import require_at_least_one

OUTPUT: Final = "logits"
# A key in the metadata of a quantised graph. Such a graph scales all activations of a run by the
# largest of them, so that comments in the same run would change each other's logits.
ONE_COMMENT_A_RUN: Final = "one_comment_a_run"


class OnnxEncoder:
    """Logits by the graph that ``archive.export_onnx`` writes."""

    def __init__(self, model_file: Path, threads: int = 1, run_tokens: int = 160) -> None:
        """Load the graph.

        ``threads`` is the number of threads of one inference; several processes with one thread
        each answer more than one process with several. ``run_tokens`` is the number of tokens that
        are computed at once: the cost of attention grows with its square, and the cost of all else
        falls a little; from 96 to 224 the sum was measured to be the same. A graph with
        ``ONE_COMMENT_A_RUN`` in its metadata ignores it.

        Raises ``FileNotFoundError``, and ``ValueError`` for a number below 1 or for a file that
        is not such a graph.
        """
        require_at_least_one(threads=threads, run_tokens=run_tokens)
        self._session = _load(model_file, threads)
        self.labels: int = self._session.get_outputs()[0].shape[-1]
        metadata = self._session.get_modelmeta().custom_metadata_map
        # A comment of more tokens than ``run_tokens`` is a run of its own, so 1 separates them all.
        self._run_tokens = 1 if ONE_COMMENT_A_RUN in metadata else run_tokens

    def logits(self, batch: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        """The logits ``(batch, labels)`` of comments given as token ids, in the order of the batch.

        Raises ``ValueError`` for a comment without tokens.
        """
        return infer_packed(batch, self._run_tokens, self.labels, self._infer)

    def _infer(self, run: PackedRun) -> NDArray[np.float32]:
        feeds = {name: getattr(run, name) for name in INPUTS}
        logits: NDArray[np.float32]
        (logits,) = self._session.run([OUTPUT], feeds)
        return logits


def _load(model_file: Path, threads: int) -> onnxruntime.InferenceSession:
    if not model_file.is_file():
        raise FileNotFoundError(f"no {model_file.name} in {model_file.parent}; run `make package`")
    try:
        session = onnxruntime.InferenceSession(
            model_file, _session_options(threads), providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # ONNX Runtime's errors have no other base class in common
        raise ValueError(f"{model_file} can't be loaded: {error}; run `make package`") from error
    _check_interface(session, model_file)
    return session


def _check_interface(session: onnxruntime.InferenceSession, model_file: Path) -> None:
    inputs = tuple(each.name for each in session.get_inputs())
    if inputs != INPUTS:
        raise ValueError(f"{model_file} takes {inputs} and not {INPUTS}; run `make package`")


def _session_options(threads: int) -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # A thread that spins between two batches takes the core from another worker.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # Neither gives memory back: the arena keeps that of the longest run, and the patterns keep a
    # plan for each size of run. Without them, runs were measured to be no slower.
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    return options
