"""The prediction log counted against answers: missing, doubled, rotated, broken lines."""

import gzip
import json
import threading

import pytest

from loadtest.judging.completeness import compare, count_when_settled
from loadtest.judging.prediction_log import LogSince
from tests.loadtest.requests_builder import sent, table


def line(request_id, label="joy"):
    return json.dumps({"time": "t", "text": "x", "prediction": label, "request_id": request_id})


def lines_of(requests):
    """The lines that a complete log has for a requests table."""
    return [
        line(row.request_id, row.label or "love")
        for row in requests.itertuples()
        for _ in range(row.log_lines)
    ]


@pytest.fixture
def log(tmp_path):
    def write(lines, name="predictions.log"):
        text = "".join(f"{text}\n" for text in lines).encode()
        data = gzip.compress(text) if name.endswith(".gz") else text
        (tmp_path / name).write_bytes(data)
        return tmp_path

    return write


def from_the_beginning(log_dir):
    return LogSince(log_dir, time=0, head=b"", size=0)


def count(requests, log_dir):
    return count_when_settled(requests, from_the_beginning(log_dir), settle_s=0)


def test_a_log_with_each_line_once_is_whole(log):
    requests = table(sent(1), sent(2, log_lines=3, label=""))
    counted = count(requests, log(lines_of(requests)))
    assert counted.is_whole
    assert (counted.owed_lines, counted.found_lines) == (4, 4)


def test_a_missing_line_is_found_and_shown_by_its_request_id(log):
    requests = table(sent(1), sent(2))
    counted = count(requests, log(lines_of(requests)[:1]))
    assert not counted.is_whole
    assert counted.missing_lines == 1
    assert counted.discrepancies[0].request_id == requests["request_id"][1]


def test_a_doubled_line_is_found_and_does_not_make_up_for_a_missing_one(log):
    requests = table(sent(1), sent(2))
    first, _ = lines_of(requests)
    counted = count(requests, log([first, first]))
    assert (counted.missing_lines, counted.doubled_lines) == (1, 1)


def test_a_request_of_three_comments_owes_three_lines(log):
    requests = table(sent(1, log_lines=3, label=""))
    counted = count(requests, log(lines_of(requests)[:2]))
    assert counted.missing_lines == 1


def test_a_line_of_another_label_than_the_client_got_is_found(log):
    requests = table(sent(1, label="joy"))
    counted = count(requests, log([line(requests["request_id"][0], "anger")]))
    assert counted.other_label == 1
    assert not counted.is_whole


def test_an_answer_of_torchserve_itself_owes_no_line(log):
    requests = table(sent(1, status=503, error="503 in place of 200", log_lines=0))
    assert count(requests, log([])).is_whole


def test_a_line_whose_answer_never_came_is_no_fault_and_is_counted(log):
    counted = count(table(), log([line("of-another-client")]))
    assert counted.is_whole
    assert counted.unanswered_lines == 1


def test_a_line_that_is_no_json_is_a_fault(log):
    requests = table(sent(1))
    counted = count(requests, log([*lines_of(requests), "java.lang.OutOfMemoryError"]))
    assert counted.broken_lines == 1
    assert not counted.is_whole


def test_rotated_and_compressed_files_are_counted_too(log):
    requests = table(*[sent(second) for second in range(6)])
    lines = lines_of(requests)
    log(lines[:2], "predictions.2026-01-01.1.log.gz")
    log(lines[2:4], "predictions.2026-01-01.2.log")
    assert count(requests, log(lines[4:])).is_whole


def test_a_file_that_is_being_compressed_is_not_counted_twice(log):
    requests = table(sent(1))
    log(lines_of(requests), "predictions.2026-01-01.1.log")
    log_dir = log(lines_of(requests), "predictions.2026-01-01.1.log.gz")
    assert count(requests, log_dir).is_whole


def test_a_file_last_written_before_the_run_is_not_read(log):
    log_dir = log([line("old")])
    later = (log_dir / "predictions.log").stat().st_mtime + 2
    assert not LogSince(log_dir, later, head=b"", size=0).read().labels


def test_a_line_that_is_still_being_written_is_not_read(log):
    log_dir = log([line("whole")])
    with (log_dir / "predictions.log").open("a") as file:
        file.write(line("half")[:20])
    logged = from_the_beginning(log_dir).read()
    assert list(logged.labels) == ["whole"]
    assert logged.broken == 0


def test_the_count_waits_for_the_last_lines(log):
    requests = table(sent(1), sent(2))
    first, last = lines_of(requests)
    log_dir = log([first])
    timer = threading.Timer(0.2, log, [[first, last]])
    timer.start()
    try:
        assert count_when_settled(requests, from_the_beginning(log_dir), settle_s=30).is_whole
    finally:
        timer.join()


def test_a_log_of_200_discrepancies_shows_some_and_counts_all(log):
    requests = table([sent(1) for _ in range(200)])
    counted = compare(requests, from_the_beginning(log([])).read())
    assert counted.missing_lines == 200
    assert 0 < len(counted.discrepancies) < 200


def test_what_stood_in_the_file_before_the_run_is_not_counted(log):
    requests = table(sent(1))
    before = ["no JSON", *lines_of(requests)]
    log_dir = log(before)
    since = LogSince.now(log_dir)
    with (log_dir / "predictions.log").open("a") as file:
        file.write(lines_of(requests)[0] + "\n")
    assert count_when_settled(requests, since, settle_s=0).is_whole


@pytest.mark.parametrize(
    "rotated", ["predictions.2026-01-01.1.log", "predictions.2026-01-01.1.log.gz"]
)
def test_nor_once_the_file_was_rotated(log, rotated):
    requests = table(sent(1), sent(2))
    first, second = lines_of(requests)
    since = LogSince.now(log(["no JSON"]))
    log(["no JSON", first], rotated)
    log([second])
    assert count_when_settled(requests, since, settle_s=0).is_whole
