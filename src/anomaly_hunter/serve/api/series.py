"""Series that are known, their anomalies, and datasets with their quality."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from anomaly_hunter.client import records
from anomaly_hunter.model import iso
from anomaly_hunter.remember.lists.subjects import Hunted, Subject, Subjects
from anomaly_hunter.serve.guard.needs import Viewer
from anomaly_hunter.serve.rest.paging import After, Id, Json, Limit, Page, page
from anomaly_hunter.serve.site import Here
from anomaly_hunter.tell.document import anomaly_document

router = APIRouter()


@router.get(
    "/series", response_model=Page[records.KnownSeries], tags=["series"],
    summary="Series in which something was found",
)  # fmt: skip
def several(
    *,
    request: Request,
    here: Here,
    caller: Viewer,
    search: Annotated[str, Query(max_length=200, description="Part of title, source or unit.")] = "",
    after: After = "",
    limit: Limit = 50,
) -> Response:
    """The last seen first."""
    items, following = Subjects(here.memory(caller)).series(after, limit, search)
    return page(request, [series_document(one) for one in items], following)


@router.get("/series/{series_id}", response_model=records.KnownSeries, tags=["series"], summary="One series")
def one(series_id: Id, here: Here, caller: Viewer) -> Response:
    """When it was first and last seen with something strange, and how much is remembered of it."""
    return Json(series_document(Subjects(here.memory(caller)).one(series_id)))


@router.get(
    "/series/{series_id}/anomalies", response_model=Page[records.SeenAnomaly], tags=["series"],
    summary="Anomalies of a series",
)  # fmt: skip
def anomalies(
    *, request: Request, series_id: Id, here: Here, caller: Viewer, after: After = "", limit: Limit = 50
) -> Response:
    """With the ids of their incidents, the latest first."""
    items, following = Subjects(here.memory(caller)).anomalies(series_id, after, limit)
    documents = [{"incident_id": name, "anomaly": anomaly_document(found)} for name, found in items]
    return page(request, documents, following)


@router.get(
    "/datasets", response_model=Page[records.KnownDataset], tags=["datasets"],
    summary="Datasets with the quality of their last hunt",
)  # fmt: skip
def datasets(request: Request, here: Here, caller: Viewer, after: After = "", limit: Limit = 50) -> Response:
    """The last hunted first; `/hunts/{hunt_id}/quality` says what is wrong with one."""
    items, following = Subjects(here.memory(caller)).datasets(after, limit)
    return page(request, [_dataset(one) for one in items], following)


def series_document(subject: Subject) -> dict[str, Any]:
    """A known series in plain JSON types."""
    return {
        "id": subject.id, "kind": subject.kind, "name": subject.name, "title": subject.title,
        "source": subject.source, "unit": subject.unit, "labels": dict(subject.labels),
        "first_seen": iso(subject.first_seen_at), "last_seen": iso(subject.last_seen_at),
        "anomalies": subject.anomalies,
    }  # fmt: skip


def _dataset(hunted: Hunted) -> dict[str, Any]:
    return {
        "name": hunted.dataset, "kind": hunted.kind, "quality": hunted.quality, "points": hunted.points,
        "severity": hunted.severity, "hunted": iso(hunted.kept_at), "hunt_id": hunted.hunt_id,
        "origin": hunted.origin,
    }  # fmt: skip
