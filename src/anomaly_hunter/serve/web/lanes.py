"""Swim lanes, series x time: what lies too close together to be told apart is one bar."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

import numpy as np

from anomaly_hunter.model import iso
from anomaly_hunter.remember.lists import timeline
from anomaly_hunter.serve.web.drawing import Span, Window
from anomaly_hunter.tell import words

GAPS: Final = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
"""Percent of the width between two bars: the first at which there are few enough of them."""
MOST_BARS: Final = 240


@dataclass(frozen=True, slots=True)
class Lane:
    """One series with its bars, from left to right."""

    subject: str
    spans: tuple[Span, ...]


def drawn_lanes(window: Window, lanes: Sequence[timeline.Lane]) -> tuple[Lane, ...]:
    """The lanes with as many bars as can be seen: a page does not grow with the number of incidents."""
    drawn: tuple[Lane, ...] = ()
    for gap in GAPS:
        drawn = tuple(
            Lane(
                lane.subject,
                tuple(_bar(window, lane.subject, some) for some in _close(window, lane.spans, gap)),
            )
            for lane in lanes
        )
        if sum(len(lane.spans) for lane in drawn) <= MOST_BARS:
            break
    return drawn


def _close(window: Window, spans: Sequence[timeline.Span], gap: float) -> Iterator[list[timeline.Span]]:
    """Spans in groups whose members lie closer together than ``gap``."""
    group: list[timeline.Span] = []
    right = 0.0
    for span in sorted(spans, key=lambda one: one.begin):
        if group and window.left(span.begin) > right + gap:
            yield group
            group = []
        group.append(span)
        right = max(right, window.left(span.end)) if len(group) > 1 else window.left(span.end)
    if group:
        yield group


def _bar(window: Window, subject: str, spans: Sequence[timeline.Span]) -> Span:
    begin, end = min(one.begin for one in spans), max(one.end for one in spans)
    worst = max(one.severity for one in spans)
    incidents = {one.incident_id for one in spans}
    said = f"severity {words.severity(worst)}, {_moments(begin, end)}"
    if len(incidents) == 1:
        return window.span(begin, end, worst, f"{subject}: {said}", f"/incidents/{incidents.pop()}")
    asked = urlencode({"state": "all", "q": subject[:200], "since": iso(begin), "until": iso(end)})
    title = f"{subject}: {len(incidents):,} incidents, worst {said}"
    return window.span(begin, end, worst, title, f"/incidents?{asked}")


def _moments(begin: np.datetime64, end: np.datetime64) -> str:
    return words.span(begin.astype("datetime64[s]"), end.astype("datetime64[s]"))
