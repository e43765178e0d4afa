"""Words and numbers as people read them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_hunter.tell import words
from anomaly_hunter.tell.plain import plain


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.floats(-1e308, 1e308))
def test_a_number_keeps_its_first_four_digits_and_stays_short(value):
    text = words.number(value)
    assert float(text.replace(",", "")) == pytest.approx(value, rel=1e-3, abs=0)
    assert len(text) <= 13


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.floats())
def test_every_number_can_be_said_in_every_way(value):
    for unit in ("", "ms", "%", "bytes"):
        assert words.number(value, unit)
    for say in (words.change, words.sigmas, words.duration):
        assert "nan" not in say(value)


@settings(derandomize=True, max_examples=100, deadline=None)
@given(st.floats(0, 1))
def test_a_share_is_never_said_to_be_more_than_it_is(share):
    assert (words.percent(share) == "100%") == (share == 1)
    assert (words.percent(share) == "0%") == (share == 0)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 ms"),
        (0.0025, "2.5 ms"),
        (59.9, "1 min"),
        (60, "1 min"),
        (3600, "1 h"),
        (3601, "1 h"),
        (5400, "1 h 30 min"),
        (183_600, "2 d 3 h"),
        (10 * 86400, "10 d"),
        (15 * 86400, "2 w 1 d"),
        (-90, "-1 min 30 s"),
    ],
)
def test_durations_are_said_in_their_largest_units(seconds, text):
    assert words.duration(seconds) == text


@pytest.mark.parametrize(
    ("share", "text"), [(0.785, "79%"), (0, "0%"), (1, "100%"), (0.9999, ">99%"), (0.0001, "<1%")]
)
def test_only_all_is_said_to_be_all(share, text):
    assert words.percent(share) == text


def test_a_span_over_midnight_names_both_days():
    span = words.span(np.datetime64("2026-03-04T23:00"), np.datetime64("2026-03-05T01:30"))
    assert span == "2026-03-04 23:00 to 2026-03-05 01:30 UTC"


def test_bytes_are_scaled():
    said = [words.number(value, "bytes") for value in (999, 1000, 999_960, 2.5e9, 1e18)]
    assert said == ["999 B", "1 kB", "1 MB", "2.5 GB", "1,000 PB"]


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.text(), st.integers(2, 20))
def test_plain_text_is_one_printable_line_within_its_limit(text, limit):
    safe = plain(text)
    assert all(sign.isprintable() or sign in "\u200c\u200d" for sign in safe)
    assert len(plain(text, limit)) <= limit
    assert plain(safe) == safe
