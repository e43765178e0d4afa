"""Numbers and text on their way into the page."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from anomaly_hunter.stats.holes import find_gaps
from anomaly_hunter.tell.html.compact import cut, honest, json_for_script, power_of_ten, tidy

MODERATE = st.floats(-1e14, 1e14) | st.just(float("nan"))


@settings(derandomize=True, max_examples=80, deadline=None)
@given(arrays(np.float64, st.integers(1, 50), elements=MODERATE))
def test_tidied_numbers_are_as_near_as_a_picture_needs(values):
    tidied = np.array([np.nan if v is None else v for v in tidy(values)], dtype=float)
    assert (np.isnan(tidied) == np.isnan(values)).all()
    known = values[~np.isnan(values)]
    if len(known):
        width = float(np.ptp(known)) or float(abs(known[0]))
        assert np.nanmax(np.abs(tidied - values)) <= max(width / 1e5, 5e-301)


@pytest.mark.parametrize("values", [[1e308, -1e308], [5e-324, 0.0], [np.nan], [], [1e-310, 2e-310], [7.0]])
def test_extreme_numbers_stay_json(values):
    array = np.array(values, dtype=float)
    json.loads(json_for_script(tidy(array)))
    assert isinstance(power_of_ten(array), int)


@settings(derandomize=True, max_examples=80, deadline=None)
@given(st.text())
def test_json_between_script_tags_says_the_same_and_cannot_end_the_tag(text):
    written = json_for_script({"name": text + "</script><!--"})
    assert json.loads(written) == {"name": text + "</script><!--"}
    assert not set("<>&\u2028\u2029") & set(written)
    assert written.isascii()


def test_a_text_cannot_turn_the_writing_direction():
    assert honest("\u202eevil\u2066 \x00\ud800") == "\ufffdevil\ufffd \ufffd\ufffd"


def test_a_long_text_is_cut():
    assert len(cut("x" * 5000)) == 600


def test_an_irregular_series_has_no_holes_in_its_clock():
    x = np.cumsum(np.random.default_rng(0).exponential(1.0, 500))
    assert find_gaps(x, np.ones(500), 10) == ()


def test_only_the_widest_gaps_are_kept_in_order():
    value = np.ones(100)
    for start, length in ((5, 1), (20, 9), (50, 4), (80, 2)):
        value[start : start + length] = np.nan
    assert find_gaps(np.arange(100.0), value, 2) == ((19.0, 29.0), (49.0, 54.0))


@pytest.mark.parametrize("value", [[], [1.0], [np.nan, np.nan, np.nan]])
def test_too_few_points_have_no_gaps(value):
    assert find_gaps(np.arange(float(len(value))), np.array(value, dtype=float), 9) == ()
