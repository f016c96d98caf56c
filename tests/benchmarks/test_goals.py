import pytest

from benchmarks.figures import Figures
from benchmarks.goals import GOALS
from tests.benchmarks.findings import measurement, record, turn


def figures():
    def one(rate_16, rate_64, p50_1, p99_16):
        return [
            turn(
                measurement(1, 70, p50_ms=p50_1),
                measurement(16, rate_16, p99_ms=p99_16),
                measurement(64, rate_64),
                start_seconds=9.5,
                resident_mib=1000,
            )
        ]

    return Figures(
        record(
            service=one(420, 430, 7, 60),
            flask=one(84, 80, 14, 300),
            litserve=one(120, 130, 15, 240),
            infinity_torch=one(140, 140, 19, 400),
            bare=one(440, 440, 6, 30),
        )
    )


@pytest.mark.parametrize(
    ("words", "found", "met"),
    [
        ("16 clients, as a multiple of Flask", 420 / 84, True),
        ("16 clients, as a multiple of the best peer", 420 / 140, True),
        ("64 clients, as a share of the bare encoder", 430 / 440, True),
        ("p50 at 1 client, as a share of Flask", 7 / 14, True),
        ("p99 at 16 clients, as a share of the best peer", 60 / 240, True),
        ("seconds from start", 9.5, True),
        ("GB resident", 1000 * 1024**2 / 1e9, True),
    ],
)
def test_a_goal_compares_figures_of_the_same_run(words, found, met):
    (goal,) = [goal for goal in GOALS if words in goal.about]
    assert goal.find(figures()) == pytest.approx(found)
    assert goal.is_met(found) is met


def test_a_goal_is_missed_on_its_wrong_side():
    for goal in GOALS:
        assert goal.is_met(goal.wanted)
        assert not goal.is_met(goal.wanted * (1.01 if goal.at_most else 0.99))


def test_a_goal_whose_figures_are_missing_has_none():
    empty = Figures(record())
    assert {goal.find(empty) for goal in GOALS} == {None}
