"""What is around incidents, as a server answers it: events, series, datasets, figures, people and keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class KeptEvent:
    """A deploy, a flag, an alert of others ... ``source`` is the way it came, ``by`` who told it."""

    id: str
    time: datetime
    kind: str
    title: str
    service: str
    labels: Mapping[str, str]
    source: str
    by: str
    kept_at: datetime


@dataclass(frozen=True, slots=True)
class KnownSeries:
    """A series or table in which something was found; ``anomalies`` counts those that are remembered."""

    id: str
    kind: str
    name: str
    title: str
    source: str
    unit: str
    labels: Mapping[str, str]
    first_seen: datetime
    last_seen: datetime
    anomalies: int


@dataclass(frozen=True, slots=True)
class KnownDataset:
    """The last kept hunt of a dataset; ``quality`` is 0 to 100."""

    name: str
    kind: str
    quality: float
    points: int
    severity: float
    hunted: datetime
    hunt_id: str
    origin: str


@dataclass(frozen=True, slots=True)
class Proportion:
    """``hits`` of ``of``, with the 95% Wilson interval; ``share`` is None where ``of`` is 0."""

    name: str
    hits: int
    of: int
    share: float | None
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Bin:
    """Verdicts of about this confidence: what they said on average, and how many were right."""

    low: float
    high: float
    stated: float | None
    right: Proportion


@dataclass(frozen=True, slots=True)
class Figures:
    """How good the verdicts have been, by what people answered; see `hunter stats`."""

    incidents: int
    answers: int
    real: Proportion
    acted: Proportion
    cause: Proportion
    calibration_error: float | None
    bins: tuple[Bin, ...] = ()
    agents: tuple[Proportion, ...] = ()
    patterns: tuple[Proportion, ...] = ()
    shapes: tuple[Proportion, ...] = ()
    weeks: tuple[Proportion, ...] = ()


@dataclass(frozen=True, slots=True)
class Bucket:
    """A piece of time: the worst severity of the incidents that overlap it (0: none), and how many."""

    begin: datetime
    worst: float
    count: int


@dataclass(frozen=True, slots=True)
class LaneSpan:
    """One anomaly in a lane; the severity is that of its incident."""

    begin: datetime
    end: datetime
    severity: float
    incident_id: str


@dataclass(frozen=True, slots=True)
class Lane:
    """A series with its anomalies, oldest first."""

    subject: str
    subject_id: str
    spans: tuple[LaneSpan, ...]


@dataclass(frozen=True, slots=True)
class SavedView:
    """A list as somebody wants to see it again: ``query`` stands behind the ? of the page's address."""

    id: str
    name: str
    page: str
    query: str
    by: str
    made_at: datetime | None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the organisation. ``role``: viewer, responder or admin; ``signs_in_at``: an issuer."""

    id: str
    name: str
    title: str
    role: str
    made_at: datetime
    signs_in_at: str | None = None
    seen_at: datetime | None = None
    disabled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """An API key without what it is known by; ``hint`` is how it begins."""

    id: str
    name: str
    hint: str
    scopes: tuple[str, ...]
    by: str
    made_at: datetime
    ends_at: datetime | None = None
    used_at: datetime | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MadeKey(Key):
    """An API key that was just made; ``key`` is what a program sends, told now and never again."""

    key: str = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of the audit log; ``digest`` is its link in the chain."""

    id: int
    at: datetime
    by: str
    action: str
    about: str
    detail: Mapping[str, Any]
    address: str
    digest: str
