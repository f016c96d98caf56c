"""The order of a run, and what it does with contenders that fail: with contenders of no program."""

from contextlib import contextmanager
from dataclasses import replace

import pytest

from benchmarks.agreement import Reference
from benchmarks.bare import BareEncoder
from benchmarks.console import Progress
from benchmarks.contender import Contender, Role
from benchmarks.errors import ContenderError
from benchmarks.plan import Plan
from benchmarks.record import Record
from benchmarks.run import Run
from tests.benchmarks.findings import ABOUT, measurement

PLAN = Plan(rounds=2, seconds=1, clients=(1, 16), growth=False)


@pytest.fixture
def events():
    """What happened to the contenders, in order."""
    return []


class Answering:
    """Answers as the model does, at the rate of its options."""

    def __init__(self, setup, rate):
        self._encoder = BareEncoder(setup.unpacked, setup.settings)
        self._rate = rate

    def measure(self, clients, seconds):
        return measurement(clients, self._rate)

    def labels(self, comments):
        return self._encoder.labels(comments)

    def processes(self):
        return []


class AnsweringWrongly(Answering):
    def labels(self, comments):
        return ["joy"] * len(comments)


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

        return Contender(key, key, "made up", Role.PEER, launch, start_seconds=1, **fields)

    return make


def go(setup, contenders, plan=PLAN):
    record = Record(ABOUT, tuple(contenders))
    Run(setup, plan, record, setup.folder.parent, Progress()).go(seed=1)
    return record


def test_one_contender_runs_at_a_time_and_another_begins_each_round(setup, contender, events):
    record = go(setup, [contender("a"), contender("b")])
    order = ("a", "b", "b", "a")
    assert events == [f"{key} {what}" for key in order for what in ("starts", "stops")]
    assert [(key, number) for key, number, _ in record.turns] == [
        *(("a", 1), ("b", 1), ("b", 2), ("a", 2))
    ]
    assert [each.clients for each in record.turns[0][2].measurements] == [1, 16]


def test_a_contender_that_does_not_start_is_noted_once_and_the_others_go_on(
    setup, contender, events
):
    record = go(setup, [contender("a", error=ContenderError("it ended at once")), contender("b")])
    assert record.failures == {"a": "it ended at once"}
    assert events.count("a starts") == 1
    assert [key for key, _, _ in record.turns] == ["b", "b"]


def test_a_contender_that_answers_wrongly_gets_no_figures(setup, contender, events):
    record = go(setup, [contender("a", kind=AnsweringWrongly)])
    assert "otherwise than the model" in record.failures["a"]
    assert record.turns == []
    assert events == ["a starts", "a stops"]


def test_a_contender_that_predicts_nothing_is_not_asked_for_labels(setup, contender):
    record = go(setup, [contender("a", kind=AnsweringWrongly, predicts=False)])
    assert record.failures == {}
    assert record.turns[0][2].agreement is None


def test_a_contender_without_its_environment_is_noted_and_not_started(setup, contender, events):
    record = go(setup, [contender("a", environment="missing")])
    assert "make bench" in record.failures["a"]
    assert events == []


def test_the_variant_that_answers_most_stands_for_its_contender(setup, contender):
    variants = tuple({"rate": rate} for rate in (100, 300, 200))
    record = go(setup, [contender("a", variants=variants)])
    assert record.options == {"a": {"rate": 300}}
    assert [options["rate"] for _, options, _ in record.sweeps] == [100, 300, 200]
    assert {each.per_second for _, _, turn in record.turns for each in turn.measurements} == {300}


def test_without_a_sweep_the_first_variant_stands_for_it(setup, contender):
    variants = tuple({"rate": rate} for rate in (100, 300))
    record = go(setup, [contender("a", variants=variants)], replace(PLAN, sweep=False))
    assert record.sweeps == []
    assert record.turns[0][2].measurements[0].per_second == 100


def test_what_was_measured_before_an_interruption_is_kept_and_written(setup, contender, events):
    interrupted = contender("b", error=KeyboardInterrupt())
    record = Record(ABOUT, (contender("a"), interrupted))
    with pytest.raises(KeyboardInterrupt):
        Run(setup, PLAN, record, setup.folder.parent, Progress()).go(seed=1)
    assert [key for key, _, _ in record.turns] == ["a"]
    assert "| a |" in (setup.folder.parent / "table.md").read_text()
    assert events == ["a starts", "a stops", "b starts"]


def test_a_turn_broken_off_keeps_the_loads_that_it_has_had(setup, contender, events):
    class Tiring(Answering):
        def measure(self, clients, seconds):
            if clients == 16 and "measured" in events:
                raise KeyboardInterrupt
            if clients == 1:
                events.append("measured")
            return super().measure(clients, seconds)

    record = Record(ABOUT, (contender("a", kind=Tiring),))
    with pytest.raises(KeyboardInterrupt):
        Run(setup, PLAN, record, setup.folder.parent, Progress()).go(seed=1)
    assert [each.clients for each in record.turns[0][2].measurements] == [1]
    assert "| a | 100 |" in (setup.folder.parent / "table.md").read_text()
    assert events == ["a starts", "measured", "a stops"]


def test_the_reference_is_the_archives_own_encoder(setup):
    reference = Reference.of(setup)
    assert len(reference.comments) == 100
    assert reference.agreement(Answering(setup, 1)) == 1


def test_another_archive_is_checked_by_its_own_encoder_in_a_folder_of_its_own(
    setup, contender, tmp_path
):
    other = tmp_path / "other.mar"
    other.write_bytes(setup.archive.read_bytes())
    seen = {}

    class Noting(Answering):
        def __init__(self, setup, rate):
            seen[setup.archive] = setup.unpacked
            super().__init__(setup, rate)

    contenders = [contender("a", kind=Noting), contender("b", kind=Noting, archive=other)]
    record = go(setup, contenders)
    assert record.failures == {}
    assert seen.keys() == {setup.archive, other}
    assert len(set(seen.values())) == 2
