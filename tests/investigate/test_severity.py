"""Severity: its anchors, and that it never falls when something gets worse."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_hunter.investigate.severity import (
    breadth,
    duration,
    effect,
    persistence,
    relative_size,
    severity,
    severity_of,
)
from anomaly_hunter.model import Series
from anomaly_hunter.samples.cases import TrueSpan
from tests.builders import START, hourly
from tests.investigate.cases import detection_of, quick_case
from tests.investigate.making import steady

FACTORS = ("effect", "duration", "breadth", "persistence")
unit = st.floats(0, 1)


def minutes(value, name="latency_ms", **labels):
    time = START + (np.arange(len(value)) * np.int64(60_000_000_000)).astype("timedelta64[ns]")
    return Series(name, time, value, labels=labels)


def of(series, span):
    return severity_of(quick_case((series, span)))[0]


@given(st.fixed_dictionaries(dict.fromkeys(FACTORS, unit)), st.sampled_from(FACTORS), unit)
@settings(derandomize=True, max_examples=80, deadline=None)
def test_more_of_any_factor_is_never_less_severe(factors, name, other):
    low, high = sorted((factors[name], other))
    assert severity(factors | {name: low}) <= severity(factors | {name: high})
    assert 2.0 <= severity(factors) <= 10.0


@given(st.floats(0, 999), st.floats(0, 999), st.floats(0, 20), st.floats(0, 20))
@settings(derandomize=True, max_examples=80, deadline=None)
def test_effect_grows_with_sigmas_and_with_relative_size(s1, s2, r1, r2):
    assert effect(min(s1, s2), min(r1, r2)) <= effect(max(s1, s2), max(r1, r2))
    assert effect(-s1, r1) == effect(s1, r1)


@given(st.integers(1, 10_000), st.integers(1, 10_000), st.floats(0, 1e7), st.floats(0, 1e7), st.booleans())
@settings(derandomize=True, max_examples=80, deadline=None)
def test_duration_breadth_and_persistence_grow(p1, p2, s1, s2, ongoing):
    low, high = sorted((p1, p2))
    assert duration(low, min(s1, s2)) <= duration(high, max(s1, s2))
    assert breadth(low) <= breadth(high)
    assert persistence(low, ongoing) <= persistence(high, ongoing) <= persistence(high, True)
    assert persistence(low, False, low) <= persistence(low, False, high)


def test_a_one_point_blip_of_four_sigma_is_information():
    value = steady(200, 100.0, 2.5)
    value[150] = 110.0
    assert 3.0 <= of(minutes(value), TrueSpan(150, 151, "spike", "up", 100.0, 2.5)) <= 4.0


def test_a_doubled_latency_that_lasts_is_about_seven():
    value = steady(200, 100.0, 4.0)
    value[150:180] += 100
    assert 6.0 <= of(minutes(value), TrueSpan(150, 180, "level shift", "up", 100.0, 4.0)) <= 7.5
    value[150:] = 200 + 0.01 * value[150:]
    assert 6.8 <= of(minutes(value), TrueSpan(150, 200, "level shift", "up", 100.0, 4.0)) <= 7.9


def test_a_long_outage_of_many_services_is_critical():
    pairs = []
    for i in range(6):
        value = steady(400, 500.0, 10.0, seed=i)
        value[200:] = 0.0
        span = TrueSpan(200, 400, "level shift", "down", 500.0, 10.0)
        pairs.append((minutes(value, "requests", service=f"s{i}"), span))
    assert severity_of(quick_case(*pairs))[0] >= 9.0


def test_a_sure_but_tiny_wiggle_is_no_emergency():
    value = steady(400, 1000.0, 0.2)
    value[200:] += 10.0
    assert of(minutes(value), TrueSpan(200, 400, "level shift", "up", 1000.0, 0.2)) < 4.0


def test_good_news_is_never_worse_than_information():
    value = steady(400, 500.0, 5.0)
    value[200:] = 20.0
    span = TrueSpan(200, 400, "level shift", "down", 500.0, 5.0)
    assert of(minutes(value, "latency_ms"), span) <= 3.4
    assert of(minutes(value, "requests"), span) > 6.0


def test_values_around_zero_are_measured_against_their_usual_range():
    value = steady(400, 0.0, 1.0)
    value[200:205] = 5.0
    small = of(minutes(value, "drift_c"), TrueSpan(200, 205, "spike", "up", 0.0, 1.0))
    value[200:205] = 60.0
    large = of(minutes(value, "drift_c"), TrueSpan(200, 205, "spike", "up", 0.0, 1.0))
    assert 3.0 < small < large


def test_missing_data_have_a_severity_of_their_own():
    value = steady(400, 50.0, 1.0)
    value[200:] = math.nan
    assert 5.0 <= of(minutes(value), TrueSpan(200, 400, "gap", "both", 50.0, 1.0)) <= 8.0


def test_hours_count_more_than_minutes_of_as_many_points():
    value = steady(200, 100.0, 4.0)
    value[150:155] += 100
    span = TrueSpan(150, 155, "spike", "up", 100.0, 4.0)
    assert of(hourly(value), span) > of(minutes(value), span)


def test_the_worst_case_is_ten():
    assert severity(dict.fromkeys(FACTORS, 1.0)) == pytest.approx(10.0)


def test_a_share_of_failures_is_as_bad_as_the_requests_that_fail():
    few, many, down = (
        relative_of(name, usual, now)
        for name, usual, now in (
            ("error_rate_pct", 0.0, 0.2), ("error_rate_pct", 0.0, 20.0), ("availability_pct", 100.0, 80.0)
        )
    )  # fmt: skip
    assert few == pytest.approx(0.12)
    assert many == down == pytest.approx(12.0)
    assert relative_of("http_5xx_total", 1.0, 20.0) == pytest.approx(np.log(20.0))


def relative_of(name, usual, now):
    """How large a step from ``usual`` to ``now`` is."""
    value = np.full(200, usual)
    value[150:] = now
    series = hourly(value, name=name)
    span = TrueSpan(150, 200, "level shift", "up", usual, 0.1)
    found = detection_of(series, span)
    return relative_size(found.anomalies[0], found)
