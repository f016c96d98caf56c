"""Hit rates of a split, and precision, recall and F1 label by label."""

import numpy as np
from numpy.typing import NDArray

from evaluation.accuracy import measure_labels, one_of_each_row
from evaluation.formats import Figures
from evaluation.intervals import Share, bootstrap_interval
from evaluation.quality_report.scored import Scored


def hit_rates(scored: Scored, unseen: NDArray[np.bool_]) -> dict[str, Share | None]:
    """Shares of comments; ``unseen`` ``(comments,)`` says whose text is nowhere in train.

    ``all``             answered with one of their gold labels.
    ``unseen``          the same, of those whose text is not in train; None if there are none.
    ``first_or_second`` whose highest or second highest score is a gold label's.
    ``always_neutral``  that ``neutral`` would hit.
    ``several_gold``    that have more than one gold label.
    """
    second_hits = scored.gold[np.arange(len(scored)), scored.second_answers]
    return {
        "all": Share.among(scored.hits),
        "unseen": Share.among(scored.hits[unseen]) if unseen.any() else None,
        "first_or_second": Share.among(scored.hits | second_hits),
        "always_neutral": Share.among(scored.gold[:, scored.labels.index("neutral")]),
        "several_gold": Share.among(scored.gold.sum(axis=1) > 1),
    }


def label_table(scored: Scored) -> Figures:
    """The figures of one answer a comment, its label of the highest score.

    ``labels``       those of each label.
    ``mean_scores``  by label: the mean score of the answers with it, which its precision should
                     equal; NaN for a label that is no comment's answer.
    ``macro_f1``, ``macro_f1_interval``, ``micro_f1``  as `f1_figures` has them.
    """
    answered = one_of_each_row(scored.answers, len(scored.labels))
    sums, counts = scored.top_scores @ answered, answered.sum(axis=0)
    means = np.divide(sums, counts, out=np.full_like(sums, np.nan), where=counts > 0)
    return {
        "labels": measure_labels(scored.labels, scored.gold, scored.answers),
        "mean_scores": dict(zip(scored.labels, means.tolist(), strict=True)),
        **f1_figures(scored.gold, answered),
    }


def f1_figures(gold: NDArray[np.bool_], named: NDArray[np.bool_]) -> Figures:
    """The F1 of two ``(comments, labels)``: ``micro_f1`` is that of all labels' counts added up."""
    return {
        "macro_f1": macro_f1(gold, named),
        "macro_f1_interval": bootstrap_interval(
            lambda rows: macro_f1(gold[rows], named[rows]), len(gold)
        ),
        "micro_f1": float(2 * (gold & named).sum() / (gold.sum() + named.sum())),
    }


def macro_f1(gold: NDArray[np.bool_], named: NDArray[np.bool_]) -> float:
    """The mean F1 over the columns of two ``(comments, labels)``; empty columns are left out.

    The figure of `evaluation.accuracy`, in a form fast enough for the bootstrap.
    """
    sizes = gold.sum(axis=0) + named.sum(axis=0)
    both = (gold & named).sum(axis=0)
    return float((2 * both[sizes > 0] / sizes[sizes > 0]).mean())
