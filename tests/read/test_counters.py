"""Counters are looked at by their increase."""

from __future__ import annotations

import numpy as np
import pytest

from anomaly_hunter import hunt
from anomaly_hunter.model import Series
from anomaly_hunter.read.counters import increases, is_counter


def counter(n=600, seed=0):
    return np.cumsum(np.random.default_rng(seed).poisson(50, n)).astype(float)


def test_a_steady_counter_is_quiet():
    found = hunt(counter(4_000))
    assert found.anomalies == ()
    assert "is a counter: its increase per step is looked at" in " ".join(found.dataset.notes)


def test_a_counter_that_stops_is_found_where_it_stops():
    steps = np.diff(counter(), prepend=0.0)
    steps[400:430] = 0.0
    value = np.cumsum(steps)
    (anomaly,) = hunt(value).anomalies
    assert anomaly.actual == 0.0
    assert abs(anomaly.start - 400) <= 3
    assert abs(anomaly.stop - 430) <= 3


def test_a_restart_is_noted_and_is_no_anomaly():
    value = counter()
    value[300:] -= value[299]
    found = hunt(value)
    assert found.anomalies == ()
    assert "restarted once" in " ".join(found.dataset.notes)


def test_a_burst_is_a_spike_of_the_increase():
    value = counter()
    value[300:] += 900
    (anomaly,) = hunt(value).anomalies
    assert (anomaly.shape, anomaly.start, anomaly.stop) == ("spike", 300, 301)
    assert anomaly.actual > 900


def test_counters_can_be_left_as_they_are():
    assert hunt(counter(), counters=False).dataset.notes == ()


@pytest.mark.parametrize(
    "value",
    [
        np.tile(np.arange(24.0), 20),
        np.r_[np.full(300, 10.0), 10.0 + np.arange(60.0)],
        np.sin(np.arange(200.0)) + 2.0,
        np.arange(-20.0, 40.0),
        np.arange(20.0),
        np.full(100, np.nan),
    ],
    ids=["saw tooth", "leak", "wave", "below zero", "short", "missing"],
)
def test_what_is_no_counter(value):
    assert not is_counter(value)


def test_huge_counters_do_not_overflow():
    value = np.linspace(0.0, 1.7e308, 100)
    assert np.isfinite(increases(Series.of(value)).value[1:]).all()
