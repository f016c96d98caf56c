"""Heads read the first token or the mean; layers get their share of the learning rate."""

import pytest
import torch
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    DistilBertConfig,
    DistilBertForSequenceClassification,
    MPNetConfig,
    MPNetForSequenceClassification,
    RobertaConfig,
    RobertaForSequenceClassification,
)

from training.base_encoder import load_classifier, spaced_layers
from training.batches import model_inputs
from training.classification import classify
from training.errors import TrainingSettingsError
from training.loop.comment_trainer import scale_of

pytestmark = pytest.mark.weights

SMALL = {
    "vocab_size": 40,
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 32,
    "max_position_embeddings": 40,
    "num_labels": 28,
}
MODELS = [
    (BertForSequenceClassification, BertConfig),
    (MPNetForSequenceClassification, MPNetConfig),
    (RobertaForSequenceClassification, RobertaConfig),
]


@pytest.fixture(params=MODELS, ids=lambda model: model[1].model_type)
def model(request):
    kind, config = request.param
    return kind(config(**SMALL)).eval()


@torch.inference_mode()
def test_the_first_token_is_what_the_models_own_head_reads(model):
    inputs = model_inputs([(5, 6, 7), (5, 8)])
    torch.testing.assert_close(classify(model, inputs, "first"), model(**inputs).logits)


@torch.inference_mode()
def test_the_mean_of_one_token_is_that_token(model):
    inputs = model_inputs([(5,), (9,)])
    torch.testing.assert_close(classify(model, inputs, "mean"), classify(model, inputs, "first"))


@torch.inference_mode()
def test_padding_is_no_part_of_the_mean(model):
    alone = classify(model, model_inputs([(5, 6, 7)]), "mean")
    padded = classify(model, model_inputs([(5, 6, 7), (5, 6, 7, 8, 9, 10)]), "mean")
    torch.testing.assert_close(padded[:1], alone, atol=1e-5, rtol=1e-5)


def test_a_head_that_is_not_known_is_named():
    model = DistilBertForSequenceClassification(
        DistilBertConfig(vocab_size=40, dim=16, n_layers=1, n_heads=2, hidden_dim=32)
    )
    with pytest.raises(TrainingSettingsError, match="and not distilbert"):
        classify(model, model_inputs([(5, 6)]), "mean")


def test_each_layer_learns_a_share_of_the_one_above_it(model):
    scales = {scale_of(name, 2, 0.5) for name, _ in model.named_parameters()}
    assert scales == {1.0, 0.5, 0.25, 0.125}
    assert {scale_of(name, 2, 1.0) for name, _ in model.named_parameters()} == {1.0}


def test_the_head_learns_at_the_full_rate(model):
    heads = [name for name, _ in model.named_parameters() if "classifier" in name]
    assert {scale_of(name, 2, 0.5) for name in heads} == {1.0}


@pytest.mark.parametrize(
    ("layers", "kept", "indices"), [(6, 3, [0, 2, 5]), (6, 6, [0, 1, 2, 3, 4, 5]), (12, 2, [0, 11])]
)
def test_kept_layers_are_spaced_evenly(layers, kept, indices):
    assert spaced_layers(layers, kept) == indices


def test_more_layers_than_there_are_can_not_be_kept():
    with pytest.raises(TrainingSettingsError, match="layers is 7, and the encoder has 6"):
        spaced_layers(6, 7)


def test_a_kept_layer_has_the_weights_of_the_original(base_encoder):
    whole, part = load_classifier(base_encoder), load_classifier(base_encoder, layers=1)
    assert part.config.num_hidden_layers == len(part.bert.encoder.layer) == 1
    name = "attention.self.query.weight"
    first = whole.bert.encoder.layer[0].state_dict()[name]
    assert part.bert.encoder.layer[0].state_dict()[name].equal(first)
