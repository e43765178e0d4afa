"""Conditions side by side: right, named, abstained, calibrated, and what it cost."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Final

import numpy as np

from anomaly_hunter.bench.bootstrap import paired_interval
from anomaly_hunter.bench.reasoning.outcome import Outcome, Said
from anomaly_hunter.bench.result import Row
from anomaly_hunter.remember.learning.calibration import calibration_error

KINDS: Final = {
    "a form that was not asked for": r"form that was asked|validation error|^\{\"error\":\[",
    "a cause that is no candidate": r"none of the candidates",
    "a cause without evidence": r"no sentence of the claim cites evidence",
    "an id of evidence that is not there": r"no evidence of this case",
    "no evidence is cited": r"cites no evidence; every",
    "a number that stands in no cited evidence": r" says .*(stands in none|evidence that holds it)",
    "a quotation that stands nowhere": r" quotes ",
    "words that may not be said": r" (holds|names an?|is written|speaks of|talks|has more|is empty)",
}
"""Kinds of faults, each with words of the texts of :mod:`~.investigate.reasoning.checking`."""

OTHER: Final = "something else"
LIMIT: Final = r"\blimit\b"
CLEAR: Final = 0.7
"""From this confidence on no model may overturn a verdict (:mod:`~.investigate.reasoning.settling`)."""

MEASURES: Final[dict[str, tuple[Callable[[Outcome], float], str]]] = {
    "top-1": (lambda o: float(o.said.first_right) if o.caused else math.nan, "more is better"),
    "named and right": (lambda o: float(named_right(o)) if o.caused else math.nan, "more is better"),
    "named and wrong": (lambda o: float(named_wrong(o)), "less is better"),
}


def named_right(outcome: Outcome) -> bool:
    """The right cause is named."""
    return bool(outcome.said.named) and outcome.said.right


def named_wrong(outcome: Outcome) -> bool:
    """A cause is named, and it is not right."""
    return bool(outcome.said.named) and not outcome.said.right


def quality(condition: str, outcomes: Sequence[Outcome]) -> Row:
    """How right, how often silent, how well calibrated: one row of a condition."""
    named = [o for o in outcomes if o.said.named]
    caused = [o for o in outcomes if o.caused]
    stated = np.array([o.said.confidence for o in named], dtype=np.float64)
    right = np.array([o.said.right for o in named], dtype=np.float64)
    return {
        "condition": condition,
        "cases": len(outcomes),
        "top1": _mean(o.said.first_right for o in caused),
        "named_right": _mean(named_right(o) for o in caused),
        "named": len(named),
        "right_when_named": _mean(o.said.right for o in named),
        "wrong": sum(map(named_wrong, outcomes)),
        "abstained": 1.0 - len(named) / len(outcomes) if outcomes else math.nan,
        "ece": calibration_error(stated, right),
        "brier": float(np.mean((stated - right) ** 2)) if named else math.nan,
    }


def price(condition: str, outcomes: Sequence[Outcome]) -> Row:
    """What a case costs: means, and USD of all cases ("unknown" where a price is not known)."""
    costs = [o.used.cost_usd for o in outcomes]
    known = [cost for cost in costs if cost is not None]
    return {
        "condition": condition,
        "requests": _mean(o.used.requests for o in outcomes),
        "tool_calls": _mean(o.used.tool_calls for o in outcomes),
        "tokens": _mean(o.used.tokens for o in outcomes),
        "usd": f"{math.fsum(known):.4f}" if len(known) == len(costs) else "unknown",
        "seconds": _mean(o.used.seconds for o in outcomes),
    }


def differences(pairs: Iterable[tuple[str, str]], by: dict[str, Sequence[Outcome]]) -> list[Row]:
    """Second less first of each pair on the same cases, with 95% intervals of a paired bootstrap."""
    rows: list[Row] = []
    for first, second in pairs:
        for name, (measure, better) in MEASURES.items():
            apart: dict[str, list[float]] = {}
            for a, b in zip(by[first], by[second], strict=True):
                apart.setdefault(a.source, []).append(measure(b) - measure(a))
            interval = paired_interval(apart)
            rows.append({"pair": f"{second} less {first}", "measure": f"{name} ({better})",
                         "difference": str(interval) if interval is not None else "–"})  # fmt: skip
    return rows


def moves(condition: str, before: Sequence[Outcome], after: Sequence[Outcome]) -> Row:
    """What a model changed: verdicts made worse, made better; how sure the changed ones are.

    ``raised`` is the most by which the confidence of an answer rose that stayed the same.
    """
    pairs = [(a.said, b.said) for a, b in zip(before, after, strict=True)]
    changed = [(a, b) for a, b in pairs if a.named != b.named]
    steps = [b.confidence - a.confidence for a, b in pairs if a.named == b.named]
    return {
        "condition": condition,
        "cases": len(pairs),
        "changed": len(changed),
        "lost": sum(_is_right(a) and not _is_right(b) for a, b in changed),
        "misled": sum(_is_wrong(b) and not _is_wrong(a) for a, b in changed),
        "clear": sum(bool(a.named) and a.confidence >= CLEAR for a, _ in changed),
        "found": sum(_is_right(b) and not _is_right(a) for a, b in changed),
        "withdrawn": sum(_is_wrong(a) and not _is_wrong(b) for a, b in changed),
        "raised": max([0.0, *steps]),
        "surest": max([0.0, *(b.confidence for _, b in changed if b.named)]),
    }


def _is_right(said: Said) -> bool:
    return bool(said.named) and said.right


def _is_wrong(said: Said) -> bool:
    return bool(said.named) and not said.right


def refusals(condition: str, outcomes: Sequence[Outcome]) -> list[Row]:
    """How often an answer was sent back by the checks, by kind of fault; and how often it was final."""
    sent_back = Counter(kind_of(text) for o in outcomes for text in o.used.refused)
    final = Counter(reason_of(text) for o in outcomes for text in o.used.stood)
    return [
        {"condition": condition, "why": why, "sent_back": sent_back[why], "stood": final[why]}
        for why in dict.fromkeys([*sent_back, *final])
    ]


def asked(condition: str, outcomes: Sequence[Outcome]) -> Row:
    """Of all roles that were asked: how often the deterministic finding stood."""
    roles, stood = sum(o.used.roles for o in outcomes), sum(len(o.used.stood) for o in outcomes)
    return {
        "condition": condition, "roles": roles, "sent_back": sum(len(o.used.refused) for o in outcomes),
        "stood": stood, "share": stood / roles if roles else math.nan,
    }  # fmt: skip


def kind_of(fault: str) -> str:
    """The kind of the first fault of a text.

    >>> kind_of("claim sentence 2 says '4.7', which stands in none of the evidence it cites")
    'a number that stands in no cited evidence'
    """
    first = re.split(r"\n|\\n", fault)[0]  # faults stand in lines, also within JSON
    return next((kind for kind, words in KINDS.items() if re.search(words, first)), OTHER)


def reason_of(stood: str) -> str:
    """Why a finding stood, without the numbers and names of the case."""
    text = stood.partition(": ")[2]
    if re.search(LIMIT, text):
        return "a limit was reached"
    return kind_of(text)


def own_time(outcomes: Sequence[Outcome]) -> tuple[float, float]:
    """Median and 95th percentile of the milliseconds of the second pass outside the model."""
    own = [o.used.own_ms for o in outcomes if not math.isnan(o.used.own_ms)]
    return (float(np.median(own)), float(np.quantile(own, 0.95))) if own else (math.nan, math.nan)


def _mean(values: Iterable[float]) -> float:
    found = list(values)
    return float(np.mean(found)) if found else math.nan
