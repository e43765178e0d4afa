"""Ranking and alarm measures against numbers worked out by hand and a slow twin."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_hunter.bench.alarm_quality import WEEK_S, judge_alarms, pool_alarms
from anomaly_hunter.bench.ranking import auroc, average_precision
from anomaly_hunter.bench.spans import clip_spans, merge_spans, spans_of
from anomaly_hunter.bench.vus import vus
from anomaly_hunter.bench.window import autocorrelation_window
from tests.bench.slow_vus import slow_vus


@st.composite
def labelled_scores(draw):
    n = draw(st.integers(8, 60))
    label = draw(st.lists(st.integers(0, 1), min_size=n, max_size=n))
    label[draw(st.integers(0, n - 1))] = 1
    label[draw(st.integers(0, n - 1))] = 0
    score = draw(st.lists(st.integers(-3, 9), min_size=n, max_size=n))
    return label, score


@settings(derandomize=True, max_examples=40, deadline=None)
@given(labelled_scores(), st.integers(0, 11))
def test_fast_vus_is_the_slow_one(case, window):
    label, score = case
    if sum(label) in (0, len(label)):
        return
    fast = vus(label, score, window, thresholds=12)
    assert (fast.roc, fast.pr) == pytest.approx(slow_vus(label, score, window, thresholds=12), abs=1e-9)


def test_vus_by_hand_without_a_buffer():
    # Four points, thresholds 4, 3, 2, 1: (TPR, FPR, precision) =
    # (1/2, 0, 1), (1/2, 1/2, 1/2), (1, 1/2, 2/3), (1, 1, 1/2); the two spans lie apart, so the
    # share of spans found (1/2, 1/2, 1, 1) multiplies TPR: 1/4, 1/4, 1, 1.
    volume = vus([1, 0, 1, 0], [4, 3, 2, 1], window=0, thresholds=4)
    assert volume.pr == pytest.approx(1 / 4 * 1 + 3 / 4 * 2 / 3)
    assert volume.roc == pytest.approx(1 / 2 * 1 / 4 + 1 / 2 * 1)


def test_vus_of_a_perfect_score_is_one():
    label = np.zeros(400, dtype=int)
    label[100:110] = label[300:330] = 1
    volume = vus(label, label, window=0)
    assert (volume.roc, volume.pr) == pytest.approx((1, 1))


def test_vus_rewards_an_alarm_just_beside_the_span():
    label = np.zeros(200, dtype=int)
    label[100:110] = 1
    beside, far = np.zeros(200), np.zeros(200)
    beside[112:118] = far[20:26] = np.arange(6, 0, -1)
    assert vus(label, beside, 20).pr > vus(label, far, 20).pr


def test_no_labelled_point_gives_no_number():
    assert math.isnan(vus([0, 0, 0], [1, 2, 3], 2).pr)
    assert math.isnan(average_precision([0, 0], [1, 2]))
    assert math.isnan(auroc([1, 1], [1, 2]))


def test_where_every_point_is_labelled_there_is_no_false_alarm():
    volume = vus(np.ones(20), np.arange(20.0), window=4)
    assert volume.pr == pytest.approx(1.0)


@pytest.mark.parametrize("size", [1.0, 1e-320, 1e306, 1.7e306])
def test_the_window_does_not_depend_on_the_unit(size):
    assert autocorrelation_window(100 * size * np.sin(2 * np.pi * np.arange(2_000) / 48)) == 48


def test_a_single_huge_value_leaves_a_window():
    value = np.sin(2 * np.pi * np.arange(2_000) / 48)
    value[500] = 1e308
    assert autocorrelation_window(value) >= 6


def test_vus_refuses_a_score_that_is_not_finite():
    with pytest.raises(ValueError, match="finite"):
        vus([0, 1], [0.0, np.nan], 1)


@settings(derandomize=True, max_examples=40, deadline=None)
@given(labelled_scores())
def test_average_precision_and_auroc_are_those_of_scikit_learn(case):
    sklearn = pytest.importorskip("sklearn.metrics")
    label, score = case
    if sum(label) in (0, len(label)):
        return
    assert average_precision(label, score) == pytest.approx(sklearn.average_precision_score(label, score))
    assert auroc(label, score) == pytest.approx(sklearn.roc_auc_score(label, score))


@settings(derandomize=True, max_examples=40, deadline=None)
@given(st.lists(st.booleans(), max_size=40))
def test_spans_of_a_mask_fill_it_again(mask):
    filled = np.zeros(len(mask), dtype=bool)
    for start, stop in spans_of(mask):
        filled[start:stop] = True
    assert filled.tolist() == mask


def test_spans_that_overlap_or_touch_are_merged():
    assert merge_spans([(5, 6), (0, 2), (1, 3), (3, 4)]) == [(0, 4), (5, 6)]


def test_spans_are_cut_to_the_part():
    assert clip_spans([(0, 3), (4, 7), (9, 12)], 5, 10) == [(0, 2), (4, 5)]


@pytest.mark.parametrize(
    ("alarm", "hit"), [((14, 15), 0), ((14, 16), 1), ((34, 40), 1), ((35, 40), 0), ((10, 50), 1)]
)
def test_an_alarm_hits_within_five_points_of_the_span(alarm, hit):
    alarms = judge_alarms([(20, 30)], [alarm], range(100))
    assert (alarms.hits, alarms.false_alarms) == (hit, 1 - hit)


def test_points_are_counted_without_widening():
    alarms = judge_alarms([(20, 30)], [(28, 34)], range(100))
    assert (alarms.tp, alarms.fp, alarms.fn) == (2, 4, 8)


def test_delay_is_from_the_true_start_to_the_first_alarm_that_hits():
    alarms = judge_alarms([(20, 30), (60, 70)], [(57, 58), (26, 28), (23, 24)], np.arange(100) * 300)
    assert alarms.delays == (3, -3)
    assert alarms.delays_s == (900.0, -900.0)


def test_one_alarm_over_two_events_hits_both_and_is_never_false():
    alarms = judge_alarms([(20, 30), (60, 70)], [(25, 65)], range(100))
    assert (alarms.hits, alarms.alarms, alarms.false_alarms) == (2, 1, 0)


def test_irregular_times_are_counted_by_the_clock():
    time_s = np.concatenate([np.arange(50) * 60, 50 * 60 + 86_400 + np.arange(50) * 60])
    assert judge_alarms([], [], time_s).seconds == 100 * 60 + 86_400


def test_groups_pool_points_and_average_files():
    day = np.arange(1440) * 60
    good = judge_alarms([(100, 110)], [(100, 110)], day)
    missed = judge_alarms([(100, 140)], [], day)
    clean = judge_alarms([], [(700, 710), (900, 920)], day)
    group = pool_alarms([good, missed, clean])
    assert group["precision"] == 10 / 40
    assert group["recall"] == 10 / 50
    assert group["mean_precision"] == pytest.approx((1 + 0 + 0) / 3)
    assert group["mean_recall"] == pytest.approx((1 + 0) / 2)
    assert group["event_recall"] == 1 / 2
    assert group["false_per_day"] == pytest.approx(2 / 3)
    assert group["false_per_week"] == pytest.approx(2 / (3 * 86_400 / WEEK_S))
    assert (group["flagged"], group["clean_files"], group["clean_flagged"]) == (2, 1, 1)
    assert (group["median_delay_points"], group["files_hit"]) == (0, 1)


def test_a_clean_group_without_alarms_has_no_precision_and_no_delay():
    group = pool_alarms([judge_alarms([], [], range(100))])
    assert math.isnan(group["precision"])
    assert math.isnan(group["mean_precision"])
    assert math.isnan(group["median_delay_s"])
    assert group["flagged_clean"] == 0
