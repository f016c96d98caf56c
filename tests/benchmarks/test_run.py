"""The order of a run, its ends, and its dealing with failures: with contenders of no program."""

import json
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

import pytest

from benchmarks.comparison.plan import BenchPlan
from benchmarks.comparison.run import BenchRun, rotated
from benchmarks.comparison.turns import Reference, long_enough
from benchmarks.contenders.contender import Contender, Role
from benchmarks.errors import ContenderError
from benchmarks.load.measurement import Measurement
from benchmarks.report.console import BenchConsole
from benchmarks.report.record import BenchRecord
from benchmarks.report.results import FILE
from benchmarks.report.tables import tables_of
from benchmarks.sweep.run import around_the_first
from tests.benchmarks.made_up import ABOUT

PLAN = BenchPlan(rounds=2, seconds=1, clients=(1, 16), growth=False, idle_seconds=0)


@pytest.fixture
def events():
    """What happened to the contenders, in order."""
    return []


@pytest.fixture(autouse=True)
def reference(monkeypatch):
    """The answers that are right: joy to all."""
    right = Reference(["I love this"] * 100, ["joy"] * 100)
    monkeypatch.setattr(Reference, "of", lambda setup: right)


class Answering:
    """Answers rightly, at the rate of its options."""

    label = "joy"

    def __init__(self, setup, rate):
        self._rate = rate

    def measure(self, clients, seconds):
        return Measurement(clients, 1.0, self._rate, 0, 1.0, 1.0, 1.0, 1.0, 1.0)

    def labels(self, comments):
        return [self.label] * len(comments)

    def processes(self):
        return []


class AnsweringWrongly(Answering):
    label = "anger"


@pytest.fixture
def contender(events):
    """Makes a contender that notes its start and its stop."""

    def make(key, kind=Answering, error=None, **fields):
        @contextmanager
        def launch(setup, options):
            events.append(f"{key} starts")
            if error is not None:
                raise error
            try:
                yield kind(setup, options.get("rate", 100))
            finally:
                events.append(f"{key} stops")

        return Contender(key, key, "made up", Role.PEER, launch, **fields)

    return make


@pytest.fixture
def run(setup, tmp_path):
    """Runs contenders; returns their record, and whether the run was complete."""
    folder = tmp_path / "results"
    folder.mkdir()
    tables = partial(tables_of, judged=True)

    def go(contenders, plan=PLAN, record=None, order=rotated):
        record = record or BenchRecord(ABOUT, tuple(contenders))
        run = BenchRun(setup, plan, record, folder, tables, BenchConsole(), order)
        try:
            return record, run.go(contenders, seed=1)
        finally:
            assert len(json.loads((folder / FILE).read_text())["turns"]) == len(record.turns)

    return go


def test_one_contender_runs_at_a_time_and_another_begins_each_round(run, contender, events):
    record, complete = run([contender("a"), contender("b")])
    assert complete
    order = ("a", "b", "b", "a")
    assert events == [f"{key} {what}" for key in order for what in ("starts", "stops")]
    assert list(record.turns) == [("a", 1), ("b", 1), ("b", 2), ("a", 2)]
    assert [each.clients for each in record.turns["a", 1].measurements] == [1, 16]


def test_a_sweep_has_what_is_delivered_twice_a_round_with_the_others_between(run, contender):
    first, *others = (contender(key) for key in ("first", "a", "b"))
    record, _ = run([first, *others], order=around_the_first)
    assert list(record.turns) == [
        *[("first", 1), ("a", 1), ("first", 2), ("b", 1)],
        *[("first", 3), ("b", 2), ("first", 4), ("a", 2)],
    ]


def test_idle_time_is_measured_once_of_those_for_which_it_matters(run, contender):
    record, _ = run([contender("a", idle=True), contender("b")], replace(PLAN, idle_seconds=0.01))
    measured = [key for key, turn in record.turns.items() if turn.idle_percent is not None]
    assert measured == [("a", 1)]


def test_a_contender_that_does_not_start_is_noted_once_and_the_others_go_on(run, contender, events):
    failing = contender("a", error=ContenderError("it ended at once"))
    record, complete = run([failing, contender("b"), contender("c", environment="missing")])
    assert complete
    assert record.failures["a"] == "it ended at once"
    assert "make bench" in record.failures["c"]
    assert [events.count(f"{key} starts") for key in "abc"] == [1, 2, 0]
    assert list(record.turns) == [("b", 1), ("b", 2)]


def test_a_contender_that_answers_wrongly_gets_no_figures_unless_it_predicts_nothing(
    run, contender, events
):
    record, _ = run([contender("a", kind=AnsweringWrongly)])
    assert "otherwise than the model" in record.failures["a"]
    assert record.turns == {}
    assert events == ["a starts", "a stops"]
    record, _ = run([contender("a", kind=AnsweringWrongly, predicts=False)])
    assert record.failures == {}
    assert record.turns["a", 1].agreement is None


def test_the_variant_that_answers_most_is_compared_and_the_first_if_none_is_tried(run, contender):
    several = contender("a", variants=tuple({"rate": rate} for rate in (100, 300, 200)))
    record, _ = run([several])
    assert record.options(several) == {"rate": 300}
    assert [options["rate"] for options, _ in record.trials["a"]] == [100, 300, 200]
    assert record.values("a", "per_second", 16) == [300, 300]

    record, _ = run([several], replace(PLAN, trials=False))
    assert record.trials == {}
    assert record.values("a", "per_second", 16) == [100, 100]


def test_no_step_begins_after_the_time_allowed(run, contender, events):
    _, complete = run([contender("a")], replace(PLAN, minutes=0))
    assert not complete
    assert events == []


def test_a_run_that_was_broken_off_keeps_what_it_measured_and_goes_on(run, contender, events):
    loads = []

    class Tiring(Answering):
        def measure(self, clients, seconds):
            loads.append(clients)
            if loads == [16, 1, 16]:  # the first of them warms it up
                raise KeyboardInterrupt
            return super().measure(clients, seconds)

    contenders = [contender("a"), contender("b", kind=Tiring)]
    record = BenchRecord(ABOUT, tuple(contenders))
    with pytest.raises(KeyboardInterrupt):
        run(contenders, record=record)
    assert list(record.turns) == [("a", 1), ("b", 1)]
    assert [each.clients for each in record.turns["b", 1].measurements] == [1]
    assert events[-1] == "b stops"
    events.clear()
    run(contenders, record=record)
    assert [each for each in events if each.endswith("starts")] == [
        *("b starts", "b starts", "a starts")
    ]


@pytest.mark.parametrize(
    ("clients", "per_second", "expected"),
    [
        (1, 70, 4),  # four seconds are plenty
        (256, 40, 16),  # each client is to be answered more than twice
        (256, 5, 30),  # but not for ever
        (256, 0, 4),  # nothing is known of its rate
    ],
)
def test_a_load_lasts_until_each_client_can_have_been_answered(clients, per_second, expected):
    assert long_enough(clients, per_second, 4) == expected


def test_another_archive_is_unpacked_in_a_folder_of_its_own(setup, run, contender, tmp_path):
    other = tmp_path / "other.mar"
    other.write_bytes(setup.archive.read_bytes())
    seen = {}

    class Noting(Answering):
        def __init__(self, setup, rate):
            seen[setup.archive] = setup.unpacked
            super().__init__(setup, rate)

    record, _ = run([contender("a", kind=Noting), contender("b", kind=Noting, archive=other)])
    assert record.failures == {}
    assert seen.keys() == {setup.archive, other}
    assert len(set(seen.values())) == 2
