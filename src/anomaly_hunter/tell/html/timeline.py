"""The life of an incident in order: what changed, what began where, the peak, the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from anomaly_hunter.model import Anomaly, Detection, Event, Hunt, Incident, Series, moment
from anomaly_hunter.tell import words
from anomaly_hunter.tell.html import limits
from anomaly_hunter.tell.html.chart import nearest_events

BEFORE_S: Final = 86_400.0  # events this long before the onset are told, or twice the incident's length


@dataclass(frozen=True, slots=True)
class Moment:
    """One entry: ``order`` sorts it, ``offset`` says how far from the lead's onset it is."""

    order: float
    kind: str
    when: str
    offset: str
    title: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Timeline:
    """The entries in order, and how many found no room."""

    moments: tuple[Moment, ...]
    left_out: int = 0


def build_timeline(hunt: Hunt, incident: Incident) -> Timeline:
    """Onset of every anomaly of the incident, peak and end of the lead, events around them."""
    lead = incident.lead
    detection = hunt.detection_of(lead)
    if detection.series is None:
        return Timeline(())
    clock = _Clock(detection.series, lead)
    moments = [_onset(a, hunt.detection_of(a), clock, a is lead) for a in incident.anomalies if not a.rows]
    moments += [_peak(lead, detection, clock), _end(lead, detection, clock)]
    if detection.series.clocked:
        moments += [_event(event, clock) for event in _events(hunt, incident)]
    needed = [m for m in moments if m.kind in ("lead", "peak", "end")]
    others = sorted((m for m in moments if m not in needed), key=lambda m: abs(m.order))
    shown = needed + others[: limits.TIMELINE - len(needed)]
    return Timeline(tuple(sorted(shown, key=lambda m: m.order)), len(moments) - len(shown))


@dataclass(frozen=True, slots=True, eq=False)
class _Clock:
    """Places things relative to the onset of the lead: seconds, or points without a clock."""

    series: Series
    lead: Anomaly

    def order(self, series: Series, position: int) -> float:
        if series.clocked and self.series.clocked:
            return self.after(series.time[position])
        return float(series.row[position] - self.series.row[self.lead.start])

    def after(self, time: np.datetime64) -> float:
        return words.seconds_between(self.series.time[self.lead.start], time)

    def offset(self, order: float) -> str:
        if order == 0:
            return "onset"
        if not self.series.clocked:
            return f"{order:+,.0f} {'point' if abs(order) == 1 else 'points'}"
        return f"{'+' if order > 0 else '−'}{words.duration(abs(order))}"


def when(series: Series, position: int) -> str:
    """A position as the page prints it.

    >>> when(Series.of([1.0, 2.0]), 1)
    'point 1'
    """
    if not series.clocked:
        return f"point {int(series.row[position]):,}"
    return f"{moment(series.time[position])} UTC"


def onset(anomaly: Anomaly, series: Series) -> str:
    """Between when and when an anomaly began.

    >>> a = Anomaly("a", "cpu", "c", "spike", "up", 1, 2, 1, 2.0, 9.0, 1.0, 0.5, (0, 1))
    >>> onset(a, Series.of([1.0, 2.0]))
    'between point 0 and point 1'
    """
    first, last = anomaly.onset
    if first == last:
        return f"at {when(series, first)}"
    if not series.clocked:
        return f"between {when(series, first)} and {when(series, last)}"
    return f"between {words.span(series.time[first], series.time[last]).replace(' to ', ' and ')}"


def _onset(anomaly: Anomaly, detection: Detection, clock: _Clock, leads: bool) -> Moment:
    series = detection.series or clock.series
    order = clock.order(series, anomaly.start)
    return Moment(
        order,
        "lead" if leads else "onset",
        when(series, anomaly.start),
        clock.offset(order),
        f"{anomaly.subject}: {anomaly.shape} begins",
        f"It began {onset(anomaly, series)}.",
    )


def _peak(lead: Anomaly, detection: Detection, clock: _Clock) -> Moment:
    series = detection.series or clock.series
    order = clock.order(series, lead.peak)
    actual = words.number(lead.actual, series.unit)
    wanted = words.expectation(lead.expected, lead.spread, series.unit)
    moved = ", ".join(p for p in (words.change(lead.change_pct), words.sigmas(lead.sigmas)) if p)
    return Moment(
        order + 1e-9,
        "peak",
        when(series, lead.peak),
        clock.offset(order),
        f"Peak of {lead.subject}: {actual}",
        f"{wanted} was expected ({moved})." if moved else f"{wanted} was expected.",
    )


def _end(lead: Anomaly, detection: Detection, clock: _Clock) -> Moment:
    series = detection.series or clock.series
    last = max(lead.start, lead.stop - 1)
    order = clock.order(series, last)
    title = "Still going on at the end of the data" if lead.ongoing else "Last abnormal point"
    return Moment(order + 2e-9, "end", when(series, last), clock.offset(order), f"{lead.subject}: {title}")


def _event(event: Event, clock: _Clock) -> Moment:
    order = clock.after(event.time)
    labels = ", ".join(f"{name}={value}" for name, value in sorted(event.labels.items()))
    detail = " · ".join(part for part in (event.service, labels) if part)
    return Moment(
        order - 1e-9,
        "event",
        f"{moment(event.time)} UTC",
        clock.offset(order),
        f"{event.kind}: {event.title}",
        detail,
    )


def _events(hunt: Hunt, incident: Incident) -> Sequence[Event]:
    begin, end = incident.begin, incident.end
    if begin is None or end is None:
        return ()
    before = max(BEFORE_S, 2 * words.seconds_between(begin, end))
    near = [
        event
        for event in hunt.dataset.events
        if words.seconds_between(event.time, begin) <= before and event.time <= end
    ]
    return nearest_events(near, [begin], limits.TIMELINE)
