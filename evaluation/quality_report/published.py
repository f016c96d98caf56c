"""What others publish for several labels a comment, over 28, on GoEmotions' test split."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Published:
    """One publication's macro-F1 on all 5,427 test comments.

    ``thresholds``  how its labels were named, which decides what it can be compared with.
    """

    model: str
    parameters_millions: int
    macro_f1: float
    thresholds: str
    source: str
    url: str


_STUDY: Final = (
    "master's thesis, Long Island University, 2026",
    "https://digitalcommons.liu.edu/brooklyn_fulltext_master_theses/54",
)

PUBLISHED: Final = (
    Published(
        "BERT-base",
        108,
        0.46,
        "0.3 for all, in the authors' code",
        "Demszky et al. 2020, the data set's own paper",
        "https://arxiv.org/abs/2005.00547",
    ),
    Published(
        "BERT-base, monologg",
        108,
        0.488,
        "0.3 for all; the best of several checkpoints",
        "its repository",
        "https://github.com/monologg/GoEmotions-pytorch",
    ),
    Published("RoBERTa-base, SamLowe", 125, 0.450, "0.5 for all", *_STUDY),
    Published("RoBERTa-base, SamLowe", 125, 0.541, "each label's, tuned on test itself", *_STUDY),
    Published("ModernBERT-base, cirimus", 149, 0.471, "0.5 for all", *_STUDY),
    Published(
        "ModernBERT-base, cirimus", 149, 0.554, "each label's, tuned on test itself", *_STUDY
    ),
    Published(
        "MiniLMv2-L6-H384 distilled from RoBERTa-large, int8, minuva",
        30,
        0.482,
        "not said",
        "its model card",
        "https://huggingface.co/minuva/MiniLMv2-goemotions-v2-onnx",
    ),
)
