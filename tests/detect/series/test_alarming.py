"""Alarms of long series: their score, their boundary, their budget, and what is said of them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_hunter.detect.alarming import ALARM, alarm_score, believed, composed, steps
from anomaly_hunter.detect.daily import daily_usual
from anomaly_hunter.detect.explain import explain
from anomaly_hunter.detect.options import DetectOptions
from anomaly_hunter.detect.series import detect_series
from anomaly_hunter.detect.spans import Marks, find_spans
from anomaly_hunter.errors import UsageError
from anomaly_hunter.model import Series
from anomaly_hunter.registry import lookup
from anomaly_hunter.stats.limits import budgeted


def found(value, **options):
    minutes = np.datetime64("2026-01-05T00:00") + np.arange(len(value)).astype("timedelta64[m]")
    return detect_series(
        Series.of(value, minutes), DetectOptions(**options), lambda n: lookup("detectors", n)
    )


def noise(n=6_000, seed=3):
    return np.random.default_rng(seed).normal(100.0, 2.0, n)


def test_the_largest_step_near_a_point_is_what_the_obvious_loop_finds():
    value = noise(50)
    missing = np.zeros(50, bool)
    missing[20:23] = True
    step = [0.0 if missing[i] or missing[i + 1] else abs(value[i + 1] - value[i]) for i in range(49)]
    slow = [max(step[max(i - 2, 0) : i + 2]) for i in range(50)]
    fast = steps(value, missing)
    assert np.allclose(fast / fast.max(), np.array(slow) / max(slow))


@settings(derandomize=True, max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1e6), st.floats(0, 1e6)), min_size=2, max_size=30))
def test_one_score_alarms_where_the_alarm_score_does_and_ranks_as_the_ranking_does(pairs):
    alarm, rank = np.array(pairs).T
    score = composed(alarm, rank)
    assert ((score >= 1.0) == (alarm >= 1.0)).all()
    for group in (alarm >= 1.0, alarm < 1.0):
        order = np.argsort(rank[group], kind="stable")
        assert (np.diff(score[group][order]) >= 0).all()


def test_noise_passes_the_boundary_about_as_often_as_is_allowed():
    passed = []
    for seed in range(10):
        score = np.random.default_rng(seed).exponential(size=40_000)
        passed.append(int((score >= budgeted(score, 32, 8.0)).sum()))
    assert 0 < np.mean(passed) <= 8.0


def test_incidents_in_a_tenth_of_the_blocks_move_the_boundary_little():
    score = np.random.default_rng(1).exponential(size=40_000)
    clean = budgeted(score, 32, 4.0)
    score[: 32 * 125] += 40.0
    assert budgeted(score, 32, 4.0) < 2.5 * clean


def test_a_score_that_is_mostly_zero_gets_longer_blocks():
    score = np.zeros(200_000)
    score[::1_000] = np.random.default_rng(2).exponential(size=200)
    assert (score >= budgeted(score, 32, 10.0)).sum() <= 20


@pytest.mark.parametrize("value", [np.zeros(3_000), np.full(3_000, np.nan), np.r_[np.zeros(2_999), 1e308]])
def test_the_alarm_score_of_strange_input_is_finite(value):
    assert np.isfinite(alarm_score(value, 1.0)).all()


def test_the_score_is_over_one_exactly_where_it_alarms():
    value = noise()
    value[4_000:4_010] += 40.0
    detection = found(value)
    deciding = np.maximum.reduce([detection.parts[name] for name in (ALARM, "level", "flat")])
    assert ((detection.score >= 1.0) == (deciding >= 1.0)).all()
    assert [(3_990 < a.start < 4_005, 4_005 < a.stop < 4_020) for a in detection.anomalies] == [(True, True)]


def test_an_incident_that_flickers_is_one_alarm():
    value = noise()
    for start in range(4_000, 4_060, 10):
        value[start : start + 3] += 50.0
    assert len(found(value).anomalies) == 1


def test_spans_under_one_stretch_are_gathered():
    score = np.zeros(100)
    score[20:30] = 2.0
    score[38:44] = 2.0
    z = np.zeros(100)
    z[[22, 40]] = 9.0, -9.0
    assert find_spans(Marks(score, np.zeros(100), z), apart=16) == [(22, 41)]
    assert len(find_spans(Marks(score, np.zeros(100), z))) == 2


def test_a_larger_budget_never_alarms_less():
    value = noise(12_000) + np.random.default_rng(5).standard_t(3, 12_000)
    scores = [found(value, alarms_per_week=b).parts[ALARM] for b in (0.1, 1.0, 20.0)]
    counts = [int((score >= 1.0).sum()) for score in scores]
    assert counts == sorted(counts)
    assert counts[-1] > counts[0]


def test_the_budget_moves_the_boundary_of_a_short_series():
    value = noise(200)
    value[150] = 112.0
    low, usual, high = (found(value, alarms_per_week=b).score[150] for b in (0.01, 1.0, 10.0))
    assert low < usual < high < 1.5 * usual


def test_sensitivity_halves_what_a_long_series_needs():
    value = noise()
    value[4_000:4_003] += 30.0
    plain, double = found(value), found(value, sensitivity=2.0)
    assert np.allclose(double.parts[ALARM], 2.0 * plain.parts[ALARM])


@pytest.mark.parametrize("budget", [0.0, -1.0, float("nan"), float("inf")])
def test_a_budget_must_be_a_number_above_zero(budget):
    with pytest.raises(UsageError, match="alarms_per_week"):
        DetectOptions(alarms_per_week=budget)


def test_a_point_of_a_long_series_is_explained_by_what_decided():
    value = noise()
    value[4_000:4_010] += 40.0
    detection = found(value)
    loud = explain(detection, 4_003)
    assert loud.alarm
    assert any(reason.startswith("alarm (") and "over the boundary" in reason for reason in loud.reasons)
    calm = explain(detection, 1_000)
    assert not calm.alarm
    assert calm.score < 1.0
    assert any("ranks the point and raises no alarm" in reason for reason in calm.reasons)
    assert not any("would have alarmed by itself" in reason for reason in calm.reasons)


def test_lasting_changes_of_long_series_are_found_and_named():
    shift, drift, flat = noise(), noise(), noise()
    shift[4_000:] += 40.0
    drift[3_000:] += 0.02 * np.arange(3_000)
    flat[4_000:4_200] = 100.0
    assert [(a.shape, a.direction) for a in found(shift).anomalies] == [("level shift", "up")]
    assert any(a.direction == "up" and a.stop == 6_000 for a in found(drift).anomalies)
    assert "flat line" in {a.shape for a in found(flat).anomalies}


@pytest.mark.parametrize("size", [6_000, 20_000])
@pytest.mark.parametrize("kind", ["shift", "drift", "leak"])
def test_a_change_that_lasts_to_the_end_is_found_whatever_its_length(size, kind):
    for share in (0.05, 0.33):
        value, length = noise(size), int(share * size)
        value[size - length :] += {"shift": 40.0, "drift": np.linspace(0, 40, length)}.get(
            kind, np.linspace(0, 1, length) ** 2 * 80
        )
        assert any(a.stop >= size - 3 for a in found(value).anomalies)


def test_a_level_that_is_often_elsewhere_is_not_believed():
    part = np.tile([4.0, 0.0], 5)
    assert believed(part, np.full(10, 0.9)).max() < 1.0
    assert believed(part, np.full(10, 1.1)).max() == 4.0
    assert believed(part[:4], np.full(4, 0.1)).max() == 4.0


def test_a_job_at_the_same_time_every_day_is_no_alarm_and_another_one_is():
    days, day = 25, 288
    rng = np.random.default_rng(4)
    value = rng.normal(100.0, 2.0, days * day)
    times = np.arange(days) * day + 100 + rng.integers(0, 2, days)
    for start in times:
        value[start : start + 3] += rng.uniform(28, 34)
    value[20 * day + 200 : 20 * day + 203] += 40.0
    when = np.datetime64("2026-01-05T00:00") + 5 * np.arange(len(value)).astype("timedelta64[m]")
    detection = detect_series(Series.of(value, when), DetectOptions(), lambda name: lookup("detectors", name))
    assert [20 * day + 195 < a.start < 20 * day + 205 for a in detection.anomalies] == [True]


def test_the_usual_score_of_a_time_of_day_is_what_the_obvious_loop_finds():
    score = np.random.default_rng(1).exponential(size=24 * 30)
    wide = [score[max(i - 1, 0) : i + 2].max() for i in range(len(score))]
    slow = [sorted(wide[hour::24])[round(0.75 * 29)] for hour in range(24)]
    assert np.allclose(daily_usual(score, np.arange(len(score)), 24)[:24], slow)


def test_without_a_clock_or_with_few_days_nothing_is_usual():
    score = np.ones(100)
    assert not daily_usual(score, np.arange(100), 0).any()
    assert not daily_usual(score, np.arange(100), 25).any()
    assert not daily_usual(np.zeros(0), np.arange(0), 25).any()
