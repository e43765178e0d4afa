"""Whether a symptom of a failure pattern is seen in a case, is measured and not so, or is not known."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import numpy as np

from anomaly_hunter.investigate.facts import (
    WITHOUT_HEIGHT,
    Fact,
    at_limit,
    facts_by_service,
    ramp_of,
    says,
    searchable,
)
from anomaly_hunter.investigate.patterns import Sign, Symptom
from anomaly_hunter.investigate.suspects import Suspect, named_suspect

if TYPE_CHECKING:
    from anomaly_hunter.investigate.case import Case

State: TypeAlias = Literal["seen", "not so", "not known"]
SEVERAL: Final = 3
CLOCK_CHANGE_DAYS: Final = 2
_HOME_OF_CLOCKS: Final = ("Europe/Berlin", "America/New_York")
"""Where the clocks change when the data say only UTC."""

_COUNTED: Final = {"gap": "intervals_missing", "duplicate time": "repeated", "missing": "missing"}
"""What is counted around the onset, by the issue it is."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The state of a symptom, the series that show it, and the change that is it."""

    state: State
    by: tuple[str, ...] = ()
    event: Suspect | None = None


NOT_KNOWN: Final = Seen("not known")
NOT_SO: Final = Seen("not so")


def look(case: Case, symptom: Symptom, service: str) -> Seen:
    """The best state of the symptom's signs: one that is seen will do."""
    found = NOT_KNOWN
    for sign in symptom.signs:
        seen = _look_for(case, sign, service)
        if seen.state == "seen":
            return seen
        if seen.state == "not so":
            found = seen
    return found


def _look_for(case: Case, sign: Sign, service: str) -> Seen:
    if sign.at in ("anywhere", "several services") or sign.text or sign.issue or sign.calendar:
        return case.once(f"sign {id(sign)}", lambda: _answer(case, sign, service))  # at any service the same
    return _answer(case, sign, service)


def _answer(case: Case, sign: Sign, service: str) -> Seen:
    if sign.event or sign.title:
        return _change(case, sign, service)
    if sign.text:
        return _words(case, sign)
    if sign.issue:
        return _issue(case, sign)
    if sign.calendar:
        return _CALENDAR[sign.calendar](case)
    if sign.at == "several services":
        return _several(case, sign)
    facts = list(_measured(case, sign, service))
    if sign.at == "anywhere" and sign.moves == "calm":  # the others
        facts = [fact for fact in facts if fact.series is not case.series]
    return _series(case, sign, facts)


# ------------------------------------------------------------ series


def _measured(case: Case, sign: Sign, service: str) -> Iterator[Fact]:
    """Facts at the place of a sign that measure what it asks for."""
    facts = facts_by_service(case)
    if sign.at == "anywhere":
        places: Sequence[str] = list(facts)
    elif sign.at == "same service":
        places = (service, "") if service else ("",)
    elif case.graph is None or not service:
        return
    else:
        places = case.graph.callees(service) if sign.at == "callee" else case.graph.callers(service)
    for place in places:
        yield from (fact for fact in facts.get(place, ()) if _is_asked_for(fact, sign))


def _is_asked_for(fact: Fact, sign: Sign) -> bool:
    if sign.metric and fact.direction_as(sign.metric) is None:
        return False
    return not sign.name or says(sign.name, fact.words)


def _series(case: Case, sign: Sign, facts: list[Fact]) -> Seen:
    if not facts:
        return NOT_KNOWN
    if sign.moves == "calm":
        return _calm(facts)
    if sign.moves in ("not up", "not down"):
        way = sign.moves.removeprefix("not ")
        moved = [fact for fact in facts if fact.moved and _direction(fact, sign) == way]
        return NOT_SO if moved else Seen("seen", (facts[0].metric,))
    shown = tuple(fact.metric for fact in facts if _shows(case, fact, sign))
    if shown:
        return Seen("seen", shown[:3])
    if sign.reaches:
        facts = [fact for fact in facts if at_limit(fact) is not None]
    told = any(fact.shape not in WITHOUT_HEIGHT for fact in facts)  # a gap is neither up nor down
    return NOT_SO if told and (sign.metric or sign.name) else NOT_KNOWN


def _calm(facts: list[Fact]) -> Seen:
    if any(fact.moved for fact in facts):
        return NOT_SO
    return Seen("seen", (facts[0].metric,)) if all(fact.stayed for fact in facts) else NOT_KNOWN


def _direction(fact: Fact, sign: Sign) -> str:
    return (fact.direction_as(sign.metric) if sign.metric else None) or fact.direction


def _shows(case: Case, fact: Fact, sign: Sign) -> bool:
    """It moved as the sign says: far enough, that way, in that shape and order."""
    if not fact.moved or fact.change_pct < sign.least_pct:
        return False
    flat = fact.shape in WITHOUT_HEIGHT
    if not flat and sign.moves not in ("either", _direction(fact, sign)):
        return False
    if flat and fact.shape not in sign.shape:
        return False
    if sign.shape and not (
        fact.shape in sign.shape or ("ramp" in sign.shape and ramp_of(case, fact) is not None)
    ):
        return False
    if sign.reaches and not at_limit(fact):
        return False
    return not sign.when or _in_order(case, fact, sign.when)


