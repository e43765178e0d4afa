"""What people see of what is normal."""

import sys

import numpy as np
import pytest

from anomaly_hunter.detect.calendar import local_seconds
from anomaly_hunter.detect.options import DetectOptions
from anomaly_hunter.detect.series import detect_series
from anomaly_hunter.detect.special_days import public_holidays
from anomaly_hunter.errors import UsageError
from anomaly_hunter.hunt import hunt
from anomaly_hunter.model import Series
from anomaly_hunter.registry import lookup
from anomaly_hunter.stats.cycles import averaged, learn_cycle

HOUR = np.timedelta64(1, "h")


def detect(series, special=(), **options):
    return detect_series(series, DetectOptions(**options), lambda name: lookup("detectors", name), special)


def office(weeks=8, zone="UTC", begin="2026-01-05", closed=()):
    """Hourly traffic of an office: days of 8-18 o'clock on weekdays, quiet nights and weekends."""
    time = np.datetime64(begin, "ns") + np.arange(weeks * 168) * HOUR
    second = local_seconds(time.view(np.int64) // 10**9, zone)
    hour, day = second // 3600 % 24, second // 86400
    open_ = (hour >= 8) & (hour < 18) & ((day + 3) % 7 < 5) & ~np.isin(day, closed)
    noise = np.random.default_rng(1).normal(size=len(time))
    return Series.of(np.where(open_, 200 + 15 * noise, 40 + 2 * noise), time, tz=zone)


def inside(detection, part=slice(None)):
    value = detection.series.value[part]
    return float(((value >= detection.lower[part]) & (value <= detection.upper[part])).mean())


@pytest.mark.parametrize("share", [0.8, 0.95, 0.99])
def test_the_band_holds_the_share_that_was_asked_for(share):
    value = np.random.default_rng(0).gamma(2.0, 10.0, 1_500)
    assert inside(detect(Series.of(value), interval_width=share)) == pytest.approx(share, abs=0.015)


def test_days_and_weekends_are_known_together_and_nights_are_narrow():
    found = detect(office())
    width = found.upper - found.lower
    tuesday_noon, tuesday_night, sunday_noon = 4 * 168 + 36, 4 * 168 + 26, 4 * 168 + 6 * 24 + 12
    assert found.expected[tuesday_noon] == pytest.approx(200, abs=20)
    assert found.expected[sunday_noon] == pytest.approx(40, abs=20)
    assert width[tuesday_noon] > 3 * width[tuesday_night]


def test_the_season_keeps_to_the_local_clock_over_a_change():
    found = detect(office(8, "Europe/Berlin", "2026-03-01T23:00"))
    change = int((np.datetime64("2026-03-29T01:00") - found.series.time[0]) / HOUR)
    assert inside(found, slice(change, None)) > 0.9


def test_what_was_never_negative_is_not_expected_to_become_so():
    value = np.random.default_rng(2).exponential(1.0, 600)
    assert detect(Series.of(value)).lower.min() >= 0.0


def test_a_shift_that_lasts_stays_an_alarm_and_the_band_follows_it():
    value = np.random.default_rng(3).normal(100, 5, 5_000)
    value[2_500:] += 60
    found = detect(Series.of(value))
    shift = max(found.anomalies, key=lambda a: a.stop - a.start)
    assert abs(shift.start - 2_500) < 40
    assert shift.expected == pytest.approx(100, abs=5)
    assert found.upper[2_510] < 130
    assert inside(found, slice(3_000, None)) > 0.9


def test_an_anomaly_reads_its_expected_value_from_the_band():
    value = np.random.default_rng(4).normal(50, 3, 300)
    value[200] = 120
    found = detect(Series.of(value))
    spike = found.anomalies[0]
    assert spike.expected == found.expected[spike.peak]
    assert spike.spread == pytest.approx((found.upper - found.lower)[spike.peak] / 3.92, rel=1e-3)


def test_a_holiday_is_expected_to_be_a_sunday_and_does_not_alarm():
    thursday = np.datetime64("2026-02-12")
    series = office(closed=[int(thursday.astype(np.int64))])
    day = (series.time >= thursday) & (series.time < thursday + np.timedelta64(1, "D"))
    plain, told = detect(series), detect(series, [thursday])
    assert any(day[a.start : a.stop].any() for a in plain.anomalies)
    assert not any(day[a.start : a.stop].any() for a in told.anomalies)
    assert told.expected[day].max() < 80


def test_something_worse_than_a_holiday_alarms_on_a_holiday():
    thursday = np.datetime64("2026-02-12")
    series = office(closed=[int(thursday.astype(np.int64))])
    value = series.value.copy()
    at = int((thursday - series.time[0]) / HOUR) + 12
    value[at : at + 3] = 900
    assert any(a.start <= at < a.stop for a in detect(Series.of(value, series.time), [thursday]).anomalies)


def test_a_holiday_of_several_channels_does_not_alarm_and_something_worse_does():
    thursday = np.datetime64("2026-02-12")
    one = office(closed=[int(thursday.astype(np.int64))])
    noise = np.random.default_rng(2).normal(size=(len(one), 2))
    value = np.column_stack([one.value, one.value + noise[:, 0], 2.0 * one.value + noise[:, 1]])
    day = (one.time >= thursday) & (one.time < thursday + np.timedelta64(1, "D"))

    def hits(value, special):
        found = detect(Series.of(value, one.time), special)
        return any(day[a.start : a.stop].any() for a in found.anomalies)

    assert hits(value, [])
    assert not hits(value, [thursday])
    value[np.flatnonzero(day)[12:15]] = 900.0
    assert hits(value, [thursday])


def test_an_event_of_the_kind_holiday_names_a_special_day():
    thursday = np.datetime64("2026-02-12")
    series = office(closed=[int(thursday.astype(np.int64))])

    def expected_at_noon(kind):
        events = [{"time": "2026-02-12T12:00:00Z", "kind": kind, "title": "closed"}]
        (found,) = hunt(series, events=events).detections
        return float(found.expected[int((thursday - series.time[0]) / HOUR) + 12])

    assert expected_at_noon("Holiday") < 80 < 150 < expected_at_noon("deploy")


def test_the_package_that_knows_holidays_is_asked_for(monkeypatch):
    monkeypatch.setitem(sys.modules, "holidays", None)
    public_holidays.cache_clear()
    with pytest.raises(UsageError, match="the package `holidays`"):
        detect(office(), holidays="DE")


def test_holidays_of_a_region_are_known():
    pytest.importorskip("holidays")
    good_friday = int(np.datetime64("2026-04-03").astype(np.int64))
    assert good_friday in public_holidays("DE-BY", 2026, 2026)


def test_an_unknown_country_is_our_error():
    pytest.importorskip("holidays")
    with pytest.raises(UsageError, match="XX"):
        detect(office(1), holidays="XX")


@pytest.mark.parametrize("width", [0.0, 0.3, 1.0, float("nan")])
def test_a_width_that_is_no_share_is_refused(width):
    with pytest.raises(UsageError, match="interval_width"):
        DetectOptions(interval_width=width)


def test_a_burst_seen_twice_is_believed_in_part_and_doubted():
    rows = np.zeros((2, 60))
    rows[:, 30] = 1_000.0
    learnt = learn_cycle(rows, 0)
    assert learnt.course[30] < 900
    assert learnt.doubt[30] > 300


@pytest.mark.parametrize("reach", [0, 1, 2, 3])
def test_averaging_a_closed_course_is_two_running_means(reach):
    course = np.random.default_rng(5).normal(size=20)
    slow = course
    for _ in range(2):
        slow = np.array([np.mean([slow[(i + j) % 20] for j in range(-reach, reach + 1)]) for i in range(20)])
    assert averaged(course, reach) == pytest.approx(slow)
