"""Boundaries hold what they promise."""

import math

import numpy as np
import pytest

from anomaly_hunter.stats.limits import farthest, independent, student, tail


@pytest.mark.parametrize(
    ("probability", "freedom", "exact"),
    [(0.025, 10, 2.228), (0.001, 10, 4.144), (0.025, 40, 2.021), (5e-5, 40, 4.321), (0.001, 5, 5.893)],
)
def test_student_quantiles_are_those_of_the_tables(probability, freedom, exact):
    assert student(probability, freedom) == pytest.approx(exact, rel=0.03)


def test_fewer_values_and_more_tests_need_more():
    assert farthest(100, 10) > farthest(100, 100) > farthest(100, 1e9)
    assert farthest(1_000, 100) > farthest(10, 100)


def test_wandering_values_are_worth_fewer_independent_ones():
    rng = np.random.default_rng(0)
    noise = rng.normal(size=2_000)
    slow = noise.copy()
    for i in range(1, len(slow)):
        slow[i] += 0.8 * slow[i - 1]
    assert independent(noise) == pytest.approx(2_000, rel=0.1)
    assert independent(slow) == pytest.approx(2_000 / 9, rel=0.35)
    assert independent(np.zeros(9)) == 9.0


@pytest.mark.parametrize("draw", ["exponential", "standard_normal", "lognormal"])
def test_the_tail_is_passed_about_as_often_as_expected(draw):
    passed = 0
    for seed in range(10):
        score = getattr(np.random.default_rng(seed), draw)(size=20_000)
        passed += int((score.reshape(-1, 20).max(axis=1) > tail(score, 20, 1.0)).sum())
    assert passed <= 40  # 10 are expected


def test_anomalies_do_not_raise_the_tail():
    score = np.random.default_rng(1).exponential(size=20_000)
    clean = tail(score, 20, 1.0)
    score[5_000:5_300] += 500
    assert tail(score, 20, 1.0) == pytest.approx(clean, rel=0.15)


def test_scores_without_a_spread_still_have_a_boundary():
    assert math.isfinite(tail(np.zeros(100), 10, 1.0))
    assert tail(np.r_[np.zeros(60), np.ones(40)], 10, 1.0) >= 1.0
