"""What an engineer would point at is found, with its place, shape and direction."""

import numpy as np
import pytest

from tests.detect.series.made import CLEAN, daily, detect, gauss, series, spans, wandering


def only(detection):
    assert len(detection.anomalies) == 1, spans(detection)
    return detection.anomalies[0]


@pytest.mark.parametrize("n", [20, 60, 300, 1_000, 3_000])
@pytest.mark.parametrize(("height", "shape", "direction"), [(80, "spike", "up"), (-80, "dip", "down")])
def test_a_spike_is_found_to_the_point(n, height, shape, direction):
    value = gauss(n, seed=2)
    at = int(n * 0.6)
    value[at] += height
    found = [a for a in detect(value).anomalies if a.start <= at < a.stop]
    assert [(a.start, a.stop, a.shape, a.direction, a.peak) for a in found] == [
        (at, at + 1, shape, direction, at)
    ]


@pytest.mark.parametrize("n", [60, 100, 300, 1_000, 5_000])
@pytest.mark.parametrize("height", [20, 40])
def test_a_level_shift_over_the_last_third_is_found(n, height):
    value = gauss(n, seed=3)
    at = int(n * 0.7)
    value[at:] += height
    anomaly = max(detect(value).anomalies, key=lambda a: a.stop - a.start)
    assert anomaly.shape == "level shift"
    assert anomaly.direction == "up"
    assert anomaly.ongoing
    assert abs(anomaly.start - at) <= max(3, n // 200)
    assert anomaly.onset[0] <= anomaly.start
    assert anomaly.expected == pytest.approx(100, abs=4)


@pytest.mark.parametrize("n", [100, 300])
def test_a_leak_over_the_last_half_is_a_drift_and_its_onset_is_near(n):
    value = gauss(n, seed=4)
    at = n // 2
    value[at:] += np.linspace(0, 60, n - at)
    anomaly = max(detect(value).anomalies, key=lambda a: a.stop - a.start)
    assert anomaly.shape == "drift"
    low, high = anomaly.onset
    assert low - n * 0.08 <= at <= high + n * 0.08
    assert anomaly.ongoing


def test_a_leak_that_fills_most_of_the_series_is_the_anomaly_not_the_rule():
    value = np.r_[gauss(30, seed=5), 100 + np.arange(70) * 2.0]
    anomaly = max(detect(value).anomalies, key=lambda a: a.stop - a.start)
    assert anomaly.shape == "drift"
    assert 30 <= anomaly.start <= 45
    assert anomaly.expected == pytest.approx(100, abs=5)


def test_two_incidents_alike_are_both_found():
    value = gauss(300, seed=6)
    value[80:110] += 60 * np.exp(-np.arange(30) / 12)
    value[200:230] += 60 * np.exp(-np.arange(30) / 12)
    found = spans(detect(value))
    assert [any(abs(a - at) <= 2 for a, _ in found) for at in (80, 200)] == [True, True]


def test_a_value_that_is_normal_at_another_hour_is_found():
    value = daily(240, seed=7)
    value[24 * 7 + 18] = 118.0  # what noon has, at the low of the night
    anomaly = only(detect(value))
    assert anomaly.start == 24 * 7 + 18
    assert anomaly.expected < 90


def test_a_burst_of_noise_is_found():
    value = gauss(400, seed=8)
    value[250:300] = 100 + 4 * (value[250:300] - 100)
    found = spans(detect(value))
    assert found
    assert all(a >= 245 and b <= 305 for a, b in found)


def test_values_that_stand_still_are_a_flat_line():
    value = gauss(200, seed=9)
    value[100:130] = value[100]
    anomaly = only(detect(value))
    assert (anomaly.shape, anomaly.start, anomaly.stop) == ("flat line", 100, 130)


def test_a_break_of_an_exact_pattern_is_found():
    value = np.r_[np.tile([1.0, 2, 3, 9], 30), [1, 2, 3, 1], np.tile([1.0, 2, 3, 9], 10)]
    assert spans(detect(value)) == [(123, 124)]


def test_missing_values_and_missing_stamps_are_gaps():
    value = gauss(400, seed=10)
    value[100:140] = np.nan
    anomaly = only(detect(value))
    assert (anomaly.shape, anomaly.start, anomaly.stop) == ("gap", 100, 140)
    whole = series(gauss(400, seed=10))
    kept = np.r_[0:200, 260:400]
    holed = type(whole)("metric", whole.time[kept], whole.value[kept])
    anomaly = only(detect(holed))
    assert (anomaly.shape, anomaly.onset) == ("gap", (199, 200))


def test_missing_values_at_the_end_are_a_gap_that_lasts():
    value = gauss(300, seed=11)
    value[-20:] = np.nan
    anomaly = only(detect(value))
    assert anomaly.shape == "gap"
    assert anomaly.ongoing


@pytest.mark.parametrize("start", range(7))
def test_a_spike_of_tickets_is_found_whatever_weekday_the_series_begins(start):
    rng = np.random.default_rng(12)
    weekday = (np.arange(360) + start) % 7
    mean = np.where(weekday >= 5, 80, 200)
    value = rng.negative_binomial(60, 60 / (60 + mean)).astype(float)
    at = int(np.flatnonzero((weekday == 3) & (np.arange(360) > 250))[0])
    value[at] = 420
    detection = detect(value, step_s=86_400, counts=True)
    assert spans(detection) == [(at, at + 1)]
    assert detection.profile.period == 7
    assert detection.expected[at] == pytest.approx(200, rel=0.1)


def test_the_channel_that_carries_the_anomaly_is_named():
    rng = np.random.default_rng(13)
    value = rng.normal(size=(300, 3))
    value[250:, 1] += 9
    detection = detect(series(value, channels=("rpm", "temp", "load")))
    anomaly = only(detection)
    assert abs(anomaly.start - 250) <= 2
    assert anomaly.carriers[0].name == "temp"
    assert anomaly.carriers[0].share > 0.8
    assert detection.expected.shape == (300, 3)


@pytest.mark.parametrize("kind", ["gauss", "daily", "skewed"])
def test_of_three_short_bursts_all_are_found(kind):
    value = CLEAN[kind](300, 14)
    unit = np.std(value) if kind != "daily" else 4.0
    for at in (120, 180, 240):
        value[at : at + 7] += 8 * unit
    found = spans(detect(value))
    assert all(any(a < at + 7 and at < b for a, b in found) for at in (120, 180, 240))


def test_the_band_does_not_follow_the_anomaly():
    value = gauss(200, seed=15)
    value[140:] += 60
    detection = detect(value)
    assert detection.upper[190] < 130
    inside = (value[:140] > detection.lower[:140]) & (value[:140] < detection.upper[:140])
    assert 0.92 <= inside.mean() <= 0.98


def test_a_spike_in_a_wandering_series_is_found():
    value = wandering(200, seed=16)
    value[150] += 60
    assert (150, 151) in spans(detect(value))


def test_ids_are_stable_and_differ_between_incidents():
    value = gauss(200, seed=17)
    value[[60, 120]] += 90
    first, again = detect(value), detect(value)
    assert [a.id for a in first.anomalies] == [a.id for a in again.anomalies]
    assert len({a.id for a in first.anomalies}) == 2
    assert first.anomalies == again.anomalies
