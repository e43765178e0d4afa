"""What the store gives back: kept incidents, what people said of them, what was learned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias, get_args

import numpy as np

from anomaly_hunter.model import Incident, Kind

Answer: TypeAlias = Literal[
    "real", "expected", "ignore", "cause right", "cause wrong", "cause is", "led to action"
]
ANSWERS: Final[tuple[str, ...]] = get_args(Answer)
"""What a person can say of an incident. "cause is" comes with a name; "cause right" and "cause wrong"
speak of the cause that is named, or else of the one that the verdict named."""

State: TypeAlias = Literal["open", "acknowledged", "assigned", "resolved", "reopened", "muted", "merged"]
STATES: Final[tuple[State, ...]] = get_args(State)
ACTIVE: Final[tuple[State, ...]] = ("open", "acknowledged", "assigned", "reopened")
"""Somebody has still to do something."""

Action: TypeAlias = Literal[
    "opened", "acknowledged", "assigned", "resolved", "reopened", "muted", "unmuted", "commented", "merged",
    "verdict", "silenced", "unsilenced", "feedback",
]  # fmt: skip
"""What can happen to an incident; each is a line of its history."""


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
    causes that a person ruled out; each as (kind, name). ``subject`` is what leads it, ``owner`` whose
    it is (None: nobody's), ``silenced`` the silence that keeps it quiet, ``hunt_id`` the last kept hunt
    that saw it.
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
    owner: str | None = None
    subject: str = ""
    silenced: str | None = None
    muted_until: np.datetime64 | None = None
    hunt_id: str | None = None


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of the history of an incident. ``by`` is "" for the hunter itself.

    ``before`` and ``after`` are states; owners when it was assigned, headlines of verdicts, ids of
    silences; for "muted" ``after`` is until when ("" for good), for "feedback" the answer, for "merged"
    ``before`` is the id of the incident that was taken in. ``text`` is a comment, or why.
    """

    at: np.datetime64
    by: str
    action: Action
    before: str | None
    after: str | None
    text: str
    id: int


@dataclass(frozen=True, slots=True)
class Matcher:
    """Which incidents are meant: all that is said must fit; ``*`` and ``?`` stand for other characters.

    ``subject`` and ``labels`` are of the series that leads the incident. Upper and lower case are the same.
    """

    subject: str = "*"
    dataset: str = "*"
    labels: Mapping[str, str] = field(default_factory=dict)
    least_severity: float = 0.0
    most_severity: float = 10.0


@dataclass(frozen=True, slots=True)
class Silence:
    """A time in which incidents that fit are kept and counted, and announced to nobody.

    ``kind`` is "silence" or "maintenance"; ``repeat`` is "", "daily" or "weekly": the window from
    ``begins_at`` to before ``ends_at`` comes again every 24 hours or seven days (UTC) until it is ended.
    ``id``, ``made_at`` and ``ended_at`` (ended by hand, before its time) are the store's to say.
    """

    matcher: Matcher
    begins_at: np.datetime64
    ends_at: np.datetime64
    kind: str = "silence"
    repeat: str = ""
    reason: str = ""
    by: str = ""
    id: str = ""
    made_at: np.datetime64 | None = None
    ended_at: np.datetime64 | None = None


@dataclass(frozen=True, slots=True)
class View:
    """A list as somebody wants to see it again: ``query`` is what stands behind ? of the page's address."""

    name: str
    page: str
    query: str
    by: str = ""
    id: str = ""
    made_at: np.datetime64 | None = None


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that just happened, as everybody is told who listens; see :mod:`remember.feed`."""

    id: int
    at: np.datetime64
    kind: str
    about: str
    data: Mapping[str, Any]


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
