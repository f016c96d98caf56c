"""The cost of a quantised encoder: compared, told, and refused if it is too high."""

import json
import sys

import numpy as np
import pytest

from archive.quantization_cost import (
    QuantizationError,
    compare,
    loss_of,
    refuse_loss,
    save_quantization,
)
from evaluation.dataset import DataUnavailableError
from evaluation.gold import fold_gold
from goemotions.errors import ModelFolderError
from goemotions.quantization import Quantization
from goemotions.taxonomy import SOURCE_LABELS
from scripts.package import load_dev
from tests.bag_of_labels import SPECIAL, BagOfLabels

FOUND = Quantization("int8", 1000, hit_rate=0.66, hit_rate_fp32=0.665, changed_answers=0.02)


class Blind:
    """An encoder that takes the source label ``unseen`` for ``taken_for``."""

    def __init__(self, unseen, taken_for):
        self._ids = [len(SPECIAL) + SOURCE_LABELS.index(label) for label in (unseen, taken_for)]

    labels = 28

    def logits(self, batch):
        unseen, taken_for = self._ids
        read = [[taken_for if token == unseen else token for token in ids] for ids in batch]
        return BagOfLabels().logits(read)


@pytest.fixture
def model(tokenizer_file, tmp_path):
    config = {
        "model_type": "bert",
        "id2label": dict(enumerate(SOURCE_LABELS)),
        "goemotions": {
            "version": "1",
            "max_tokens": 8,
            "log_temperature": {"served": [0], "original": [0]},
            "quality": {},
        },
    }
    (tmp_path / "config.json").write_text(json.dumps(config))
    return tokenizer_file.parent


def comment(text, *labels):
    return text, fold_gold(SOURCE_LABELS.index(label) for label in labels)


def test_hits_and_changed_answers_of_both_are_counted(model):
    comments = [
        comment("joy", "joy"),
        comment("love", "love"),
        comment("joy joy", "anger", "excitement"),
        comment("fear", "love"),
    ]
    found = compare(BagOfLabels(), Blind("joy", "anger"), model, comments)
    assert found == Quantization("int8", 4, 0.5, hit_rate_fp32=0.75, changed_answers=0.5)


def test_an_answer_within_the_same_group_of_labels_is_no_other_answer(model):
    found = compare(BagOfLabels(), Blind("fear", "grief"), model, [comment("fear", "sadness")])
    assert (loss_of(found), found.changed_answers) == (0, 0)


def test_what_was_saved_is_loaded(tmp_path):
    save_quantization(FOUND, tmp_path)
    assert Quantization.load(tmp_path) == FOUND


def test_an_archive_without_the_file_is_not_quantised(tmp_path):
    assert Quantization.load(tmp_path) is None


@pytest.mark.parametrize("content", ["{", "[]", '{"precision": "int8"}'])
def test_a_spoilt_file_says_what_to_do(content, tmp_path):
    (tmp_path / "served_quantization.json").write_text(content)
    with pytest.raises(ModelFolderError, match=r"served_quantization\.json: .*make package"):
        Quantization.load(tmp_path)


@pytest.mark.parametrize("largest_loss", [0.0051, 0.1])
def test_a_loss_within_the_limit_is_accepted(largest_loss):
    refuse_loss(FOUND, largest_loss)


def test_a_loss_above_the_limit_is_refused_with_both_rates():
    message = r"loses 0\.50 points .* \(0\.6650 to 0\.6600\), and at most 0\.4 .*with QUANTIZE=none"
    with pytest.raises(QuantizationError, match=message):
        refuse_loss(FOUND, largest_loss=0.004)


def test_a_gain_is_accepted_and_half_a_point_is_the_limit():
    refuse_loss(Quantization("int8", 100, 0.7, hit_rate_fp32=0.6, changed_answers=0.2))
    with pytest.raises(QuantizationError):
        refuse_loss(Quantization("int8", 100, 0.65, hit_rate_fp32=0.66, changed_answers=0.2))


def test_without_the_data_set_it_says_how_to_have_it(monkeypatch, tmp_path):
    monkeypatch.setenv("GOEMOTIONS_DIR", str(tmp_path))
    with pytest.raises(DataUnavailableError, match=r"dev\.tsv"):
        load_dev()


def test_without_the_training_packages_it_says_which_is_missing(monkeypatch):
    # How Python itself marks what can't be imported.
    monkeypatch.setitem(sys.modules, "datasets", None)
    monkeypatch.delenv("GOEMOTIONS_DIR", raising=False)
    with pytest.raises(QuantizationError, match=r"datasets is missing.*requirements/train\.txt"):
        load_dev()


def test_labels_are_compared_for_each_comment_in_order(model):
    comments = [comment("joy", "joy"), comment("anger", "anger")] * 3
    found = compare(BagOfLabels(), BagOfLabels(), model, comments)
    assert (found.hit_rate, found.changed_answers) == (1, 0)
    assert np.isclose(loss_of(found), 0)
