"""Incidents: the list, one in full, its verdicts, evidence and history."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from anomaly_hunter.client import records
from anomaly_hunter.remember.life.life import Life
from anomaly_hunter.remember.lists.asked import Asked, Sort
from anomaly_hunter.remember.lists.listing import Listing
from anomaly_hunter.remember.records import State
from anomaly_hunter.serve.documents.listed import (
    full_document,
    happened_document,
    listed_document,
    past_document,
    verdict_document,
)
from anomaly_hunter.serve.guard.needs import Viewer
from anomaly_hunter.serve.rest.moments import Since, Until, moment_or_none
from anomaly_hunter.serve.rest.paging import After, Id, Items, Json, Limit, Page, page
from anomaly_hunter.serve.site import Here

router = APIRouter(tags=["incidents"])


def _asked(
    *,
    state: Annotated[list[State] | None, Query(description="Any of these; all but merged ones.")] = None,
    owner: Annotated[
        str | None, Query(max_length=200, description="Whose they are; an empty text is nobody's.")
    ] = None,
    search: Annotated[
        str, Query(max_length=200, description="Part of headline, subject, dataset, cause or owner.")
    ] = "",
    least_severity: Annotated[float, Query(ge=0, le=10, allow_inf_nan=False)] = 0.0,
    since: Since = None,
    until: Until = None,
    series: Annotated[
        str | None, Query(max_length=40, description="They hold an anomaly of this series (its id).")
    ] = None,
    cause: Annotated[str | None, Query(max_length=500, description="Name of the cause, in full.")] = None,
    silenced: Annotated[
        bool | None, Query(description="Only those that a silence keeps quiet, or only the others.")
    ] = None,
) -> Asked:
    """The filters of the list; all that are given must hold."""
    return Asked(
        states=tuple(state or ()), owner=owner, search=search, least_severity=least_severity,
        since=moment_or_none(since), until=moment_or_none(until), subject_id=series, cause=cause,
        silenced=silenced,
    )  # fmt: skip


Filters = Annotated[Asked, Depends(_asked)]


@router.get("/incidents", response_model=Page[records.ListedIncident], summary="The list of incidents")
def incidents(
    *,
    request: Request,
    here: Here,
    caller: Viewer,
    asked: Filters,
    sort: Annotated[Sort, Query(description="Latest hunted, worst, or latest begun first.")] = "latest",
    after: After = "",
    limit: Limit = 50,
) -> Response:
    """Incidents of your organisation. Nothing is skipped or shown twice while hunts add to the list."""
    found = Listing(here.memory(caller)).page(replace(asked, sort=sort, after=after, most=limit))
    return page(request, [listed_document(one) for one in found.items], found.next)


@router.get("/incidents/counts", summary="How many incidents there are in each state")
def incident_counts(here: Here, caller: Viewer, asked: Filters) -> dict[str, int]:
    """By state (the filter `state` does not count here), and `active`, `all`, `silenced`."""
    return Listing(here.memory(caller)).counts(asked)


@router.get("/incidents/{incident_id}", response_model=records.Incident, summary="One incident in full")
def incident(incident_id: Id, here: Here, caller: Viewer) -> Response:
    """Verdict, findings, evidence, candidates, anomalies, and what people answered.

    The id of one that was merged leads to the one that took it in.
    """
    return Json(full_document(here.memory(caller).incident(incident_id)))


@router.get(
    "/incidents/{incident_id}/history", response_model=Items[records.Happened],
    summary="What happened to an incident",
)  # fmt: skip
def history(incident_id: Id, here: Here, caller: Viewer) -> Response:
    """Oldest first: who did what, what the hunter changed, comments."""
    lines = Life(here.memory(caller)).history(incident_id)
    return _items([happened_document(one) for one in lines])


@router.get(
    "/incidents/{incident_id}/comments", response_model=Items[records.Happened],
    summary="Comments on an incident",
)  # fmt: skip
def comments(incident_id: Id, here: Here, caller: Viewer) -> Response:
    """The comments of its history, oldest first."""
    lines = Life(here.memory(caller)).history(incident_id)
    return _items([happened_document(one) for one in lines if one.action == "commented"])


@router.get(
    "/incidents/{incident_id}/verdicts", response_model=Items[records.Verdict],
    summary="Verdicts on an incident",
)  # fmt: skip
def verdicts(incident_id: Id, here: Here, caller: Viewer) -> Response:
    """Every conclusion that was drawn, oldest first; the last one holds."""
    return _items([verdict_document(one) for one in here.memory(caller).incident(incident_id).history])


@router.get(
    "/incidents/{incident_id}/evidence", response_model=Items[records.Evidence],
    summary="Evidence of an incident",
)  # fmt: skip
def evidence(incident_id: Id, here: Here, caller: Viewer) -> Response:
    """Every question that was asked of the data, with its answer; findings point to them by id."""
    return _items(full_document(here.memory(caller).incident(incident_id))["evidence"])


@router.get(
    "/incidents/{incident_id}/similar", response_model=Items[records.Similar],
    summary="Past incidents that are like this one",
)  # fmt: skip
def similar(incident_id: Id, here: Here, caller: Viewer) -> Response:
    """The most alike first."""
    return _items([past_document(one) for one in Listing(here.memory(caller)).similar(incident_id)])


def _items(items: list[Any]) -> Response:
    return Json({"items": items})
