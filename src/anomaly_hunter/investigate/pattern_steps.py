"""The next steps of a failure pattern, with the facts of the case filled in."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from anomaly_hunter.investigate import wording as say
from anomaly_hunter.investigate.answers.development import hinge_of, is_ramp
from anomaly_hunter.investigate.answers.events import event_name
from anomaly_hunter.investigate.facts import Fact, facts_by_service, limit_of
from anomaly_hunter.investigate.matching import Match
from anomaly_hunter.investigate.suspects import suspects

if TYPE_CHECKING:
    from anomaly_hunter.investigate.case import Case


def steps(case: Case, match: Match) -> tuple[str, ...]:
    """What to do next when this pattern is the cause."""
    lead = case.lead
    ranked = (match.event,) if match.event is not None else suspects(case)[:1]
    words = {
        "service": say.clip(match.service) or f"the system behind {say.clip(match.metric)}",
        "metric": say.clip(match.metric),
        "onset": say.moment(case.series, lead.start),
        "event": event_name(ranked[0].event) if ranked else "the last change",
        "rate": _rate(case),
        "countdown": _countdown(case),
        "value": say.number(lead.actual),
        "expected": say.number(lead.expected),
    }
    return tuple(step.format(**words) for step in match.pattern.steps)


def _rate(case: Case) -> str:
    if not is_ramp(hinge_of(case)[0]):
        return f"{say.number(case.lead.actual)} at its worst"
    numbers = case.development().numbers
    rate = numbers.get("rate")
    return f"{say.signed(rate)} per {numbers['per']}" if isinstance(rate, float) else "rate unknown"


def _countdown(case: Case) -> str:
    """How long until the limit at the rate of the ramp; the rate alone where no limit is known."""
    seconds = seconds_left(case)
    if seconds is None:
        return _rate(case)
    if seconds <= 0:
        return "the limit is reached"
    return f"{say.duration(seconds)} left at {_rate(case)}"


def seconds_left(case: Case) -> float | None:
    """Seconds from the lead's last abnormal point to its limit; None without ramp, clock or limit."""
    fit, first = hinge_of(case)
    series = case.series
    fact = _lead_fact(case)
    limit = limit_of(fact) if fact is not None else None
    if series is None or limit is None or fit is None or not is_ramp(fit) or not series.clocked:
        return None
    now = fit.level + fit.slope * max(0, min(case.lead.stop, len(series)) - 1 - first - fit.bend)
    left = (limit - now) / fit.slope if fit.slope else math.inf
    step = say.usual_step(series)
    rises_to_it = (fit.slope > 0) == (limit > 0)
    if not rises_to_it or not math.isfinite(left) or step <= 0:
        return None
    return max(0.0, left * step)


def _lead_fact(case: Case) -> Fact | None:
    every = (fact for own in facts_by_service(case).values() for fact in own)
    return next((fact for fact in every if fact.series is case.series), None)
