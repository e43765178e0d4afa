"""Shapes that real exports hold and that once were told wrongly."""

from __future__ import annotations

import numpy as np

import anomaly_hunter as ah


def spans(value, **more):
    return [(a.shape, a.start, a.stop) for a in ah.hunt(value, **more).anomalies]


def every_5_min(value, name="latency_ms"):
    start = np.datetime64("2026-03-02T00:00:00", "ns")
    time = start + np.arange(len(value)) * np.timedelta64(5 * 60 * 10**9, "ns")
    return ah.Series(name, time, np.asarray(value, dtype=float))


def daily(n, seed=0):
    turn = 2 * np.pi * np.arange(n) / 288
    return 100 + 20 * np.sin(turn) + np.random.default_rng(seed).normal(0, 2, n)


def test_a_queue_that_was_empty_and_then_fills_is_told_from_where_it_fills():
    value = np.r_[np.full(59, 12.0), [60.0, 170, 280, 390, 500, 610, 720, 830, 900]]
    [(_, start, stop)] = spans(value)
    assert (start, stop) == (59, 68)


def test_a_countdown_is_a_line_and_nothing_else():
    assert spans(np.arange(3840.0, -4080.0, -120.0)) == []


def test_the_hump_of_the_day_is_no_anomaly_after_two_days():
    assert spans(every_5_min(daily(576))) == []


def test_the_hump_of_the_day_is_no_anomaly_after_a_day_and_three_quarters():
    assert spans(every_5_min(daily(500))) == []


def test_an_incident_on_the_second_of_two_days_is_not_mirrored_into_the_first():
    value = daily(576)
    value[460:475] += 300
    [(_, start, stop)] = spans(every_5_min(value))
    assert abs(start - 460) <= 1
    assert abs(stop - 475) <= 1
