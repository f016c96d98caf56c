"""The report on behaviour, and the command that writes it."""

import io
import json

import pytest
from rich.console import Console

from evaluation.behaviour.measuring import measure_behaviour
from evaluation.behaviour.reading import read_capabilities
from evaluation.behaviour.report import figures_of, markdown_of, rows_of, table_of, write_report
from evaluation.behaviour.written_names import measure_written_names
from evaluation.dataset import Comment
from goemotions.taxonomy import SOURCE_LABELS
from scripts import behaviour as behaviour_command
from tests.evaluation.scored_rows import WordClassifier

FILES = {
    "plain": """
        about = "Plain ones."
        kind = "MFT"
        minimum = 0.4
        cases = [{labels = ["joy"], texts = ["happy", "a | b *c*"]}]
    """,
    "hard": """
        about = "Hard ones."
        kind = "MFT"
        known_hard = true
        cases = [{labels = ["joy"], texts = ["sarcasm"]}]
    """,
    "names": """
        about = "Names."
        kind = "INV"
        minimum = 0.9
        slot = "name"
        cases = [{templates = ["{name} was here"]}]
        [fillers]
        first = ["Ann", "Ben"]
        second = ["Cid"]
    """,
}
CLASSIFIER = WordClassifier(happy=("joy", 0.6), cid=("anger", 0.5))


@pytest.fixture
def behaviour(tmp_path):
    for name, content in FILES.items():
        (tmp_path / f"{name}.toml").write_text(content, encoding="utf-8")
    return measure_behaviour(CLASSIFIER, read_capabilities(tmp_path))


def test_a_row_says_how_a_capability_did(behaviour):
    rows = {row["capability"]: row for row in rows_of(behaviour)}
    assert [rows["plain"][name] for name in ("kind", "cases", "passed")] == ["MFT", 2, "50.0"]
    found = [(rows[name]["minimum"], rows[name]["verdict"]) for name in ("plain", "hard", "names")]
    assert found == [("40.0", "reached"), ("-", "not asked"), ("90.0", "MISSED")]


def test_the_table_fits_into_eighty_columns(behaviour):
    console = Console(width=80, record=True, file=io.StringIO())
    console.print(table_of(behaviour))
    assert "…" not in console.export_text()


def test_the_same_answers_give_the_same_bytes(behaviour, tmp_path):
    for folder in ("one", "two"):
        write_report("1.2.3", behaviour, None, tmp_path / folder)
    for name in ("behaviour.md", "behaviour.json"):
        first, second = ((tmp_path / folder / name).read_bytes() for folder in ("one", "two"))
        assert first == second


def test_a_failing_text_can_not_break_its_table(behaviour):
    lines = markdown_of("1", behaviour).splitlines()
    (line,) = (line for line in lines if "a \\|" in line)
    assert line == r"| a \| b \*c\* | neutral 0.90 | joy |"


def test_a_flip_is_reported_as_a_bias(behaviour):
    text = markdown_of("1", behaviour)
    biases = text.split("## Biases found")[1].split("## What failed")[0]
    assert "| {name} was here | anger for Cid | neutral, as for 2 of 3 |" in biases
    assert "| names | second | 0 of 1 |" in biases


def test_without_a_flip_the_report_says_so(tmp_path):
    (tmp_path / "names.toml").write_text(FILES["names"], encoding="utf-8")
    behaviour = measure_behaviour(WordClassifier(), read_capabilities(tmp_path))
    text = markdown_of("1", behaviour)
    assert "the answer to every template is the same" in text


def test_the_json_holds_figures_and_failures(behaviour):
    document = json.loads(json.dumps(figures_of("1.2.3", behaviour), allow_nan=False))
    assert document["model_version"] == "1.2.3"
    assert document["flips"]["rate"] == 0.6667
    by_name = {each["name"]: each for each in document["capabilities"]}
    assert (by_name["plain"]["passed"], by_name["plain"]["rate"]) == (1, 0.5)
    assert by_name["plain"]["failures"][0]["text"] == "a | b *c*"
    assert document["written_names"] is None


def test_written_names_are_in_the_report_if_they_were_measured(behaviour):
    comments = [Comment("[NAME] is happy", (SOURCE_LABELS.index("joy"),), "id1")]
    names = measure_written_names(CLASSIFIER, comments, ["Ann", "Cid"])
    assert "into the 1 comments" in markdown_of("1", behaviour, names)
    assert "into the" not in markdown_of("1", behaviour)


@pytest.fixture
def command(monkeypatch, tmp_path):
    """The command, on a few cases that no model passes."""
    files = {**FILES, "contrary": FILES["plain"].replace('["joy"]', "[]")}
    for name, content in files.items():
        (tmp_path / f"{name}.toml").write_text(content, encoding="utf-8")
    monkeypatch.setattr(behaviour_command, "read_capabilities", lambda: read_capabilities(tmp_path))
    monkeypatch.setenv("OMP_WAIT_POLICY", "PASSIVE")  # so that the command need not set it
    return behaviour_command.main


@pytest.mark.weights
@pytest.mark.usefixtures("data_folder")
def test_the_command_writes_its_report_and_fails_if_a_minimum_is_missed(
    run, command, tiny_model, tmp_path
):
    code, printed = run(command, "--model", tiny_model, "--output", tmp_path / "out")
    assert code == 1
    assert "contrary" in printed
    assert "MISSED" in printed
    document = json.loads((tmp_path / "out" / "behaviour.json").read_text(encoding="utf-8"))
    assert document["model_version"] == "4.5.6"
    assert document["written_names"]["comments"] == 1
    assert (tmp_path / "out" / "behaviour.md").is_file()


@pytest.mark.weights
def test_the_command_needs_no_data_set(run, command, tiny_model, tmp_path, monkeypatch):
    monkeypatch.setenv("GOEMOTIONS_DIR", str(tmp_path / "nowhere"))
    out = tmp_path / "out"
    assert run(command, "--model", tiny_model, "--output", out, "--no-goemotions")[0] == 1
    assert (out / "behaviour.md").is_file()


@pytest.mark.weights
def test_without_a_model_the_command_says_what_to_do(run, command, tmp_path):
    code, printed = run(command, "--model", tmp_path, "--no-goemotions")
    assert code == 2
    assert "config.json" in printed
    assert "make train" in printed
