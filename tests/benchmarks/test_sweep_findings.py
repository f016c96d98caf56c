"""What a sweep writes: its state, its tables, its part of a document."""

import json
import re

import pandas as pd
import pytest

from archive.inputs import REPOSITORY
from benchmarks.about import headline
from benchmarks.errors import BenchmarkError
from benchmarks.sweep.costs import Load
from benchmarks.sweep.document import BEGIN, END, as_markdown, main, put_into
from benchmarks.sweep.findings import Findings
from benchmarks.sweep.setting import COMMITTED
from benchmarks.sweep.tables import as_frames, tables_of
from benchmarks.sweep.turn import SettingTurn
from tests.benchmarks.findings import ABOUT, measurement

BASIS = {"archive": "0123", "plan": {"seconds": 2, "clients": [1, 64]}}


def turn(setting, number, per_second, idle_percent=None):
    loads = tuple(
        Load(measurement(clients, per_second, p50_ms=1000 / per_second), 0.5, 4.0, 0.1, 0.9)
        for clients in (1, 64)
    )
    return SettingTurn(setting, number, 4.0, loads, 220.0, (310.0, 312.0), idle_percent)


@pytest.fixture
def findings():
    names = (COMMITTED, "batchSize 16", "never measured")
    found = Findings(ABOUT, BASIS, {name: {"lever": "batchSize"} for name in names})
    found.turns.extend(turn(COMMITTED, number, 100.0 * number, 0.4) for number in (1, 2, 3))
    found.turns.append(turn("batchSize 16", 1, 220.0))
    found.failures["asyncCommunication"] = "it answered nothing to 64 clients"
    return found


def test_findings_that_were_written_are_read_again(findings, tmp_path):
    findings.save(tmp_path)
    assert Findings.load(tmp_path) == findings
    assert [file.name for file in tmp_path.iterdir()] == ["sweep.json"]


@pytest.mark.parametrize("content", [None, "", "{}", '{"turns": [{}]}'])
def test_a_folder_without_a_sweep_is_refused(tmp_path, content):
    if content is not None:
        (tmp_path / "sweep.json").write_text(content)
    with pytest.raises(BenchmarkError, match=r"sweep\.json holds no sweep"):
        Findings.load(tmp_path)


def test_findings_tell_which_turns_were_taken(findings):
    assert findings.has(COMMITTED, 3)
    assert not findings.has(COMMITTED, 4)
    assert findings.knows_idle(COMMITTED)
    assert not findings.knows_idle("batchSize 16")


def test_the_tables_have_each_setting_that_was_measured_with_its_ratio(findings):
    speed, latency, costs = tables_of(findings)
    assert [row[0] for row in speed.rows] == [COMMITTED, "batchSize 16"]
    assert speed.rows[0][1:] == ["200 (100-300)", "200 (100-300)", "1.00", "3"]
    assert speed.rows[1][-2:] == ["1.10", "1"]
    assert latency.rows[1][-1] == "0.91"
    cells = dict(zip(costs.header, costs.rows[0], strict=True))
    assert cells["a worker, MiB"] == "312"
    assert cells["all, MiB"] == "842"
    assert cells["idle, % of a core"] == "0.40"
    assert costs.rows[1][costs.header.index("idle, % of a core")] == "-"


def test_a_sweep_without_a_turn_has_no_tables():
    assert tables_of(Findings(ABOUT, BASIS, {})) == []


def test_the_frames_have_one_row_for_each_load_and_each_turn(findings):
    frames = as_frames(findings)
    assert {name: len(frame) for name, frame in frames.items()} == {"loads": 8, "turns": 4}
    assert "measurement" not in frames["loads"]
    assert frames["turns"].loc[0, "resident_mib"] == 842


def test_a_document_keeps_what_stands_around_the_figures(findings, tmp_path):
    document = tmp_path / "tuning.md"
    document.write_text(f"# Tuning\n\nBefore.\n\n{BEGIN}\nold\n{END}\n\nAfter.\n")
    put_into(document, findings)
    once = document.read_text()
    put_into(document, findings)
    assert document.read_text() == once
    assert once.startswith(f"# Tuning\n\nBefore.\n\n{BEGIN}\n")
    assert once.endswith(f"\n{END}\n\nAfter.\n")
    assert "old" not in once
    assert "| batchSize 16 |" in once


def test_the_figures_say_what_failed_and_where_they_were_measured(findings):
    text = as_markdown(findings)
    assert "Not measured: asyncCommunication: it answered nothing to 64 clients." in text
    assert headline(ABOUT) in text


def test_a_document_without_the_marks_is_left_alone(findings, tmp_path):
    document = tmp_path / "other.md"
    document.write_text("# Other\n")
    with pytest.raises(BenchmarkError, match="has no lines"):
        put_into(document, findings)
    assert document.read_text() == "# Other\n"


def test_the_document_is_written_anew_from_the_folder_of_a_sweep(findings, tmp_path):
    findings.save(tmp_path)
    document = tmp_path / "tuning.md"
    document.write_text(f"{BEGIN}\n{END}\n")
    main(tmp_path, document)
    assert "| batchSize 16 |" in document.read_text()


def test_the_document_on_tuning_has_the_place_for_the_figures():
    text = (REPOSITORY / "docs" / "tuning.md").read_text()
    assert re.search(re.escape(BEGIN) + r".*?" + re.escape(END), text, re.DOTALL)


def test_the_state_is_readable_json(findings, tmp_path):
    findings.save(tmp_path)
    document = json.loads((tmp_path / "sweep.json").read_text())
    assert [each["setting"] for each in document["turns"]] == [*[COMMITTED] * 3, "batchSize 16"]


def test_the_loads_can_be_read_from_a_csv(findings, tmp_path):
    file = tmp_path / "loads.csv"
    findings.loads().to_csv(file, index=False)
    pd.testing.assert_frame_equal(pd.read_csv(file), findings.loads(), check_dtype=False)
