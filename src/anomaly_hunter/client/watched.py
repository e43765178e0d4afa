"""Watches and silences, as a server answers them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class WatchRun:
    """One look of a watch at a time, from ``begin`` to before ``end``.

    Attributes
    ----------
    state:
        running, done or failed.
    points:
        Those of that time; 0: nothing came.
    incidents:
        Ids of those that reach into it or were not known before.
    attempts:
        Programs that began it and did not come back, and the last.
    """

    id: int
    state: str
    begin: datetime
    end: datetime
    started_at: datetime
    finished_at: datetime | None
    took_ms: float | None
    points: int | None
    incidents: tuple[str, ...]
    hunt_id: str | None
    attempts: int
    error: str


@dataclass(frozen=True, slots=True)
class Watch:
    """What is looked at again and again.

    Attributes
    ----------
    state:
        new, ok, quiet (nothing came), running, failing or paused.
    origin:
        file (hunter.yaml) or people.
    source, looks_at:
        files, sql or prometheus; and the paths or the query.
    seen_until, next_at, failures:
        The end of the last time that was hunted; when it looks again; how often it failed since.
    """

    id: str
    name: str
    state: str
    enabled: bool
    origin: str
    by: str
    made_at: datetime
    source: str
    looks_at: str
    every: str
    definition: Mapping[str, Any]
    seen_until: datetime | None
    next_at: datetime | None
    failures: int
    last_run: WatchRun | None = None


@dataclass(frozen=True, slots=True)
class SilenceMatcher:
    """Which incidents a silence means: all that is said must fit, ``*`` stands for anything."""

    subject: str = "*"
    dataset: str = "*"
    labels: Mapping[str, str] = field(default_factory=dict)
    least_severity: float = 0.0
    most_severity: float = 10.0


@dataclass(frozen=True, slots=True)
class Silence:
    """A time in which incidents that fit are kept and counted, and announced to nobody.

    ``repeat`` is "", daily or weekly; ``active`` says whether it holds now, ``incidents`` how many it kept
    quiet so far.
    """

    id: str
    kind: str
    matcher: SilenceMatcher
    begins_at: datetime
    ends_at: datetime
    repeat: str
    reason: str
    by: str
    made_at: datetime | None
    ended_at: datetime | None
    active: bool
    incidents: int
