"""The life of an incident on one line of time: first symptom, spread, alert, what people did."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from anomaly_hunter.model import Anomaly, Event, Incident
from anomaly_hunter.remember.records import Happened
from anomaly_hunter.serve.web.templating import shown, spoken
from anomaly_hunter.tell import words

MOST: Final = 30
"""Entries from the data, and as many from people."""
PAUSE_S: Final = 12 * 3600.0
"""A silence longer than this, or longer than the incident itself, is said instead of drawn."""
BEFORE_S: Final = 86_400.0


@dataclass(frozen=True, slots=True)
class Moment:
    """One entry; ``pause`` is how long nothing happened before it, "" where it follows at once."""

    at: np.datetime64
    kind: str
    title: str
    detail: str = ""
    offset: str = ""
    pause: str = ""

    @property
    def when(self) -> str:
        """As the page prints it."""
        return shown(self.at)


@dataclass(frozen=True, slots=True)
class Story:
    """The entries in order, and how many found no room."""

    moments: tuple[Moment, ...]
    left_out: int = 0


DEEDS: Final = {
    "opened": "found it",
    "acknowledged": "acknowledged it",
    "resolved": "resolved it",
    "reopened": "reopened it",
    "unmuted": "let it speak again",
    "commented": "wrote",
    "merged": "took in another incident",
    "verdict": "changed the verdict",
    "silenced": "keeps it quiet by a silence",
    "unsilenced": "ended the silence",
}


def deed(one: Happened) -> str:
    """What somebody did, as the rest of a sentence that begins with who.

    >>> deed(Happened(np.datetime64("2026-11-21"), "ann", "assigned", None, "bob", "", 1))
    'assigned it to bob'
    """
    if one.action == "assigned":
        return f"assigned it to {one.after}"
    if one.action == "muted":
        return f"muted it until {spoken(one.after[:16])}" if one.after else "muted it"
    if one.action == "feedback":
        return f"said: {one.after}" if one.after else "said what it was"
    if one.action == "reopened" and not one.by:
        return "reopened it: it goes on"
    return DEEDS.get(one.action, str(one.action))


def tell_story(incident: Incident, history: Sequence[Happened], events: Sequence[Event] = ()) -> Story:
    """Everything with a time, in its order."""
    began = incident.begin
    seen = list(_seen(incident)) + [_event(event) for event in _near(incident, events)]
    first = min((one.at for one in seen if one.kind in ("lead", "onset")), default=None)
    seen = sorted(seen, key=lambda one: (one.kind not in ("lead", "peak", "end"), one.at))
    done = [_done(one) for one in history]
    kept = seen[:MOST] + done[:1] + done[1:][-MOST:]
    ordered = sorted(kept, key=lambda one: one.at)
    length = (
        words.seconds_between(began, incident.end) if began is not None and incident.end is not None else 0
    )
    return Story(tuple(_paused(ordered, first, max(PAUSE_S, length))), len(seen) + len(done) - len(kept))


def _seen(incident: Incident) -> Iterator[Moment]:
    lead = incident.lead
    onsets = [one.begin for one in incident.anomalies if one.begin is not None]
    first = min(onsets, default=None)
    for one in incident.anomalies:
        if one.begin is None:
            continue
        kind = "lead" if one is lead else "onset"
        yield Moment(one.begin, kind, _begins(one, first), _moved(one))
    if lead.begin is not None and lead.end is not None and not lead.rows:
        title = "still going on at the end of the data" if lead.ongoing else "last abnormal point"
        yield Moment(lead.end, "end", f"{lead.subject}: {title}")


def _begins(one: Anomaly, first: np.datetime64 | None) -> str:
    if one.rows:
        return f"{one.subject}: {words.place(one)}"
    title = "First symptom" if one.begin == first else "Spreads"
    return f"{title}: {one.subject}, {one.shape}"


def _moved(one: Anomaly) -> str:
    wanted = words.expectation(one.expected, one.spread)
    moved = ", ".join(part for part in (words.change(one.change_pct), words.sigmas(one.sigmas)) if part)
    return f"{words.number(one.actual)} at its peak, {wanted} was expected" + (f" ({moved})" if moved else "")


def _near(incident: Incident, events: Sequence[Event]) -> list[Event]:
    """What changed within a day before, or twice the incident's length, and while it lasted."""
    begin, end = incident.begin, incident.end
    if begin is None or end is None:
        return []
    before = max(BEFORE_S, 2 * words.seconds_between(begin, end))
    near = [one for one in events if words.seconds_between(one.time, begin) <= before and one.time <= end]
    return sorted(near, key=lambda one: abs(words.seconds_between(one.time, begin)))[:MOST]


def _event(event: Event) -> Moment:
    labels = ", ".join(f"{name}={value}" for name, value in sorted(event.labels.items()))
    detail = " · ".join(part for part in (event.service, labels) if part)
    return Moment(event.time.astype("datetime64[ns]"), "event", f"{event.kind}: {event.title}", detail)


def _done(one: Happened) -> Moment:
    if one.action == "opened":
        return Moment(one.at, "alert", "The alarm was raised", one.text)
    who = one.by or "The hunter"
    return Moment(one.at, "person" if one.by else "alert", f"{who} {deed(one)}", one.text)


def _paused(ordered: list[Moment], first: np.datetime64 | None, longest: float) -> Iterator[Moment]:
    """The entries with how far they are from the first symptom, or how long nothing happened before."""
    befores: list[Moment | None] = [None, *ordered[:-1]]
    for before, one in zip(befores, ordered, strict=True):
        gap = words.seconds_between(before.at, one.at) if before is not None else 0.0
        pause = words.duration(gap) if gap > longest else ""
        after = words.seconds_between(first, one.at) if first is not None else 0.0
        near = first is not None and abs(after) <= longest and one.at != first
        offset = f"{'+' if after > 0 else '−'}{words.duration(abs(after))}" if near else ""
        yield Moment(one.at, one.kind, one.title, one.detail, offset, pause)
