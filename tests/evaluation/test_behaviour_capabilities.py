"""The cases written for this project: enough of each sort, fair, and nobody else's."""

import os
import tomllib
import unicodedata
from collections import Counter

import pytest

from evaluation.behaviour.cases import Kind
from evaluation.behaviour.reading import CAPABILITIES as FOLDER
from evaluation.behaviour.reading import read_capabilities
from evaluation.behaviour.written_names import read_names
from evaluation.dataset import load_split
from goemotions.taxonomy import LABELS
from training.preparation import first_names

CAPABILITIES = {capability.name: capability for capability in read_capabilities()}
TEXTS = [
    text for capability in CAPABILITIES.values() for case in capability.cases for text in case.texts
]


def plain(text):
    """Its words alone, without case and accents."""
    decomposed = unicodedata.normalize("NFD", text.casefold())
    return " ".join("".join(c if c.isalnum() else " " for c in decomposed).split())


def test_there_are_more_than_250_cases_and_each_kind_is_there():
    assert sum(len(capability.cases) for capability in CAPABILITIES.values()) > 250
    assert {capability.kind for capability in CAPABILITIES.values()} == set(Kind)


@pytest.mark.parametrize("label", LABELS)
def test_each_label_is_plainly_expressed_at_least_six_times(label):
    cases = tomllib.loads((FOLDER / "plain_labels.toml").read_text("utf-8"))["cases"]
    assert sum(len(case["texts"]) for case in cases if case["labels"] == [label]) >= 6


def test_nothing_is_asked_of_sarcasm_alone():
    assert [c.name for c in CAPABILITIES.values() if c.minimum is None] == ["sarcasm"]


def test_no_text_is_blank_or_longer_than_the_model_reads_or_has_an_open_slot():
    assert all(text.strip() and len(text.split()) < 150 for text in TEXTS)
    assert not [text for text in TEXTS if "{" in text or "}" in text]


def test_a_plain_case_occurs_once():
    kind = Kind.MINIMUM_FUNCTIONALITY
    cases = [case for c in CAPABILITIES.values() if c.kind is kind for case in c.cases]
    texts = [text for case in cases for text in case.texts]
    assert not [text for text, count in Counter(texts).items() if count > 1]


def test_the_names_are_none_that_training_puts_into_comments():
    assert not {plain(name) for name in read_names()} & {plain(name) for name in first_names()}


@pytest.mark.skipif(not os.environ.get("GOEMOTIONS_DIR"), reason="needs GOEMOTIONS_DIR")
@pytest.mark.parametrize("split", ["train", "dev", "test"])
def test_no_text_is_a_comment_of_goemotions(split):
    # A text of emoji has no words, and is compared as it is.
    ours = {plain(text) or text for text in TEXTS}
    assert not ours & {plain(c.text) or c.text for c in load_split(split)}


def test_each_file_says_in_its_first_lines_what_it_is_about():
    files = list(FOLDER.glob("*.toml"))
    assert len(files) == len(CAPABILITIES)
    assert all(file.read_text(encoding="utf-8").startswith("about = ") for file in files)
