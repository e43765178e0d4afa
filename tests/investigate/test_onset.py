"""When it began: from all series that measure what the alert is about."""

import numpy as np
import pytest

from anomaly_hunter.errors import DataError
from anomaly_hunter.investigate.onset import onset_near
from anomaly_hunter.investigate.told import asked_case, told_case
from anomaly_hunter.model import Dataset, Detection, Quality, Series
from tests.investigate.making import steady

STEP = 300_000_000_000


def shop(at, n=120, name="latency_avg", slow=(1, 2, 3)):
    """Six services; those in ``slow`` are slower from ``at`` on."""
    found = []
    for i in range(6):
        value = steady(n, 0.1, 0.005, seed=i)
        value[at:] += 0.2 if i in slow else 0.0
        time = np.arange(n, dtype=np.int64) * STEP
        found.append(Series.of(value, time, name=name, unit="s", labels={"service": f"s{i}"}))
    return found


def bare(series):
    """Detections without anomalies."""
    return [Detection(s.title, np.zeros(len(s)), (), (), series=s) for s in series]


@pytest.mark.parametrize("late", [0, 1, 2, 3])
def test_the_beginning_is_found_when_the_alert_comes_late(late):
    series = shop(100)
    assert onset_near(bare(series), series[0], series[0].time[100 + late]) == tuple(series[0].time[99:101])


def test_an_alert_one_point_early_is_right_as_well():
    series = shop(100)
    assert onset_near(bare(series), series[0], series[0].time[99])[1] == series[0].time[100]


def test_where_nothing_moved_it_is_the_alert():
    series = shop(119, slow=())
    at = series[0].time[100]
    assert onset_near(bare(series), series[0], at) == (at, at)


def test_a_series_too_short_gives_the_alert():
    series = shop(5, n=8)
    at = series[0].time[6]
    assert onset_near(bare(series), series[0], at) == (at, at)


def test_other_kinds_count_only_where_its_own_shows_nothing():
    own, other = shop(102), shop(98, name="memory_mb", slow=(0, 1, 2, 3, 4, 5))
    assert onset_near(bare([*own, *other]), own[0], own[0].time[102])[1] == own[0].time[102]


def test_a_case_is_made_from_an_alert_and_from_a_told_moment():
    series = shop(100, slow=(0, 1))
    data = Dataset("shop", "series", Quality(100.0, 0), "", tuple(series))
    asked = asked_case(data, bare(series), series[0], series[0].time[102], series[0].time[104])
    assert asked.lead.onset == (99, 100)
    told = told_case(data, bare(series), series[0], (series[0].time[100],) * 2, series[0].time[104])
    assert told.lead.start == 100
    assert told.lead.direction == "up"


def test_a_moment_without_values_is_refused_with_the_cure():
    series = shop(100)
    data = Dataset("shop", "series", Quality(100.0, 0), "", tuple(series))
    late = series[0].time[-1] + np.timedelta64(1, "D")
    with pytest.raises(DataError, match="check the time"):
        told_case(data, bare(series), series[0], (late, late), late)
    with pytest.raises(DataError, match="between"):
        told_case(data, [], series[0], (series[0].time[5],) * 2, late)
