import re

from benchmarks.contenders import CONTENDERS
from benchmarks.tables import tables_of
from tests.benchmarks.findings import full_record, measurement, record, turn


def test_every_table_is_a_table_in_markdown():
    tables = tables_of(full_record(), judged=True)
    assert len(tables) == 7
    for table in tables:
        title, _, header, ruler, *rows = table.as_markdown().rstrip("\n").split("\n")
        assert title == f"**{table.title}**"
        assert re.fullmatch(r"\| --- \|( ---: \|)+", ruler)
        columns = {line.count("|") for line in (header, ruler, *rows)}
        assert len(columns) == 1
        assert len(rows) == len(table.rows)


def test_the_first_table_has_each_contender_with_its_ratio():
    throughput = tables_of(full_record(), judged=False)[0]
    assert [row[0] for row in throughput.rows] == [each.name for each in CONTENDERS]
    ours, flask = throughput.rows[0], throughput.rows[1]
    assert ours[-1] == "1.00 x"
    assert flask[-1] == "0.67 x"  # of the medians 100 and 150
    assert ours[2] == "100 (50-150)"


def test_what_was_not_measured_has_no_table_and_no_row():
    tables = tables_of(record(flask=[turn(measurement())]), judged=True)
    assert [len(table.rows) for table in tables] == [1, 1, 1]


def test_a_quick_run_judges_no_figure():
    titles = {table.title for table in tables_of(full_record(), judged=False)}
    assert "Goals" not in titles
