"""The pieces of the alarm layer, one by one."""

import numpy as np
import pytest

from anomaly_hunter.detect.baseline import fit_baseline
from anomaly_hunter.detect.calibrate import TOGETHER, calibrate
from anomaly_hunter.detect.choose import choose
from anomaly_hunter.detect.clock import read_clock
from anomaly_hunter.detect.detectors.flat import Flat
from anomaly_hunter.detect.explain import explain
from anomaly_hunter.detect.onset import onset_of
from anomaly_hunter.detect.profile import profile
from anomaly_hunter.detect.rules import without_before
from anomaly_hunter.detect.shape import direction_of, shape_of
from anomaly_hunter.detect.spans import Marks, find_spans, merged, runs
from anomaly_hunter.errors import UsageError
from anomaly_hunter.model import Detection
from tests.detect.series.made import detect, gauss, lookup, series


def test_a_profile_says_what_a_series_is_like():
    value = 0.5 * np.arange(400) + gauss(400)
    value[3] = np.nan
    about = profile(value, 60.0)
    assert (about.n, about.missing, about.period, about.counts, about.constant) == (400, 1, 0, False, False)
    assert about.trend_per_point == pytest.approx(0.5, abs=0.03)
    assert about.noise == pytest.approx(5.0, abs=0.8)
    assert profile(np.full(9, 4.0)).constant
    assert profile(np.random.default_rng(0).poisson(9, 200).astype(float)).counts


def test_the_choice_depends_on_length_and_counts():
    short = profile(gauss(100))
    assert choose(short) == ("residual", "level", "nearest", "difference", "variance", "flat")
    assert "nearest" in choose(profile(gauss(3_000)))
    assert choose(short, records=True) == ("residual", "level", "flat")
    assert choose(profile(np.full(100, 1.0))) == ()


def test_a_clock_knows_its_step_and_whether_it_is_kept():
    given = series(gauss(50), step_s=300)
    assert (read_clock(given).interval_s, read_clock(given).regular) == (300.0, True)
    uneven = type(given)("m", given.time[np.sort(np.r_[0:20, 20:50:2, 30:45])], given.value)
    assert not read_clock(uneven).regular
    assert not read_clock(type(given).of([1.0, 2.0])).regular


def test_window_alarms_are_trimmed_to_the_abnormal_points():
    z = np.zeros(60)
    z[30:33] = 8.0
    score = np.where((np.arange(60) >= 20) & (np.arange(60) < 43), 1.5, 0.0)
    assert find_spans(Marks(score, np.zeros(60), z)) == [(30, 33)]


def test_a_window_alarm_without_abnormal_points_keeps_its_height():
    score = np.where((np.arange(60) >= 20) & (np.arange(60) < 40), 2.0, 0.2)
    assert find_spans(Marks(score, np.zeros(60), np.zeros(60))) == [(20, 40)]


def test_a_span_is_followed_to_where_it_fades():
    z = np.zeros(60)
    z[20:40] = np.linspace(9, 1.0, 20)
    score = z / 4.5
    (span,) = find_spans(Marks(score, score, z))
    assert span[0] == 20
    assert 34 <= span[1] <= 40


def test_runs_and_merging_are_half_open():
    assert runs(np.array([False, True, True, False, True])) == [(1, 3), (4, 5)]
    assert merged([(4, 5), (1, 3)], 1) == [(1, 5)]
    assert runs(np.zeros(0, bool)) == []


@pytest.mark.parametrize(
    ("inner", "shape"),
    [
        ([9.0], "spike"),
        ([-9.0, -8.0], "dip"),
        ([8.0] * 20, "level shift"),
        (list(np.linspace(0.5, 12, 24)), "drift"),
        ([9.0, 8.0, 6.0, 5.0, 4.0, 3.0, 2.5, 2.0, 2.0], "spike"),
        ([6.0, -5.0, 4.0, -6.0, 5.0], "variance"),
        ([0.3, -0.4, 0.1, 0.2], "odd shape"),
    ],
)
def test_shapes_are_named_as_people_would(inner, shape):
    z = np.r_[np.zeros(30), inner, np.zeros(30)]
    assert shape_of(z, 30, 30 + len(inner), {}, 0) == shape


def test_half_a_season_without_an_odd_value_is_a_season_break():
    assert shape_of(np.zeros(60), 10, 30, {}, 24) == "season break"
    assert shape_of(np.zeros(60), 10, 30, {"flat": np.full(60, 2.0)}, 24) == "flat line"
    assert shape_of(np.zeros(60), 10, 30, {"variance": np.full(60, 2.0)}, 24) == "variance"


def test_a_direction_needs_nine_tenths():
    assert direction_of(np.array([1.0, -9.0])) == "down"
    assert direction_of(np.array([1.0, -1.0])) == "both"
    assert direction_of(np.zeros(3)) == "both"


def test_the_onset_of_a_drift_is_where_its_line_leaves_the_level():
    z = np.r_[np.zeros(50), np.arange(40) * 0.3]
    low, high = onset_of(z, 58, 90, "drift")
    assert low <= 50 <= high + 1


