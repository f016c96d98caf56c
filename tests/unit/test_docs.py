"""What the documents name exists, and what exists is named."""

import re
from pathlib import Path

import pytest

from goemotions.rejection import MALFORMED_ERROR
from goemotions.settings import Settings
from goemotions.taxonomy import GROUPS, LABELS, Taxonomy

TOP = Path(__file__).parents[2]
DOCUMENTS = sorted([TOP / "README.md", TOP / "CHANGELOG.md", *(TOP / "docs").rglob("*.md")])
MAKEFILE = (TOP / "Makefile").read_text()
TARGETS = dict(re.findall(r"^([a-z][a-z-]*):[^=\n]*?## (.+)$", MAKEFILE, re.MULTILINE))
VARIABLES = set(re.findall(r"^(?:export )?([A-Z][A-Z_0-9]*) *\??=", MAKEFILE, re.MULTILINE))

by_name = pytest.mark.parametrize(
    "document", DOCUMENTS, ids=lambda document: str(document.relative_to(TOP))
)


def code_of(document):
    """All that stands in backticks or in fenced blocks."""
    text = document.read_text()
    fenced = re.findall(r"```.*?\n(.*?)```", text, re.DOTALL)
    return "\n".join([*fenced, *re.findall(r"`([^`\n]+)`", text)])


@by_name
def test_every_make_target_that_a_document_names_exists(document):
    named = set(re.findall(r"\bmake ([a-z][a-z-]*)", code_of(document)))
    assert named <= TARGETS.keys()


@by_name
def test_every_make_variable_that_a_document_gives_exists(document):
    calls = re.findall(r"\bmake [a-z-]+((?: [A-Z_]+=\S*)+)", code_of(document))
    named = {name for call in calls for name in re.findall(r" ([A-Z_]+)=", call)}
    assert named <= VARIABLES


def headings_of(document):
    """The anchors of a document, as GitHub makes them of its headings."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@by_name
def test_every_link_of_a_document_leads_somewhere(document):
    prose = re.sub(r"```.*?```", "", document.read_text(), flags=re.DOTALL)
    links = re.findall(r"\]\(([^)]+)\)", prose)
    for link in links:
        path, _, anchor = link.partition("#")
        if "://" in link:
            continue
        target = (document.parent / path) if path else document
        assert target.exists(), link
        assert not anchor or anchor in headings_of(target), link


@by_name
def test_every_file_that_a_document_names_exists(document):
    named = re.findall(
        r"`((?:[\w.-]+/)+[\w.-]+\.(?:py|yaml|xml|toml|txt|md))`", document.read_text()
    )
    made_when_run = ("logs/", "reports/", "runs/", "loadtest/results/")
    for name in named:
        if not name.startswith(made_when_run):
            assert (TOP / name).exists() or (document.parent / name).exists(), name


@pytest.mark.parametrize("target", TARGETS)
def test_every_make_target_stands_in_the_readme(target):
    assert f"make {target}" in (TOP / "README.md").read_text()


@pytest.mark.parametrize("setting", Settings.__dataclass_fields__)
def test_every_setting_of_the_handler_stands_in_the_operations_guide_with_its_default(setting):
    default = Settings.__dataclass_fields__[setting].default
    guide = (TOP / "docs/operations.md").read_text()
    row = re.search(rf"^\| `{setting}` \|.*$", guide, re.MULTILINE)
    assert row, setting
    assert f"`{default}`" in row[0]


def test_the_api_document_words_the_error_as_the_service_does():
    assert MALFORMED_ERROR in (TOP / "docs/api.md").read_text()


@pytest.mark.parametrize("document", ["README.md", "docs/api.md"])
def test_the_table_of_labels_is_the_taxonomy(document):
    rows = re.findall(r"^\| (\w+) \| ([\w, ]+) \|$", (TOP / document).read_text(), re.MULTILINE)
    groups = {label: tuple(sources.split(", ")) for label, sources in rows if label in LABELS}
    assert groups == GROUPS


@pytest.mark.parametrize("taxonomy", Taxonomy)
def test_every_taxonomy_stands_in_the_api_document(taxonomy):
    assert f"`{taxonomy}`" in (TOP / "docs/api.md").read_text()
