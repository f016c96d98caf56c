"""What a run leaves, read again, drawn and compared."""

import json
from datetime import UTC, datetime

import pandas as pd
import pytest

from loadtest import compare as comparison
from loadtest.faults import Done
from loadtest.judging.completeness import Completeness
from loadtest.judging.measures import StepRun
from loadtest.judging.verdict import Evidence, judge
from loadtest.report.plots import PANELS, draw_run, timeline_of
from loadtest.report.results import (
    SUMMARY,
    ResultsError,
    RunData,
    summarise,
    write_tables,
)
from loadtest.scenarios import Deed, plain_run
from terminal.results import new_folder, write_json
from tests.loadtest.requests_builder import sent, steady, table

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
def leave(tmp_path):
    """Writes the folder of a run of 20 seconds."""

    def write(name, requests):
        folder = new_folder(tmp_path, name, NOW)
        rows = [
            (second, *process, 200.0, 50.0)
            for second in range(20)
            for process in (("generator", 1), ("jvm", 2), ("worker", 3), ("worker", 4))
        ]
        columns = ["at_s", "process", "pid", "rss_mb", "cpu_percent"]
        memory = pd.DataFrame(rows, columns=columns)
        evidence = Evidence(
            scenario=plain_run(10, 10, 20),
            requests=requests,
            steps=(StepRun(10, 0, 20),),
            done=(Done(Deed.KILL_WORKER, 8.0, 5.0, "worker 7 killed by -9"),),
            samples=memory,
            batch_size=8,
            completeness=Completeness(1, 1, 1, 0, 0, 0, 0, 0, ()),
        )
        write_tables(folder, requests, memory)
        summary = summarise(evidence, judge(evidence))
        write_json(folder / SUMMARY, {"name": name, "started": 0.0, **summary})
        history = [f"{second},10,,Aggregated" for second in range(20)]
        lines = "\n".join(["Timestamp,User Count,Type,Name", *history])
        (folder / "locust_stats_history.csv").write_text(lines)
        write_json(folder / "settings.json", {"run": {"workers": 0 if name == "a" else 2}})
        write_json(folder / "machine.json", {"cores": 2})
        return folder

    return write


def test_a_folder_is_named_by_time_and_name_and_never_taken_twice(tmp_path):
    first, second = (new_folder(tmp_path, "a b/../c", NOW) for _ in range(2))
    assert first.name == "2026-01-02T03-04-05-a-b-..-c"
    assert second.name == first.name + "-2"
    assert first.parent == tmp_path


def test_the_summary_tells_the_figures(leave):
    requests = table(steady(0, 20, 10, ms=40), sent(3, status=500, error="500 in place of 200"))
    summary = json.loads((leave("a", requests) / "summary.json").read_text())
    assert (summary["requests"], summary["failures"]) == (201, 1)
    assert summary["requests_per_second"] == pytest.approx(10.05)
    assert summary["ms"]["p50"] == 40
    assert summary["by_status"] == {"200": 200, "500": 1}
    assert summary["errors"] == {"500 in place of 200": 1}
    assert summary["verdict"]["passed"] is False
    assert summary["verdict"]["ending"] == "failed"


@pytest.mark.weights  # many plots
@pytest.mark.parametrize("requests", [table(steady(0, 20)), table()], ids=["some", "none"])
def test_every_picture_is_drawn_even_if_nothing_was_sent(leave, requests):
    folder = leave("a", requests)
    draw_run(RunData.load(folder), folder)
    names = {*(panel.file for panel in PANELS), "memory", "processor", "overview"}
    assert {file.stem for file in folder.glob("*.png")} == names
    for file in folder.glob("*.png"):
        assert file.read_bytes().startswith(b"\x89PNG")


def test_a_long_run_is_drawn_in_at_most_150_points(leave):
    folder = leave("a", table(steady(0, 20)))
    summary = json.loads((folder / "summary.json").read_text())
    write_json(folder / SUMMARY, {**summary, "seconds": 7200})
    assert len(timeline_of(RunData.load(folder))) <= 150


def test_a_folder_without_results_is_refused_by_name(tmp_path):
    with pytest.raises(ResultsError, match=str(tmp_path)):
        RunData.load(tmp_path)


def test_two_runs_are_compared_figure_by_figure(leave, tmp_path, capsys):
    a = leave("a", table(steady(0, 20, 10, ms=40)))
    b = leave("b", table(steady(0, 20, 20, ms=20)))
    comparison.main(str(a), str(b), output=tmp_path / "out")
    document = json.loads((tmp_path / "out/comparison.json").read_text())
    assert document["figures"]["requests"] == {"a": 200, "b": 400}
    assert document["figures"]["p95 ms"] == {"a": 40, "b": 20}
    assert document["settings"] == {"settings.run.workers": [0, 2]}
    assert (tmp_path / "out/comparison.png").stat().st_size > 10_000
    told = capsys.readouterr().out
    assert "+100.0 %" in told
    assert "-50.0 %" in told


def test_a_run_compared_with_what_is_none_ends_with_2_and_one_line(leave, tmp_path, capsys):
    a = leave("a", table(steady(0, 20)))
    with pytest.raises(SystemExit) as ended:
        comparison.main(str(a), "no-such-run", output=tmp_path / "out")
    assert ended.value.code == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
