"""The documents against the program: what they name exists, and what exists is named."""

import ast
import json
import re
import tomllib
from pathlib import Path

import pytest

from goemotions.rejection import (
    MALFORMED,
    comment_too_long,
    invalid_parameter,
    too_many_comments,
)
from goemotions.settings import Settings
from goemotions.taxonomy import GROUPS, LABELS, Taxonomy

TOP = Path(__file__).parents[2]
DOCUMENTS = sorted(
    [
        *(
            TOP / name
            for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "model/README.md")
        ),
        *(TOP / "docs").rglob("*.md"),
    ]
)
RECORDS = sorted((TOP / "docs/choices").glob("*.md"))
IMAGES = sorted((TOP / "docs/images").iterdir())
README = (TOP / "README.md").read_text()
API = (TOP / "docs/api.md").read_text()
OPERATIONS = (TOP / "docs/operations.md").read_text()
ARCHITECTURE = (TOP / "docs/architecture.md").read_text()
MAKEFILE = (TOP / "Makefile").read_text()
TARGETS = dict(re.findall(r"^([a-z][a-z-]*):[^=\n]*?## (.+)$", MAKEFILE, re.MULTILINE))
VARIABLES = set(re.findall(r"^(?:export )?([A-Z][A-Z_0-9]*) *\??=", MAKEFILE, re.MULTILINE))
PROJECT = tomllib.loads((TOP / "pyproject.toml").read_text())
REJECTIONS = [
    MALFORMED,
    invalid_parameter(""),
    comment_too_long("", 0, 0),
    too_many_comments(0, 0),
]
# Files that a run makes, so that a document may name them on a fresh clone.
MADE_WHEN_RUN = ("logs/", "model_store/", "reports/", "runs/", "loadtest/results/")

by_name = pytest.mark.parametrize(
    "document", DOCUMENTS, ids=lambda document: str(document.relative_to(TOP))
)


def code_of(document):
    """All code in backticks or in fenced blocks."""
    text = document.read_text()
    fenced = re.findall(r"```.*?\n(.*?)```", text, re.DOTALL)
    return "\n".join([*fenced, *re.findall(r"`([^`\n]+)`", text)])


def headings_of(document):
    """The anchors of a document, as GitHub makes them of its headings."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def is_there(name, document):
    """True for a path from the top, from the document's folder, or from `handler/goemotions/`."""
    places = (TOP, document.parent, TOP / "handler/goemotions")
    return name.startswith(MADE_WHEN_RUN) or any((place / name).exists() for place in places)


@by_name
def test_every_make_target_that_a_document_names_exists(document):
    named = set(re.findall(r"\bmake ([a-z][a-z-]*)", code_of(document)))
    assert named <= TARGETS.keys()


@by_name
def test_every_make_variable_that_a_document_gives_exists(document):
    calls = re.findall(r"\bmake [a-z-]+((?: (?:\\\n *)?[A-Z_]+=\S*)+)", code_of(document))
    named = {name for call in calls for name in re.findall(r" ([A-Z_]+)=", call)}
    assert named <= VARIABLES


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
    assert [name for name in named if not is_there(name, document)] == []


@by_name
def test_every_module_that_a_document_runs_exists(document):
    modules = re.findall(
        r"python -m ((?:scripts|archive|benchmarks|loadtest)[\w.]*)", code_of(document)
    )
    files = [TOP / (module.replace(".", "/") + ".py") for module in modules]
    assert [file for file in files if not file.is_file()] == []


def test_the_readme_has_at_most_150_lines():
    assert len(README.splitlines()) <= 150


def test_the_readme_and_the_changelog_give_the_version_of_the_project():
    version = PROJECT["project"]["version"]
    assert f"This is version {version}\n" in README
    changelog = (TOP / "CHANGELOG.md").read_text()
    assert version in re.findall(r"\d+\.\d+\.\d+", changelog[changelog.index("[Unreleased]") :])[0]


def test_the_model_card_gives_the_version_of_the_model():
    config = json.loads((TOP / "model/config.json").read_text())
    card = (TOP / "model/README.md").read_text()
    assert f"# goemotions {config['goemotions']['version']}\n" in card


@pytest.mark.parametrize("target", TARGETS)
def test_every_make_target_is_in_the_table_of_the_operations_guide(target):
    cells = re.findall(r"^\| (`make .+?`) \|", OPERATIONS, re.MULTILINE)
    assert target in re.findall(r"`make ([a-z-]+)", " ".join(cells))


