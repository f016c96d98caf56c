"""The check that a contender answers as the model does: a fast wrong answer is worth nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.contenders.bare import BareEncoder
from benchmarks.contenders.contender import Running
from benchmarks.contenders.setup import Setup
from benchmarks.errors import ContenderError

_CHECKED: Final = 100
# Runtimes round differently, so a label may flip if two scores are all but equal.
_LEAST_SHARE: Final = 0.97


@dataclass(frozen=True, slots=True)
class Reference:
    """Comments, and the label that the archive's own encoder gives to each."""

    comments: Sequence[str]
    labels: Sequence[str]

    @classmethod
    def of(cls, setup: Setup) -> "Reference":
        """The reference for the first comments of the workload."""
        comments = setup.workload.comments[:_CHECKED]
        return cls(comments, BareEncoder(setup.unpacked, setup.settings).labels(comments))

    def agreement(self, running: Running) -> float:
        """The share of equal labels, 0 to 1; raises ``ContenderError`` if it is too small."""
        answers = running.labels(self.comments)
        pairs = list(zip(self.comments, self.labels, answers, strict=True))
        wrong = [pair for pair in pairs if pair[1] != pair[2]]
        share = 1 - len(wrong) / len(pairs)
        if share < _LEAST_SHARE:
            comment, label, answer = wrong[0]
            raise ContenderError(
                f"it answers {len(wrong)} of {len(pairs)} comments otherwise than the model: "
                f"{comment!r} with {answer} in place of {label}"
            )
        return share
