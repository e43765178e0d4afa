"""A generated incident through the public path: series, detections, case, agents, judge, verdict."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

import numpy as np

from anomaly_hunter import registry
from anomaly_hunter.config import Settings
from anomaly_hunter.hunt import examine
from anomaly_hunter.investigate.candidates import place_of
from anomaly_hunter.investigate.case import Case
from anomaly_hunter.investigate.evidence import badness
from anomaly_hunter.investigate.group import group
from anomaly_hunter.investigate.judge import judge
from anomaly_hunter.model import Anomaly, Cause, Dataset, Detection, Quality, Verdict, stable_id
from anomaly_hunter.samples.topologies.cases import Alarm, TopologyCase

Onset: TypeAlias = Literal["given", "detected"]
ONSETS: Final[tuple[Onset, ...]] = ("given", "detected")
AGENTS: Final = ("pattern_analyst", "change_detective", "root_cause")
ANOMALOUS: Final = 3.0
_SURGE: Final = re.compile(r"surge|traffic|demand|load")


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered: places best first, whether a cause was named, whether it is right, and how
    sure the verdict is of it.
    """

    places: tuple[str, ...]
    named: bool
    right: bool
    near: bool
    confidence: float
    said: str


def dataset_of(given: TopologyCase) -> Dataset:
    """What a read would have given."""
    quality = Quality(100.0, sum(len(s) for s in given.series))
    return Dataset("generated", "series", quality, "generated", given.series, None, given.events, given.graph)


def case_of(given: TopologyCase, detections: Sequence[Detection], onset: Onset) -> Case | None:
    """The incident of the first alarm: as told (given), or the one found that overlaps it (detected).

    None where no incident was detected around the alarm.
    """
    dataset = dataset_of(given)
    if onset == "given":
        by_title = {d.subject: i for i, d in enumerate(detections)}
        found, told = list(detections), []
        for alarm in given.alarms:
            i = by_title[alarm.title]
            anomaly = anomaly_of(found[i], alarm)
            told.append(anomaly)
            found[i] = replace(found[i], anomalies=(*_others(found[i], anomaly), anomaly))
        return Case.of(dataset, found, told)
    first = given.alarms[0]
    for anomalies in group(dataset, detections):
        if any(a.subject == first.title and a.stop > first.start - 2 for a in anomalies):
            return Case.of(dataset, detections, anomalies)
    return None


def _others(detection: Detection, told: Anomaly) -> tuple[Anomaly, ...]:
    return tuple(a for a in detection.anomalies if a.stop <= told.start)


def anomaly_of(detection: Detection, alarm: Alarm) -> Anomaly:
    """The anomaly of an alarm: from its first point to the end of the data."""
    series = detection.series
    if series is None:
        raise ValueError(f"{detection.subject} is no series")
    part = np.nan_to_num(np.abs(series.value[alarm.start :] - alarm.expected))
    peak = alarm.start + int(part.argmax())
    spread = max(alarm.spread, 1e-12)
    return Anomaly(
        stable_id(series.id, alarm.start), series.title, series.id, "level shift", "up", alarm.start,
        len(series), peak, max(1.1, alarm.z / 4.0), float(np.nan_to_num(series.value[peak])), alarm.expected,
        spread, (max(0, alarm.start - 1), alarm.start), series.time[alarm.start], series.time[-1],
        ongoing=True,
    )  # fmt: skip


def detected(given: TopologyCase) -> tuple[Detection, ...]:
    """All series as detection with its defaults sees them."""
    return examine(dataset_of(given), Settings())[1]


def undetected(given: TopologyCase) -> tuple[Detection, ...]:
    """All series with nothing known about them: what investigating costs without detection."""
    return tuple(Detection(s.title, np.zeros(len(s)), (), ("none",), s) for s in given.series)


def verdict_of(case: Case) -> tuple[Verdict, float]:
    """The verdict of all agents, and the CPU milliseconds it took."""
    agents = [registry.lookup("agents", name)() for name in AGENTS]
    started = time.process_time()
    findings = [asyncio.run(agent.investigate(case)) for agent in agents]
    verdict = judge(case, findings)
    return verdict, 1e3 * (time.process_time() - started)


def answer_of(given: TopologyCase, case: Case, verdict: Verdict) -> Answer:
    """What the verdict says, held against the truth."""
    found = ([verdict.cause] if verdict.cause is not None else []) + list(verdict.candidates)
    places = tuple(dict.fromkeys(p for p in (_place(case, cause) for cause in found) if p))
    cause = verdict.cause
    if cause is None:
        return Answer(places, False, not given.truth, False, verdict.confidence, "")
    near = _place(case, cause) in given.nearest
    return Answer(places, True, is_right(given, case, cause), near, verdict.confidence, cause.name)


def is_right(given: TopologyCase, case: Case, cause: Cause) -> bool:
    """Whether this would be the right cause to name."""
    return _right(given, cause, _place(case, cause))


def _place(case: Case, cause: Cause) -> str:
    if cause.kind == "segment" and cause.name.startswith("service="):
        return cause.name.removeprefix("service=")
    return place_of(case, cause)


def _right(given: TopologyCase, cause: Cause, place: str) -> bool:
    """The true event, or the right place; where no service is at fault, that traffic did it."""
    if cause.kind == "event":
        return bool(given.event) and cause.name == given.event
    if not given.truth:
        return given.spec.fault == "surge" and _SURGE.search(cause.name.lower()) is not None
    return place in given.truth


# ------------------------------------------------------------ what is held beside it


def alerting_first(case: Case) -> tuple[str, ...]:
    """The constant prior: the service that pages, then what it calls, in the order of the graph."""
    own, graph = case.service, case.graph
    return (own, *(graph.callees(own) if graph is not None else ()))


def strangest_first(case: Case) -> tuple[str, ...]:
    """Services by their largest deviation, whatever the metric."""
    return _by_size(_strongest(case))


def traversed(case: Case) -> tuple[str, ...]:
    """As published: walk from the service that pages along calls to anomalous services; those that
    call no anomalous service are the causes, the strangest first.
    """
    strongest, graph = _strongest(case), case.graph
    if graph is None:
        return ()
    below: dict[str, list[str]] = {}
    for a, b in graph.edges:
        if strongest.get(b, 0.0) >= ANOMALOUS and a != b:
            below.setdefault(a, []).append(b)
    seen, front = {case.service}, [case.service]
    while front:
        front = list(dict.fromkeys(b for a in front for b in below.get(a, ()) if b not in seen))
        seen.update(front)
    leaves = {name: strongest.get(name, 0.0) for name in seen if not set(below.get(name, ())) & seen}
    return _by_size(leaves)


def _strongest(case: Case) -> dict[str, float]:
    found: dict[str, float] = {}
    for movement in case.movements:
        if movement.service and movement.kind != "traffic":
            found[movement.service] = max(found.get(movement.service, 0.0), badness(movement))
    return found


def _by_size(size: dict[str, float]) -> tuple[str, ...]:
    return tuple(sorted(size, key=lambda name: (-size[name], name)))


def rank_of(truth: Iterable[str], places: Sequence[str]) -> int:
    """Position of the first right place, from 1; 0 when there is none."""
    right = set(truth)
    return next((i for i, place in enumerate(places, 1) if place in right), 0)
