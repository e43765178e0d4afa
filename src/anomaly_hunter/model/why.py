"""What is concluded: evidence, findings, verdicts, incidents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from anomaly_hunter.model.basics import Answer, Level, Number, severity_level
from anomaly_hunter.model.data import Dataset
from anomaly_hunter.model.reasoned import Reasoned
from anomaly_hunter.model.strange import Anomaly, Detection

NAMES_A_CAUSE: Final = ("cause", "nearest instrumented service")


@dataclass(frozen=True, slots=True)
class Evidence:
    """One checked fact. ``id`` reads ``question:subject`` and is stable between runs."""

    id: str
    question: str
    statement: str
    numbers: Mapping[str, Number] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cause:
    """A candidate for "why".

    ``kind`` is one of: event, service, segment, column, pattern. ``share`` in [0, 1] is its part
    of the evidence among all candidates of the case. ``evidence`` holds the ids of what speaks for
    it, ``against`` of what speaks against it; ``behind`` says in words why it stands behind the
    first candidate ("" for the first one itself). ``place`` is the service it lies at, "" where none is
    known.
    """

    kind: str
    name: str
    statement: str
    share: float
    evidence: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    behind: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one agent says: a claim, how sure it is, and the evidence it rests on.

    ``cause`` is None where the agent does not name one; ``steps`` are next steps that follow
    from the claim. ``by`` is the language model that worded it, "" where none did.
    """

    agent: str
    claim: str
    confidence: float
    evidence: tuple[str, ...]
    cause: Cause | None = None
    steps: tuple[str, ...] = ()
    by: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judge's word on one incident.

    ``severity`` 0-10 with its ``factors`` (each 0-1: effect, duration, breadth, persistence);
    ``cause`` None means that none is named, and ``answer`` says what the verdict amounts to (left
    out: "cause" or "inconclusive"); ``runner_up`` is the first candidate that contradicts the first one;
    ``agreement`` counts the agents at 70% or more;
    ``disagreement`` says in words where they differ ("" = they do not). ``scope`` holds the ids of
    evidence on the incident as a whole: how far it reaches, who moved first. The first of
    ``recommendations`` is what to check first. ``reasoned`` says which language models were asked, and
    what that cost; empty where none was.
    """

    severity: float
    confidence: float
    headline: str
    summary: str
    findings: tuple[Finding, ...]
    evidence: tuple[Evidence, ...]
    cause: Cause | None = None
    candidates: tuple[Cause, ...] = ()
    disagreement: str = ""
    recommendations: tuple[str, ...] = ()
    factors: Mapping[str, float] = field(default_factory=dict)
    answer: Answer = "inconclusive"
    scope: tuple[str, ...] = ()
    runner_up: Cause | None = None
    reasoned: tuple[Reasoned, ...] = ()

    def __post_init__(self) -> None:
        names_one = self.answer in NAMES_A_CAUSE
        if names_one != (self.cause is not None):
            object.__setattr__(self, "answer", "inconclusive" if names_one else "cause")

    @property
    def level(self) -> Level:
        """The word for the rounded severity: see :func:`severity_level`."""
        return severity_level(self.severity)

    @property
    def agreement(self) -> int:
        """How many agents are at 70% or more."""
        return sum(finding.confidence >= 0.7 for finding in self.findings)


@dataclass(frozen=True, slots=True)
class Incident:
    """Anomalies that belong together, with one verdict. The first anomaly leads."""

    id: str
    anomalies: tuple[Anomaly, ...]
    verdict: Verdict
    begin: np.datetime64 | None = None
    end: np.datetime64 | None = None

    @property
    def lead(self) -> Anomaly:
        """The anomaly that the verdict speaks of."""
        return self.anomalies[0]


@dataclass(frozen=True, slots=True, eq=False)
class Hunt:
    """What one call gives back.

    ``incidents`` are sorted worst first; ``not_investigated`` counts groups of anomalies beyond
    the limit; ``observations`` are facts worth knowing that are no anomaly (themes and shares of
    tickets); ``took_ms`` maps each step (read, detect, investigate) to milliseconds.
    """

    dataset: Dataset
    detections: tuple[Detection, ...]
    incidents: tuple[Incident, ...]
    not_investigated: int = 0
    took_ms: Mapping[str, float] = field(default_factory=dict)
    observations: tuple[Evidence, ...] = ()

    def __repr__(self) -> str:
        worst = f", worst: {self.incidents[0].verdict.headline}" if self.incidents else ""
        return f"<Hunt {self.dataset.name}: {len(self.incidents)} incidents{worst}>"

    @property
    def anomalies(self) -> tuple[Anomaly, ...]:
        """All anomalies, investigated or not, in the order of the data."""
        return tuple(anomaly for detection in self.detections for anomaly in detection.anomalies)

    @property
    def verdict(self) -> Verdict | None:
        """The verdict on the worst incident; None when nothing is abnormal."""
        return self.incidents[0].verdict if self.incidents else None

    @property
    def severity(self) -> float:
        """Severity of the worst incident, 0 when there is none."""
        return self.incidents[0].verdict.severity if self.incidents else 0.0

    def __iter__(self) -> Iterator[Incident]:
        return iter(self.incidents)

    def detection_of(self, anomaly: Anomaly) -> Detection:
        """The detection that holds this anomaly; KeyError when it is from another hunt."""
        for detection in self.detections:
            if detection.subject == anomaly.subject and anomaly in detection.anomalies:
                return detection
        raise KeyError(anomaly.id)
