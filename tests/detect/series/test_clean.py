"""What is normal stays quiet."""

import numpy as np
import pytest

from tests.detect.series.made import CLEAN, detect, series, spans


@pytest.mark.parametrize("n", [30, 100, 300])
def test_at_most_one_in_twenty_clean_short_series_is_flagged(n):
    made = [detect(CLEAN[kind](n, seed)) for kind in CLEAN for seed in range(24)]
    assert sum(bool(detection.anomalies) for detection in made) <= len(made) / 20


@pytest.mark.parametrize("kind", CLEAN)
def test_clean_series_of_a_thousand_points_stay_quiet(kind):
    assert sum(bool(detect(CLEAN[kind](1_000, seed)).anomalies) for seed in range(5)) <= 1


@pytest.mark.parametrize("n", [30, 300, 1_000, 3_000])
def test_exactly_repeating_and_constant_series_stay_quiet(n):
    assert spans(detect(np.resize([1.0, 5.0, 9.0, 5.0, 2.0, 2.0], n))) == []
    assert spans(detect(np.full(n, 7.0))) == []


@pytest.mark.parametrize("n", [100, 3_000])
def test_a_steady_trend_is_normal(n):
    assert spans(detect(np.arange(n) * 0.5 + np.random.default_rng(0).normal(size=n))) == []


def test_rare_counts_do_not_alarm():
    flagged = sum(
        bool(detect(np.random.default_rng(s).poisson(0.2, 200).astype(float), counts=True).anomalies)
        for s in range(20)
    )
    assert flagged <= 1


def test_holes_in_every_day_are_usual():
    value = CLEAN["gauss"](400)
    for start in range(20, 400, 60):
        value[start : start + 18] = np.nan
    assert spans(detect(value)) == []


def test_stamps_without_a_rhythm_are_no_gaps():
    value = CLEAN["gauss"](200)
    given = series(value)
    rng = np.random.default_rng(3)
    time = given.time[0] + np.sort(rng.integers(0, 10**15, 200)).astype("timedelta64[ns]")
    assert spans(detect(type(given)("metric", time, value))) == []
