"""Pictures that the server draws stay inside their frame."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_hunter.remember.lists.timeline import Lane as Kept
from anomaly_hunter.remember.lists.timeline import Span as Stretch
from anomaly_hunter.serve.web.drawing import Window, columns
from anomaly_hunter.serve.web.lanes import MOST_BARS, drawn_lanes

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


@settings(derandomize=True, max_examples=15, deadline=None)
@given(st.integers(1, 8), st.integers(1, 300), st.integers(1, 30))
def test_lanes_stay_few_however_many_incidents_there_are(lanes, spans, seed):
    rng = np.random.default_rng(seed)
    window = Window(SINCE, SINCE + 168 * HOUR)

    def span(number):
        begin = SINCE + np.timedelta64(int(rng.integers(168 * 3600)), "s")
        return Stretch(begin, begin + HOUR, float(rng.uniform(0, 10)), f"{number:012x}")

    found = [Kept(f"s{n}", f"{n:012x}", tuple(span(m) for m in range(spans))) for n in range(lanes)]
    drawn = drawn_lanes(window, found)
    assert sum(len(lane.spans) for lane in drawn) <= MOST_BARS
    for lane, kept in zip(drawn, found, strict=True):
        assert max(one.severity for one in lane.spans) == max(one.severity for one in kept.spans)


def test_incidents_that_cannot_be_told_apart_are_one_bar_that_leads_to_all_of_them():
    window = Window(SINCE, SINCE + 100 * HOUR)
    spans = [Stretch(SINCE + n * HOUR, SINCE + (n + 1) * HOUR, 5.0, f"{n:012x}") for n in (0, 1, 50)]
    (lane,) = drawn_lanes(window, [Kept("a & b", "0" * 12, tuple(spans))])
    assert [one.title.split(",")[0] for one in lane.spans] == ["a & b: 2 incidents", "a & b: severity 5"]
    assert lane.spans[0].href.startswith("/incidents?state=all&q=a+%26+b&since=2026-03-01T00")
    assert lane.spans[1].href == f"/incidents/{50:012x}"
