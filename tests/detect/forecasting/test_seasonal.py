"""What the built-in forecaster expects, and what it makes of bad input."""

from __future__ import annotations

import numpy as np
import pytest

from anomaly_hunter.detect.forecasters.seasonal import Seasonal
from anomaly_hunter.errors import DataError, UsageError
from anomaly_hunter.model import Series

HOUR = np.timedelta64(1, "h")
START = np.datetime64("2026-01-05T00:00")


def daily(n, seed=0, size=10.0, noise=1.0):
    t = np.arange(n)
    return 50 + size * np.sin(t * 2 * np.pi / 24) + np.random.default_rng(seed).normal(0, noise, n)


def truth(start, n, size=10.0):
    return 50 + size * np.sin(np.arange(start, start + n) * 2 * np.pi / 24)


def test_a_day_goes_on():
    found = Seasonal().fit(daily(480)).predict(48)
    assert np.abs(found.expected - truth(480, 48)).mean() < 0.6


def test_a_trend_goes_on_and_slows_down():
    x = 0.5 * np.arange(400) + np.random.default_rng(0).normal(0, 1, 400)
    found = Seasonal().fit(x).predict(2_000)
    assert found.expected[9] == pytest.approx(0.5 * 409, abs=2)
    assert 200 < found.expected[-1] < 0.5 * 1_000


def test_a_week_is_seen_beside_the_day():
    hours = np.arange(24 * 7 * 6)
    weekend = (hours // 24) % 7 >= 5
    x = daily(len(hours)) - 15 * weekend
    found = Seasonal().fit(Series.of(x, START + hours * HOUR)).predict(168)
    later = np.arange(len(x), len(x) + 168)
    expected = truth(len(x), 168) - 15 * ((later // 24) % 7 >= 5)
    assert np.abs(found.expected - expected).mean() < 1.5


def test_a_new_level_is_kept():
    x = daily(480)
    x[440:] += 40
    found = Seasonal().fit(x).predict(24)
    assert np.abs(found.expected - truth(480, 24) - 40).mean() < 8


def test_one_spike_at_the_end_is_not_the_new_level():
    x = daily(480)
    x[-1] += 500
    found = Seasonal().fit(x).predict(24)
    assert np.abs(found.expected - truth(480, 24)).mean() < 3


def test_counts_are_never_negative_and_their_bounds_are_whole_numbers():
    x = np.random.default_rng(0).poisson(1.5, 200).astype(float)
    found = Seasonal(counts=True).fit(x).predict(30)
    assert (found.lower >= 0).all()
    assert (found.lower == np.round(found.lower)).all()
    assert (found.upper == np.round(found.upper)).all()
    assert (np.signbit(found.lower) == 0).all()


def test_a_spike_has_the_highest_score_wherever_it_is():
    for place in (3, 100, 299):
        x = daily(300)
        x[place] += 30
        score = Seasonal().fit(x).score(x)
        assert int(score.argmax()) == place
        assert score[place] > 10


def test_times_go_on_by_the_usual_step():
    found = Seasonal().fit(daily(100), START + np.arange(100) * HOUR).predict(3)
    assert found.clocked
    assert (found.time == START + np.arange(100, 103) * HOUR).all()


def test_without_a_clock_positions_go_on():
    found = Seasonal().fit(daily(100)).predict(2)
    assert not found.clocked
    assert found.time.astype("datetime64[s]").astype(int).tolist() == [100, 101]


def test_gaps_are_places_without_values():
    keep = np.r_[0:200, 230:480]
    found = Seasonal().fit(daily(480)[keep], START + keep * HOUR).predict(24)
    assert np.abs(found.expected - truth(480, 24)).mean() < 1


def test_equal_times_are_averaged():
    place = np.repeat(np.arange(480), 2)
    x = daily(480)[place] + np.tile([-1.0, 1.0], 480)
    found = Seasonal().fit(x, START + place * HOUR).predict(24)
    assert len(found) == 24
    assert np.isfinite(found.expected).all()


def irregular(generator):
    return START + np.sort(generator.integers(0, 10**9, 200)).astype("timedelta64[s]")


@pytest.mark.parametrize(
    "time",
    [
        irregular(np.random.default_rng(0)),
        np.full(200, START),
        START + np.r_[0:199, 10**6] * HOUR,
        np.r_[np.datetime64("1800-01-01T00", "h"), START + np.arange(199) * HOUR],
    ],
    ids=["irregular", "all equal", "one in a hundred years", "one long ago"],
)
def test_odd_times_give_a_sound_answer(time):
    found = Seasonal().fit(daily(200), time).predict(5)
    assert np.isfinite(np.concatenate([found.expected, found.lower, found.upper])).all()
    assert (np.diff(found.time.view(np.int64)) > 0).all()


def test_a_season_longer_than_the_series_is_none():
    found = Seasonal(period=1_000).fit(daily(100)).predict(5)
    assert np.isfinite(found.expected).all()


def test_times_end_where_64_bits_end():
    late = np.datetime64("2262-04-01T00:00") + np.arange(100) * HOUR
    with pytest.raises(DataError, match="2262"):
        Seasonal().fit(daily(100), late).predict(10_000)


@pytest.mark.parametrize("level", [0.0, 0.4, 1.0, float("nan")])
def test_an_impossible_level_is_our_error(level):
    with pytest.raises(UsageError, match="level"):
        Seasonal().fit(daily(100)).predict(5, level)


def test_several_channels_are_our_error():
    with pytest.raises(DataError, match="shape"):
        Seasonal().fit(Series.of(np.zeros((50, 2))))


def test_days_of_a_time_zone_keep_their_hour_over_a_clock_change():
    days = np.datetime64("2026-03-01T23:00") + np.arange(26) * np.timedelta64(1, "D")
    found = Seasonal().fit(Series.of(np.arange(26.0), days, tz="Europe/Berlin")).predict(4)
    hours = [str(time)[11:13] for time in found.time]
    assert hours == ["23", "23", "22", "22"]
