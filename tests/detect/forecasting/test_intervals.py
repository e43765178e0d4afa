"""Intervals hold the share they promise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_hunter.detect.forecasters.seasonal import Seasonal
from anomaly_hunter.detect.forecasting.intervals import Errors, Intervals, rising


def noise(generator, n):
    return generator.normal(0, 1, n)


def wandering(generator, n):
    x = np.zeros(n + 50)
    for i, step in enumerate(generator.normal(0, 1, n + 49), 1):
        x[i] = 0.8 * x[i - 1] + step
    return x[50:]


def daily(generator, n):
    return 10 * np.sin(np.arange(n) * 2 * np.pi / 24) + generator.normal(0, 1, n)


def heavy(generator, n):
    return generator.standard_t(3, n)


def visits(generator, n):
    return generator.poisson(30 * (1 + 0.5 * np.sin(np.arange(n) * 2 * np.pi / 7))).astype(float)


@pytest.mark.parametrize(
    ("kind", "level", "low", "high"),
    [(kind, 0.95, 0.93, 0.99) for kind in (noise, wandering, daily, heavy, visits)]
    + [(noise, 0.8, 0.76, 0.88)],
)
def test_the_share_inside_is_the_level_over_many_series(kind, level, low, high):
    inside = []
    for seed in range(16):
        x = kind(np.random.default_rng(seed), 324)
        found = Seasonal(counts=kind is visits).fit(x[:300]).predict(24, level)
        inside.append(((x[300:] >= found.lower) & (x[300:] <= found.upper)).mean())
    assert low <= np.mean(inside) <= high


@settings(derandomize=True, max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(30, 400), st.sampled_from([0.5, 0.8, 0.95]))
def test_independent_errors_are_covered_at_least_as_often_as_promised(seed, rows, level):
    generator = np.random.default_rng(seed)
    spread = np.array([1.0, 2.0, 3.0])
    found = Intervals.of(Errors(np.array([1, 2, 4]), generator.normal(0, spread, (rows, 3))), level)
    low, high = found.around(np.array([1, 2, 4]))
    new = generator.normal(0, spread, (4_000, 3))
    assert ((new >= low) & (new <= high)).mean() >= level - 2.0 * np.sqrt(level * (1 - level) / rows)


def test_beyond_the_horizons_that_were_tried_it_widens_like_a_random_walk():
    errors = np.random.default_rng(1).normal(0, 1, (200, 2))
    low, high = Intervals.of(Errors(np.array([1, 4]), errors), 0.95).around(np.array([4, 16]))
    assert high[1] / high[0] == pytest.approx(2)
    assert low[1] / low[0] == pytest.approx(2)


def slow_rising(value):
    """max over a of min over b of the mean of value[a..b]: the textbook formula."""
    n = len(value)
    return [max(min(np.mean(value[a : b + 1]) for b in range(i, n)) for a in range(i + 1)) for i in range(n)]


@settings(derandomize=True, max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 20), min_size=1, max_size=12))
def test_rising_is_isotonic_regression(numbers):
    value = np.array(numbers, float)
    assert rising(value, np.ones(len(value))) == pytest.approx(slow_rising(value))


def test_exact_forecasts_have_no_interval():
    found = Intervals.of(Errors(np.array([1, 2]), np.zeros((30, 2))), 0.95)
    assert [part.tolist() for part in found.around(np.arange(1, 4))] == [[0.0] * 3, [0.0] * 3]
