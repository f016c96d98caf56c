"""The encoder that serves: ONNX Runtime over packed comments, on the CPU."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from goemotions.encoders.packing import INPUTS, PackedRun, infer_packed
from goemotions.encoders.protocol import require_at_least_one

OUTPUT: Final = "logits"
# Noted in the metadata of a quantised graph: it scales the activations of a run by the largest of
# them, so that comments which shared a run would change each other's logits.
ONE_COMMENT_A_RUN: Final = "one_comment_a_run"


class OnnxEncoder:
    """Logits by the graph that ``archive.export_onnx`` writes."""

    def __init__(self, model_file: Path, threads: int = 1, run_tokens: int = 160) -> None:
        """Load the graph.

        ``threads`` is what one inference may use; several processes of one thread answer more
        than one process of several. ``run_tokens`` is how many tokens are computed at once: the
        cost of attention grows with its square, that of the rest of a token shrinks a little, and
        from 96 to 224 neither shows. A graph that is noted to take one comment a run gets one.

        Raises ``FileNotFoundError``, and ``ValueError`` for a number below 1 or for a file that
        is not such a graph.
        """
        require_at_least_one(threads=threads, run_tokens=run_tokens)
        self._session = _load(model_file, threads)
        self.labels: int = self._session.get_outputs()[0].shape[-1]
        notes = self._session.get_modelmeta().custom_metadata_map
        # A comment of more tokens than a run may have is a run of its own.
        self._run_tokens = 1 if ONE_COMMENT_A_RUN in notes else run_tokens

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
    except Exception as error:  # ONNX Runtime's errors share no base class but this one
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
    # A thread that spins between two batches takes its core from the worker beside it.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # Both keep what they once took: the arena the memory of the longest run, the patterns a plan
    # for each size of run ever seen. Without them a run was measured to be no slower.
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    return options
