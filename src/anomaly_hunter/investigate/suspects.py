"""Events as suspects: how likely each change is the cause, by time, distance and kind."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from anomaly_hunter.investigate import wording as say
from anomaly_hunter.investigate.semantics import SERVICE_LABELS, node_in, words_of
from anomaly_hunter.model import Cause, Event, TimeArray

if TYPE_CHECKING:
    from anomaly_hunter.investigate.case import Case

NONE_OF_THEM: Final = 0.12
"""Weight of "no recorded change did it" beside the events."""

FAST_MIN: Final = 45.0
SLOW_MIN: Final = 600.0
LONGEST_LAG: Final = 10 * SLOW_MIN
FIRST_INTERVAL: Final = 0.15
MOST_SCORED: Final = 200

_KINDS: Final = (
    (1.0, r"deploy|release|rollout|rollback|version|upgrade|migration|schema|commit"),
    (0.95, r"flag|feature|toggle|experiment|config|setting|parameter|policy|rule"),
    (0.8, r"scal|infra|failover|reboot|restart|maintenance|network|incident|outage|capacity|certificate"),
    (0.6, r"holiday|calendar|campaign|promotion|sale|marketing"),
)
_HARMLESS: Final = re.compile(r"\b(?:docs?|readme|typo|tests?|lint|css|styles?|copy|comments?|changelog)\b")
_UNDOING: Final = re.compile(r"\b(?:rollback|roll(?:ed)? back|reverts?|reverted)\b")
_DEPENDENCY: Final = re.compile(r"\b(?:bump|dependenc(?:y|ies)|renovate|dependabot)\b")


@dataclass(frozen=True, slots=True)
class Suspect:
    """An event with what speaks for it.

    ``score = time * distance * kind``, each in [0, 1]; ``share`` is its part of the scores of
    all suspects and of "none". ``minutes_before`` counts from the event to the first abnormal point.
    """

    event: Event
    score: float
    share: float
    minutes_before: float
    time: float
    distance: float
    kind: float
    relation: str


def suspects(case: Case) -> tuple[Suspect, ...]:
    """Events that could have caused the incident, most likely first.

    - time: ``0.9 exp(-lag / 45 min) + 0.1 exp(-lag / 600 min)``; the lag counts to the earliest
      possible onset, so an event inside the onset interval has none. Both scales are at least
      one and ten intervals of the data. 0.15 for an event within the first abnormal interval (its
      point may stand for all that follows up to the next), 0 for anything later.
    - distance: 1 the same service (its label, or named in the series), 0.7 a service it calls (0.85
      for each further step; 0.9 if that one is part of the incident), 0.7 another service of the
      incident, 0.5 where either has no service, 0.4 a caller, 0.15 any other.
    - counted records: 0.9 where the service stands in the segment that carries most of the change.
    - kind: 1 deploy, 0.95 flag or setting, 0.8 infrastructure, 0.6 calendar, 0.6 else; 0.05 and 0.2
      of that where the title says it is documentation, style or tests, or a dependency bump, 0.3 where it
      undoes another change.
    """

    def score() -> tuple[Suspect, ...]:
        times, series = case.onset_times, case.series
        if times is None or series is None or not series.clocked or not case.events:
            return ()
        step_min = say.usual_step(series) / 60.0
        near = _near(case, times, step_min)
        scored = [_suspect(case, event, times, step_min) for event in near]
        total = NONE_OF_THEM + sum(score for _, score, *_ in scored)
        found = [
            Suspect(event, score, score / total, minutes, time, distance, kind, relation)
            for event, score, minutes, time, distance, kind, relation in scored
            if score > 1e-4
        ]
        return tuple(sorted(found, key=lambda s: (-s.score, s.minutes_before, s.event.id)))

    return case.once("suspects", score)


def undoing(case: Case, cause: Cause) -> Event | None:
    """The first later event on the same service that takes a change back; None while it stands."""
    if cause.kind != "event":
        return None
    changes = [event for event in case.events if event.title == cause.name]
    if not changes:
        return None
    change = changes[-1]
    later = [
        event
        for event in case.events
        if event.service == change.service
        and event.time > change.time
        and _UNDOING.search(event.title.lower())
    ]
    return min(later, key=lambda event: event.time, default=None)


def _near(case: Case, times: tuple[np.datetime64, np.datetime64], step_min: float) -> list[Event]:
    """Events that lie close enough before the onset, at most the 200 latest."""
    stamps = event_times(case)
    first = times[0] - _minutes(max(LONGEST_LAG, 30 * step_min))
    last = times[1] + _minutes(step_min)
    inside = np.flatnonzero((stamps >= first) & (stamps <= last))
    inside = inside[np.argsort(stamps[inside], kind="stable")][-MOST_SCORED:]
    return [case.events[i] for i in inside]


def event_times(case: Case) -> TimeArray:
    """``(n,)`` times of all events of the case; NaT where an event has none."""
    return case.once(
        "event times", lambda: np.array([event.time for event in case.events], dtype="datetime64[ns]")
    )


def _minutes(minutes: float) -> np.timedelta64:
    return np.timedelta64(round(min(minutes, 1e8) * 60e9), "ns")


def _suspect(
    case: Case, event: Event, times: tuple[np.datetime64, np.datetime64], step_min: float
) -> tuple[Event, float, float, float, float, float, str]:
    earliest, latest = (say.seconds_between(event.time, end) / 60.0 for end in times)
    counted = case.series is not None and case.series.counts
    minutes = earliest if counted else latest  # a count is abnormal from where its interval begins
    time = time_weight(earliest, latest, step_min)
    distance, relation = _distance(case, event)
    kind = kind_weight(event.kind, event.title)
    return event, time * distance * kind, minutes, time, distance, kind, relation


def time_weight(before_earliest_min: float, before_latest_min: float, step_min: float) -> float:
    """How well the time of an event fits, from its minutes before both ends of the onset interval.

    >>> time_weight(0.0, 5.0, 1.0), round(time_weight(45.0, 46.0, 1.0), 3), time_weight(-9.0, -8.0, 1.0)
    (1.0, 0.424, 0.0)
    """
    if before_latest_min < 0:
        return FIRST_INTERVAL if before_latest_min >= -step_min else 0.0
    lag = max(0.0, before_earliest_min)
    return 0.9 * math.exp(-lag / max(FAST_MIN, step_min)) + 0.1 * math.exp(
        -lag / max(SLOW_MIN, 10 * step_min)
    )


@lru_cache(maxsize=4096)
def kind_weight(kind: str, title: str) -> float:
    """How often a change of this kind breaks something.

    >>> kind_weight("deploy", "v2.4.1"), kind_weight("deploy", "fix typo in docs")
    (1.0, 0.05)
    """
    words, text = kind.lower(), title.lower()[:200]
    weight = next((w for w, pattern in _KINDS if re.search(pattern, words)), 0.6)
    if _HARMLESS.search(text):
        return 0.05 * weight
    if _UNDOING.search(text):  # more often the cure
        return 0.3 * weight
    return 0.2 * weight if _DEPENDENCY.search(text) else weight


def _distance(case: Case, event: Event) -> tuple[float, str]:
    """Weight of the place of an event, and the relation in words."""
    service = event.service
    if not service:
        labels = case.series.labels if case.series is not None else {}
        shared = [key for key, value in event.labels.items() if value and labels.get(key) == value]
        return (0.9, f"on the same {shared[0]}") if shared else (0.5, "on no named service")
    if _is_own(case, service):
        return 1.0, f"on {service} itself"
    segment = _carrying_segment(case)
    if node_in(segment, words_of(service)):
        return 0.9, f"on {service}, which {segment} names"
    return _distance_of_other(case, service)


def _carrying_segment(case: Case) -> str:
    """Of counted records: the segment that carries most of the change; "" without one."""
    carried = (e for e in case.tickets() if e.id.startswith("carried-by:"))
    first = next(carried, None)
    if first is None or not float(first.numbers.get("share") or 0.0) > 0.5:
        return ""
    return f"{first.numbers['facet']}={first.numbers['value']}"


def _is_own(case: Case, service: str) -> bool:
    """The service is that of the lead by a label, or stands in the name of its series."""
    series = case.series
    if series is None:
        return False
    by_label = service in (case.service, *(series.labels.get(key, "") for key in SERVICE_LABELS))
    return by_label or bool(node_in(series.name, words_of(service)))


def _distance_of_other(case: Case, service: str) -> tuple[float, str]:
    own = case.service
    below, above = _steps_around(case)
    if service in below:
        weight = 0.9 if service in _affected(case) else 0.7 * 0.85 ** (below[service] - 1)
        return weight, f"on {service}, {say.counted(below[service], 'call')} below {own}"
    if service in above:
        return 0.4, f"on {service}, whose calls lead to {own}"
    if service in _affected(case):
        return 0.7, f"on {service}, which is part of the incident"
    return (0.15, f"on {service}, which has no known link") if own else (0.5, f"on {service}")


def _steps_around(case: Case) -> tuple[dict[str, int], dict[str, int]]:
    """Calls from the lead's service down to each service, and from each down to it."""

    def find() -> tuple[dict[str, int], dict[str, int]]:
        edges = case.graph.edges if case.graph is not None and case.service else ()
        return _steps(edges, case.service), _steps(tuple((b, a) for a, b in edges), case.service)

    return case.once("steps around", find)


def _steps(edges: tuple[tuple[str, str], ...], start: str) -> dict[str, int]:
    onward: dict[str, list[str]] = {}
    for a, b in edges:
        onward.setdefault(a, []).append(b)
    steps, front = {start: 0}, [start]
    while front:
        following = [b for a in front for b in onward.get(a, ())]
        far = steps[front[0]] + 1
        front = [b for b in dict.fromkeys(following) if b not in steps]
        steps.update(dict.fromkeys(front, far))
    del steps[start]
    return steps


def _affected(case: Case) -> frozenset[str]:
    """Services with an anomaly in the incident, the lead's own left out."""

    def find() -> frozenset[str]:
        series = (case.detection_of(anomaly).series for anomaly in case.anomalies)
        return frozenset(case.service_of(s) for s in series if s is not None) - {"", case.service}

    return case.once("affected", find)