def _in_order(case: Case, fact: Fact, when: str) -> bool:
    """Whether its onset is the first of the incident (within one interval), or later than the first."""
    onsets = case.once("onsets", lambda: _onsets(case))
    if fact.onset is None or len(onsets) < 2:
        return False
    lag = fact.onset - onsets[0]
    return lag <= fact.step if when == "first" else lag > fact.step


def _onsets(case: Case) -> list[int]:
    every = (fact for own in facts_by_service(case).values() for fact in own)
    return sorted(fact.onset for fact in every if fact.moved and fact.onset is not None)[:2]


def _several(case: Case, sign: Sign) -> Seen:
    """Three services or more show it at once."""

    shown, measured = [], 0
    for service, own in facts_by_service(case).items():
        facts = [fact for fact in own if service and _is_asked_for(fact, sign)]
        measured += bool(facts)
        shown += [fact.metric for fact in facts if _shows(case, fact, sign)][:1]
    if measured < SEVERAL:
        return NOT_KNOWN
    return Seen("seen", tuple(shown[:3])) if len(shown) >= SEVERAL else NOT_SO


# ------------------------------------------------------------ everything else


def _change(case: Case, sign: Sign, service: str) -> Seen:
    """The change that can be named, if it is of that kind and at the service."""
    if not case.events:
        return NOT_KNOWN
    suspect = named_suspect(case)
    if suspect is None:
        return NOT_SO
    event = suspect.event
    near = sign.at == "anywhere" or event.service in (service, "") or not service
    kind = not sign.event or says(sign.event, searchable(event.kind[:100]))
    title = not sign.title or says(sign.title, searchable(event.title[:300]))
    return Seen("seen", (), suspect) if kind and title and near else NOT_SO


def _words(case: Case, sign: Sign) -> Seen:
    """Words in what moved up (log templates, themes) or in what carries it; silence proves nothing."""
    for title, text in case.once("texts", lambda: tuple(_texts(case))):
        if says(sign.text, text):
            return Seen("seen", (title,))
    return NOT_KNOWN


def _texts(case: Case) -> Iterator[tuple[str, str]]:
    for own in facts_by_service(case).values():
        for fact in own:
            if fact.moved and fact.direction == "up" and fact.series is not None:
                labels = " ".join(fact.series.labels.values())
                yield fact.metric, searchable(f"{fact.series.name} {labels}"[:500])
    for evidence in case.segments():
        yield evidence.id, searchable(evidence.id.partition(":")[2][:500])
    for evidence in case.tickets():
        if evidence.id.startswith(("theme:", "words:", "carried-by:")) and len(evidence.numbers) > 1:
            yield evidence.id, searchable(evidence.statement[:1000])


def _issue(case: Case, sign: Sign) -> Seen:
    """Something wrong with the data: near the onset where that can be told, else anywhere."""
    numbers = case.quality().numbers
    near = [numbers.get(_COUNTED[kind]) for kind in sign.issue if kind in _COUNTED]
    if any(isinstance(count, int) and count > 0 for count in near):
        return Seen("seen")
    found = tuple(
        issue.statement
        for issue in case.dataset.quality.issues
        if issue.kind in sign.issue and issue.kind not in _COUNTED
    )
    return Seen("seen", found[:1]) if found else NOT_SO


def _clock_change(case: Case) -> Seen:
    """The clocks of the data's time zone changed within two days before the onset."""
    local = _local(case)
    if local is None:
        return NOT_KNOWN
    from zoneinfo import ZoneInfo

    series = case.series
    zones = _HOME_OF_CLOCKS if series is None or series.tz in ("", "UTC") else (series.tz,)
    earlier = local - timedelta(days=CLOCK_CHANGE_DAYS)
    for name in zones:
        zone = ZoneInfo(name)
        if earlier.astimezone(zone).utcoffset() != local.astimezone(zone).utcoffset():
            return Seen("seen")
    return NOT_SO


def _month_turn(case: Case) -> Seen:
    local = _local(case)
    if local is None:
        return NOT_KNOWN
    return Seen("seen") if local.day <= 2 or (local + timedelta(days=1)).day == 1 else NOT_SO


def _night(case: Case) -> Seen:
    local = _local(case)
    if local is None:
        return NOT_KNOWN
    return Seen("seen") if local.hour < 6 else NOT_SO


_CALENDAR: Final[Mapping[str, Callable[[Case], Seen]]] = {
    "clock change": _clock_change, "month turn": _month_turn, "night": _night,
}  # fmt: skip


def _local(case: Case) -> datetime | None:
    """When the lead began, in the time zone of its series; None without a clock."""
    series, times = case.series, case.onset_times
    if series is None or times is None or not series.clocked:
        return None
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    seconds = int(times[1].astype("datetime64[s]").astype(np.int64))
    if not 0 < seconds < 10_000_000_000:
        return None
    try:
        zone = ZoneInfo(series.tz or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        zone = ZoneInfo("UTC")
    return datetime.fromtimestamp(seconds, zone)
