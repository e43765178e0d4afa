"""What changed just before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from anomaly_hunter.investigate import wording as say
from anomaly_hunter.investigate.beginnings import beginning
from anomaly_hunter.investigate.suspects import Suspect, suspects
from anomaly_hunter.model import Event, Evidence, Number, iso, moment

if TYPE_CHECKING:
    from anomaly_hunter.investigate.case import Case


def changed_before(case: Case, most: int) -> tuple[Evidence, ...]:
    """See :meth:`Case.changed_before`."""
    ranked = suspects(case)
    summary = Evidence(f"changed-before:{case.subject}", "what changed just before", *_summary(case, ranked))
    return (summary, *(_evidence(suspect) for suspect in ranked[: max(0, most)]))


def event_evidence_id(event: Event) -> str:
    """The id of the evidence on one event."""
    return f"changed-before:{say.clip(event.title)}@{iso(event.time)}#{event.id[:4]}"


def event_name(event: Event) -> str:
    """An event as findings name it: deploy 'checkout v2.4.1'."""
    return f"{say.clip(event.kind, 30) or 'event'} '{say.clip(event.title)}'"


def timing(suspect: Suspect) -> str:
    """When the event was: "2 min before the first abnormal point"."""
    minutes = suspect.minutes_before
    if minutes < 0:
        return f"within the first abnormal interval, {say.duration(-60 * minutes)} after it began"
    if minutes == 0:
        return "at the first abnormal point"
    return f"{say.duration(60 * minutes)} before the first abnormal point"


def _more(suspect: Suspect, numbers: dict[str, Number]) -> str:
    """What it carried, what it has in common with the symptoms, and what its own service did after it."""
    parts = []
    change = suspect.change
    if change is not None and change.commits:
        parts.append(f"carries '{say.clip(change.commits[0].title)}'")
    if change is not None and change.live is not change.event:
        parts.append(f"brought in by {event_name(change.live)}")
    if suspect.shared:
        parts.append(f"speaks of {say.listed(suspect.shared[:4])} as the symptoms do")
    effect = suspect.effect
    if effect.metric:
        numbers |= {"effect_delta": effect.delta, "effect_p": effect.p, "placebo_p": effect.placebo_p}
        if suspect.screen < 1.0:
            parts.append(f"nothing at {change.live.service if change else ''} changed after it")
    numbers |= {"content_weight": suspect.content, "screen": suspect.screen}
    return "".join(f"; {part}" for part in parts)


def _summary(case: Case, ranked: tuple[Suspect, ...]) -> tuple[str, dict[str, Number]]:
    given = len(case.events)
    numbers: dict[str, Number] = {"events": given, "suspects": len(ranked), "after": 0}
    series, times = case.series, case.onset_times
    if not given:
        return "no events were given, so nothing can be said about changes", numbers
    if series is None or times is None or not series.clocked:
        return f"the data carry no clock, so {say.counted(given, 'event')} cannot be placed", numbers
    stamps = case.event_times
    after = int((stamps > times[1]).sum())
    numbers["after"] = after
    text = f"{len(ranked)} of {say.counted(given, 'event')} could have had a part in it"
    begun = beginning(case)
    trend = begun.trend if begun is not None else ""
    if begun is not None and trend:
        text += f"; counted from {moment(begun.latest)} UTC, since when {say.plainly(trend)} builds up"
    last = stamps[stamps <= times[1]]
    if not ranked and len(last) and not trend:
        gap = say.seconds_between(np.max(last), times[1])
        text += f"; the last one before the onset lies {say.duration(gap)} back"
    if after:
        text += f"; {after} came after the onset and are ruled out" if after > 1 else (
            "; one came after the onset and is ruled out"
            if not any(s.minutes_before < 0 for s in ranked) else "; one came right after the onset"
        )  # fmt: skip
    return text, numbers


def _evidence(suspect: Suspect) -> Evidence:
    event = suspect.event
    numbers: dict[str, Number] = {
        "event": event.title, "kind": event.kind, "service": event.service, "at": iso(event.time),
        "minutes_before": suspect.minutes_before, "score": suspect.score, "share": suspect.share,
        "time_weight": suspect.time, "distance_weight": suspect.distance, "kind_weight": suspect.kind,
    }  # fmt: skip
    text = f"{event_name(event)} {timing(suspect)}, {suspect.relation}{_more(suspect, numbers)}"
    return Evidence(event_evidence_id(event), "what changed just before", text, numbers)
