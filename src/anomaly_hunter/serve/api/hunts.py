"""Hunts: every investigation that was kept, what it read and how good the data were."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from anomaly_hunter.model import Hunt, Level, iso, severity_level
from anomaly_hunter.remember.recorded import KeptHunt, KeptSubject, Recordings
from anomaly_hunter.serve.guard.needs import Viewer
from anomaly_hunter.serve.site import Here
from anomaly_hunter.tell.document import header_document

router = APIRouter(tags=["hunts"])


def hunt_line(kept: KeptHunt) -> dict[str, Any]:
    """A hunt on the list."""
    level: Level | None = severity_level(kept.severity) if kept.incident_ids else None
    return {
        "id": kept.id, "kept": iso(kept.kept_at), "dataset": kept.dataset, "kind": kept.kind,
        "origin": kept.origin, "by": kept.by, "points": kept.points, "bytes": kept.bytes,
        "severity": kept.severity, "level": level, "quality": kept.quality,
        "incidents": list(kept.incident_ids),
    }  # fmt: skip


def subject_line(kept: KeptSubject) -> dict[str, Any]:
    """A series or table on the list of a hunt."""
    return {
        "id": kept.id, "subject": kept.subject, "position": kept.position, "points": kept.points,
        "highest_score": kept.highest, "whole": kept.whole,
    }  # fmt: skip


@router.get("/hunts")
def hunts(
    here: Here,
    caller: Viewer,
    after: Annotated[str, Query(max_length=40, description="`next` of the page before.")] = "",
    most: Annotated[int, Query(ge=1, le=200)] = 50,
    dataset: Annotated[str | None, Query(max_length=1000)] = None,
) -> dict[str, Any]:
    """The hunts of your organisation, the last first."""
    page = Recordings(here.memory(caller)).hunts(after, most, dataset=dataset)
    return {"items": [hunt_line(one) for one in page.items], "next": page.next or None}


@router.get("/hunts/{hunt_id}")
def hunt(hunt_id: str, here: Here, caller: Viewer) -> dict[str, Any]:
    """One hunt: what was read and how good it was, every series with its profile, the ids of incidents."""
    kept = Recordings(here.memory(caller))
    line, told = kept.hunt(hunt_id), kept.told(hunt_id)
    return {
        **header_document(told),
        "severity": line.severity,
        "level": severity_level(line.severity),
        "incident_count": len(line.incident_ids),
        "hunt": hunt_line(line),
    }


@router.get("/hunts/{hunt_id}/quality")
def quality(hunt_id: str, here: Here, caller: Viewer) -> dict[str, Any]:
    """How good the data of a hunt were, from 0 (unusable) to 100, and every fault with its count."""
    data = Recordings(here.memory(caller)).dataset(hunt_id)
    dataset = header_document(Hunt(data, (), ()))["dataset"]
    found: dict[str, Any] = {"hunt": hunt_id, "dataset": dataset["name"], **dataset["quality"]}
    return found


@router.get("/hunts/{hunt_id}/series")
def series(
    hunt_id: str,
    here: Here,
    caller: Viewer,
    after: Annotated[int, Query(ge=-1, description="`next` of the page before.")] = -1,
    most: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> dict[str, Any]:
    """Series and tables of a hunt in the order of the data; each has a chart."""
    found = Recordings(here.memory(caller)).subjects(hunt_id, after, most + 1)
    more = found[most - 1].position if len(found) > most else None
    return {"items": [subject_line(one) for one in found[:most]], "next": more}
