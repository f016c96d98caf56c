"""A model of another architecture than BERT, from its folder to a worker's answer."""

import json

import pytest
import torch
from transformers import AutoModelForSequenceClassification, PreTrainedTokenizerFast

from archive.build import build_archive
from archive.inputs import ArchiveInputs
from goemotions.errors import ModelFolderError
from goemotions.taxonomy import SOURCE_LABELS
from tests.encoder.roberta import MAX_TOKENS, SENTENCES, write_roberta
from tests.handler.conftest import Server, body

pytestmark = pytest.mark.weights


@pytest.fixture(scope="module")
def server(unpacked_roberta):
    return Server(unpacked_roberta)


def test_the_archive_has_its_configuration_weights_and_tokenizer_and_no_graph(
    roberta, unpacked_roberta
):
    for name in ("config.json", "model.safetensors", "tokenizer.json"):
        assert (unpacked_roberta / name).read_bytes() == (roberta / name).read_bytes()
    assert not (unpacked_roberta / "model.onnx").exists()


def test_a_worker_s_scores_are_those_of_transformers(server, roberta):
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(roberta / "tokenizer.json"))
    model = AutoModelForSequenceClassification.from_pretrained(roberta, dtype=torch.float32).eval()
    parameters = {"top_k": None, "taxonomy": "original"}
    ((status, reply, _),) = server.ask([body({"inputs": SENTENCES, "parameters": parameters})])
    assert status == 200
    for text, scores in zip(SENTENCES, json.loads(reply), strict=True):
        with torch.inference_mode():
            logits = model(torch.tensor([tokenizer(text)["input_ids"]])).logits
        expected = dict(zip(SOURCE_LABELS, logits.softmax(dim=-1)[0].tolist(), strict=True))
        assert {each["label"]: each["score"] for each in scores} == pytest.approx(
            expected, abs=1e-4
        )


def test_plain_comments_are_answered_among_long_ones_and_refused_ones(server):
    rows = [body({"comment": "so sad"}), body({}), body({"comment": "thank you " * 100})]
    assert [status for status, _, _ in server.ask(rows)] == [200, 400, 200]
    assert [line.get("truncated") for line in server.log_lines()[-3:]] == [False, None, True]


def test_its_description_says_what_serves_it(server):
    ((_, reply, _),) = server.ask([{}], [{"describe": "True"}])
    description = json.loads(reply)
    assert description["architecture"] == "roberta"
    assert description["encoder"] == {"kind": "transformers", "device": "cpu"}


def test_more_tokens_than_it_has_positions_for_are_found_as_it_is_packaged(tmp_path):
    inputs = ArchiveInputs.find(write_roberta(tmp_path / "model", max_tokens=MAX_TOKENS + 1))
    message = f"can't answer a comment of {MAX_TOKENS + 1} tokens: .*max_tokens"
    with pytest.raises(ModelFolderError, match=message):
        build_archive(inputs, tmp_path / "goemotions.mar")
    assert not (tmp_path / "goemotions.mar").exists()
