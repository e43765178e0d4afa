"""What one condition said of one incident, whether it is right, and what it cost."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from anomaly_hunter.bench.reasoning.known import Opened
from anomaly_hunter.bench.reasoning.replaying import Seen
from anomaly_hunter.investigate.case import Case
from anomaly_hunter.investigate.reasoning.opinion import Opinion
from anomaly_hunter.model import Reasoned, Verdict
from anomaly_hunter.model.reasoned import cost_of_all


@dataclass(frozen=True, slots=True)
class Said:
    """The answer: what is named ("" = nothing), whether that is right, how sure.

    ``first_right``: the likeliest candidate is right, named or not. Naming nothing is right where there is no
    cause to be named.
    """

    named: str
    right: bool
    first_right: bool
    confidence: float


@dataclass(frozen=True, slots=True)
class Used:
    """What models did: roles asked, what was sent back, why a finding stood, and what it took.

    ``cost_usd`` is None where a price is not known; ``own_ms`` is the CPU time of the second pass without
    that inside the model (NaN where a model is waited for); ``seconds`` are those of the model, as recorded
    where replayed.
    """

    roles: int = 0
    requests: int = 0
    tool_calls: int = 0
    tokens: int = 0
    cost_usd: float | None = 0.0
    seconds: float = 0.0
    own_ms: float = math.nan
    refused: tuple[str, ...] = ()
    stood: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """One incident under one condition; ``ms`` is the CPU time without a model."""

    source: str
    case: str
    caused: bool
    condition: str
    said: Said
    used: Used
    ms: float = math.nan


def verdict_said(opened: Opened, case: Case, verdict: Verdict, caused: bool) -> Said:
    """What a verdict says, held against the truth."""
    named = verdict.cause if verdict.cause is not None and opened.counts(verdict.cause) else None
    candidates = [c for c in (verdict.cause, *verdict.candidates) if c is not None and opened.counts(c)]
    right = opened.right(case, named) if named is not None else not caused
    first = bool(candidates) and opened.right(case, candidates[0])
    return Said(named.name if named is not None else "", right, first, verdict.confidence)


def guess_said(opened: Opened, guess: Opinion | None, caused: bool) -> Said:
    """What a guess says, held against the truth; None: there was no answer that could be used."""
    cause = guess.cause if guess is not None else None
    if guess is None or cause is None:
        return Said("", not caused, False, guess.confidence if guess is not None else 0.0)
    right = opened.right_name(cause.name)
    return Said(cause.name, right, right, guess.confidence)


def used_by(done: Sequence[Reasoned], seen: Seen, own_ms: float) -> Used:
    """What roles did, and what was seen of their requests."""
    return Used(
        roles=len(done),
        requests=sum(one.requests for one in done),
        tool_calls=sum(one.tool_calls for one in done),
        tokens=sum(one.tokens for one in done),
        cost_usd=cost_of_all(done),
        seconds=seen.seconds,
        own_ms=own_ms,
        refused=tuple(seen.refused),
        stood=tuple(f"{one.role}: {one.stands}" for one in done if one.stands),
    )
