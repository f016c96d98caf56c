"""What `-u USERS -r RATE -l SECONDS` does, prints and leaves."""

import csv
import json

from loadtest.judging.timeline import failed, read_requests

PICTURES = {
    "requests_per_second",
    "failures_per_second",
    "total_requests",
    "total_failures",
    "average_response_time",
    "percentiles",
    "content_size",
    "users",
    "memory",
    "processor",
    "overview",
}


def rows(run, name):
    with (run.folder / f"locust_{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_a_run_that_holds_ends_with_0_and_says_passed(plain_run):
    assert plain_run.exit_code == 0, plain_run.output + plain_run.errors
    assert "verdict: passed" in plain_run.output
    assert plain_run.errors == ""


def test_its_folder_is_named_by_time_and_name(plain_run):
    assert plain_run.folder.name.endswith("-my-run")
    assert str(plain_run.folder) in plain_run.output


def test_it_leaves_summary_settings_machine_report_tables_and_pictures(plain_run):
    files = {file.name for file in plain_run.folder.iterdir()}
    assert files == {
        "summary.json",
        "settings.json",
        "machine.json",
        "report.html",
        "requests.csv.gz",
        "memory.csv",
        *(f"locust_{name}.csv" for name in ("stats", "stats_history", "failures", "exceptions")),
        *(f"{name}.png" for name in PICTURES),
    }


def test_statistics_are_printed_as_it_goes(plain_run):
    lines = [line for line in plain_run.output.splitlines() if " users " in line]
    assert len([line for line in lines if "req/s" in line]) >= 2


def test_locust_s_own_statistics_and_the_summary_count_the_same_requests(plain_run):
    total = next(row for row in rows(plain_run, "stats") if row["Name"] == "Aggregated")
    summary = plain_run.summary
    assert int(total["Request Count"]) == summary["requests"] > 0
    assert int(total["Failure Count"]) == summary["failures"] == 0


def test_the_history_has_a_row_a_second_for_each_entry_with_its_percentiles(plain_run):
    history = rows(plain_run, "stats_history")
    assert {"50%", "90%", "95%", "99%"} <= history[0].keys()
    assert {row["Name"] for row in history} == {"comment", "Aggregated"}
    totals = [int(row["Total Request Count"]) for row in history if row["Name"] == "Aggregated"]
    assert totals == sorted(totals)
    assert totals[-1] == plain_run.summary["requests"]
    assert len(totals) >= 5


def test_every_request_is_kept_with_its_id_and_owes_one_line(plain_run):
    requests = read_requests(plain_run.folder / "requests.csv.gz")
    assert requests["request_id"].is_unique
    assert (requests["log_lines"] == 1).all()
    assert failed(requests).empty
    assert plain_run.summary["completeness"]["found_lines"] == len(requests)


def test_settings_machine_and_service_are_kept(plain_run):
    settings = json.loads((plain_run.folder / "settings.json").read_text())
    machine = json.loads((plain_run.folder / "machine.json").read_text())
    assert settings["scenario"]["steps"] == [{"users": 8, "seconds": 5, "rate": 8, "until": None}]
    assert settings["comments"]
    assert machine["packages"]["locust"]
    assert machine["service"]["queue_capacity"] >= 1000


def test_locust_s_report_tells_the_entries(plain_run):
    report = (plain_run.folder / "report.html").read_text()
    assert "comment" in report
    assert len(report) > 100_000


def test_memory_of_the_jvm_and_of_the_workers_was_sampled(plain_run):
    with (plain_run.folder / "memory.csv").open() as file:
        kinds = {row["process"] for row in csv.DictReader(file)}
    assert kinds == {"generator", "jvm", "worker"}
