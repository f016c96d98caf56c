"""A model of another architecture than BERT, from its folder to a worker's answer."""

import json
import os
import subprocess
import sys
import zipfile

import pytest
import torch
from transformers import AutoModelForSequenceClassification, PreTrainedTokenizerFast

from archive.build import build_archive
from archive.inputs import REPOSITORY, ArchiveInputs
from goemotions.taxonomy import SOURCE_LABELS
from tests.encoder.roberta import MAX_TOKENS, SENTENCES, write_roberta
from tests.handler.conftest import Server, body


@pytest.fixture(scope="module")
def roberta(tmp_path_factory):
    return write_roberta(tmp_path_factory.mktemp("roberta"))


@pytest.fixture(scope="module")
def unpacked(roberta, tmp_path_factory):
    archive = tmp_path_factory.mktemp("store") / "goemotions.mar"
    build_archive(ArchiveInputs.find(roberta), archive)
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder)
    return folder


@pytest.fixture(scope="module")
def server(unpacked):
    return Server(unpacked)


def test_the_archive_has_its_configuration_weights_and_tokenizer_and_no_graph(roberta, unpacked):
    for name in ("config.json", "model.safetensors", "tokenizer.json"):
        assert (unpacked / name).read_bytes() == (roberta / name).read_bytes()
    assert not (unpacked / "model.onnx").exists()


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


def package(archive, model, **variables):
    return subprocess.run(
        [sys.executable, "-m", "scripts.package", "--archive", str(archive)],
        cwd=REPOSITORY,
        env={
            **os.environ,
            "MODEL": str(model),
            "PYTHONPATH": os.pathsep.join(sys.path),
            **variables,
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_more_tokens_than_it_has_positions_for_are_found_as_it_is_packaged(tmp_path):
    folder = write_roberta(tmp_path / "model", max_tokens=MAX_TOKENS + 1)
    done = package(tmp_path / "goemotions.mar", folder)
    assert done.returncode == 2
    assert f"can't answer a comment of {MAX_TOKENS + 1} tokens" in done.stderr
    assert "max_tokens" in done.stderr


def test_it_can_t_be_quantised(roberta, tmp_path):
    done = package(tmp_path / "goemotions.mar", roberta, QUANTIZE="int8")
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "a quantised roberta" in line
    assert "with QUANTIZE=none" in line
