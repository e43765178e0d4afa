"""Location and scale that half of the data cannot move."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from anomaly_hunter.stats.robust import fill, mad, median, quantiles, scale, standard, tame, wide_scale

NUMBERS = arrays(np.float64, st.integers(1, 40), elements=st.floats(-1e6, 1e6))
ANY = arrays(np.float64, st.integers(0, 40), elements=st.floats(allow_infinity=False))


@settings(derandomize=True, max_examples=60)
@given(NUMBERS)
def test_the_median_is_that_of_numpy(value):
    assert median(value) == pytest.approx(float(np.median(value)))


@settings(derandomize=True, max_examples=60)
@given(NUMBERS)
def test_quantiles_are_order_statistics(value):
    ordered = sorted(value)
    for p in (0.0, 0.3, 1.0):
        assert quantiles(value, (p,))[0] == ordered[round(p * (len(ordered) - 1))]


def test_quantiles_of_many_values_agree_with_sorting():
    value = np.random.default_rng(0).normal(size=5_001)
    assert quantiles(value, (0.1, 0.9)).tolist() == np.sort(value)[[500, 4500]].tolist()


@settings(derandomize=True, max_examples=80)
@given(ANY)
def test_standardised_values_are_finite_for_any_input_and_zero_where_missing(value):
    result = standard(value)
    assert np.isfinite(result).all()
    assert not result[np.isnan(value)].any()


@settings(derandomize=True, max_examples=80)
@given(ANY)
def test_tamed_values_can_be_squared_and_summed(value):
    calm, factor = tame(value)
    assert np.isfinite(np.nansum(calm * calm))
    assert factor > 0


def test_mad_and_scale_are_one_for_normal_data():
    value = np.random.default_rng(1).normal(size=20_000)
    assert mad(value) == pytest.approx(1.0, abs=0.03)
    assert scale(value) == pytest.approx(1.0, abs=0.03)


def test_scale_is_zero_only_for_constant_data():
    assert scale(np.full(9, 2.0)) == 0.0
    assert scale(np.array([0.0] * 9 + [1.0])) > 0
    assert scale(np.empty(0)) == wide_scale(np.empty(0), 0.0) == 0.0


def test_gaps_are_filled_by_the_line_between_neighbours():
    assert fill(np.array([np.nan, 2.0, np.nan, 4.0])).tolist() == [2.0, 2.0, 3.0, 4.0]
    assert fill(np.full(3, np.nan)).tolist() == [0.0, 0.0, 0.0]
