"""What a server answers, as frozen records: the shapes that `/api/v1` describes and the client reads.

A field that a later server adds is left aside by the client; one that an earlier server does not send
has its default.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from anomaly_hunter.client.around import AuditEntry as AuditEntry
from anomaly_hunter.client.around import Bin as Bin
from anomaly_hunter.client.around import Bucket as Bucket
from anomaly_hunter.client.around import Figures as Figures
from anomaly_hunter.client.around import KeptEvent as KeptEvent
from anomaly_hunter.client.around import Key as Key
from anomaly_hunter.client.around import KnownDataset as KnownDataset
from anomaly_hunter.client.around import KnownSeries as KnownSeries
from anomaly_hunter.client.around import Lane as Lane
from anomaly_hunter.client.around import LaneSpan as LaneSpan
from anomaly_hunter.client.around import MadeKey as MadeKey
from anomaly_hunter.client.around import Person as Person
from anomaly_hunter.client.around import Proportion as Proportion
from anomaly_hunter.client.around import SavedView as SavedView
from anomaly_hunter.client.watched import Silence as Silence
from anomaly_hunter.client.watched import SilenceMatcher as SilenceMatcher
from anomaly_hunter.client.watched import Watch as Watch
from anomaly_hunter.client.watched import WatchRun as WatchRun


@dataclass(frozen=True, slots=True)
class Named:
    """What a cause is: its kind ("event", "series", "pattern" ...) and its name."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class ListedIncident:
    """An incident on the list.

    Attributes
    ----------
    id, hunt_id:
        Its own id, and the last kept hunt that saw it.
    state:
        open, acknowledged, assigned, resolved, reopened, muted or merged.
    owner:
        Whose it is; None: nobody's.
    severity, level:
        0 to 10, and the same in a word.
    confidence:
        0 to 1.
    begin, end:
        Of the data; None where they have no clock.
    first_kept, last_kept, times_kept:
        When hunts saw it, and how often.
    cause, turned_out, ruled_out:
        What the verdict named, what a person said it was, what a person said it was not.
    answers:
        What people answered: real, expected, ignore ...
    silenced, muted_until:
        The silence that keeps it quiet; until when it is muted.
    """

    id: str
    state: str
    dataset: str
    subject: str
    headline: str
    severity: float
    level: str
    confidence: float
    begin: datetime | None
    end: datetime | None
    first_kept: datetime
    last_kept: datetime
    times_kept: int
    cause: Named | None = None
    turned_out: Named | None = None
    ruled_out: tuple[Named, ...] = ()
    answers: tuple[str, ...] = ()
    owner: str | None = None
    silenced: str | None = None
    muted_until: datetime | None = None
    hunt_id: str | None = None


@dataclass(frozen=True, slots=True)
class Cause:
    """A cause that was named or weighed. ``share`` of the points, 0 to 1; evidence for and against by id."""

    kind: str
    name: str
    statement: str
    share: float | None = None
    evidence: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    behind: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one agent holds, how sure it is, and the evidence it points to."""

    agent: str
    claim: str
    confidence: float | None
    evidence: tuple[str, ...] = ()
    cause: Cause | None = None
    steps: tuple[str, ...] = ()
    by: str = ""
    confidence_level: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A question that was asked of the data, and the answer in words and numbers."""

    id: str
    question: str
    statement: str
    numbers: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Anomaly:
    """A stretch of a series, or rows of a table, that are strange.

    ``start`` to before ``stop`` are positions, ``begin`` to ``end`` times. ``score`` is in units of the
    threshold: at 1 it alarms.
    """

    id: str
    subject: str
    subject_id: str
    shape: str
    direction: str
    start: int
    stop: int
    peak: int
    begin: datetime | None = None
    end: datetime | None = None
    ongoing: bool = False
    score: float | None = None
    actual: float | None = None
    expected: float | None = None
    spread: float | None = None


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """What somebody answered to an incident; ``cause_kind`` and ``cause_name`` where it was about a cause."""

    id: int
    at: datetime
    by: str
    answer: str
    cause_kind: str = ""
    cause_name: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident in full; ``memory`` is its line of the list."""

    id: str
    headline: str
    summary: str
    answer: str
    severity: float
    level: str
    confidence: float
    memory: ListedIncident
    begin: datetime | None = None
    end: datetime | None = None
    cause: Cause | None = None
    candidates: tuple[Cause, ...] = ()
    disagreement: str = ""
    recommendations: tuple[str, ...] = ()
    factors: Mapping[str, float | None] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    anomalies: tuple[Anomaly, ...] = ()
    feedback: tuple[GivenAnswer, ...] = ()


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of the history of an incident. ``by`` is "" for the hunter itself; ``text`` says why."""

    id: int
    at: datetime
    by: str
    action: str
    before: str | None = None
    after: str | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One verdict of the history of an incident."""

    at: datetime
    severity: float
    confidence: float
    headline: str
    cause: Named | None = None


@dataclass(frozen=True, slots=True)
class Similar:
    """A past incident that is like another; ``alike``: what the similarity (0 to 1) rests on."""

    id: str
    headline: str
    similarity: float
    when: datetime | None = None
    alike: Mapping[str, float] = field(default_factory=dict)
    cause: Named | None = None
    turned_out: Named | None = None
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Effect:
    """What an answer changed, or would change: numbers in words, and alarms that went, came or stayed."""

    answers: tuple[int, ...]
    changes: tuple[str, ...]
    alarms_gone: int
    alarms_back: int
    alarms_kept: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class SeenAnomaly:
    """An anomaly of a known series, with its incident."""

    incident_id: str
    anomaly: Anomaly


@dataclass(frozen=True, slots=True)
class AgentSaid:
    """What one agent said of data that were sent."""

    name: str
    finding: str
    confidence: float | None


@dataclass(frozen=True, slots=True)
class Detected:
    """The answer to `POST /detect` and to a hunt; ``anomalies`` are positions as they were sent, from 0.

    ``document`` is the whole answer. ``hunt_id`` is None where nothing was kept.
    """

    severity: float
    level: str
    confidence: float | None
    anomalies: tuple[int, ...]
    agents: tuple[AgentSaid, ...]
    verdict: str
    headline: str = ""
    cause: Cause | None = None
    recommendations: tuple[str, ...] = ()
    redpanda_event_id: str | None = None
    sentry_alert_id: str | None = None
    hunt_id: str | None = None
    took_ms: float | None = None
    document: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Job:
    """A hunt that a server was asked for and did not finish at once.

    Attributes
    ----------
    state:
        queued, running, done, failed or cancelled.
    done, of:
        Series that were looked at, of so many; ``of`` is 0 until that is known.
    files:
        Names of what was uploaded.
    attempts:
        How often it was begun; more than once where a server went away.
    result, error:
        What was found, once it is done (not in lists); the problem, where it failed.
    """

    id: str
    kind: str
    state: str
    by: str
    done: int
    of: int
    files: tuple[str, ...]
    made_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    attempts: int
    error: Mapping[str, Any] | None = None
    result: Detected | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """Something that just happened, as listeners are told: ``about`` is the id of the thing."""

    id: int
    at: datetime
    kind: str
    about: str
    data: Mapping[str, Any] = field(default_factory=dict)
