"""The order of a sweep, its end by time, by failure, by Ctrl-C, and how it goes on."""

import pytest

from benchmarks.console import Progress
from benchmarks.errors import ContenderError
from benchmarks.sweep.findings import Findings
from benchmarks.sweep.plan import SweepPlan
from benchmarks.sweep.run import SweepRun, distinct
from benchmarks.sweep.setting import COMMITTED, Setting
from benchmarks.sweep.turn import SettingTurn
from tests.benchmarks.findings import ABOUT

PLAN = SweepPlan(minutes=10, rounds=2, seconds=1)
SETTINGS = [
    Setting(lever=COMMITTED, name=COMMITTED, idle=True),
    Setting(lever="a", name="a", workers=11),
    Setting(lever="b", name="b", workers=12, idle=True),
]


class Turns:
    """Takes turns of no program, and notes them; `fail` is what a setting fails with."""

    def __init__(self, **fail):
        self.taken = []
        self.idle = []
        self._fail = fail

    def __call__(self, wanted, ground):
        if error := self._fail.get(wanted.setting):
            raise error
        self.taken.append((wanted.setting, wanted.number))
        if wanted.idle:
            self.idle.append(wanted.setting)
        found = 0.5 if wanted.idle else None
        return SettingTurn(wanted.setting, wanted.number, 1.0, (), 100.0, (300.0,), found)


def go(setup, turns, plan=PLAN, findings=None):
    findings = findings or Findings(ABOUT, {}, {})
    chosen = distinct(SETTINGS, setup)
    folder = setup.folder.parent
    complete = SweepRun(setup, plan, chosen, findings, folder, Progress("sweep"), turns).go()
    return complete, findings


def test_each_round_has_every_setting_once_and_what_is_delivered_twice(setup):
    turns = Turns()
    complete, _ = go(setup, turns)
    assert complete
    assert turns.taken == [
        *[(COMMITTED, 1), ("a", 1), (COMMITTED, 2), ("b", 1)],
        *[(COMMITTED, 3), ("b", 2), (COMMITTED, 4), ("a", 2)],
    ]


def test_idle_time_is_measured_once_of_those_settings_where_it_matters(setup):
    turns = Turns()
    go(setup, turns)
    assert turns.idle == [COMMITTED, "b"]


def test_a_setting_that_fails_is_noted_once_and_the_others_go_on(setup):
    turns = Turns(a=ContenderError("it ended at once"))
    complete, findings = go(setup, turns)
    assert complete
    assert findings.failures == {"a": "it ended at once"}
    assert {name for name, _ in turns.taken} == {COMMITTED, "b"}


def test_no_turn_begins_that_would_end_after_the_time_allowed(setup):
    turns = Turns()
    complete, _ = go(setup, turns, SweepPlan(minutes=0.1, rounds=2, seconds=10))
    assert not complete
    assert turns.taken == []


def test_what_was_measured_before_an_interruption_is_kept_and_not_measured_again(setup):
    with pytest.raises(KeyboardInterrupt):
        go(setup, Turns(b=KeyboardInterrupt()))
    before = Findings.load(setup.folder.parent)
    assert [turn.setting for turn in before.turns] == [COMMITTED, "a", COMMITTED]
    turns = Turns()
    complete, _ = go(setup, turns, findings=before)
    assert complete
    assert turns.taken[0] == ("b", 1)
    assert ("a", 1) not in turns.taken
    assert ("a", 2) in turns.taken
