"""Scores and answers that a test can count by hand."""

import numpy as np

from evaluation.dataset import Comment
from evaluation.gold import fold_probabilities, folded_gold, source_gold
from evaluation.quality_report.scored import Scored
from goemotions.calibration import Calibration, softmax
from goemotions.classifier import Classification
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
    source = softmax(logits)
    return {
        Taxonomy.SERVED: Scored(Taxonomy.SERVED, fold_probabilities(source), folded_gold(comments)),
        Taxonomy.ORIGINAL: Scored(Taxonomy.ORIGINAL, source, source_gold(comments)),
    }


def random_comments(number, seed):
    random = np.random.default_rng(seed)
    words, sources = _WORDS.split(), range(len(SOURCE_LABELS))
    return [
        Comment(
            text=" ".join(random.choice(words, random.integers(4, 25))),
            source_indices=tuple(
                sorted(random.choice(sources, random.integers(1, 3), replace=False).tolist())
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


class WordClassifier:
    """Gives a comment the label and the score of the first of its words that is known.

    ``known`` maps a word to ``(label, score)``; the rest of the score is spread evenly. A comment
    without such a word is neutral. What was asked is kept in ``asked``.
    """

    def __init__(self, **known):
        self._known = known
        self.asked = []

    def classify(self, comments):
        self.asked.extend(comments)
        return [self._answer(comment) for comment in comments]

    def _answer(self, comment):
        words = comment.lower().replace(".", "").split()
        known = (self._known[word] for word in words if word in self._known)
        label, score = next(known, ("neutral", 0.9))
        scores = np.full(len(LABELS), (1 - score) / (len(LABELS) - 1))
        scores[LABELS.index(label)] = score
        return Classification({Taxonomy.SERVED: scores}, tokens=len(words), truncated=False)
