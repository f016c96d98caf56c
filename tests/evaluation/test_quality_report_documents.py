"""The documents: whole, the same each time, without a comment's text."""

import json
import os
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from evaluation.dataset import load_split
from evaluation.quality_report.documents import write_documents
from evaluation.quality_report.goals import judge
from evaluation.quality_report.report import make_report
from tests.evaluation.scored_rows import INFO, random_comments, random_split

DOCUMENTS = Path(__file__).parents[2] / "docs/quality"
LONG = 5  # words
# Others write these into the same folder.
SIBLINGS = {"study.md", "behaviour.md"}
FILES = {
    "README.md",
    "confusion.png",
    "index.html",
    "labels.png",
    "quality.json",
    "reliability.png",
    "risk-coverage.png",
    "slices.png",
}


@pytest.fixture(scope="module")
def splits():
    return {
        split: random_comments(number, seed)
        for split, number, seed in (("train", 30, 1), ("dev", 220, 2), ("test", 160, 3))
    }


@pytest.fixture(scope="module")
def report(splits):
    scored = {split: random_split(splits[split], seed=4) for split in ("dev", "test")}
    return make_report(INFO, scored, splits)


@pytest.fixture(scope="module")
def folder(report, tmp_path_factory):
    folder = tmp_path_factory.mktemp("documents") / "quality"
    write_documents(report, folder)
    return folder


class Page(HTMLParser):
    """Notes what a page links to, its ids, and elements that are closed in the wrong order."""

    VOID = ("meta", "link", "br", "img", "input")

    def __init__(self, text):
        super().__init__()
        self.open, self.ids, self.links, self.sources, self.wrong = [], [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.ids += [attributes["id"]] if "id" in attributes else []
        if tag == "a":
            self.links.append(attributes["href"])
        self.sources += [attributes[name] for name in ("src", "srcset") if name in attributes]
        self.sources += [attributes["href"]] if tag == "link" else []
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.ids += [value for name, value in attrs if name == "id"]

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


@pytest.fixture(scope="module")
def page(folder):
    return Page((folder / "index.html").read_text(encoding="utf-8"))


def test_the_folder_holds_the_documents_and_nothing_else(folder):
    assert {file.name for file in folder.iterdir()} == FILES


def test_the_same_figures_give_the_same_bytes(report, folder, tmp_path):
    write_documents(report, tmp_path)
    for name in FILES:
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes(), name


def test_the_page_is_well_formed(page):
    assert page.wrong == page.open == []
    assert len(page.ids) == len(set(page.ids))


def test_the_page_needs_nothing_from_elsewhere(page, folder):
    assert page.sources == []
    style = (folder / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"url\((?!#)|@import|<script", style)


def test_every_link_of_the_page_leads_somewhere(page, folder):
    for link in page.links:
        if link.startswith("#"):
            assert link[1:] in page.ids, link
        elif "://" not in link:
            assert link in SIBLINGS or (folder / link).is_file(), link


def test_what_the_plots_refer_to_is_in_the_page(page, folder):
    text = (folder / "index.html").read_text(encoding="utf-8")
    referred = set(re.findall(r'(?:xlink:href="|url\()#([^")]+)', text))
    assert referred
    assert referred <= set(page.ids)


def test_every_plot_and_link_of_the_readme_exists(folder):
    links = re.findall(r"\]\(([^)]+)\)", (folder / "README.md").read_text(encoding="utf-8"))
    assert {link for link in links if link.endswith(".png")} == {f for f in FILES if "png" in f}
    assert all(link in SIBLINGS or (folder / link).is_file() for link in links)


def test_no_comment_stands_in_any_document(folder, splits):
    for name in ("README.md", "index.html", "quality.json"):
        text = (folder / name).read_text(encoding="utf-8")
        for each in (each for split in splits.values() for each in split):
            assert each.text not in text, (name, each.id)


def test_the_surest_mistakes_are_named_by_id(folder, report):
    text = (folder / "index.html").read_text(encoding="utf-8")
    ids = [each.id for kind in report.mistakes.kinds for each in kind.listed]
    assert len(ids) == report.mistakes.listed > 10
    assert all(f"<code>{each}</code>" in text for each in ids)


def test_the_json_holds_the_figures(folder, report):
    figures = json.loads((folder / "quality.json").read_text(encoding="utf-8"))
    served = figures["taxonomies"]["served"]
    assert figures["model_version"] == "7.8.9"
    assert served["hit_rates"]["test"]["all"]["of"] == 160
    assert served["labels"]["dev"]["macro_f1"] == pytest.approx(
        report.served.labels["dev"].macro_f1, abs=1e-5
    )
    assert len(figures["taxonomies"]["original"]["labels"]["test"]["labels"]) == 28
    assert sum(map(sum, figures["confusion"]["gold_by_answer"])) == pytest.approx(160, abs=0.01)
    assert [goal["name"] for goal in figures["goals"]] == [goal.name for goal in judge(report)]


def test_page_and_readme_say_the_same_hit_rate(folder, report):
    shown = f"{100 * report.served.hit_rates['test'].all.rate:.1f} ± "
    assert shown in (folder / "README.md").read_text(encoding="utf-8")
    assert shown in (folder / "index.html").read_text(encoding="utf-8")


def test_a_goal_is_met_at_its_bound_and_missed_beyond(report):
    for verdict in judge(report):
        over = verdict.figure >= verdict.bound
        assert verdict.is_met is (over if verdict.direction == "at least" else not over)


def test_documents_are_written_where_a_model_never_errs(splits, tmp_path):
    scored = {split: random_split(splits[split], seed=4) for split in ("dev", "test")}
    for by_taxonomy in scored.values():
        for each in by_taxonomy.values():
            each.gold[range(len(each)), each.answers] = True
    write_documents(make_report(INFO, scored, splits), tmp_path)
    assert "these are the 0 with the highest score" in " ".join(
        (tmp_path / "index.html").read_text(encoding="utf-8").split()
    )


@pytest.mark.skipif(not os.environ.get("GOEMOTIONS_DIR"), reason="GOEMOTIONS_DIR is not set")
@pytest.mark.parametrize("split", ["dev", "test"])
def test_the_committed_documents_hold_no_comment_of_the_data(split):
    files = [file for suffix in ("md", "html", "json") for file in DOCUMENTS.glob(f"*.{suffix}")]
    written = [file.read_text(encoding="utf-8") for file in files]
    assert written
    # What is shorter may be anyone's words.
    for each in (each for each in load_split(split) if len(each.text.split()) >= LONG):
        assert not any(each.text in text for text in written), each.id
