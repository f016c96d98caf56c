"""Requests by second."""

import pytest

from loadtest.judging.timeline import between, by_second, failed, percentiles_ms, read_requests
from tests.loadtest.requests_builder import sent, steady, table


def test_rates_are_counted_at_the_second_of_the_answer():
    seen = by_second(table(sent(0.2, ms=100), sent(0.8, ms=900), sent(1.1, ms=100)), 2)
    assert list(seen["requests"]) == [1, 2]


def test_totals_add_up_to_all_requests_and_all_failures():
    requests = table(steady(0, 4, 20), sent(2.5, error="500 in place of 200", status=500))
    seen = by_second(requests, 5)
    assert seen["total_requests"].iloc[-1] == len(requests)
    assert seen["total_failures"].iloc[-1] == len(failed(requests)) == 1


def test_a_wider_interval_tells_rates_per_second_all_the_same():
    seen = by_second(table(steady(0, 10, 20)), 10, every_s=5)
    assert list(seen.index) == [0, 5]
    assert list(seen["requests"]) == pytest.approx([20, 20], abs=0.5)


def test_an_interval_that_is_not_over_is_left_out():
    assert list(by_second(table(steady(0, 7)), 7, every_s=5).index) == [0]


def test_a_second_without_an_answer_has_a_rate_of_0_and_no_response_time():
    seen = by_second(table(sent(0.1), sent(2.1)), 3)
    assert seen["requests"][1] == 0
    assert seen["p95"].isna()[1]


def test_a_run_without_any_request_has_a_timeline_too():
    seen = by_second(table(), 3)
    assert list(seen["requests"]) == [0, 0, 0]
    assert seen["p50"].isna().all()


def test_percentiles_are_exact_and_not_of_buckets():
    requests = table([sent(0, ms=ms) for ms in range(1, 101)])
    assert percentiles_ms(requests) == {"p50": 50.5, "p90": 90.1, "p95": 95.0, "p99": 99.0}


def test_between_goes_by_the_time_of_sending():
    requests = table(sent(0.9, ms=5000), sent(1.0), sent(2.0))
    assert list(between(requests, 1, 2)["sent_s"]) == [1.0]


def test_what_is_written_reads_back_the_same(tmp_path):
    requests = table(sent(0.5, name="null"), sent(0.7, error="NA", status=0, label=""))
    file = tmp_path / "requests.csv.gz"
    requests.to_csv(file, index=False)
    assert read_requests(file).equals(requests)
