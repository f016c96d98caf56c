"""Differences and their paired errors, against a count by hand."""

import json
import math

import pytest

from tests.training.study_results import result
from training.errors import StudyError
from training.study.comparison import compare_experiments, seed_spread
from training.study.results import RunResult, load_results, merge_results

# Of 8 comments the baseline hits 4; the experiment hits 3 of these and 3 others.
BASE = "11110000"
FAST = "11101110"


def by_name(*results):
    return {each.experiment: each for each in compare_experiments(results)}


def test_the_difference_is_that_of_the_hit_rates_and_its_error_is_paired():
    fast = by_name(result("base", BASE), result("fast", FAST))["fast"]
    assert (fast.hit_rate.mean, fast.difference.mean) == (6 / 8, 2 / 8)
    assert [run.experiment for run in fast.reference] == ["base"]
    # By comment: 0 0 0 -1 1 1 1 0, whose mean is 1/4 and whose squares add up to 4.
    assert fast.difference.error == pytest.approx(math.sqrt((4 - 8 / 16) / 7 / 8))


def test_the_error_of_a_hit_rate_is_that_of_a_share():
    base = by_name(result("base", BASE * 100))["base"]
    assert base.hit_rate.error == pytest.approx(math.sqrt(0.5 * 0.5 / 800), rel=1e-2)
    assert base.difference is None


def test_experiments_that_hit_the_same_comments_differ_by_nothing_for_sure():
    same = by_name(result("base", BASE), result("same", BASE))["same"]
    assert same.difference == (0.0, 0.0)
    assert not same.is_clear(spread=0.0)


def test_seeds_are_averaged_and_their_spread_is_shown():
    base = by_name(result("base", "1100", seed=1), result("base", "1111", seed=2))["base"]
    assert ([run.seed for run in base.runs], base.hit_rate.mean) == ([1, 2], 0.75)
    assert base.spread == pytest.approx(0.5 / math.sqrt(2))


def test_a_single_run_has_no_spread():
    assert by_name(result("base", BASE))["base"].spread is None


def test_a_difference_is_to_the_mean_of_the_references_seeds():
    results = [result("base", "1100"), result("base", "0110", seed=2), result("fast", "1110")]
    fast = by_name(*results)["fast"]
    # By comment: 0.5 0 0.5 0.
    assert (fast.difference.mean, len(fast.reference)) == (0.25, 2)
    assert fast.difference.error == pytest.approx(math.sqrt(0.25 / 3 / 4))


def test_the_spread_over_seeds_is_pooled():
    hits = {"base": ("1100", "1111", "1110"), "fast": ("1000", "1100")}
    found = seed_spread(
        compare_experiments(
            result(name, marks, seed=seed)
            for name, runs in hits.items()
            for seed, marks in enumerate(runs)
        )
    )
    # Squared distances from the means: 1/16 + 1/16 + 0, and 1/64 twice.
    assert found.deviation == pytest.approx(math.sqrt((2 / 16 + 2 / 64) / 3))
    assert found.of_a_difference == pytest.approx(found.deviation * math.sqrt(2))
    assert found.freedom == 3


def test_a_run_that_is_measured_twice_counts_once_in_the_spread():
    base = [result("base", "1100", seed=1), result("base", "1111", seed=2)]
    raw = [result("raw", "1000", seed=seed, measured="raw") for seed in (1, 2)]
    assert seed_spread(compare_experiments([*base, *raw])) == seed_spread(compare_experiments(base))


def test_an_experiment_is_compared_with_what_it_names():
    results = [
        result("base", "1000"),
        result("taught", "1100"),
        result("warm", "1110", compare_with="taught"),
    ]
    warm = by_name(*results)["warm"]
    assert (warm.against, warm.difference.mean) == ("taught", 0.25)
    (base,) = by_name(results[0], results[2])["warm"].reference
    assert base.experiment == "base"


def test_rungs_are_not_mixed():
    found = compare_experiments([result("base", "1100"), result("fast", "1110", rung=1)])
    assert [(each.runs[0].rung, each.difference) for each in found] == [(0, None), (1, None)]


def test_the_baseline_opens_its_rung_and_the_best_of_a_question_comes_first():
    found = compare_experiments(
        [
            result("slow", "1000"),
            result("fast", "1100"),
            result("base", "1111"),
            result("big", "0000", question="batch"),
        ]
    )
    assert [each.experiment for each in found] == ["base", "big", "fast", "slow"]


def test_what_differs_is_said_in_settings_and_a_setting_unknown_then_was_at_its_default():
    settings = {"learning_rate": 1e-3, "loss": "softmax", "seed": 5}
    found = by_name(result("base", BASE), result("fast", FAST, settings=settings, measured="raw"))
    assert found["fast"].differs == "learning_rate 0.001, raw weights"
    assert found["base"].differs == ""


def test_a_difference_is_clear_only_beyond_both_errors():
    fast = by_name(result("base", "10" * 400), result("fast", "11" * 40 + "10" * 360))["fast"]
    assert fast.difference.mean == 0.05
    assert fast.is_clear(spread=0.01)
    assert not fast.is_clear(spread=0.02)
    near = by_name(result("base", "1000"), result("near", "1100"))["near"]
    assert not near.is_clear(spread=0.0)


def test_results_on_other_comments_are_not_compared():
    with pytest.raises(StudyError, match=r"base and fast of rung 0 .* different dev comments"):
        compare_experiments([result("base", BASE), result("fast", FAST, dev="others")])


def test_a_result_comes_back_from_json_as_it_was(tmp_path):
    file = tmp_path / "study.json"
    written = [result("base", BASE + "1"), result("fast", "0" * 9)]
    file.write_text(json.dumps({"results": [each.as_json() for each in written]}))
    for before, after in zip(written, load_results(file), strict=True):
        assert isinstance(after, RunResult)
        assert after.as_json() == before.as_json()
        assert after.hits.tolist() == before.hits.tolist()


def test_a_broken_file_of_results_is_refused(tmp_path):
    (tmp_path / "study.json").write_text('{"results": [{"hits": "AA=="}]}')
    with pytest.raises(StudyError, match="can't be read as the results of a study"):
        load_results(tmp_path / "study.json")


def test_what_was_found_anew_takes_the_place_of_what_was_kept():
    kept = [result("base", "1100"), result("gone", "1000")]
    merged = merge_results(kept, [result("base", "1111")])
    assert [(each.experiment, each.hit_rate) for each in merged] == [("base", 1.0), ("gone", 0.25)]
