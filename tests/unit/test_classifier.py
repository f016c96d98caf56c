"""Comments to scores, by an encoder small enough for memory."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goemotions.classifier import Classifier
from goemotions.errors import ModelFolderError
from goemotions.taxonomy import GROUPS, LABELS, SOURCE_LABELS, Taxonomy

comments = st.lists(st.lists(st.sampled_from(SOURCE_LABELS), max_size=9).map(" ".join), max_size=5)


def test_no_comments_are_no_classifications(classifier):
    assert classifier.classify([]) == []


@pytest.mark.parametrize(("comment", "label"), [("love", "love"), ("fear fear joy", "sadness")])
def test_the_label_is_the_served_one_with_the_highest_score(classifier, comment, label):
    (classification,) = classifier.classify([comment])
    assert classification.label == label
    assert classification.score == classification.scores[Taxonomy.SERVED][LABELS.index(label)]


def test_how_much_of_a_comment_was_read_is_told(classifier):
    short, long = classifier.classify(["joy", "joy " * 9])
    assert (short.tokens, short.truncated) == (3, False)
    assert (long.tokens, long.truncated) == (8, True)


def test_each_taxonomy_has_its_own_calibration(classifier):
    (classification,) = classifier.classify(["joy"])
    scores = classification.scores
    joy = SOURCE_LABELS.index("joy")
    assert scores[Taxonomy.ORIGINAL][joy] == pytest.approx(np.exp(4 / 2) / (np.exp(4 / 2) + 27))
    # joy's group has excitement beside it, with a logit of 0.
    sizes = np.array([len(group) for group in GROUPS.values()])
    groups = np.where(np.array(LABELS) == "joy", np.exp(4) + 1, sizes) ** (1 / 0.5)
    assert scores[Taxonomy.SERVED] == pytest.approx(groups / groups.sum())


@given(batch=comments)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_scores_sum_to_1_keep_their_order_and_do_not_depend_on_the_batch(classifier, batch):
    for comment, together in zip(batch, classifier.classify(batch), strict=True):
        (alone,) = classifier.classify([comment])
        for taxonomy in Taxonomy:
            assert together.scores[taxonomy].shape == (len(taxonomy.labels),)
            assert together.scores[taxonomy].sum() == pytest.approx(1)
            assert np.array_equal(together.scores[taxonomy], alone.scores[taxonomy])


def test_an_encoder_of_other_labels_says_what_to_do():
    class OfFourteen:
        labels = 14

    with pytest.raises(ModelFolderError, match=r"knows 14 labels and not the 28.*make train"):
        Classifier(None, OfFourteen(), {})
