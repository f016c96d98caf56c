"""Scores that a test can count by hand."""

import numpy as np

from evaluation.dataset import Comment
from evaluation.gold import fold_gold
from evaluation.quality_report.scored import Scored
from goemotions.calibration import Calibration
from goemotions.model_info import ModelInfo
from goemotions.taxonomy import LABELS, SOURCE_LABELS, Taxonomy

_WORDS = "so many different words that nobody wrote on purpose into this 😀 NOT [NAME] ?"


def scored(*rows, taxonomy=Taxonomy.SERVED):
    """Each row is "gold labels", "answer", score; the rest of the score is spread evenly."""
    labels = taxonomy.labels
    scores = np.empty((len(rows), len(labels)))
    gold = np.zeros((len(rows), len(labels)), bool)
    for row, (wanted, answer, score) in enumerate(rows):
        scores[row] = (1 - score) / (len(labels) - 1)
        scores[row, labels.index(answer)] = score
        gold[row, [labels.index(label) for label in wanted.split()]] = True
    return Scored(taxonomy, scores, gold)


def comment(text="some words", labels="neutral", id="id0"):  # noqa: A002 - the field's name
    return Comment(text, tuple(sorted(SOURCE_LABELS.index(each) for each in labels.split())), id)


def random_split(comments, seed):
    """By taxonomy, scores of ``comments`` that are right more often than not."""
    random = np.random.default_rng(seed)
    logits = random.normal(0, 1, (len(comments), len(SOURCE_LABELS)))
    for row, each in enumerate(comments):
        logits[row, random.choice(each.source_indices)] += 2.5
    source = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    groups = np.array(
        [[label in fold_gold([index]) for label in LABELS] for index in range(len(SOURCE_LABELS))]
    )
    gold = np.array(
        [[index in each.source_indices for index in range(len(SOURCE_LABELS))] for each in comments]
    )
    return {
        Taxonomy.SERVED: Scored(Taxonomy.SERVED, source @ groups, gold @ groups),
        Taxonomy.ORIGINAL: Scored(Taxonomy.ORIGINAL, source, gold),
    }


def random_comments(number, seed):
    random = np.random.default_rng(seed)
    words = _WORDS.split()
    return [
        Comment(
            text=" ".join(random.choice(words, random.integers(4, 25))),
            source_indices=tuple(
                sorted(
                    random.choice(len(SOURCE_LABELS), random.integers(1, 3), replace=False).tolist()
                )
            ),
            id=f"c{seed}x{row:04}",
        )
        for row in range(number)
    ]


# Three hits, and two mistakes that are answered neutral.
SPLIT = scored(
    ("joy", "joy", 0.9),
    ("joy love", "love", 0.8),
    ("joy", "neutral", 0.7),
    ("anger sadness", "neutral", 0.6),
    ("neutral", "neutral", 0.5),
)

INFO = ModelInfo(
    version="7.8.9",
    architecture="bert",
    max_tokens=32,
    calibration=dict.fromkeys(Taxonomy, Calibration()),
    quality={},
)
