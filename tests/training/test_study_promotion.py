"""Who goes on to the next rung."""

import pytest

from tests.training.study_results import result
from training.study.comparison import compare
from training.study.design import Design, Experiment, Rung
from training.study.errors import StudyError
from training.study.promotion import load_promotions, promote, save_promotions

HALF = "10" * 200


def better_by(comments, of=HALF):
    """The hits of one that hits so many comments more (fewer, where it is negative)."""
    wanted, mark = ("0", "1") if comments > 0 else ("1", "0")
    return of.replace(wanted, mark, abs(comments))


def design(keep=1, margin=0.0, **experiments):
    rungs = [
        Rung(about=about, settings={}, seeds=(1,), baseline_seeds=(1,), keep=keep, margin=margin)
        for about in ("short", "long")
    ]
    known = {
        name: Experiment(name=name, question=question, settings={"epochs": 2})
        for name, question in {"base": "baseline", **experiments}.items()
    }
    return Design(known, tuple(rungs))


def decide(design, **gains):
    results = [result("base", HALF)]
    for name, gain in gains.items():
        question = design.experiments[name].question
        results.append(result(name, better_by(gain), question=question))
    return promote(design, 0, compare(results), design.experiments)


def test_the_best_of_each_question_goes_on():
    found = decide(design(fast="rate", faster="rate", mean="pooling"), fast=10, faster=20, mean=5)
    assert found.names == ("mean", "faster")


def test_as_many_as_the_rung_keeps_go_on():
    experiments = design(keep=2, a="rate", b="rate", c="rate")
    assert decide(experiments, a=10, b=20, c=5).names == ("b", "a")


def test_one_that_is_behind_goes_on_only_within_the_margin():
    # Four comments fewer, whose difference is as large as two of its standard errors.
    assert decide(design(margin=-2.5, slow="rate"), slow=-4).names == ("slow",)
    assert decide(design(margin=-1.5, slow="rate"), slow=-4).names == ()


def test_a_decision_is_written_with_its_reason():
    found = decide(design(fast="rate", slow="rate", mean="pooling"), fast=20, slow=10, mean=-9)
    why = {each.experiment: each.why for each in found.decisions}
    assert why == {
        "fast": "place 1 of its question",
        "slow": "place 2 of its question, of which 1 goes on",
        "mean": "less than +0 standard errors from base",
    }
    fast = next(each for each in found.decisions if each.experiment == "fast")
    assert (fast.difference, fast.error) == (5.0, 1.09)


def test_clear_winners_are_combined_the_clearest_last():
    experiments = design(fast="rate", mean="pooling", cosine="schedule")
    assert decide(experiments, fast=20, mean=6, cosine=-3).combined == ("mean", "fast")


def test_a_single_winner_is_not_combined():
    assert decide(design(fast="rate", mean="pooling"), fast=20, mean=0).combined == ()


def test_nobody_goes_on_from_the_last_rung():
    with pytest.raises(StudyError, match="there is no rung 2"):
        promote(design(), 1, [], {})


def test_a_rung_without_results_promotes_nobody():
    with pytest.raises(StudyError, match="nothing of rung 0 can be compared yet; run it first"):
        decide(design())


def test_a_result_whose_experiment_is_gone_does_not_go_on():
    results = compare([result("base", HALF), result("gone", better_by(9))])
    with pytest.raises(StudyError, match="run it first"):
        promote(design(), 0, results, design().experiments)


def test_promotions_come_back_as_they_were_written(tmp_path):
    promotion = decide(design(fast="rate", mean="pooling"), fast=20, mean=6)
    save_promotions(tmp_path, {1: promotion})
    assert load_promotions(tmp_path) == {1: promotion}


def test_without_a_record_nobody_was_promoted(tmp_path):
    assert load_promotions(tmp_path) == {}


def test_a_broken_record_is_refused(tmp_path):
    (tmp_path / "promotions.json").write_text('{"1": {"decisions": [{}]}}')
    with pytest.raises(StudyError, match=r"promotions\.json can't be read"):
        load_promotions(tmp_path)
