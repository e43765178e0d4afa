"""Events as suspects: how likely each change is the cause, by time, distance and kind."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from anomaly_hunter.investigate import wording as say
from anomaly_hunter.investigate.beginnings import Beginning, beginning
from anomaly_hunter.investigate.changes import (
    BUMP,
    Change,
    brings_demand,
    changes,
    consequences,
    end_of,
    is_operated,
    is_undoing,
    only_bumps,
)
from anomaly_hunter.investigate.content import ONE_WORD, UNKNOWN, Symptoms, overlap, symptoms
from anomaly_hunter.investigate.distance import distance as distance_of
from anomaly_hunter.investigate.distance import is_complained_of, is_only_told_of, service_in
from anomaly_hunter.investigate.effects import UNMEASURED, Effect, effect_of
from anomaly_hunter.investigate.outside import NONE_OF_THEM, is_report, none_weight
from anomaly_hunter.model import Cause, Event

if TYPE_CHECKING:
    from anomaly_hunter.investigate.case import Case

FAST_MIN: Final = 45.0
SLOW_MIN: Final = 600.0
LONGEST_LAG: Final = 10 * SLOW_MIN
FIRST_INTERVAL: Final = 0.15
MOST_LOOKED_AT: Final = 5_000
MOST_SCORED: Final = 200
NAMED_SHARE: Final = 0.4
MARGIN: Final = 2.0
MOST_TESTED: Final = 12
STALE: Final = 0.5
STALE_P: Final = 0.5
STALE_DELTA: Final = 0.33
UNPLACED: Final = 0.5
LASTING: Final = 0.5
BUMP_LIFTED: Final = 1.0 / BUMP
NO_DEMAND: Final = 0.2
LEAST_SCORE: Final = 1e-4


@dataclass(frozen=True, slots=True)
class Suspect:
    """An event with what speaks for it.

    ``score = time * distance * kind * content * screen``, each in [0, 1]; ``share`` is its part of the
    scores of all suspects and of "none". ``minutes_before`` counts from when the change took effect to
    the first abnormal point. ``content`` is 1 where no change can be compared with symptoms; ``shared`` are
    the words it has in common with them, ``fits`` whether that is enough; ``effect`` is what its own
    service did after it; ``screen`` is below 1 where that was nothing.
    """

    event: Event
    score: float
    share: float
    minutes_before: float
    time: float
    distance: float
    kind: float
    relation: str
    content: float = 1.0
    shared: tuple[str, ...] = ()
    fits: bool = True
    effect: Effect = UNMEASURED
    screen: float = 1.0
    change: Change | None = None


def suspects(case: Case) -> tuple[Suspect, ...]:
    """Events that could have caused the incident, most likely first.

    - time: ``0.9 exp(-lag / 45 min) + 0.1 exp(-lag / 600 min)``; the lag counts to the earliest
      possible onset, so an event inside the onset interval has none. Both scales are at least
      one and ten intervals of the data. 0.15 for an event within the first abnormal interval (its
      point may stand for all that follows up to the next), 0 for anything later. Where something filled up
      slowly before, its bend is the onset (:func:`~.beginnings.beginning`).
      What lasts (a field such as ``end_time``) weighs at least half of what it would had it begun at its
      end, or at the onset where it went on.
    - distance: 1 the same service (its label, or named in the series), 0.7 a service it calls (0.85
      for each further step; 0.9 if that one is part of the incident), 0.7 another service of the
      incident, 0.5 where either has no service, 0.4 a caller (0.7 where a resource
      of its own moved, as its cache), 0.15 any other (0.3 one that is neither measured nor in the
      graph), 0.9 where surging log lines complain of it. An event without a service lies at
      the one that its title names. Campaigns and holidays lie everywhere: 1 in place and kind
      where traffic rose, 0.2 of their kind where it is measured and did not.
    - counted records: 0.9 where the service stands in the segment that carries most of the change.
    - kind: see :func:`~.changes.kind_weight`.
    - content: what changed against what broke (:func:`~.content.overlap`), where a change says
      anything of itself and there are logs to compare it with. Of operations also what they may do to others
      (:func:`~.changes.consequences`). A bump that the symptoms speak of is a change like any other.
    - screen: 0.5 where the service of the event is measured, and behaved after it as at any other time
      (placebo p above 0.5 and Cliff's delta below 0.33); never for a slow trend, nor where log lines
      complain of it.

    At most the 5,000 nearest events are looked at, and the 200 best of those compared by content.
    """
    return case.once("suspects", lambda: _suspects(case))


def named_suspect(case: Case) -> Suspect | None:
    """The suspect that can be named; None while candidates stand side by side.

    Share 0.4 or more, twice the next one and twice the signs of a cause outside; and where it can be
    compared with what broke, it has something in common with it (content 0.4 or more).
    """
    ranked = suspects(case)
    if not ranked or ranked[0].share < NAMED_SHARE or not ranked[0].fits:
        return None
    rivals = [none_weight(case) - NONE_OF_THEM, *(s.score for s in ranked[1:2])]
    return ranked[0] if ranked[0].score >= MARGIN * max(rivals) else None


def _suspects(case: Case) -> tuple[Suspect, ...]:
    begun, series = beginning(case), case.series
    if begun is None or series is None or not case.events:
        return ()
    step_min = say.usual_step(series) / 60.0
    scored = [_suspect(case, change, begun, step_min) for change in changes(_near(case, begun, step_min))]
    best = sorted((s for s in scored if s.score > LEAST_SCORE), key=_order)[:MOST_SCORED]
    best = _screened(case, _compared(case, best), begun)
    total = none_weight(case) + sum(s.score for s in best)
    shared = [_with(s, share=s.score / total) for s in best if s.score > LEAST_SCORE]
    return tuple(sorted(shared, key=_order))


def _order(suspect: Suspect) -> tuple[float, float, str]:
    return -suspect.score, suspect.minutes_before, suspect.event.title


def _with(suspect: Suspect, **changed: Any) -> Suspect:
    return replace(suspect, **changed)


def _compared(case: Case, found: list[Suspect]) -> list[Suspect]:
    """With content, where there are logs and a change that says something of itself."""
    texts = [s.change.text for s in found if s.change is not None]
    if case.dataset.logs is None or not texts:
        return found
    known = symptoms(case, texts)
    return [_with_content(case, s, known) for s in found]


def _with_content(case: Case, suspect: Suspect, known: Symptoms) -> Suspect:
    """Some changes cannot be unlike the symptoms, and so are no less likely than one that says nothing:
    operations, and what was done at a service of which only others write."""
    change = suspect.change
    event = change.live if change is not None else suspect.event
    found = overlap(f"{change.text} {consequences(event)}" if change is not None else "", known)
    mute = is_operated(event) or is_only_told_of(case, event.service or service_in(case, event.title))
    value = max(found.value, UNKNOWN) if mute else found.value
    if brings_demand(event) and suspect.distance == suspect.kind == 1.0:  # more people came
        value = max(value, ONE_WORD)
    lifted = BUMP_LIFTED if found.fits and found.words and change is not None and only_bumps(change) else 1.0
    return _with(suspect, score=suspect.score * value * lifted, kind=suspect.kind * lifted, content=value,
                 shared=found.words[:5], fits=mute or found.fits)  # fmt: skip


def _screened(case: Case, found: list[Suspect], begun: Beginning) -> list[Suspect]:
    """With what the service of each of the first few did after it."""
    first = sorted(found, key=_order)
    result = []
    for place, suspect in enumerate(first):
        live = suspect.change.live if suspect.change is not None else suspect.event
        if place >= MOST_TESTED or not live.service:
            result.append(suspect)
            continue
        effect = effect_of(case, live.service, live.time)
        unmoved = effect.placebo_p > STALE_P and abs(effect.delta) < STALE_DELTA
        stale = unmoved and not begun.trend and not is_complained_of(case, live.service)
        screen = STALE if stale else 1.0
        result.append(_with(suspect, effect=effect, screen=screen, score=suspect.score * screen))
    return result


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
        if event.service == change.service and event.time > change.time and is_undoing(event)
    ]
    return min(later, key=lambda event: event.time, default=None)


def _near(case: Case, begun: Beginning, step_min: float) -> list[Event]:
    """Events that lie close enough before the onset, each once, at most the 5,000 latest."""
    stamps = case.event_times
    first = begun.earliest - _minutes(max(LONGEST_LAG, 30 * step_min))
    last = begun.latest + _minutes(step_min)
    inside = np.flatnonzero((stamps >= first) & (stamps <= last))
    inside = inside[np.argsort(stamps[inside], kind="stable")]
    latest: dict[tuple[object, ...], Event] = {}
    for i in inside[::-1].tolist():
        event = case.events[i]
        if not is_report(event):
            latest.setdefault((event.time, event.kind, event.title, event.service), event)
        if len(latest) == MOST_LOOKED_AT:
            break
    return list(latest.values())[::-1]


def _minutes(minutes: float) -> np.timedelta64:
    return np.timedelta64(round(min(minutes, 1e8) * 60e9), "ns")


def _suspect(case: Case, change: Change, begun: Beginning, step_min: float) -> Suspect:
    live = change.live
    earliest, latest = (say.seconds_between(live.time, end) / 60.0 for end in (begun.earliest, begun.latest))
    counted = case.series is not None and case.series.counts
    minutes = earliest if counted else latest  # a count is abnormal from where its interval begins
    time = max(time_weight(earliest, latest, step_min), _while_it_lasts(change, begun, step_min))
    distance, relation = distance_of(case, live)
    if live is not change.event and distance < UNPLACED:  # what it brings lies at no service of its own
        distance = UNPLACED
    kind = change.kind
    if brings_demand(change.event):
        kind, distance, relation = _demand(case, kind, distance, relation)
    score = time * distance * kind
    return Suspect(change.event, score, 0.0, minutes, time, distance, kind, relation, change=change)


def _while_it_lasts(change: Change, begun: Beginning, step_min: float) -> float:
    """Half of what the time would weigh had it begun when it ended, or at the onset if it went on."""
    end = end_of(change.live)
    if end is None or change.live.time > begun.latest or end <= change.live.time:
        return 0.0
    last = min(end, begun.earliest)
    early, late = (max(0.0, say.seconds_between(last, at) / 60.0) for at in (begun.earliest, begun.latest))
    return LASTING * time_weight(early, late, step_min)


def _demand(case: Case, kind: float, distance: float, relation: str) -> tuple[float, float, str]:
    """What brings people counts in full where more of them came, and hardly where not."""
    traffic = [m for m in case.movements if m.kind == "traffic"]
    if not traffic:
        return kind, distance, relation
    if any(m.moved and (m.change_pct or 0.0) > 0 for m in traffic):
        return 1.0, 1.0, "which brings traffic, and traffic rose"
    return NO_DEMAND * kind, distance, relation


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
