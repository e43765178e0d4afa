"""Writing a hunt down as it was made, so that it can be drawn, explained and played back."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np
from sqlalchemy import Connection, insert, update

from anomaly_hunter.model import Dataset, Detection, Event, Graph, Hunt, Incident
from anomaly_hunter.remember import schema
from anomaly_hunter.remember.hunts.detected import drawn, head_of, said
from anomaly_hunter.remember.hunts.exact import exact
from anomaly_hunter.remember.hunts.packing import pack
from anomaly_hunter.remember.hunts.thinned import packed, thinned
from anomaly_hunter.remember.knowing import chunks
from anomaly_hunter.remember.plain import finite, text

RECORD_POINTS: Final = 2_000_000
"""Values of one hunt that are kept whole; of the rest, what a chart opens with."""
EVENTS: Final = 10_000
_NO_OVERVIEW: Final = 20_000  # values; fewer are drawn from the whole as fast
_AT_ONCE: Final = 200  # rows of one statement


@dataclass(frozen=True, slots=True, eq=False)
class Packed:
    """One detection as bytes. ``overview`` is empty where the whole opens as fast."""

    detection: Detection
    overview: bytes
    whole: bytes | None


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """A hunt that is ready to be written down: packed before anyone has to wait for it."""

    id: str
    origin: str
    by: str
    subjects: tuple[Packed, ...]


def recording(hunt: Hunt, origin: str, by: str, *, name: str = "", points: int = RECORD_POINTS) -> Recording:
    """Pack a hunt: whole what belongs to incidents first, then what came nearest to alarming."""
    members = {anomaly.subject_id for incident in hunt.incidents for anomaly in incident.anomalies}
    order = sorted(hunt.detections, key=lambda one: (_subject_id(one) not in members, -(_highest(one) or 0)))
    fits: set[int] = set()
    for one in order:
        if (size := _values(one)) <= points:
            points -= size
            fits.add(id(one))
    subjects = tuple(_packed(one, whole=id(one) in fits) for one in hunt.detections)
    return Recording(name or secrets.token_hex(6), origin, by, subjects)


def record(  # noqa: PLR0917 - one hunt
    connection: Connection,
    owner: int,
    hunt: Hunt,
    known: Sequence[Incident],
    at: np.datetime64,
    made: Recording,
) -> None:
    """Write it; ``known`` are the incidents of the hunt under the ids they are kept under."""
    row = {"organisation_id": owner, "id": made.id, "kept_at": at, **_hunt_row(hunt, known, made)}
    connection.execute(insert(schema.hunt).values(row))
    ids = {
        found.id: kept.id
        for incident, one in zip(hunt.incidents, known, strict=True)
        for found, kept in zip(incident.anomalies, one.anomalies, strict=True)
    }
    rows = (_recording_row(owner, made.id, at, one, ids) for at, one in enumerate(made.subjects))
    for some in _batches(rows):
        connection.execute(insert(schema.recording), some)
    table = schema.incident
    for names in chunks([one.id for one in known]):
        seen = update(table).where(table.c.organisation_id == owner, table.c.id.in_(names))
        connection.execute(seen.values(hunt_id=made.id))


def _packed(detection: Detection, *, whole: bool) -> Packed:
    small = _values(detection) <= _NO_OVERVIEW
    return Packed(
        detection,
        b"" if whole and small else packed(thinned(detection)),
        pack(drawn(detection) | said(detection)) if whole else None,
    )


def _hunt_row(hunt: Hunt, known: Sequence[Incident], made: Recording) -> dict[str, Any]:
    data = hunt.dataset
    return {
        "dataset": text(data.name),
        "kind": data.kind,
        "origin": text(made.origin),
        "by": text(made.by),
        "points": int(data.quality.points),
        "bytes": sum(len(one.overview) + len(one.whole or b"") for one in made.subjects),
        "severity": finite(hunt.severity) or 0.0,
        "quality": finite(data.quality.score) or 0.0,
        "incident_ids": [one.id for one in known],
        "document": {
            "dataset": _dataset(data),
            "observations": [_plain(one) for one in hunt.observations],
            "took_ms": exact(hunt.took_ms),
            "not_investigated": hunt.not_investigated,
        },
        "around": _around(data.events, data.graph, known),
    }


def _dataset(data: Dataset) -> dict[str, Any]:
    quality = data.quality
    return {
        "name": exact(data.name),
        "kind": data.kind,
        "quality": {
            "score": exact(quality.score),
            "points": int(quality.points),
            "issues": [_plain(one) for one in quality.issues],
        },
        "reading": exact(data.reading),
        "roles": exact(data.roles),
        "notes": exact(data.notes),
    }


def _around(events: Sequence[Event], graph: Graph | None, known: Sequence[Incident]) -> dict[str, Any]:
    """Events, the nearest to the incidents where they are too many, and who calls whom."""
    begins = [one.begin.astype("datetime64[ns]") for one in known if one.begin is not None]
    if len(events) > EVENTS:
        moments = np.array(begins or [events[-1].time.astype("datetime64[ns]")]).view(np.int64)
        times = np.array([one.time.astype("datetime64[ns]") for one in events]).view(np.int64)
        far = np.abs(times[:, None] - moments[None, :20]).min(axis=1)
        events = [events[at] for at in np.sort(np.argsort(far, kind="stable")[:EVENTS])]
    return {
        "events": [_plain(one) for one in events],
        "graph": None if graph is None else exact(graph.edges),
    }


def _plain(record: Any) -> dict[str, Any]:
    return {field.name: exact(getattr(record, field.name)) for field in fields(record)}


def _recording_row(
    owner: int, hunt_id: str, position: int, one: Packed, ids: Mapping[str, str]
) -> dict[str, Any]:
    detection = one.detection
    return {
        "organisation_id": owner,
        "hunt_id": hunt_id,
        "position": position,
        "subject_id": _subject_id(detection),
        "subject": text(detection.subject),
        "points": len(detection.score),
        "highest": _highest(detection),
        "head": head_of(detection, ids),
        "overview": one.overview,
        "whole": one.whole,
    }


def _subject_id(detection: Detection) -> str:
    source = detection.series if detection.series is not None else detection.table
    return "" if source is None else source.id


def _values(detection: Detection) -> int:
    if detection.table is not None:
        return len(detection.score) * max(1, len(detection.table.columns))
    return int(detection.series.value.size) if detection.series is not None else len(detection.score)


def _highest(detection: Detection) -> float | None:
    known = detection.score[np.isfinite(detection.score)]
    return float(known.max()) if len(known) else None


def _batches(rows: Iterable[dict[str, Any]]) -> Iterable[list[dict[str, Any]]]:
    some: list[dict[str, Any]] = []
    for row in rows:
        some.append(row)
        if len(some) == _AT_ONCE:
            yield some
            some = []
    if some:
        yield some
