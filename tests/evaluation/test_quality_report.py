"""The quality report's documents are whole, the same each time, and hold no comment's text."""

import json
import os
import re
from pathlib import Path

import pytest

from evaluation.dataset import load_split
from evaluation.quality_report.report import make_report, write_report
from scripts.evaluate import main
from tests.evaluation.scored_rows import INFO, random_comments, random_split

DOCUMENTS = Path(__file__).parents[2] / "docs/quality"
LONG = 5  # words
# Others write these into the same folder.
SIBLINGS = {"study.md", "behaviour.md"}
PLOTS = {
    f"{name}.png" for name in ("confusion", "labels", "reliability", "risk-coverage", "slices")
}
FILES = {"README.md", "quality.json", *PLOTS}


@pytest.fixture(scope="module")
def splits():
    return {
        split: random_comments(number, seed)
        for split, number, seed in (("train", 30, 1), ("dev", 220, 2), ("test", 160, 3))
    }


@pytest.fixture(scope="module")
def report(splits, few_draws):
    scored = {split: random_split(splits[split], seed=4) for split in ("dev", "test")}
    return make_report(INFO, scored, splits)


@pytest.fixture(scope="module")
def folder(report, tmp_path_factory):
    folder = tmp_path_factory.mktemp("documents") / "quality"
    write_report(report, folder)
    return folder


@pytest.mark.weights  # many plots
def test_the_folder_holds_the_documents_and_the_same_figures_give_the_same_bytes(
    report, folder, tmp_path
):
    assert {file.name for file in folder.iterdir()} == FILES
    write_report(report, tmp_path)
    for name in FILES:
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes(), name


def test_every_plot_and_link_of_the_readme_exists(folder):
    links = re.findall(r"\]\(([^)]+)\)", (folder / "README.md").read_text(encoding="utf-8"))
    assert {link for link in links if link.endswith(".png")} == PLOTS
    own = {link for link in links if "://" not in link}
    assert all(link in SIBLINGS or (folder / link).is_file() for link in own)


def test_no_comment_is_in_any_document(folder, splits):
    for name in ("README.md", "quality.json"):
        text = (folder / name).read_text(encoding="utf-8")
        for each in (each for split in splits.values() for each in split):
            assert each.text not in text, (name, each.id)


def test_the_json_holds_the_figures_and_names_the_surest_mistakes_by_id(folder, report):
    figures = json.loads((folder / "quality.json").read_text(encoding="utf-8"))
    served = figures["taxonomies"]["served"]
    assert figures["model_version"] == "7.8.9"
    assert served["hit_rates"]["test"]["all"]["of"] == 160
    macro_f1 = report["taxonomies"]["served"]["labels"]["dev"]["macro_f1"]
    assert served["labels"]["dev"]["macro_f1"] == pytest.approx(macro_f1, abs=1e-5)
    assert len(figures["taxonomies"]["original"]["labels"]["test"]["labels"]) == 28
    assert sum(map(sum, figures["confusion"]["gold_by_answer"])) == pytest.approx(160, abs=0.01)
    assert [goal["name"] for goal in figures["goals"]] == [goal["name"] for goal in report["goals"]]
    ids = [each["id"] for each in figures["mistakes"]["listed"]]
    assert ids == [each["id"] for each in report["mistakes"]["listed"]]
    assert len(ids) > 10


def test_the_readme_says_the_hit_rate(folder, report):
    hits = report["taxonomies"]["served"]["hit_rates"]["test"]["all"]
    shown = f"{100 * hits.rate:.1f} ± "
    assert shown in (folder / "README.md").read_text(encoding="utf-8")


def test_a_goal_is_met_at_its_bound_and_missed_beyond(report):
    for goal in report["goals"]:
        over = goal["figure"] >= goal["bound"]
        assert goal["is_met"] is (over if goal["direction"] == "at least" else not over)


@pytest.mark.weights  # many plots
def test_documents_are_written_for_a_model_that_never_errs(splits, few_draws, tmp_path):
    scored = {split: random_split(splits[split], seed=4) for split in ("dev", "test")}
    for by_taxonomy in scored.values():
        for each in by_taxonomy.values():
            each.gold[range(len(each)), each.answers] = True
    write_report(make_report(INFO, scored, splits), tmp_path)
    assert "no mistake on test" in (tmp_path / "README.md").read_text(encoding="utf-8")


@pytest.mark.skipif(not os.environ.get("GOEMOTIONS_DIR"), reason="GOEMOTIONS_DIR is not set")
@pytest.mark.parametrize("split", ["dev", "test"])
def test_the_committed_documents_hold_no_comment_of_the_data(split):
    files = [file for suffix in ("md", "json") for file in DOCUMENTS.glob(f"*.{suffix}")]
    written = [file.read_text(encoding="utf-8") for file in files]
    assert written
    # What is shorter may be anyone's words.
    for each in (each for each in load_split(split) if len(each.text.split()) >= LONG):
        assert not any(each.text in text for text in written), each.id


@pytest.mark.weights
@pytest.mark.usefixtures("few_draws", "data_folder")
def test_the_command_measures_a_model_folder_twice_alike(run, tiny_model, tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    code, said = run(main, "--model", tiny_model, "--out", one)
    assert code == 0
    assert "hit rate on dev" in said
    figures = json.loads((one / "quality.json").read_text(encoding="utf-8"))
    assert figures["model_version"] == "4.5.6"
    assert figures["calibration"]["served"] == {"constant": 0.2, "slope": -0.1, "bend": 0.1}
    # Every text of these splits is in train.
    assert figures["taxonomies"]["served"]["hit_rates"]["test"]["unseen"] is None
    assert run(main, "--model", tiny_model, "--out", other)[0] == 0
    for file in one.iterdir():
        assert file.read_bytes() == (other / file.name).read_bytes(), file.name


@pytest.mark.weights
@pytest.mark.usefixtures("data_folder")
def test_the_command_says_what_model_it_can_not_load(run, tmp_path):
    code, said = run(main, "--model", tmp_path / "nowhere", "--out", tmp_path / "out")
    assert code == 2
    assert "can't be loaded" in " ".join(said.split())
    assert not (tmp_path / "out").exists()
