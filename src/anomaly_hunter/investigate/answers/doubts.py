"""What speaks against a candidate: the checks that it does not pass, the weightiest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from anomaly_hunter.investigate import wording as say
from anomaly_hunter.investigate.answers.events import event_name
from anomaly_hunter.investigate.blame import Blame, badness, blame
from anomaly_hunter.investigate.causes import event_causes, service_causes
from anomaly_hunter.investigate.matching import matches
from anomaly_hunter.investigate.movement import Movement
from anomaly_hunter.investigate.origins import OFF, how_far
from anomaly_hunter.investigate.semantics import RESOURCES
from anomaly_hunter.investigate.suspects import Suspect, suspects, undoing
from anomaly_hunter.model import Cause, Evidence, Number, moment

if TYPE_CHECKING:
    from anomaly_hunter.investigate.case import Case

MOST_DOUBTS: Final = 4
LONG_AGO_MIN: Final = 60.0
LONG_AGO_INTERVALS: Final = 10
FAR_OFF: Final = 0.4
SELDOM: Final = 0.3
AS_WELL: Final = 0.5
CHANCE: Final = 0.2
UNLIKE: Final = 0.4

Doubt = tuple[str, str, dict[str, Number]]
"""A word for the id, the statement, the numbers."""


def doubts(case: Case, kind: str, name: str) -> tuple[Evidence, ...]:
    """See :meth:`Case.doubts`."""
    if not name:
        likeliest = max((*event_causes(case), *service_causes(case)), key=lambda c: c.share, default=None)
        kind, name = (likeliest.kind, likeliest.name) if likeliest is not None else ("", "")
    checks = {"event": _of_event, "service": _of_service, "pattern": _of_pattern, "segment": _of_segment}
    found = list(checks[kind](case, name))[:MOST_DOUBTS] if kind in checks else []
    return tuple(
        Evidence(f"against:{say.clip(name)}:{word}", "what speaks against it", text, numbers)
        for word, text, numbers in found
    )


# -------------------------------------------------------------------- events


def _of_event(case: Case, name: str) -> Iterator[Doubt]:
    ranked = suspects(case)
    suspect = next((s for s in ranked if s.event.title == name), None)
    if suspect is None:
        return
    yield from _timing(case, suspect)
    yield from _place(case, suspect)
    if suspect.kind <= SELDOM:
        yield "kind", "a change of this kind seldom breaks anything", {"kind_weight": suspect.kind}
    yield from _taken_back(case, suspect)
    yield from _without_effect(suspect)
    if suspect.event.service:
        yield from _order(case, suspect.event.service)
        yield from _below(case, suspect.event.service)
    rival = next((s for s in ranked if s is not suspect), None)
    if rival is not None and rival.score >= AS_WELL * suspect.score:
        text = f"{event_name(rival.event)} fits in time and place nearly as well"
        if rival.score > suspect.score:
            text = f"{event_name(rival.event)} fits better in time and place"
        yield "rival", text, {"score": suspect.score, "other_score": rival.score}


def _timing(case: Case, suspect: Suspect) -> Iterator[Doubt]:
    minutes = suspect.minutes_before
    numbers: dict[str, Number] = {"minutes_before": minutes}
    step_min = say.usual_step(case.series) / 60.0 if case.series is not None else 0.0
    if minutes < 0:
        yield "late", f"it came {say.duration(-60 * minutes)} after the first abnormal point", numbers
    elif minutes > max(LONG_AGO_MIN, LONG_AGO_INTERVALS * step_min):
        yield "early", f"it lies {say.duration(60 * minutes)} before the first abnormal point", numbers


def _place(case: Case, suspect: Suspect) -> Iterator[Doubt]:
    service = suspect.event.service
    own = _movements_of(case, service) if service else ()
    if own and service != case.service and all(m.stayed for m in own):
        text = f"nothing moved at {service} ({say.counted(len(own), 'series', 'series')} within 3 sigma)"
        yield "quiet place", text, {"service": service, "series": len(own)}
    if service and suspect.distance <= FAR_OFF:
        yield "far off", f"it was {suspect.relation}", {"distance_weight": suspect.distance}


def _without_effect(suspect: Suspect) -> Iterator[Doubt]:
    """Placebo times, and what the change says of itself."""
    p, service = suspect.effect.placebo_p, suspect.event.service
    if p > CHANCE:
        text = f"{service} moved as far at {say.percent(p)} of other times as after it"
        yield "placebo", text, {"placebo_p": p, "cliffs_delta": suspect.effect.delta}
    if suspect.content < UNLIKE:
        text = "what it changed has little in common with what broke"
        yield "content", text, {"content": suspect.content}


def _taken_back(case: Case, suspect: Suspect) -> Iterator[Doubt]:
    later = undoing(case, Cause("event", suspect.event.title, "", 0.0))
    end = case.end_time
    if later is not None and end is not None and case.lead.ongoing and later.time < end:
        yield "taken back", f"it was taken back at {moment(later.time)} UTC, and still this goes on", {}


# -------------------------------------------------------------------- services


def _of_service(case: Case, name: str) -> Iterator[Doubt]:
    nodes = case.graph.nodes if case.graph is not None else ()
    if name not in case.movements_by_service and name not in nodes:
        return
    found = next((b for b in blame(case) if b.state.service == name), None)
    yield from _order(case, name)
    if found is not None:
        yield from _way_there(case, found)
    yield from _below(case, name)
    yield from _own_resources(case, name)
    if found is not None and found.how == "leaf first":
        yield "no counts", "requests are not counted everywhere, so it is blamed by deviations alone", {}
    yield from _calm_callers(case, name)


def _order(case: Case, name: str) -> Iterator[Doubt]:
    first = case.moved_first()
    other = first.numbers.get("service")
    if first.numbers.get("strictly") and other and other != name:
        yield "order", f"{other} moved before it: {first.statement}", {"first": other}


def _way_there(case: Case, found: Blame) -> Iterator[Doubt]:
    known = set(case.graph.edges) if case.graph is not None else set()
    missing = [f"{a} to {b}" for a, b in zip(found.path, found.path[1:], strict=False) if (a, b) not in known]
    if missing:
        yield "no call", f"no known call leads from {missing[0]}", {"calls_missing": len(missing)}


def _below(case: Case, name: str) -> Iterator[Doubt]:
    hidden = hidden_callees(case, name)
    off = [m for c in _callees(case, name) for m in _movements_of(case, c) if badness(m) >= OFF]
    if off:
        worst = max(off, key=badness)
        text = f"{worst.service}, which it calls, is off as well ({how_far(worst)})"
        yield "below", text, {"service": worst.service, "z": worst.z}
    if hidden:
        text = f"it calls {say.listed(hidden)}, where nothing is measured"
        yield "hidden", text, {"not_measured": len(hidden)}


def hidden_callees(case: Case, name: str) -> tuple[str, ...]:
    """Services that it calls and of which there is no series."""
    return tuple(c for c in _callees(case, name) if c not in case.movements_by_service)


def _callees(case: Case, name: str) -> tuple[str, ...]:
    return case.graph.callees(name) if case.graph is not None else ()


def _movements_of(case: Case, name: str) -> Sequence[Movement]:
    return case.movements_by_service.get(name, ())


def _own_resources(case: Case, name: str) -> Iterator[Doubt]:
    own = [m for m in _movements_of(case, name) if m.kind in RESOURCES]
    if own and all(m.stayed for m in own):
        names = [m.series.name for m in own]
        yield "own resources", f"its own {say.listed(names)} stayed within 3 sigma", {"resources": len(own)}


def _calm_callers(case: Case, name: str) -> Iterator[Doubt]:
    callers = case.graph.callers(name) if case.graph is not None else ()
    calm = [c for c in callers if (own := _movements_of(case, c)) and all(m.stayed for m in own)]
    if calm:
        verb = "calls it and stays" if len(calm) == 1 else "call it and stay"
        yield "calm callers", f"{say.listed(calm)} {verb} normal", {"calm_callers": len(calm)}


# -------------------------------------------------------------------- patterns and segments


def _of_pattern(case: Case, name: str) -> Iterator[Doubt]:
    for match in matches(case):
        if name not in (f"{match.pattern.name} at {match.service}", match.pattern.name):
            continue
        if match.absent:
            text = f"symptoms that are measured but do not show: {say.listed(match.absent)}"
            yield "absent", text, {"absent": len(match.absent)}
        kept = next(iter(blame(case)), None)
        if kept is not None and match.service and kept.state.service != match.service:
            there = kept.state.service
            text = f"{say.percent(kept.share)} of the blame stays at {there}, not at {match.service}"
            yield "elsewhere", text, {"service": there, "share": kept.share}


def _of_segment(case: Case, name: str) -> Iterator[Doubt]:
    for evidence in (*case.tickets(), *case.segments()):
        share = evidence.numbers.get("share")
        if evidence.id.endswith(f":{name}") and isinstance(share, float) and share < 0.75:
            yield "elsewhere", f"{say.percent(1.0 - share)} of it lies elsewhere", {"share": share}
            return
