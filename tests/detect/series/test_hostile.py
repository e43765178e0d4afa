"""Series that break detectors: the answer is sound, and no alarm is raised where nothing happened."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from anomaly_hunter.detect.explain import explain
from anomaly_hunter.detect.options import DetectOptions
from anomaly_hunter.detect.series import detect_series
from anomaly_hunter.errors import DataError
from anomaly_hunter.model import Series
from tests.detect.series.made import KINDS, detect, gauss, lookup, series, spans

RNG = np.random.default_rng(7)
LONG = 2_400


def _blocks_missing(n):
    value = gauss(n)
    for start in range(n // 10, n, n // 3):
        value[start : start + n // 10] = np.nan
    return value


HOSTILE: dict[str, Callable[[int], np.ndarray]] = {
    "all missing": lambda n: np.full(n, np.nan),
    "one value": lambda n: np.full(n, 3.0),
    "a single huge value": lambda n: np.where(np.arange(n) == n // 2, 1e308, gauss(n)),
    "denormals": lambda n: gauss(n) * 1e-310,
    "the smallest numbers there are": lambda n: RNG.integers(0, 3, n) * 5e-324,
    "near 2^63": lambda n: 2.0**63 - RNG.integers(0, 100, n) * 1024.0,
    "30% missing in blocks": _blocks_missing,
    "heavy tails": RNG.standard_cauchy,
    "exactly repeating": lambda n: np.resize(np.arange(24.0), n),
    "rare events": lambda n: np.where(np.arange(n) % 211 == 17, 4.0, 0.0),
    "quantised": lambda n: np.round(gauss(n) / 5.0) * 5.0,
    "noise at the limit": lambda n: RNG.uniform(-1.0, 1.0, n) * 1.7e308,
    "both limits by turns": lambda n: np.where(np.arange(n) % 2 == 0, 1e308, -1e308),
    "a counter": lambda n: np.cumsum(RNG.poisson(5, n)).astype(float),
    "one known value": lambda n: np.where(np.arange(n) == 5, 1.0, np.nan),
}


def sound(detection):
    assert np.isfinite(detection.score).all()
    assert (detection.score >= 0).all()
    known = np.isfinite(detection.expected)
    assert (detection.lower <= detection.expected)[known].all()
    assert (detection.expected <= detection.upper)[known].all()
    assert explain(detection, len(detection.series) // 2).reasons
    return detection


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("n", [8, 300, LONG])
def test_the_automatic_choice_stays_sound(name, n):
    value = HOSTILE[name](n)
    sound(detect(value))
    sound(detect(np.column_stack([value, gauss(n), value[::-1]])))


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_detector_stays_sound(kind, name):
    value = HOSTILE[name](300)
    if kind.takes == "channels":
        value = np.column_stack([value, gauss(300)])
    sound(detect(value, detectors=(kind.name,)))


@pytest.mark.parametrize(
    "beat", [np.arange(24.0), np.r_[np.zeros(20), np.ones(4)], np.r_[np.zeros(59), 5.0], [0.0, 1.0]]
)
def test_what_repeats_to_the_last_bit_stays_quiet(beat):
    assert spans(detect(np.resize(beat, 4_800), 60)) == []


def test_one_odd_value_in_what_repeats_to_the_last_bit_is_the_only_alarm():
    value = np.resize(np.arange(24.0), 4_800)
    value[2_400] += 60.0
    assert spans(detect(value, 60)) == [(2_400, 2_401)]


def test_a_single_huge_value_is_the_only_alarm():
    value = gauss(5_000)
    value[2_500] = 1e308
    assert spans(detect(value)) == [(2_500, 2_501)]


def test_a_season_longer_than_the_series_is_said_not_to_be_used():
    found = detect(gauss(600), seasonality=1_000)
    assert found.note == "seasonality is 1,000 and was not used: 600 points can show seasons of 2 to 300"
    told = explain(found, 17).reasons
    assert told[-1] == found.note
    assert any("a score of 1 was needed" in reason for reason in told)
    assert detect(gauss(600), seasonality=300).note == ""
    assert detect(gauss(600), seasonality=0).note == ""


def test_times_five_centuries_apart_are_not_taken_for_running_backwards():
    time = np.array(["1700-01-01", "2200-01-01"], "datetime64[ns]").repeat(50)
    sound(detect_series(Series("m", time, gauss(100)), DetectOptions(holidays="DE"), lookup))


@pytest.mark.parametrize("place", [0, 5])
def test_a_point_without_a_time_is_refused(place):
    time = series(gauss(30)).time.copy()
    time[place] = np.datetime64("NaT")
    with pytest.raises(DataError, match="without a time"):
        Series("m", time, gauss(30))


def test_what_a_long_series_lacked_for_an_alarm_is_said():
    value = gauss(4_000)
    detection = detect(value, 60)
    place = int(np.argmin(detection.parts["alarm"]))
    assert explain(detection, place).reasons[-1].startswith("one of alarm, level, flat had to reach 1")
    heard = replace(detection, parts={**detection.parts, "flat": np.full(4_000, 9.0)})
    assert explain(heard, place).reasons[-1].startswith("flat alone is over its boundary")


@pytest.fixture(params=[(600, 1), (600, 3), (3_000, 1), (3_000, 3)], ids=str)
def bumpy(request):
    """Short and long, one channel and three: a rise and a fall in the first one."""
    n, k = request.param
    value = np.random.default_rng(3).normal(100.0, 3.0, (n, k))
    value[n // 2 : n // 2 + 4, 0] += 40.0
    value[n // 4 : n // 4 + 4, 0] -= 40.0
    return value[:, 0] if k == 1 else value


def alarmed(detection):
    mask = np.zeros(len(detection.series), bool)
    for anomaly in detection.anomalies:
        mask[anomaly.start : anomaly.stop] = True
    return mask


def test_every_value_out_of_range_alarms_in_any_series(bumpy):
    found = detect(
        bumpy, 300, data_range=(90.0, 110.0), detection_direction="up", min_dev_from_expected=500.0
    )
    out = ((bumpy < 90.0) | (bumpy > 110.0)).reshape(len(bumpy), -1).any(axis=1)
    assert alarmed(found)[out].all()


def test_contamination_sets_the_share_in_any_series(bumpy):
    assert alarmed(detect(bumpy, 300, contamination=0.05)).mean() == pytest.approx(0.05, abs=0.002)


@pytest.mark.parametrize(("direction", "place"), [("up", 2), ("down", 4)])
def test_the_direction_is_kept_in_any_series(bumpy, direction, place):
    found = detect(bumpy, 300, detection_direction=direction)
    place = len(bumpy) // place
    assert alarmed(found)[place]
    assert all(anomaly.direction in (direction, "both") for anomaly in found.anomalies)
    assert any(quiet.rule == "detection_direction" for quiet in found.quiet)


def test_a_smallest_deviation_is_kept_in_any_series(bumpy):
    found = detect(bumpy, 300, min_dev_from_expected=20.0)
    assert len(found.anomalies) == 2
    assert detect(bumpy, 300, min_dev_from_expected=60.0).anomalies == ()
    assert detect(bumpy, 300, min_rel_dev_from_expected=0.6).anomalies == ()
