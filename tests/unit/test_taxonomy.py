import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from evaluation.gold import fold_gold
from goemotions.calibration import softmax
from goemotions.taxonomy import GROUPS, LABEL_OF_SOURCE, LABELS, SOURCE_LABELS, Taxonomy, fold

logits_28 = npst.arrays(
    np.float32,
    st.tuples(st.integers(0, 5), st.just(28)),
    elements=st.floats(-50, 50, width=32),
)


def test_there_are_28_source_labels_and_14_served_ones():
    assert (len(SOURCE_LABELS), len(LABELS)) == (28, 14)


def test_each_source_label_stands_in_exactly_one_group():
    grouped = [source for sources in GROUPS.values() for source in sources]
    assert sorted(grouped) == sorted(SOURCE_LABELS)


@pytest.mark.parametrize("label", LABELS)
def test_a_served_label_is_in_its_own_group(label):
    assert LABEL_OF_SOURCE[label] == label


@pytest.mark.parametrize("source", SOURCE_LABELS)
def test_a_source_label_that_stands_out_folds_into_its_own_label(source):
    logits = np.zeros((1, 28), np.float32)
    logits[0, SOURCE_LABELS.index(source)] = 5
    assert LABELS[fold(logits)[0].argmax()] == LABEL_OF_SOURCE[source]


@given(logits_28)
def test_folding_gives_a_label_the_summed_probability_of_its_group(logits):
    folded = fold(logits)
    assert folded.shape == (len(logits), 14)
    assert folded.dtype == np.float32
    probabilities = softmax(logits, 1.0)
    for column, label in enumerate(LABELS):
        group = [SOURCE_LABELS.index(source) for source in GROUPS[label]]
        summed = probabilities[:, group].sum(axis=1)
        assert softmax(folded, 1.0)[:, column] == pytest.approx(summed, abs=1e-5)


def test_gold_labels_fold_into_a_set_of_served_ones():
    assert fold_gold([0, 4, 25]) == {"admiration", "sadness"}


def test_each_taxonomy_names_its_labels():
    assert Taxonomy.SERVED.labels == LABELS
    assert Taxonomy.ORIGINAL.labels == SOURCE_LABELS
