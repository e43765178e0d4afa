"""Any input gets a sound answer, and no warning."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import anomaly_hunter as ah
from anomaly_hunter.detect.explain import explain
from anomaly_hunter.errors import DataError
from anomaly_hunter.model import Series
from tests.detect.series.made import START, detect, gauss, series, spans


def sound(detection):
    n = len(detection.series)
    assert detection.score.shape == (n,)
    assert np.isfinite(detection.score).all()
    assert (detection.score >= 0).all()
    known = np.isfinite(detection.series.value)
    assert (np.isfinite(detection.expected) | ~known.any(axis=0)).all()
    for anomaly in detection.anomalies:
        assert 0 <= anomaly.start <= anomaly.peak < anomaly.stop <= n
        assert 0 <= anomaly.onset[0] <= anomaly.onset[1] < n
        assert anomaly.score >= 1.0
    for position in range(0, n, max(n // 3, 1)):
        assert explain(detection, position).reasons
    return detection


@pytest.mark.parametrize("n", range(8))
def test_up_to_seven_values_get_an_honest_note(n):
    detection = sound(detect(np.arange(n) * 1.0))
    assert detection.anomalies == ()
    assert "nothing can be said" in detection.note if n == 0 else "too few" in detection.note


def test_eight_values_get_an_answer():
    assert spans(sound(detect([1.0, 1.1, 0.9, 1.0, 1.1, 0.9, 1.0, 50.0]))) == [(7, 8)]


def test_no_value_at_all_is_said():
    assert "no values" in sound(detect(np.full(50, np.nan))).note


def test_a_constant_series_is_said_to_be_one():
    assert "equal" in sound(detect(np.full(50, 3.0))).note


@pytest.mark.parametrize(
    "value",
    [
        np.random.default_rng(0).normal(size=80) * 1e307,
        np.where(np.random.default_rng(1).random(100) < 0.5, 1.7e308, -1.7e308),
        np.random.default_rng(2).normal(size=80) * 5e-324,
        np.random.default_rng(3).normal(size=80) * 1e-310,
        2.0**63 - np.arange(100) * 2048.0,
        np.r_[gauss(60), 1e308, -1e308, gauss(60)],
        np.r_[np.full(50, 1e-300), 1e300, np.full(20, 1e-300)],
        np.where(np.arange(3_000) % 7 == 0, np.nan, 1e308),
    ],
)
def test_extreme_numbers_do_no_harm(value):
    sound(detect(value))


def test_repeated_and_equal_stamps_do_no_harm():
    value = gauss(100)
    sound(detect(Series("m", np.repeat(START, 100), value)))
    sound(detect(Series("m", np.repeat(series(value).time[:50], 2), value)))


def test_channels_without_values_do_no_harm():
    value = np.column_stack([gauss(60), np.full(60, np.nan), np.full(60, 2.0)])
    sound(detect(series(value)))
    sound(detect(series(np.full((30, 2), np.nan))))


def test_a_series_without_channels_is_refused():
    with pytest.raises(DataError, match="no channels"):
        detect(series(np.empty((5, 0))))


@settings(derandomize=True, max_examples=60, deadline=None)
@given(arrays(np.float64, st.integers(0, 60), elements=st.floats(allow_infinity=False)))
def test_any_numbers_get_a_sound_answer(value):
    sound(detect(value))


@settings(derandomize=True, max_examples=30, deadline=None)
@given(arrays(np.float64, st.integers(8, 80), elements=st.sampled_from([0.0, 1.0, 2.0, 7.0, np.nan])))
def test_few_different_numbers_get_a_sound_answer(value):
    sound(detect(value))


@settings(derandomize=True, max_examples=25, deadline=None)
@given(st.floats(1e-6, 1e6), st.floats(-1e6, 1e6))
def test_spans_do_not_depend_on_the_unit_of_the_data(factor, offset):
    value = np.random.default_rng(5).normal(size=100)
    value[60:65] -= 14
    moved = value * factor + offset
    if np.ptp(moved) > 1e-6 * np.abs(moved).max() and moved.min() < 0:
        assert spans(detect(moved)) == [(60, 65)]


@pytest.mark.parametrize("n", [300, 5_000])
def test_a_single_huge_value_leaves_the_band_of_all_others(n):
    value = np.random.default_rng(0).normal(100.0, 2.0, n)
    value[150] = 1e308
    (found,) = ah.hunt(value).detections
    assert found.upper is not None
    assert found.lower is not None
    assert 6.0 < float(np.median(found.upper - found.lower)) < 10.0
