"""An incident that lasts is no spike."""

from __future__ import annotations

import numpy as np

import anomaly_hunter as ah


def test_an_uneven_rise_that_still_lasts_at_the_end_is_a_level_shift():
    rng = np.random.default_rng(4)
    value = rng.normal(10, 1, 100)
    value[85:] = rng.uniform(25, 90, 15)
    [anomaly] = ah.hunt(value).anomalies
    assert anomaly.shape in ("level shift", "drift")
    assert anomaly.ongoing


def test_two_values_among_hundreds_of_gaps_say_nothing():
    value = np.full(600, np.nan)
    value[::60] = 5.0
    value[-1] = 900.0
    found = ah.hunt(value)
    assert found.anomalies == ()
    assert "too few" in found.detections[0].note


def one_day(seed):
    """300 points of a season of 288: nothing to compare with."""
    noise = np.random.default_rng(seed).normal(0.0, 2.0, 300)
    return 100.0 + 15.0 * np.sin(2 * np.pi * np.arange(300) / 288) + noise


def test_part_of_a_season_longer_than_the_series_is_no_incident():
    assert not [seed for seed in range(12) if ah.hunt(one_day(seed)).anomalies]


def test_a_level_that_jumps_and_comes_back_within_such_a_season_is_found_where_it_was():
    for seed in range(4):
        value = one_day(seed)
        value[180:210] += 20.0
        (found,) = ah.hunt(value).anomalies
        assert (found.shape, found.direction) == ("level shift", "up")
        assert abs(found.start - 180) <= 2
        assert abs(found.stop - 210) <= 6


def test_a_leak_after_a_short_calm_beginning_is_found():
    value = 100.0 + np.random.default_rng(1).normal(0.0, 2.0, 300)
    value[60:] += np.linspace(0.0, 40.0, 240)
    (found,) = ah.hunt(value).anomalies
    assert found.shape == "drift"
    assert found.ongoing
