"""Shares and their intervals, against published figures and scipy's."""

import math

import numpy as np
import pytest
from scipy.stats import binomtest

from evaluation.intervals import Share, Tally, bootstrap_interval


def test_a_share_has_wilsons_interval():
    # Wilson 1927 for 33 of 50, z = 1.959964: (p + z²/2n ± z √(pq/n + z²/4n²)) / (1 + z²/n)
    share = Share.among(np.arange(50) < 33)
    assert (share.count, share.of, share.rate) == (33, 50, 0.66)
    assert share.standard_error == pytest.approx(math.sqrt(0.66 * 0.34 / 50))
    assert share.interval == pytest.approx((0.5215, 0.7756), abs=1e-4)


def test_the_interval_of_no_miss_is_not_a_point():
    assert Share.among([True] * 10).interval == pytest.approx((0.7225, 1), abs=1e-4)


@pytest.mark.parametrize("share", [Share.among, Share.of_clusters])
def test_there_is_no_share_of_nothing(share):
    with pytest.raises(ValueError, match="to take a share of"):
        share([])


@pytest.mark.parametrize("passed", [0, 1, 45, 50])
def test_clusters_of_one_check_have_nearly_the_exact_interval(passed):
    share = Share.of_clusters([Tally(1, 1)] * passed + [Tally(0, 1)] * (50 - passed))
    exact = binomtest(passed, 50).proportion_ci(0.95, method="exact")
    assert (share.count, share.of) == (passed, 50)
    assert share.interval == pytest.approx((exact.low, exact.high), abs=0.005)


def test_checks_that_are_alike_within_a_cluster_widen_the_interval():
    alike = Share.of_clusters([Tally(10, 10)] * 4 + [Tally(0, 10)])
    mixed = Share.of_clusters([Tally(8, 10), Tally(7, 10), Tally(9, 10)] * 5)
    assert width(alike) > 2 * width(mixed)
    assert alike.standard_error > 2 * mixed.standard_error


def width(share):
    return share.interval.high - share.interval.low


def test_many_checks_of_a_few_clusters_that_all_pass_prove_little():
    share = Share.of_clusters([Tally(1000, 1000)] * 3)
    assert share.interval == pytest.approx((0.025 ** (1 / 3), 1))


def test_the_bootstrap_interval_of_a_mean_is_about_two_standard_errors_wide_and_repeatable():
    values = np.random.default_rng(0).normal(5, 2, 400)
    found = bootstrap_interval(lambda rows: float(values[rows].mean()), len(values))
    error = values.std() / math.sqrt(400)
    assert found.low == pytest.approx(values.mean() - 1.96 * error, abs=0.3 * error)
    assert found.high == pytest.approx(values.mean() + 1.96 * error, abs=0.3 * error)
    assert bootstrap_interval(lambda rows: float(values[rows].mean()), len(values)) == found
