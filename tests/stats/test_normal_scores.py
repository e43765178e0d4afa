"""Residuals as normal scores."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_hunter.stats.normal_scores import normal_scores, skew_and_tail
from anomaly_hunter.stats.robust import mad, median


def normal_value(z, unit, g, h):
    """The residual that has this normal score."""
    bent = np.expm1(g * z) / g if abs(g) > 1e-9 else z
    return np.sign(z) * unit * max(abs(bent) * np.exp(0.5 * h * z * z), abs(z))


@settings(derandomize=True, max_examples=50)
@given(st.floats(-6, 6), st.floats(-1, 1), st.floats(0, 0.3))
def test_values_and_scores_are_inverse_and_never_more_than_plain(z, g, h):
    value = np.array([normal_value(z, 2.0, g, h)])
    score = normal_scores(value, 2.0, g, h)
    assert score[0] == pytest.approx(z, abs=0.06)
    assert abs(score[0]) <= abs(value[0]) / 2.0 + 1e-12


def test_skewed_noise_gets_scores_like_normal_noise():
    value = np.exp(np.random.default_rng(0).normal(0, 0.5, 4_000))
    residual = value - median(value)
    unit = mad(residual, 0.0)
    g, h = skew_and_tail(residual, unit)
    assert 0.35 < g < 0.65
    assert residual.max() / unit > 7
    assert normal_scores(residual, unit, g, h).max() < 5


def test_normal_noise_stays_as_it_is():
    residual = np.random.default_rng(1).normal(size=2_000)
    g, h = skew_and_tail(residual, 1.0)
    assert abs(g) < 0.1
    assert h < 0.05


def test_few_values_say_nothing_about_tails():
    assert skew_and_tail(np.arange(10.0), 1.0) == (0.0, 0.0)


def test_huge_residuals_are_clipped_not_overflown():
    assert np.isfinite(normal_scores(np.array([1e300, -1e300]), 1e-290, 0.5, 0.2)).all()
