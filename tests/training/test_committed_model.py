"""The committed ``model/`` is complete, loads everywhere, and states what was measured."""

import os
from pathlib import Path

import pytest
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from archive.quantization_cost import LARGEST_LOSS, compare, loss_of, read_record
from evaluation.dataset import load_split
from evaluation.gold import gold_comments
from goemotions.encoders.onnx_encoder import OnnxEncoder
from goemotions.model_info import ModelInfo
from goemotions.tokens import CommentTokenizer

pytestmark = pytest.mark.weights

MODEL = Path(__file__).parents[2] / "model"


@pytest.fixture(scope="module")
def info():
    return ModelInfo.load(MODEL / "config.json")


@pytest.fixture(scope="module")
def model():
    return AutoModelForSequenceClassification.from_pretrained(MODEL, dtype="float32")


def test_it_was_measured_to_hit_at_least_66_percent_on_test(info):
    assert info.quality["test"]["hit_rate"] >= 0.66


@pytest.mark.parametrize("split", ["dev", "test"])
def test_its_card_says_what_its_configuration_says(info, split):
    quality = info.quality[split]
    shown = f"{100 * quality['hit_rate']:.1f} ± {100 * quality['standard_error']:.1f} %"
    assert shown in (MODEL / "README.md").read_text(encoding="utf-8")


@pytest.mark.skipif(not os.environ.get("GOEMOTIONS_DIR"), reason="needs GOEMOTIONS_DIR")
def test_int8_costs_what_is_recorded_and_little_of_it(float32_graph, int8_graph):
    recorded, dev = read_record(MODEL), load_split("dev")
    assert recorded.comments == len(dev)
    encoders = OnnxEncoder(float32_graph), OnnxEncoder(int8_graph)
    # Every sixth one, for the time; by chance they differ from all by less than these bounds.
    found = compare(*encoders, MODEL, gold_comments(dev[::6]))
    assert recorded.hit_rate == pytest.approx(found.hit_rate, abs=0.05)
    assert recorded.changed_answers == pytest.approx(found.changed_answers, abs=0.015)
    assert loss_of(found) == pytest.approx(loss_of(recorded), abs=0.01)
    assert loss_of(recorded) <= LARGEST_LOSS


def test_its_weights_lack_nothing_and_hold_nothing_else():
    _, report = AutoModelForSequenceClassification.from_pretrained(MODEL, output_loading_info=True)
    assert not any(report.values())


@pytest.mark.parametrize(
    "text",
    [
        "Thanks [NAME], that made my day!",
        "The [RELIGION] holidays, naïvely spent",
        "WHAT?!  Two  spaces",
        "one sentence of many words, " * 12,
    ],
)
def test_transformers_reads_a_text_as_the_service_does(text, info):
    theirs = AutoTokenizer.from_pretrained(MODEL)(text)["input_ids"]
    ours = CommentTokenizer(MODEL / "tokenizer.json", info.max_tokens).tokenize([text])[0]
    assert list(ours.ids) == theirs


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Thank you so much for your help!", "gratitude"),
        ("I love you", "love"),
        ("I'm so sorry, that was my fault", "remorse"),
        ("lol that is hilarious", "amusement"),
        ("I'm scared to death", "fear"),
        ("The train leaves at nine.", "neutral"),
    ],
)
@torch.inference_mode()
def test_it_answers_plain_cases(model, text, label):
    inputs = AutoTokenizer.from_pretrained(MODEL)(text, return_tensors="pt")
    assert model.config.id2label[int(model(**inputs).logits.argmax())] == label