@pytest.mark.parametrize("variable", re.findall(r"^export (\w+) \?=", MAKEFILE, re.MULTILINE))
def test_every_variable_that_make_passes_on_is_in_the_operations_guide(variable):
    assert variable in code_of(TOP / "docs/operations.md")


@pytest.mark.parametrize("setting", Settings.__dataclass_fields__)
def test_every_setting_of_the_handler_is_in_the_operations_guide_with_its_default(setting):
    default = Settings.__dataclass_fields__[setting].default
    row = re.search(rf"^\| `{setting}` \|.*$", OPERATIONS, re.MULTILINE)
    assert row, setting
    assert f"`{default}`" in row[0]


def test_every_metric_of_the_service_is_in_the_operations_guide():
    declared = set(re.findall(r"name: (goemotions_\w+)", (TOP / "metrics.yaml").read_text()))
    assert declared == set(re.findall(r"^\| `(goemotions_\w+)`", OPERATIONS, re.MULTILINE))


@pytest.mark.parametrize("rejection", REJECTIONS, ids=lambda rejection: rejection.kind)
def test_every_kind_of_rejection_is_in_the_operations_guide(rejection):
    assert f"`{rejection.kind}`" in OPERATIONS


@pytest.mark.parametrize(
    "rejection",
    [
        MALFORMED,
        comment_too_long("The comment", 10_001, 10_000),
        comment_too_long("inputs[1]", 10_001, 10_000),
        too_many_comments(65, 64),
    ],
    ids=lambda rejection: rejection.error[:20],
)
def test_the_api_document_gives_each_error_with_its_status(rejection):
    rows = [line for line in API.splitlines() if rejection.error in line]
    assert rows
    assert all(f"| {rejection.status} |" in row for row in rows)


def test_the_table_of_labels_in_the_api_document_is_the_taxonomy():
    rows = re.findall(r"^\| (\w+) \| ([\w, ]+) \|$", API, re.MULTILINE)
    groups = {label: tuple(sources.split(", ")) for label, sources in rows if label in LABELS}
    assert groups == GROUPS


@pytest.mark.parametrize("label", LABELS)
def test_every_label_is_in_the_readme(label):
    assert re.search(rf"\b{label}\b", README)


@pytest.mark.parametrize("taxonomy", Taxonomy)
def test_every_taxonomy_is_in_the_api_document(taxonomy):
    assert f"`{taxonomy}`" in API


@pytest.mark.parametrize("package", PROJECT["tool"]["importlinter"]["root_packages"])
def test_every_folder_is_in_the_table_of_the_architecture(package):
    folder = "handler" if package == "goemotions" else package
    assert re.search(rf"^\| `{folder}/` \|", ARCHITECTURE, re.MULTILINE)


def test_the_encoders_import_of_the_handler_only_its_errors_as_the_architecture_says():
    files = (TOP / "handler/goemotions/encoders").glob("*.py")
    code = "\n".join(file.read_text() for file in files)
    imported = set(re.findall(r"^\s*(?:from|import) goemotions\.?(\w*)", code, re.MULTILINE))
    assert imported == {"encoders", "errors"}


def folders_with_a_room():
    files = [*TOP.glob("[a-z]*/*/*.py"), *TOP.glob("handler/goemotions/*/*.py")]
    rooms = {file.parent for file in files if file.parent != TOP / "handler/goemotions"}
    return sorted(room for room in rooms if TOP / "tests" not in room.parents)


@pytest.mark.parametrize("room", folders_with_a_room(), ids=lambda room: str(room.relative_to(TOP)))
def test_every_room_is_in_the_architecture(room):
    assert f"`{room.name}/`" in ARCHITECTURE or f"/{room.name}/`" in ARCHITECTURE


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.name[:4])
def test_every_record_is_numbered_like_its_file_and_begins_with_the_choice(record):
    number = int(record.name[:4])
    assert re.match(rf"# {number}\. .+\n\n\*\*Choice\.\*\* ", record.read_text())


@pytest.mark.parametrize("image", IMAGES, ids=lambda image: image.name)
def test_every_image_is_shown_by_a_document(image):
    assert any(f"images/{image.name})" in document.read_text() for document in DOCUMENTS)


def python_blocks():
    for document in DOCUMENTS:
        for block in re.findall(r"```python\n(.*?)```", document.read_text(), re.DOTALL):
            yield pytest.param(block, id=str(document.relative_to(TOP)))


@pytest.mark.parametrize("block", list(python_blocks()))
def test_every_python_example_parses(block):
    ast.parse(block)
