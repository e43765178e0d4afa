"""Which anomalies belong to one incident."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from anomaly_hunter.investigate.answers.expectation import recurrence
from anomaly_hunter.investigate.nearness import Nearness
from anomaly_hunter.investigate.semantics import RESOURCES, metric_kind
from anomaly_hunter.investigate.severity import severity_alone
from anomaly_hunter.investigate.wording import usual_step
from anomaly_hunter.model import Anomaly, Dataset, Detection, Series
from anomaly_hunter.model.services import node_words, service_among

GAP_INTERVALS: Final = 2
ONSET_INTERVALS: Final = 5
MOST_COMPARED: Final = 50
HARDLY_LESS: Final = 1.0


@dataclass(frozen=True, slots=True)
class _Span:
    """An anomaly in nanoseconds, and the service or series it is tied to.

    ``placed``: its service is in the graph. ``builds``: it is of a kind that may begin long before
    what it causes (a drift, a resource, a queue).
    """

    anomaly: Anomaly
    begin: int
    end: int
    step: int
    tie: str
    placed: bool
    builds: bool


def group(dataset: Dataset, detections: Sequence[Detection]) -> tuple[tuple[Anomaly, ...], ...]:
    """Anomalies that belong together, worst group first; in each, the lead first.

    - All outlying rows of one table are one incident.
    - Spans of one series or one service belong together when they overlap or lie at most two
      intervals apart: a cause may begin long before its symptom.
    - Spans of services that are near in the graph (:class:`.nearness.Nearness`) belong together when they
      overlap so, and the later one begins within five intervals of the earlier one, or the earlier one
      builds up (a drift, a resource, a queue). Else the later one belongs to the strongest of those
      that still last and score as high as itself: a small alarm long before a large one is chance,
      not its beginning.
    - Spans of series that only share the dataset belong to the strongest span within five intervals
      of its onset; services that the graph knows do not, since it knows what ties them.
    - Four or more spans of one series that return at regular times are one incident.

    The lead is the anomaly with the highest score that is hardly less bad by itself
    (:func:`.severity.severity_alone`) than the worst of the 50 highest scores: the one a person is paged
    for. The cause may well lie elsewhere. Where records are counted, the total leads its
    segments. Groups are ordered by how bad that worst one is, then by the lead's score, by size, by time.
    """
    rows = [d.anomalies for d in detections if d.series is None and d.anomalies]
    nearness, services = _near(dataset, detections)
    spans = [s for d in detections if d.anomalies for s in _spans(d, services[d.subject], nearness)]
    parents = list(range(len(spans)))
    order = sorted(range(len(spans)), key=lambda i: (spans[i].begin, spans[i].end, spans[i].anomaly.id))
    _join_tied(spans, order, parents, nearness)
    _join_strangers(spans, order, parents)
    _join_recurring(detections, spans, parents)
    groups: dict[int, list[Anomaly]] = {}
    for i in order:
        groups.setdefault(_root(parents, i), []).append(spans[i].anomaly)
    found = [*groups.values(), *(list(anomalies) for anomalies in rows)]
    totals = {d.series.id for d in detections if d.series is not None and _is_total(d.series)}
    for anomalies in found:
        anomalies.sort(key=lambda a: (a.subject_id not in totals, -a.score, a.start, a.id))
    by_subject = {d.subject: d for d in detections}
    worst = [_led(anomalies, by_subject, totals) for anomalies in found]
    ranked = sorted(zip(worst, found, strict=True), key=lambda p: _place_of(*p))
    return tuple(tuple(anomalies) for _, anomalies in ranked)


def _led(anomalies: list[Anomaly], by_subject: Mapping[str, Detection], totals: Collection[str]) -> float:
    """Put the one that leads first; how bad the worst is by itself."""
    bad = [severity_alone(a, by_subject[a.subject]) for a in anomalies[:MOST_COMPARED]]
    worst = max(bad)
    if anomalies[0].subject_id not in totals:
        first = next(i for i, severity in enumerate(bad) if severity >= worst - HARDLY_LESS)
        anomalies.insert(0, anomalies.pop(first))
    return worst


def _place_of(worst: float, anomalies: Sequence[Anomaly]) -> tuple[float, float, int, int, str]:
    first = anomalies[0]
    return -worst, -first.score, -len(anomalies), first.start, first.id


def _is_total(series: Series) -> bool:
    return series.counts and not series.labels


def _near(dataset: Dataset, detections: Sequence[Detection]) -> tuple[Nearness, dict[str, str]]:
    """Which services are near each other, and the service of each subject."""
    nodes = node_words(dataset.graph)
    services = {d.subject: service_among(d.series, nodes) if d.series is not None else "" for d in detections}
    abnormal = {services[d.subject] for d in detections if d.anomalies}
    return Nearness(dataset.graph, set(services.values()), abnormal), services


def _spans(detection: Detection, service: str, nearness: Nearness) -> list[_Span]:
    series = detection.series
    if series is None or not len(series):
        return []
    step = max(1, round(usual_step(series) * 1e9))
    tie = service or f"\x1fseries {series.id}"
    kind = metric_kind(series.name, series.unit)
    resource = kind in RESOURCES or kind in ("queue", "freshness")
    time = series.time.view(np.int64)
    last = len(series) - 1
    found = []
    for anomaly in detection.anomalies:
        begin = int(time[min(max(anomaly.onset[0], 0), last)])
        end = max(begin, int(time[min(max(anomaly.stop - 1, 0), last)]))
        builds = resource or anomaly.shape == "drift"
        found.append(_Span(anomaly, begin, end, step, tie, service in nearness, builds))
    return found


@dataclass(slots=True)
class _Open:
    """What is under way at one service while time is swept: who of it a later span may join.

    ``until`` and ``member`` are those of the span that lasts longest, ``begun`` and ``latest`` of
    the one that began last, ``building`` and ``builder`` of the longest one that builds up;
    ``strong`` is a heap of (minus score, until, member).
    """

    until: int
    member: int
    begun: int
    latest: int
    building: int = -(2**63)
    builder: int = -1
    strong: list[tuple[float, int, int]] = field(default_factory=list)

    def add(self, i: int, span: _Span) -> None:
        until = span.end + GAP_INTERVALS * span.step
        if until >= self.until:
            self.until, self.member = until, i
        self.begun, self.latest = span.begin, i
        if span.builds and until > self.building:
            self.building, self.builder = until, i
        heapq.heappush(self.strong, (-span.anomaly.score, until, i))

    def tied(self, span: _Span, step: int) -> int:
        """The member that a span nearby surely belongs to; -1 for none."""
        if span.begin > self.until:
            return -1
        if span.begin - self.begun <= ONSET_INTERVALS * max(span.step, step):
            return self.latest
        return self.builder if span.begin <= self.building else -1

    def strongest(self, time: int) -> tuple[float, int]:
        """Score and member of the highest span that still lasts; (0, -1) for none."""
        while self.strong and self.strong[0][1] < time:
            heapq.heappop(self.strong)
        return (-self.strong[0][0], self.strong[0][2]) if self.strong else (0.0, -1)


def _join_tied(spans: list[_Span], order: list[int], parents: list[int], nearness: Nearness) -> None:
    """Sweep in time: what begins before the spans around it have ended may belong to them."""
    under_way: dict[str, _Open] = {}
    asked: dict[str, tuple[int, float]] = {}
    for i in order:
        span = spans[i]
        own = under_way.get(span.tie)
        if own is not None and span.begin <= own.until:
            _union(parents, own.member, i)
        look = (span.begin, span.anomaly.score)
        if span.placed and asked.get(span.tie) != look:
            asked[span.tie] = look
            around = [under_way[name] for name in nearness.of(span.tie) if name in under_way]
            for member in _members_around(spans, span, around):
                _union(parents, member, i)
        if own is None:
            own = under_way[span.tie] = _Open(-(2**63), i, span.begin, i)
        own.add(i, span)


def _members_around(spans: list[_Span], span: _Span, around: list[_Open]) -> list[int]:
    """Who of the services nearby a span belongs to."""
    tied = [other.tied(span, spans[other.latest].step) for other in around]
    strong = max((other.strongest(span.begin) for other in around), default=(0.0, -1))
    found = [member for member in tied if member >= 0]
    return [*found, strong[1]] if strong[1] >= 0 and strong[0] >= span.anomaly.score else found


def _join_strangers(spans: list[_Span], order: list[int], parents: list[int]) -> None:
    """Series without a tie belong to the strongest span near whose onset they begin.

    Windows do not slide, so that chance alarms cannot form a chain. Of the services that the graph
    knows, only those that it ties to the strongest are in.
    """
    begins = np.array([spans[i].begin for i in order], dtype=np.int64)
    free = np.ones(len(order), dtype=np.bool_)
    strongest = sorted(range(len(order)), key=lambda k: (-spans[order[k]].anomaly.score, k))
    for k in strongest:
        if not free[k]:
            continue
        centre = spans[order[k]]
        reach = ONSET_INTERVALS * centre.step
        low = int(np.searchsorted(begins, centre.begin - reach, side="left"))
        high = int(np.searchsorted(begins, centre.begin + reach, side="right"))
        free[k] = False
        _join_window(spans, order, parents, order[k], low + np.flatnonzero(free[low:high]))
        free[low:high] = False


def _join_window(
    spans: list[_Span], order: list[int], parents: list[int], centre: int, members: np.ndarray
) -> None:
    anchor = centre if spans[centre].placed else -1
    for k in members.tolist():
        i = order[k]
        if spans[i].placed:
            if anchor >= 0:
                continue
            anchor = i
        _union(parents, centre, i)


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
