"""The hinge against least squares at every bend."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_hunter.stats.hinge import fit_hinge


def slow_hinge(y):
    """Least squares at every bend, one by one."""
    x = np.arange(len(y), dtype=float)
    best = None
    for bend in range(len(y) - 2):
        design = np.column_stack((np.ones(len(y)), np.maximum(0, x - bend)))
        answer = np.linalg.lstsq(design, y, rcond=None)[0]
        left = float(((y - design @ answer) ** 2).sum())
        if best is None or left < best[0] - 1e-12:
            best = (left, bend, *answer)
    return best


@given(st.lists(st.integers(-50, 50), min_size=6, max_size=25))
@settings(derandomize=True, max_examples=60, deadline=None)
def test_it_explains_as_much_as_the_best_of_all_bends(values):
    y = np.array(values, dtype=float)
    fit = fit_hinge(y)
    total = float(((y - y.mean()) ** 2).sum())
    if fit is None:
        assert total == 0
        return
    left, *_ = slow_hinge(y)
    assert fit.explained == pytest.approx(1 - left / total, abs=1e-6)


def hinge(y):
    fit = fit_hinge(y)
    assert fit is not None
    return fit


def test_a_ramp_beats_a_step_and_a_step_beats_a_ramp():
    rng = np.random.default_rng(4)
    ramp = np.r_[np.full(60, 10.0), 10 + 0.5 * np.arange(60)] + rng.normal(0, 0.5, 120)
    step = np.r_[np.full(60, 10.0), np.full(60, 40.0)] + rng.normal(0, 0.5, 120)
    assert hinge(ramp).explained > hinge(ramp).step_explained + 0.05
    assert hinge(step).explained < hinge(step).step_explained
    assert hinge(ramp).bend == pytest.approx(60, abs=4)
    assert hinge(ramp).slope == pytest.approx(0.5, abs=0.03)


def test_too_few_constant_or_missing_values_give_no_hinge():
    assert fit_hinge(np.array([1.0, 2.0, 3.0, 4.0])) is None
    assert fit_hinge(np.full(50, 3.0)) is None
    assert fit_hinge(np.full(50, np.nan)) is None


def test_gaps_keep_their_place_in_time():
    y = np.r_[np.full(10, 5.0), 5.0 + 2.0 * np.arange(1, 11)]
    y[[3, 12, 15]] = np.nan
    assert hinge(y).slope == pytest.approx(2.0)
    assert hinge(y).bend == 9


def test_huge_values_do_not_overflow():
    y = np.r_[np.zeros(10), np.linspace(0, 1e308, 10)]
    assert hinge(y).explained > 0.9
