"""What the store gives back: kept incidents, what people said of them, what was learned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias, get_args

import numpy as np

from anomaly_hunter.model import Incident, Kind

Answer: TypeAlias = Literal[
    "real", "expected", "ignore", "cause right", "cause wrong", "cause is", "led to action"
]
ANSWERS: Final[tuple[str, ...]] = get_args(Answer)
"""What a person can say of an incident. "cause is" comes with a name; "cause right" and "cause wrong"
speak of the cause that is named, or else of the one that the verdict named."""

State: TypeAlias = Literal["open", "acknowledged", "resolved", "merged"]


@dataclass(frozen=True, slots=True)
class Feedback:
    """One answer of one person. ``id`` is 0 until it is kept; ``withdrawn_at`` is None while it counts."""

    incident_id: str
    answer: Answer
    at: np.datetime64
    by: str = ""
    cause_kind: str = ""
    cause_name: str = ""
    note: str = ""
    anomaly_id: str = ""
    id: int = 0
    withdrawn_at: np.datetime64 | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """An incident on the list. ``begin`` and ``end`` are of the data, the other times of the hunts.

    ``cause`` is what the last verdict said, ``turned_out`` what a person said it was, ``not_it`` the
    causes that a person ruled out; each as (kind, name).
    """

    id: str
    state: State
    dataset: str
    kind: Kind
    first_kept_at: np.datetime64
    last_kept_at: np.datetime64
    times_kept: int
    begin: np.datetime64 | None
    end: np.datetime64 | None
    severity: float
    confidence: float
    headline: str
    cause: tuple[str, str] | None = None
    turned_out: tuple[str, str] | None = None
    not_it: tuple[tuple[str, str], ...] = ()
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """One verdict in the history of an incident."""

    at: np.datetime64
    severity: float
    confidence: float
    headline: str
    cause: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Remembered:
    """One incident in full: the last verdict with its evidence, all verdicts before, all answers."""

    kept: Kept
    incident: Incident
    history: tuple[Said, ...]
    feedback: tuple[Feedback, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """Something that was learned: what it was before, what it is now, and why.

    ``scope`` says of what ("series:0a1b…", "agent:Root Cause", "confidence"), ``name`` which number.
    """

    scope: str
    name: str
    before: Any
    after: Any
    reason: str
    at: np.datetime64
    feedback_id: int | None = None
    id: int = 0
    undone_at: np.datetime64 | None = None
