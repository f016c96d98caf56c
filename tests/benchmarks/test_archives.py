"""Archives timed side by side; how fast they are is no test's verdict."""

import pytest

from archive.build import build_archive
from archive.inputs import ArchiveInputs
from benchmarks.archives import BATCHES, Contender, main, measure
from tests.encoder.roberta import SENTENCES, write_roberta


@pytest.fixture(scope="module")
def small_archive(tmp_path_factory):
    folder = tmp_path_factory.mktemp("small")
    archive = folder / "small.mar"
    build_archive(ArchiveInputs.find(write_roberta(folder / "model")), archive)
    return archive


def test_each_archive_has_a_row_that_says_what_serves_in_it(small_archive, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")  # or rows are broken where the page ends
    main([small_archive, small_archive], comments=8, rounds=1)
    rows = [line for line in capsys.readouterr().out.splitlines() if "small.mar" in line]
    assert len(rows) == 2
    assert all("transformers, fp32, cpu" in row for row in rows)
    assert all(row.count(" x") == len(BATCHES) for row in rows)


def test_every_contender_is_measured_once_in_each_round(small_archive, tmp_path):
    contender = Contender.load(small_archive, tmp_path, gpu=None)
    rates = measure([contender, contender, contender], SENTENCES, batch=2, rounds=2)
    assert [len(own) for own in rates] == [2, 2, 2]
    assert min(map(min, rates)) > 0
