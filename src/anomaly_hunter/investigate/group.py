"""Which anomalies belong to one incident."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from anomaly_hunter.investigate.answers.expectation import recurrence
from anomaly_hunter.investigate.semantics import NodeWords, node_words, service_among
from anomaly_hunter.investigate.wording import usual_step
from anomaly_hunter.model import Anomaly, Dataset, Detection, Graph, Series

GAP_INTERVALS: Final = 2
ONSET_INTERVALS: Final = 5


@dataclass(frozen=True, slots=True)
class _Span:
    """An anomaly in nanoseconds, with what it is tied to ("" = to the dataset alone)."""

    anomaly: Anomaly
    begin: int
    end: int
    step: int
    tie: str
    placed: bool


def group(dataset: Dataset, detections: Sequence[Detection]) -> tuple[tuple[Anomaly, ...], ...]:
    """Anomalies that belong together, worst group first; in each, the lead first.

    - All outlying rows of one table are one incident.
    - Spans of tied series (one series, one service, services that the graph connects) belong
      together when they overlap or lie at most two intervals apart: a cause may begin long
      before its symptom.
    - Spans of series that only share the dataset belong together when they begin within five
      intervals of the first of them, unless the graph says that no call connects their services.
    - Four or more spans of one series that return at regular times are one incident.

    The lead is the anomaly with the highest score: the one a person is paged for. The cause may
    well lie elsewhere. Where records are counted, the total leads its segments. Groups are ordered
    by the lead's score, then by size, then by time.
    """
    rows, spans = [], []
    ties = _Ties(dataset.graph)
    for detection in detections:
        if not detection.anomalies:
            continue
        if detection.series is None:
            rows.append(detection.anomalies)
        else:
            spans += _spans(detection, ties)
    parents = list(range(len(spans)))
    order = sorted(range(len(spans)), key=lambda i: (spans[i].begin, spans[i].end, spans[i].anomaly.id))
    _join_tied(spans, order, parents)
    _join_strangers(spans, order, parents)
    _join_recurring(detections, spans, parents)
    groups: dict[int, list[Anomaly]] = {}
    for i in order:
        groups.setdefault(_root(parents, i), []).append(spans[i].anomaly)
    found = [*groups.values(), *(list(anomalies) for anomalies in rows)]
    totals = {d.series.id for d in detections if d.series is not None and _is_total(d.series)}
    for anomalies in found:
        anomalies.sort(key=lambda a: (a.subject_id not in totals, -a.score, a.start, a.id))
    found.sort(key=lambda g: (-g[0].score, -len(g), g[0].start, g[0].id))
    return tuple(tuple(anomalies) for anomalies in found)


def _is_total(series: Series) -> bool:
    return series.counts and not series.labels


class _Ties:
    """What a series is tied to: the connected part of the graph, a service, or itself."""

    def __init__(self, graph: Graph | None) -> None:
        self._nodes: NodeWords = node_words(graph)
        self._part = _parts(graph)

    def of(self, detection: Detection) -> tuple[str, bool]:
        series = detection.series
        service = service_among(series, self._nodes) if series is not None else ""
        if service in self._part:
            return f"graph {self._part[service]}", True
        return (f"service {service}" if service else f"series {detection.subject}"), False


def _parts(graph: Graph | None) -> dict[str, int]:
    """The connected part of each node (calls taken both ways)."""
    if graph is None:
        return {}
    names = {name: i for i, name in enumerate(graph.nodes)}
    parents = list(range(len(names)))
    for a, b in graph.edges:
        _union(parents, names[a], names[b])
    return {name: _root(parents, i) for name, i in names.items()}


def _spans(detection: Detection, ties: _Ties) -> list[_Span]:
    series = detection.series
    if series is None or not len(series):
        return []
    step = max(1, round(usual_step(series) * 1e9))
    tie, placed = ties.of(detection)
    time = series.time.view(np.int64)
    last = len(series) - 1
    found = []
    for anomaly in detection.anomalies:
        begin = int(time[min(max(anomaly.onset[0], 0), last)])
        end = int(time[min(max(anomaly.stop - 1, 0), last)])
        found.append(_Span(anomaly, begin, max(begin, end), step, tie, placed))
    return found


def _join_tied(spans: list[_Span], order: list[int], parents: list[int]) -> None:
    """Sweep in time: within a tie, what begins before the open incident has ended joins it."""
    open_until: dict[str, tuple[int, int]] = {}
    for i in order:
        span = spans[i]
        until, member = open_until.get(span.tie, (-(2**63), i))
        if span.begin <= until:
            _union(parents, member, i)
        open_until[span.tie] = (max(until, span.end + GAP_INTERVALS * span.step), i)


def _join_strangers(spans: list[_Span], order: list[int], parents: list[int]) -> None:
    """Series without a tie belong together when they begin together.

    A window opens with the first onset and does not slide, so that chance alarms cannot form a
    chain. Of several parts of the graph, only the first one in the window joins.
    """
    first, tie = -1, ""
    for i in order:
        span = spans[i]
        if first < 0 or span.begin > spans[first].begin + ONSET_INTERVALS * max(span.step, spans[first].step):
            first, tie = i, ""
        if span.placed:
            tie = tie or span.tie
        if not span.placed or span.tie == tie:
            _union(parents, first, i)


def _join_recurring(detections: Sequence[Detection], spans: list[_Span], parents: list[int]) -> None:
    index = {span.anomaly.id: i for i, span in enumerate(spans)}
    for detection in detections:
        for direction in ("up", "down"):
            alike = [a for a in detection.anomalies if a.direction == direction and not a.rows]
            if detection.series is not None and recurrence(detection.series, alike) is not None:
                for anomaly in alike[1:]:
                    _union(parents, index[alike[0].id], index[anomaly.id])


def _root(parents: list[int], i: int) -> int:
    while parents[i] != i:
        parents[i] = parents[parents[i]]
        i = parents[i]
    return i


def _union(parents: list[int], a: int, b: int) -> None:
    a, b = _root(parents, a), _root(parents, b)
    if a != b:
        parents[max(a, b)] = min(a, b)
