"""Pictures that the server draws stay inside their frame."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_hunter.serve.web.drawing import Window, columns

SINCE = np.datetime64("2026-03-01", "ns")
HOUR = np.timedelta64(3600, "s")


@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.integers(-500, 500), st.integers(0, 500), st.integers(1, 24 * 400), st.floats(0, 10))
def test_a_span_lies_within_the_picture_and_can_be_seen(begins, lasts, hours, severity):
    window = Window(SINCE, SINCE + hours * HOUR)
    span = window.span(SINCE + begins * HOUR, SINCE + (begins + lasts) * HOUR, severity, "", "")
    assert span.left >= 0
    assert span.width > 0
    assert span.left + span.width <= 100.001


@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.integers(1, 24 * 3000), st.integers(0, 10**6))
def test_an_axis_has_few_lines_in_order(hours, offset_s):
    since = SINCE + np.timedelta64(offset_s, "s")
    ticks = Window(since, since + hours * HOUR).ticks()
    lefts = [tick.left for tick in ticks]
    assert len(ticks) <= 10
    assert lefts == sorted(set(lefts))


def test_empty_moments_have_no_bar():
    window = Window(SINCE, SINCE + 3 * HOUR)
    buckets = [
        (SINCE + n * HOUR, worst, count) for n, (worst, count) in enumerate([(0, 0), (7.2, 2), (0, 0)])
    ]
    (bar,) = columns(window, buckets, HOUR)
    assert (round(bar.left), bar.height, bar.level, bar.count) == (33, 72, "error", 2)
