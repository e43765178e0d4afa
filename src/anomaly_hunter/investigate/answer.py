"""What a verdict amounts to, and why each candidate stands where it stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from anomaly_hunter.investigate import wording as say
from anomaly_hunter.investigate.answers.doubts import hidden_callees
from anomaly_hunter.investigate.suspects import Suspect, suspects
from anomaly_hunter.model import Answer, Cause

if TYPE_CHECKING:
    from anomaly_hunter.investigate.case import Case

CLOSE: Final = 1.5
"""Candidates whose shares differ by less than this factor are told side by side."""

WORTH_NAMING: Final = 0.15
UNLIKELY: Final = 0.12


def answer_of(case: Case, cause: Cause | None, place: str, rivals: Sequence[Cause]) -> Answer:
    """What the verdict amounts to.

    - ``cause``: named, and nothing says that more lies behind it.
    - ``nearest instrumented service``: a service is named that calls others of which nothing is
      measured; what is seen there may come from them.
    - ``several candidates``: none is named, and the shares of the first two that cannot both be true
      lie within a factor of 1.5 (``rivals``: the first, and those that contradict it).
    - ``no change explains this``: none is named, changes are known, and the best of them scores
      no more than "none of them".
    - ``inconclusive``: none of these.
    """
    if cause is not None:
        hidden = cause.kind == "service" and hidden_callees(case, place)
        return "nearest instrumented service" if hidden else "cause"
    if len(rivals) > 1 and rivals[1].share >= max(WORTH_NAMING, rivals[0].share / CLOSE):
        return "several candidates"
    return "no change explains this" if no_change_fits(case) else "inconclusive"


def no_change_fits(case: Case) -> bool:
    """Whether changes are known and none of them is likelier than none."""
    series = case.series
    if not case.events or series is None or not series.clocked:
        return False
    return all(suspect.score <= UNLIKELY for suspect in suspects(case)[:1])


def behind(case: Case, best: Cause, other: Cause, named: bool, doubt: str) -> str:
    """Why a candidate that contradicts the first one stands behind it.

    ``named``: the verdict names the first; ``doubt`` is the weightiest statement against the other,
    "" where there is none.
    """
    shares = f"{say.percent(other.share)} against {say.percent(best.share)}"
    if not named and other.share * CLOSE >= best.share:
        return f"too close to tell apart: {shares} of the evidence"
    why = _events_compared(case, best, other) if best.kind == other.kind == "event" else ""
    return why or doubt or f"less speaks for it: {shares} of the evidence"


def _events_compared(case: Case, best: Cause, other: Cause) -> str:
    """What sets two events apart most: time, place or kind."""
    known = {suspect.event.title: suspect for suspect in suspects(case)}
    if best.name not in known or other.name not in known:
        return ""
    a, b = known[best.name], known[other.name]
    told: tuple[tuple[float, Callable[[Suspect], str]], ...] = (
        (a.time / max(b.time, 1e-6), _in_time),
        (a.distance / max(b.distance, 1e-6), lambda suspect: _in_place(suspect, a)),
        (a.kind / max(b.kind, 1e-6), lambda suspect: "a change of its kind breaks things less often"),
    )
    ratio, words = max(told, key=lambda pair: pair[0])
    return words(b) if ratio > 1.05 else ""


def _in_place(suspect: Suspect, best: Suspect) -> str:
    here, there = suspect.event.service, best.event.service
    if here and there and here != there:
        return f"it was made at {here}, not at {there}, where this comes from"
    return f"it was {suspect.relation}"


def _in_time(suspect: Suspect) -> str:
    minutes = suspect.minutes_before
    if minutes < 0:
        return f"it came {say.duration(-60 * minutes)} after the first abnormal point"
    return f"it lies further from the onset: {say.duration(60 * minutes)} before"