def test_the_onset_of_a_step_is_between_the_last_calm_point_and_the_first_odd_one():
    assert onset_of(np.array([0.0, 0.5, 1.5, 9.0]), 3, 4, "spike") == (1, 3)
    assert onset_of(np.array([9.0, 9.0]), 0, 2, "spike") == (0, 0)


def test_the_loudest_detector_counts_in_a_short_series():
    value = gauss(100)
    value[50] += 60
    raws = [(kind, kind.fit(value).score(value)) for kind in (lookup("residual")(), lookup("nearest")())]
    scores = calibrate(raws, 1.0)
    assert scores.score == pytest.approx(np.maximum(scores.parts["residual"], scores.parts["nearest"]))


def test_in_a_long_series_all_speak_together():
    value = gauss(3_000)
    value[1_500] += 60
    detection = detect(value)
    assert TOGETHER in detection.parts
    assert TOGETHER not in detection.detectors
    assert detection.score[1_500] >= 1.0


def test_the_baseline_of_a_contaminated_series_is_that_of_its_normal_part():
    base = fit_baseline(np.r_[gauss(70), gauss(30) + 60])
    assert base.expected[0] == pytest.approx(100, abs=2)
    assert base.unit[0] == pytest.approx(5, abs=1.2)
    assert not base.normal[80:].any()
    assert (np.abs(base.drift[75:]) > 1).all()


def test_a_long_series_keeps_its_level_through_an_incident():
    base = fit_baseline(np.r_[gauss(3_000), gauss(1_000) + 60])
    assert np.abs(base.expected - 100).max() < 5


def test_an_explanation_tells_what_was_needed():
    value = gauss(100, seed=4)
    value[60] += 90
    detection = detect(value)
    alarm, calm = explain(detection, 60), explain(detection, 20)
    assert alarm.alarm
    assert alarm.reasons[0].startswith("it is part of an alarm: spike")
    assert "above that" in " ".join(alarm.reasons)
    assert not calm.alarm
    assert "a score of 1 was needed" in calm.reasons[-1]
    assert calm.lower < calm.expected < calm.upper


def test_an_explanation_of_a_missing_value_says_so():
    value = gauss(100, seed=5)
    value[7] = np.nan
    assert "missing" in explain(detect(value), 7).reasons[-1]


@pytest.mark.parametrize("position", [-1, 100])
def test_a_point_that_does_not_exist_cannot_be_explained(position):
    with pytest.raises(UsageError, match="no point"):
        explain(detect(gauss(100)), position)


def test_a_table_has_no_points_to_explain():
    with pytest.raises(UsageError, match="is a table"):
        explain(Detection("orders", np.zeros(3), (), ()), 0)


def test_a_count_of_rare_errors_does_not_stand_still_at_zero():
    errors = np.zeros(583)
    errors[6] = 1.0
    assert not (Flat().fit(errors).score(errors) >= 1.0).any()


def test_a_value_that_freezes_elsewhere_than_where_it_mostly_is_stands_still():
    rng = np.random.default_rng(3)
    value = np.where(rng.random(600) < 0.7, 0.0, rng.normal(5.0, 1.0, 600))
    value[200:] = 4.2
    assert (Flat().fit(value).score(value)[200:] >= 1.0).all()


def test_most_of_what_is_known_is_not_abnormal_but_what_comes_after_may_be():
    value = 3_500.0 + 60.0 * gauss(600)
    value[380:] -= np.linspace(0.0, 1_200.0, 220)
    found = detect(value, 60)
    assert all(anomaly.start > 0 for anomaly in found.anomalies)
    step = 100.0 + gauss(600)
    step[:150] += 40.0
    assert [a.start for a in detect(step, 60).anomalies][:1] == [0]
    kept = without_before(detect(step, 60).anomalies[0], 300)
    assert kept is not None
    assert kept.statement == "it is the first 150 of 300 points: nothing before says what was usual"


def test_collections_of_garbage_are_no_incidents_but_one_that_frees_far_more_is():
    rng = np.random.default_rng(3)
    climb = 50.0 + 8.0 * ((np.arange(600) / 150.0 + 0.4) % 1.0) + 0.3 * rng.normal(size=600)
    usual = detect(climb, 300)
    assert usual.anomalies == ()
    assert {quiet.rule for quiet in usual.quiet} == {"sawtooth"}
    climb[570:] -= 20.0
    assert [a.start for a in detect(climb, 300).anomalies] == [pytest.approx(570, abs=1)]


def test_errors_that_come_now_and_then_alarm_when_there_are_more_or_larger_ones():
    rng = np.random.default_rng(5)
    now_and_then = np.where(rng.random(600) < 0.2, rng.uniform(0.2, 0.6, 600), 0.0)
    assert detect(now_and_then, 300).anomalies == ()
    more = now_and_then.copy()
    more[500:520] = rng.uniform(0.2, 0.6, 20)
    assert any(a.start <= 510 < a.stop for a in detect(more, 300).anomalies)
    larger = now_and_then.copy()
    larger[300] = 4.0
    assert [a.peak for a in detect(larger, 300).anomalies] == [300]
