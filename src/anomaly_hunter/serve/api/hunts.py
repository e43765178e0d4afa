"""Hunts: every investigation that was kept, what it read and how good the data were."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from anomaly_hunter.errors import UsageError
from anomaly_hunter.model import Hunt, Level, iso, severity_level
from anomaly_hunter.remember.hunts.recorded import KeptHunt, KeptSubject, Recordings
from anomaly_hunter.remember.lists.cursor import cursor, opened
from anomaly_hunter.serve.api.charts import HELD
from anomaly_hunter.serve.guard.needs import Viewer
from anomaly_hunter.serve.rest.paging import After, Id, Json, Limit, Page, page
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


@router.get("/hunts", response_model=Page[dict[str, Any]], summary="Hunts that were kept")
def hunts(
    request: Request,
    here: Here,
    caller: Viewer,
    *,
    dataset: Annotated[str | None, Query(max_length=1000, description="Of this dataset alone.")] = None,
    after: After = "",
    limit: Limit = 50,
) -> Response:
    """Every investigation of your organisation, the last first."""
    found = Recordings(here.memory(caller)).hunts(after, limit, dataset=dataset)
    return page(request, [hunt_line(one) for one in found.items], found.next)


@router.get("/hunts/{hunt_id}", response_model=dict[str, Any], summary="One hunt")
def hunt(hunt_id: Id, here: Here, caller: Viewer) -> Response:
    """What was read and how good it was, every series with its profile, and the ids of its incidents.

    The header of the published schema, with what is known of the hunt itself as `hunt`.
    """
    kept = Recordings(here.memory(caller))
    line, told = kept.hunt(hunt_id), HELD.told(kept, hunt_id)
    return Json({
        **header_document(told),
        "severity": line.severity,
        "level": severity_level(line.severity),
        "incident_count": len(line.incident_ids),
        "hunt": hunt_line(line),
    })  # fmt: skip


@router.get("/hunts/{hunt_id}/quality", response_model=dict[str, Any], summary="How good the data were")
def quality(hunt_id: Id, here: Here, caller: Viewer) -> Response:
    """From 0 (unusable) to 100 (nothing found), and every fault with its count; nothing was repaired."""
    data = Recordings(here.memory(caller)).dataset(hunt_id)
    dataset = header_document(Hunt(data, (), ()))["dataset"]
    return Json({"hunt": hunt_id, "dataset": dataset["name"], **dataset["quality"]})


@router.get(
    "/hunts/{hunt_id}/series", response_model=Page[dict[str, Any]], summary="Series and tables of a hunt"
)  # fmt: skip
def series(
    request: Request, hunt_id: Id, here: Here, caller: Viewer, *, after: After = "", limit: Limit = 50
) -> Response:
    """In the order of the data; each has a chart, and those that are kept whole can be explained."""
    found = Recordings(here.memory(caller)).subjects(hunt_id, _behind(after), limit + 1)
    following = cursor("subjects", [found[limit - 1].position]) if len(found) > limit else ""
    return page(request, [subject_line(one) for one in found[:limit]], following)


def _behind(after: str) -> int:
    """The position that the page before ended at."""
    if not after:
        return -1
    (position,) = opened(after, "subjects", 1)
    if not isinstance(position, int):
        raise UsageError(
            f"the cursor is {after[:40]!r}", "what the page before gave", "begin at the first page"
        )
    return position
