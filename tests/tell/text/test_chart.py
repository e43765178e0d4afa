"""The chart of characters: nothing abnormal is lost in it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_hunter.tell.axis import number_ticks, position_ticks, time_ticks
from anomaly_hunter.tell.chart import ASCII, BRAILLE, Picture, draw
from anomaly_hunter.tell.spark import BLOCKS, bins, spans_in, spark
from anomaly_hunter.tell.view import window

VALUES = st.lists(
    st.one_of(st.floats(allow_infinity=False), st.sampled_from([np.nan, 0.0, 1e308, -1e308, 5e-324])),
    min_size=1,
    max_size=300,
)


def plot(value, width=60, height=8, signs=BRAILLE, band=None, **more):
    value = np.asarray(value, dtype=float)
    none = np.full(len(value), np.nan)
    lower, upper = band if band is not None else (none, none)
    picture = Picture(np.arange(len(value), dtype=float), value, lower, upper, **more)
    return ["".join(text for text, _ in row) for row in draw(picture, width, height, signs)]


def highest_column(lines):
    """The column of the first plotted sign from the top."""
    for line in lines:
        for column, sign in enumerate(line):
            if sign == "*" or "\u2800" < sign <= "\u28ff":
                return column
    raise AssertionError("nothing is drawn")


@settings(derandomize=True, max_examples=60, deadline=None)
@given(VALUES, st.integers(20, 130), st.sampled_from([ASCII, BRAILLE]), st.data())
def test_any_values_fit_the_frame(value, width, signs, data):
    n = len(value)
    start = data.draw(st.integers(0, n - 1))
    band = (np.asarray(value) - 1, np.full(n, 1e300))
    lines = plot(value, width, 8, signs, band, alarms=((start, n),), events=(0.0, float(n)))
    assert max(map(len, lines)) <= width
    assert len(lines) == 8 + 4


@pytest.mark.parametrize("n", [50, 500, 100_000])
@pytest.mark.parametrize("signs", [ASCII, BRAILLE])
def test_one_spike_reaches_the_top_at_its_place_however_many_points_there_are(n, signs):
    value = np.zeros(n)
    value[n // 2] = 1.0
    lines = plot(value, 60, 8, signs, alarms=((n // 2, n // 2 + 1),))
    mark = next(line for line in lines if signs.alarm_mark in line)
    assert abs(highest_column(lines) - mark.index(signs.alarm_mark)) <= 1
    assert 25 <= mark.index(signs.alarm_mark) <= 40


def test_missing_values_leave_a_gap():
    value = np.ones(100)
    value[40:60] = np.nan
    row = next(line for line in plot(value, 60, 4, ASCII) if "*" in line)
    assert "* " in row.rstrip()
    assert row.count("*") < 50


def test_a_stretch_without_points_leaves_a_gap():
    x = np.r_[np.arange(50.0), 150 + np.arange(50.0)]
    none = np.full(100, np.nan)
    rows = draw(Picture(x, np.ones(100), none, none), 60, 4, ASCII)
    line = next(text for text in ("".join(t for t, _ in row) for row in rows) if "*" in text)
    assert " " * 10 in line.strip()


def test_a_far_band_does_not_flatten_the_line():
    value = np.sin(np.arange(100))
    near = plot(value, band=(value - 1e9, value + 1e9))
    drawn = [line for line in near if any("\u2800" < sign <= "\u28ff" for sign in line)]
    assert len(drawn) >= 3


def test_the_column_extremes_agree_with_a_plain_loop():
    value = np.random.default_rng(1).normal(0, 1, 5000)
    lines = plot(value, 42, 20, ASCII)
    body = lines[:20]
    left = body[0].index("|") + 1 if "|" in body[0] else body[0].index("+") + 1
    columns = len(lines[20]) - left
    low, high = value.min(), value.max()
    for column in range(columns):
        at = np.rint(np.arange(5000) / 4999 * (columns - 1)) == column
        top = round((high - value[at].max()) / (high - low) * 19)
        first = next(i for i, line in enumerate(body) if line[left + column : left + column + 1] == "*")
        assert first <= top + 1e-9


@settings(derandomize=True, max_examples=60, deadline=None)
@given(VALUES, st.integers(1, 90))
def test_a_spark_has_one_sign_per_part(value, width):
    line = spark(np.asarray(value), width)
    assert len(line) == min(len(value), width) == len(bins(len(value), width)) - 1
    assert set(line) <= set(BLOCKS + " ")


def test_a_spark_keeps_a_single_spike_and_a_single_dip():
    value = np.zeros(100_000)
    value[70_000], value[20_000] = 5, -5
    line = spark(value, 50)
    assert (line[35], line[10]) == ("█", "▁")
    assert set(line[:10]) == {"▅"}


@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.integers(1, 2000), st.integers(1, 80), st.data())
def test_a_span_is_marked_in_every_part_that_it_touches(n, width, data):
    start = data.draw(st.integers(0, n - 1))
    stop = data.draw(st.integers(start + 1, n))
    edges = bins(n, width)
    slow = [2 if a < stop and b > start else 0 for a, b in pairwise(edges)]
    assert spans_in(((start, stop),), n, width).tolist() == slow


@settings(derandomize=True, max_examples=100, deadline=None)
@given(st.floats(-1e300, 1e300), st.floats(0, 1e300), st.integers(2, 8))
def test_number_ticks_lie_inside_and_are_few(low, size, most):
    high = low + size
    ticks = [value for value, _ in number_ticks(low, high, most)]
    assert 1 <= len(ticks) <= max(2, most)
    assert ticks == sorted(ticks)
    slack = 1e-9 * max(abs(low), abs(high))
    assert all(low - slack <= value <= high + slack for value in ticks)


@settings(derandomize=True, max_examples=100, deadline=None)
@given(st.datetimes(), st.integers(0, 10**10), st.integers(2, 12))
def test_time_ticks_lie_inside_and_are_few(begin, seconds, most):
    first = np.datetime64(begin).astype("datetime64[s]")
    if not 1700 < begin.year < 1900:
        first = np.datetime64("2000-01-01", "s")
    last = first + np.timedelta64(seconds, "s")
    ticks = [value for value, _ in time_ticks(first, last, most)]
    bounds = [int(t.astype("datetime64[ns]").astype(np.int64)) for t in (first, last)]
    assert len(ticks) <= most
    assert all(bounds[0] <= value <= bounds[1] for value in ticks)


def test_ticks_of_positions_are_whole():
    assert [label for _, label in position_ticks(0, 3, 8)] == ["#0", "#1", "#2", "#3"]


@settings(derandomize=True, max_examples=100, deadline=None)
@given(st.integers(1, 100_000), st.data(), st.integers(30, 130))
def test_the_window_holds_the_anomaly(n, data, columns):
    start = data.draw(st.integers(0, n - 1))
    stop = data.draw(st.integers(start + 1, n))
    first, last = window(n, start, stop, columns)
    assert 0 <= first <= start < stop <= last <= n


@pytest.mark.parametrize("value", [1.7e308, -1.7e308, 5e-324])
def test_a_line_at_the_end_of_all_numbers_is_drawn(value):
    assert highest_column(plot([value] * 20)) > 0
