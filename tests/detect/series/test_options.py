"""Settings of the user decide what alarms, and what was kept quiet is written down."""

from typing import ClassVar

import numpy as np
import pytest

from anomaly_hunter.detect.contract import Takes
from anomaly_hunter.detect.detectors.flat import Flat
from anomaly_hunter.detect.explain import explain
from anomaly_hunter.detect.options import DetectOptions
from anomaly_hunter.detect.series import detect_series
from anomaly_hunter.errors import PluginError, UsageError
from tests.detect.series.made import detect, gauss, series, spans


def spiked(height=80.0):
    value = gauss(120, seed=1)
    value[80] += height
    return value


@pytest.mark.parametrize(
    ("options", "rule"),
    [
        ({"detection_direction": "down"}, "detection_direction"),
        ({"min_dev_from_expected": 500.0}, "min_dev_from_expected"),
        ({"min_rel_dev_from_expected": 2.0}, "min_rel_dev_from_expected"),
    ],
)
def test_a_rule_keeps_an_alarm_quiet_and_says_so(options, rule):
    detection = detect(spiked(), **options)
    assert detection.anomalies == ()
    assert [(q.start, q.stop, q.rule) for q in detection.quiet] == [(80, 81, rule)]
    assert rule in " ".join(explain(detection, 80).reasons)


def test_without_a_rule_the_same_point_alarms():
    detection = detect(spiked(), detection_direction="up", min_rel_dev_from_expected=0.2)
    assert spans(detection) == [(80, 81)]
    assert detection.quiet == ()


def test_values_out_of_range_always_alarm():
    value = gauss(60, seed=2)
    value[30] = 111.0
    detection = detect(value, data_range=(0, 110.9), detection_direction="down")
    assert (30, 31) in spans(detection)
    assert detection.score[30] >= 2.0
    short = detect([1.0, 2.0, 999.0], data_range=(None, 100.0))
    assert spans(short) == [(2, 3)]


@pytest.mark.parametrize("share", [0.02, 0.1])
def test_contamination_sets_the_share_of_points_that_alarm(share):
    detection = detect(gauss(200, seed=3), contamination=share)
    assert sum(b - a for a, b in spans(detection)) == pytest.approx(200 * share, abs=1)
    assert int((detection.score >= 1).sum()) == pytest.approx(200 * share, abs=1)


def test_sensitivity_divides_the_boundary():
    value = gauss(120, seed=1)
    value[80] = 115.0
    once, twice = detect(value), detect(value, sensitivity=2.0)
    assert twice.score == pytest.approx(2 * once.score)
    assert spans(once) == []
    assert spans(twice) != []


def test_named_detectors_replace_the_choice():
    detection = detect(spiked(), detectors=("spectral", "motion"))
    assert detection.detectors == ("spectral", "motion")
    assert set(detection.parts) == {"spectral", "motion"}


def test_an_unknown_detector_is_the_error_of_the_registry():
    with pytest.raises(UsageError, match="no detector 'wizard'"):
        detect(spiked(), detectors=("wizard",))


def test_a_detector_of_tables_is_refused():
    class Rows:
        name: ClassVar[str] = "rows"
        takes: ClassVar[Takes] = "table"

        def fit(self, data):
            return self

        def score(self, data):
            return np.zeros(len(data))

    with pytest.raises(UsageError, match="rows of a table"):
        detect_series(series(spiked()), DetectOptions(detectors=("rows",)), lambda _: Rows)


def test_scores_of_the_wrong_length_are_a_plugin_error():
    class Short(Flat):
        def score(self, data):
            return np.zeros(3)

    with pytest.raises(PluginError, match=r"shape \(3,\)"):
        detect_series(series(spiked()), DetectOptions(detectors=("flat",)), lambda _: Short)


def test_a_season_that_is_given_is_used():
    value = np.tile([0.0, 0.0, 9.0], 12) + np.random.default_rng(0).normal(0, 0.1, 36)
    assert detect(value, seasonality=3).profile.period == 3
    assert detect(value, seasonality=0).profile.period == 0
    assert detect(value, seasonality=300).profile.period == 0
