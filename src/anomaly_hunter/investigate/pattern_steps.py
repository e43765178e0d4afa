"""The next steps of a failure pattern, with the facts of the case filled in."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from anomaly_hunter.investigate import wording as say
from anomaly_hunter.investigate.answers.development import rate_unit
from anomaly_hunter.investigate.answers.events import event_name
from anomaly_hunter.investigate.facts import Fact, facts_by_service, limit_of, ramp_of
from anomaly_hunter.investigate.matching import Match
from anomaly_hunter.investigate.suspects import suspects

if TYPE_CHECKING:
    from anomaly_hunter.investigate.case import Case


def steps(case: Case, match: Match) -> tuple[str, ...]:
    """What to do next when this pattern is the cause."""
    ranked = (match.event,) if match.event is not None else suspects(case)[:1]
    metric = say.clip(say.plainly(match.metric))
    if case.series is None and match.metric != case.subject:
        metric = f"{metric} of {say.clip(case.subject)}"
    every = (fact for own in facts_by_service(case).values() for fact in own)
    fact = next((fact for fact in every if fact.metric == match.metric), None)
    shown = fact.anomaly if fact is not None and fact.anomaly is not None else case.lead
    value = say.reached(shown)
    words = {
        "service": say.clip(match.service) or f"the system behind {metric}",
        "metric": metric,
        "onset": say.moment(case.series, case.lead.start),
        "event": event_name(ranked[0].event) if ranked else "the last change",
        "value": value,
        "expected": say.against(shown.expected, shown.spread),
        "rate": _rate(case, fact) or f"{value} at its worst",
    }
    words["countdown"] = (_countdown(case, fact) if fact is not None else "") or words["rate"]
    return tuple(step.format(**words) for step in match.pattern.steps)


def _rate(case: Case, fact: Fact | None) -> str:
    """How fast it ramps; "" where it does not."""
    found = ramp_of(case, fact) if fact is not None else None
    if found is None or fact is None or fact.series is None:
        return ""
    per, unit = rate_unit(fact.series)
    return f"{say.signed(found[0].slope * per)} per {unit}"


def _countdown(case: Case, fact: Fact) -> str:
    """How long until the limit at the rate of the ramp; "" where there is neither."""
    seconds = seconds_left(case, fact)
    if seconds is None:
        return ""
    return f"{say.duration(seconds)} left at {_rate(case, fact)}" if seconds > 0 else "the limit is reached"


def seconds_left(case: Case, fact: Fact) -> float | None:
    """Seconds from its last abnormal point to its limit; None without ramp, clock or limit."""
    found, limit, series, anomaly = ramp_of(case, fact), limit_of(fact), fact.series, fact.anomaly
    if found is None or limit is None or series is None or anomaly is None or not series.clocked:
        return None
    fit, first = found
    now = fit.level + fit.slope * max(0, min(anomaly.stop, len(series)) - 1 - first - fit.bend)
    step = say.usual_step(series)
    if fit.slope == 0 or (fit.slope > 0) != (limit > 0) or step <= 0:
        return None
    left = (limit - now) / fit.slope * step
    return max(0.0, left) if math.isfinite(left) else None
