"""Change Detective: when did it change, by how much, and what was changed just before?"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar

from anomaly_hunter.investigate import wording as say
from anomaly_hunter.investigate.answers.events import event_name
from anomaly_hunter.investigate.causes import event_causes
from anomaly_hunter.investigate.outside import outside_cause
from anomaly_hunter.investigate.suspects import Suspect, named_suspect, suspects
from anomaly_hunter.model import Cause, Event, Evidence, Finding

if TYPE_CHECKING:
    from anomaly_hunter.investigate.case import Case

NO_CAUSE = 0.75
TIED = 0.65
MOST_LINES = 3


class ChangeDetective:
    """Change points, before and after, and the recorded changes scored by time, distance and kind.

    Clarity of the change: ``|Cliff's delta| (1 - sqrt(p))``, or ``0.9 (1 - 1 / ratio)`` of the larger
    spread to the smaller when that is more; 0.6 where values stop. Confidence:
    ``clarity (0.35 + 0.6 share)`` with an event that is named (share 0.4 or more and twice the
    next), ``0.65 clarity`` with several that are too close, ``0.75 clarity`` when only the change
    itself can be stated.
    """

    name: ClassVar[str] = "change_detective"

    async def investigate(self, case: Case) -> Finding:
        """One finding on what changed."""
        onset, compared, course = case.onset(), case.before_after(), case.development()
        changes = case.changed_before()
        if case.series is None:
            claim = "rows carry no order in time, so no change can be dated: inconclusive"
            return Finding("Change Detective", claim, 0.1, (onset.id,))
        clear = clarity(case, compared)
        ranked = suspects(case)
        log_lines = {evidence.id: evidence for evidence in case.logs()}
        named = named_suspect(case)
        cause = event_causes(case)[0] if named is not None else None
        outside = outside_cause(case, ranked[0].score if ranked else 0.0) if named is None else None
        cause = cause or outside
        cited = [onset, compared, course, changes[0], *changes[1 : 2 if named else 4]]
        loud = outside.evidence if outside is not None else tuple(log_lines)[:MOST_LINES]
        cited += [log_lines[name] for name in loud if name in log_lines]
        if cause is not None:
            confidence = clear * (0.35 + 0.6 * cause.share)
        else:
            confidence = clear * (TIED if _several(ranked) else NO_CAUSE)
        return Finding(
            "Change Detective",
            say.one_line(f"{_what(case, onset, compared, course)}; {_why(cause, ranked, changes[0])}"),
            round(min(0.95, confidence), 4),
            tuple(evidence.id for evidence in cited),
            cause,
            _steps(case, ranked, cause),
        )


def clarity(case: Case, compared: Evidence) -> float:
    """How clearly before and after differ, in [0, 1]."""
    if case.lead.shape == "gap":
        return 0.6
    numbers = compared.numbers
    delta, p, ratio = (numbers.get(key) for key in ("cliffs_delta", "p", "spread_ratio"))
    clear = 0.0
    if isinstance(delta, float) and isinstance(p, float) and math.isfinite(delta):
        clear = abs(delta) * (1.0 - math.sqrt(min(1.0, max(0.0, p))))
    if isinstance(ratio, float) and math.isfinite(ratio):
        wider = 1.0 - 1.0 / ratio if ratio > 1 else 1.0 - ratio
        clear = max(clear, 0.9 * wider)
    return clear


def _several(ranked: tuple[Suspect, ...]) -> bool:
    return bool(ranked) and ranked[0].share >= 0.25


def _what(case: Case, onset: Evidence, compared: Evidence, course: Evidence) -> str:
    if case.lead.shape == "gap":
        return f"values {onset.statement.replace('began', 'stopped')}"
    return f"{onset.statement}: {compared.statement}; {course.statement}"


def _why(cause: Cause | None, ranked: tuple[Suspect, ...], summary: Evidence) -> str:
    if cause is not None and cause.kind == "external":
        return f"no recorded change explains it, but {cause.statement}"
    if cause is not None:
        return cause.statement
    if _several(ranked):
        names = [f"{event_name(s.event)} ({say.percent(s.share)})" for s in ranked[:3]]
        return (
            f"too close to tell apart: {say.joined(names)}"
            if len(names) > 1
            else f"only a candidate: {names[0]}"
        )
    return summary.statement


def _steps(case: Case, ranked: tuple[Suspect, ...], cause: Cause | None) -> tuple[str, ...]:
    metric = say.plainly(case.lead.subject)
    if cause is not None:
        if cause.kind == "external":
            return (
                f"no change explains {metric}: look at {cause.name} first; undoing a change will not help",
            )
        return (undo(ranked[0].event, metric),)
    if _several(ranked) and len(ranked) > 1:
        first, second = event_name(ranked[0].event), event_name(ranked[1].event)
        return (f"undo {first} alone and watch {metric}; if it stays, undo {second}",)
    if _several(ranked):
        return (f"check {event_name(ranked[0].event)}: it is the only change near the onset",)
    return ()


def undo(event: Event, metric: str) -> str:
    """What to do about an event of this kind."""
    kind, name = event.kind.lower(), event_name(event)
    where = f" on {event.service}" if event.service else ""
    if any(word in kind for word in ("flag", "feature", "toggle", "experiment")):
        return f"switch back {name}{where} and watch {metric}"
    if any(word in kind for word in ("deploy", "release", "rollout", "version", "upgrade")):
        return f"roll back {name}{where} and watch {metric}"
    if any(word in kind for word in ("config", "setting", "policy", "rule")):
        return f"set back {name}{where} and watch {metric}"
    return f"check what {name}{where} did to {metric}"
