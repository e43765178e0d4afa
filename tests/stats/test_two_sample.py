"""Rank statistics against their slow, obvious twins."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_hunter.stats.two_sample import hodges_lehmann, mann_whitney

numbers = st.lists(st.floats(-1e6, 1e6) | st.integers(-3, 3).map(float), min_size=1, max_size=30)


def pairs(before, after):
    return [(a, b) for a in before for b in after]


@given(numbers, numbers)
@settings(derandomize=True, max_examples=60, deadline=None)
def test_u_and_delta_count_all_pairs(before, after):
    test = mann_whitney(np.array(before), np.array(after))
    u = sum((b > a) + 0.5 * (b == a) for a, b in pairs(before, after))
    assert test.u == pytest.approx(u)
    assert test.delta == pytest.approx(2 * u / (len(before) * len(after)) - 1)
    assert 0.0 <= test.p <= 1.0


@given(numbers, numbers)
@settings(derandomize=True, max_examples=60, deadline=None)
def test_hodges_lehmann_is_the_median_of_all_differences(before, after):
    expected = np.median([b - a for a, b in pairs(before, after)])
    assert hodges_lehmann(np.array(before), np.array(after)) == pytest.approx(expected, abs=1e-6)


def test_swapping_the_samples_turns_the_sign():
    rng = np.random.default_rng(1)
    a, b = rng.normal(0, 1, 40), rng.normal(1, 1, 25)
    one, other = mann_whitney(a, b), mann_whitney(b, a)
    assert one.delta == pytest.approx(-other.delta)
    assert one.z == pytest.approx(-other.z)
    assert one.p == pytest.approx(other.p)


def test_p_is_small_under_a_shift_and_uniform_without_one():
    rng = np.random.default_rng(2)
    p = [mann_whitney(rng.normal(size=30), rng.normal(size=30)).p for _ in range(400)]
    assert 0.02 <= np.mean(np.array(p) < 0.05) <= 0.08
    assert mann_whitney(rng.normal(size=30), rng.normal(3, 1, size=30)).p < 1e-6


def test_p_is_exact_where_the_samples_do_not_overlap():
    rng = np.random.default_rng(4)
    assert mann_whitney(rng.random(79), np.array([5.0])).p == pytest.approx(2 / 80)
    assert mann_whitney(rng.random(6), -1 - rng.random(3)).p == pytest.approx(2 / math.comb(9, 3))


def test_missing_values_are_left_out_and_nothing_gives_nothing():
    nan = math.nan
    assert mann_whitney(np.array([nan, 1.0]), np.array([2.0, nan])).delta == 1.0
    assert math.isnan(mann_whitney(np.array([nan]), np.array([1.0])).delta)
    assert mann_whitney(np.empty(0), np.array([1.0])).p == 1.0
    assert math.isnan(hodges_lehmann(np.empty(0), np.array([1.0])))


def test_a_huge_sample_is_thinned_without_losing_the_shift():
    rng = np.random.default_rng(3)
    a, b = rng.normal(0, 1, 20_000), rng.normal(5, 1, 20_000)
    assert hodges_lehmann(a, b) == pytest.approx(5.0, abs=0.05)


def test_values_near_the_end_of_the_floats_do_not_overflow():
    assert hodges_lehmann(np.array([-1e308, -1e308]), np.array([1e308, 1e308])) == math.inf
    assert mann_whitney(np.array([-1e308]), np.array([1e308])).delta == 1.0
