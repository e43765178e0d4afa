"""What an incident is like, in a few comparable parts; kept with it and compared later."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from anomaly_hunter.model import (
    Anomaly,
    Cause,
    Dataset,
    Detection,
    Evidence,
    FloatArray,
    Graph,
    Hunt,
    Incident,
    Series,
)
from anomaly_hunter.model.services import node_words, service_among
from anomaly_hunter.stats.text import telling, words

CURVE_POINTS: Final = 24
AROUND: Final = 6
MOST_ANOMALIES: Final = 60
MOST_WORDS: Final = 80
TOLD: Final = ("patterns:", "logs:", "log:", "segments:", "carried-by:")
"""Evidence whose words say what kind of incident it is, beside the titles of events."""

_STEP: Final = re.compile(r"(?<=[a-z])(?=[A-Z])|[_./:=#@-]+")  # latencyMs, latency_ms
_DIGITS: Final = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The comparable parts of one incident.

    Attributes
    ----------
    curve:
        The lead around its span, 24 points, mean 0 and standard deviation 1; empty for rows.
    shape, direction, span_s, sigmas:
        Of the lead; ``span_s`` is NaN where there is no clock.
    moved:
        Which metric went which way, alone and with its place ("latency up", "cart: latency up");
        columns for rows.
    alerting, root, depth:
        The service of the lead, the service that the verdict blames, the calls between them (-1: unknown).
    places, labels:
        Services and label values that are part of it.
    patterns:
        Failure patterns that matched.
    words:
        What names, the cause, log templates, changes and segments speak of.
    """

    curve: tuple[float, ...] = ()
    shape: str = ""
    direction: str = ""
    span_s: float = math.nan
    sigmas: float = 0.0
    moved: tuple[str, ...] = ()
    alerting: str = ""
    root: str = ""
    depth: int = -1
    places: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    def entries(self) -> frozenset[str]:
        """All that is compared as sets."""
        return frozenset((*self.moved, *self.places, *self.patterns, *self.words, *self.labels))

    def plain(self) -> dict[str, Any]:
        """As JSON types."""
        return {
            "curve": list(self.curve), "shape": self.shape, "direction": self.direction,
            "span_s": self.span_s if math.isfinite(self.span_s) else None, "sigmas": self.sigmas,
            "moved": list(self.moved), "alerting": self.alerting, "root": self.root, "depth": self.depth,
            "places": list(self.places), "labels": list(self.labels), "patterns": list(self.patterns),
            "words": list(self.words),
        }  # fmt: skip

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Fingerprint:
        """From JSON types; parts that are not there stay empty."""
        known: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in given.items()
            if name in cls.__dataclass_fields__ and value is not None
        }
        return cls(**known)


def fingerprint(hunt: Hunt, incident: Incident) -> Fingerprint:
    """The fingerprint of an incident that was judged."""
    verdict = incident.verdict
    return fingerprint_of(
        hunt.dataset,
        hunt.detections,
        incident.anomalies,
        evidence=verdict.evidence,
        cause=verdict.cause,
    )


def fingerprint_of(
    dataset: Dataset,
    detections: Sequence[Detection],
    anomalies: Sequence[Anomaly],
    *,
    evidence: Iterable[Evidence] = (),
    cause: Cause | None = None,
) -> Fingerprint:
    """The fingerprint of anomalies that belong together; the first one leads.

    ``evidence`` and ``cause`` are what is known of them so far. The headline is not read: what it says
    beyond names and cause is in the words of all headlines.
    """
    lead, some = anomalies[0], anomalies[:MOST_ANOMALIES]
    by_subject = {d.subject: d for d in detections}
    series = [d.series if (d := by_subject.get(a.subject)) is not None else None for a in some]
    facts = tuple(evidence)
    nodes = node_words(dataset.graph)
    places = [service_among(one, nodes) if one is not None else "" for one in series]
    root = _root(facts, cause, dataset.graph)
    patterns = _after(facts, "patterns:")
    told = [e.statement for e in facts if e.id.startswith(TOLD)]
    told += [name.rpartition("@")[0] for name in _after(facts, "changed-before:")]
    named = cause.name if cause is not None else ""
    names = [one.name for one in series if one is not None] or [lead.subject]
    return Fingerprint(
        curve=_curve(series[0], lead),
        shape=lead.shape,
        direction=lead.direction,
        span_s=_span(lead),
        sigmas=round(lead.sigmas, 2) if math.isfinite(lead.sigmas) else 0.0,
        moved=_unique(
            moved
            for a, one, place in zip(some, series, places, strict=True)
            for moved in _moved(a, one, place, places)
        ),
        alerting=places[0],
        root=root,
        depth=_depth(dataset.graph, places[0], root),
        places=_unique(place for place in places if place),
        labels=_unique(
            f"{k}={v}" for one in series if one is not None for k, v in sorted(one.labels.items())
        ),
        patterns=_unique(name.partition(" at ")[0] for name in patterns),
        words=words_of([named, *names, *told])[:MOST_WORDS],
    )


def words_of(texts: Iterable[str]) -> tuple[str, ...]:
    """Telling words, each once; names are taken apart, numbers and small words go.

    >>> words_of(["checkout latencyMs reached 161", "pool of db_conn exhausted"])
    ('checkout', 'latency', 'reached', 'pool', 'conn', 'exhausted')
    """
    return _unique(word for one in texts for word in telling(words(_DIGITS.sub(" ", _STEP.sub(" ", one)))))


def _curve(series: Series | None, lead: Anomaly) -> tuple[float, ...]:
    """Values from one span (six points at least) before the lead to one after, resampled, standardised."""
    if series is None or lead.rows or not len(series):
        return ()
    value = series.value if series.value.ndim == 1 else series.value[:, _channel(series, lead)]
    around = max(AROUND, lead.stop - lead.start)
    window = np.asarray(value[max(0, lead.start - around) : lead.stop + around], dtype=np.float64)
    known = np.flatnonzero(np.isfinite(window))
    if len(known) < 4:
        return ()
    places = np.linspace(0, len(window) - 1, CURVE_POINTS)
    return standardised(np.interp(places, known, window[known]))


def standardised(curve: FloatArray) -> tuple[float, ...]:
    """Mean 0, standard deviation 1, three digits; () for a constant."""
    largest = float(np.abs(curve).max(initial=0.0))
    if not largest > 0 or not math.isfinite(largest):
        return ()
    scaled = curve / largest
    scaled = scaled - scaled.mean()
    deviation = float(scaled.std())
    return tuple(round(float(x), 3) for x in scaled / deviation) if deviation > 1e-9 else ()


def _channel(series: Series, lead: Anomaly) -> int:
    carrier = max(lead.carriers, key=lambda c: c.share).name if lead.carriers else ""
    return series.channels.index(carrier) if carrier in series.channels else 0


def _span(lead: Anomaly) -> float:
    if lead.begin is None or lead.end is None:
        return math.nan
    return float((lead.end - lead.begin) / np.timedelta64(1, "s"))


def _moved(anomaly: Anomaly, series: Series | None, place: str, places: Sequence[str]) -> Iterable[str]:
    """What moved which way: words of the metric or carrying columns alone, and with their place.

    The words of services are left out of the former, so that the same fault elsewhere is alike too.
    """
    way = "up" if anomaly.actual >= anomaly.expected else "down"
    carriers = [c.name for c in sorted(anomaly.carriers, key=lambda c: -c.share)[:3] if c.share >= 0.1]
    if series is None or carriers:
        return [f"{name} {way}" for name in (*carriers, *(f"{anomaly.subject}: {name}" for name in carriers))]
    own = set(words_of(one for one in places if one))
    metric = [word for word in words_of([series.name]) if word not in own]
    where = place or ",".join(value for _, value in sorted(series.labels.items()))
    return [*(f"{word} {way}" for word in metric), f"{where}: {' '.join(metric)} {way}"]


def _root(facts: Sequence[Evidence], cause: Cause | None, graph: Graph | None) -> str:
    """The service that is blamed: of the cause, else of the evidence it rests on, else the first blamed."""
    if cause is not None and cause.kind == "service":
        return cause.name
    known = {e.id: e for e in facts}
    for name in cause.evidence if cause is not None else ():
        service = known[name].numbers.get("service") if name in known else None
        if isinstance(service, str) and service:
            return service
    nodes = set(graph.nodes) if graph is not None else set()
    return next((name for name in _after(facts, "blame:") if name in nodes), "")


def _depth(graph: Graph | None, alerting: str, root: str) -> int:
    if graph is None or not alerting or not root:
        return -1
    steps = graph.distance(alerting, root)
    return -1 if steps is None else steps


def _after(facts: Iterable[Evidence], prefix: str) -> list[str]:
    return [e.id.removeprefix(prefix) for e in facts if e.id.startswith(prefix)]


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
