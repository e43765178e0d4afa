"""Events: deploys, flags and alerts that people and programs tell; hunts see those of their time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Request
from pydantic import Field
from starlette.responses import Response

from anomaly_hunter.client import records
from anomaly_hunter.model import Event, iso
from anomaly_hunter.remember.life.events import Events, KeptEvent
from anomaly_hunter.serve.documents.told_events import MOST, AlertmanagerWebhook, GrafanaAnnotation, NewEvent
from anomaly_hunter.serve.guard.needs import Responder, Viewer
from anomaly_hunter.serve.rest.moments import Since, Until, moment_or_none
from anomaly_hunter.serve.rest.paging import After, Id, Items, Json, Limit, Page, page
from anomaly_hunter.serve.site import Here, Site

router = APIRouter(tags=["events"])
Several = Annotated[list[NewEvent], Field(min_length=1, max_length=MOST)]


@router.get("/events", response_model=Page[records.KeptEvent], summary="Events, the latest first")
def events(
    *,
    request: Request,
    here: Here,
    caller: Viewer,
    since: Since = None,
    until: Until = None,
    kind: Annotated[str, Query(max_length=60, description="deploy, flag, alert ...")] = "",
    after: After = "",
    limit: Limit = 50,
) -> Response:
    """What was told to this server, not what came in files with a hunt."""
    found = Events(here.memory(caller)).page(
        after, limit, since=moment_or_none(since), until=moment_or_none(until), kind=kind
    )
    return page(request, [event_document(one) for one in found.items], found.next)


@router.post("/events", status_code=201, response_model=Items[records.KeptEvent], summary="Tell events")
def add_events(here: Here, caller: Responder, told: Annotated[NewEvent | Several, Body()]) -> Response:
    """One event, or up to 1,000. What is told twice (same time, kind, title, service) is kept once."""
    several = told if isinstance(told, list) else [told]
    now = datetime.now(UTC)
    return _added(here, caller, [one.event(now) for one in several], "api")


@router.post(
    "/events/grafana", status_code=201, response_model=Items[records.KeptEvent],
    summary="Tell a Grafana annotation",
)  # fmt: skip
def add_annotation(here: Here, caller: Responder, annotation: GrafanaAnnotation) -> Response:
    """The body that Grafana's own `POST /api/annotations` takes.

    A tag `service:checkout` names the service; a tag such as `deploy` or `flag` the kind.
    """
    return _added(here, caller, [annotation.event(datetime.now(UTC))], "grafana")


@router.post(
    "/events/alertmanager", status_code=201, response_model=Items[records.KeptEvent],
    summary="Tell alerts of Alertmanager",
)  # fmt: skip
def add_alerts(here: Here, caller: Responder, webhook: AlertmanagerWebhook) -> Response:
    """A receiver for Alertmanager's webhook (version 4): each alert that fires or is over is an event."""
    return _added(here, caller, webhook.events(), "alertmanager")


@router.get("/events/{event_id}", response_model=records.KeptEvent, summary="One event")
def event(event_id: Id, here: Here, caller: Viewer) -> Response:
    """One event with its labels, and who told it."""
    return Json(event_document(Events(here.memory(caller)).one(event_id)))


@router.delete("/events/{event_id}", status_code=204, summary="Take an event back")
def remove_event(event_id: Id, here: Here, caller: Responder) -> Response:
    """For an event that was told wrongly; verdicts that named it stay as they are."""
    Events(here.memory(caller)).remove(event_id)
    return Response(status_code=204)


def event_document(kept: KeptEvent) -> dict[str, Any]:
    """An event in plain JSON types."""
    return {
        "id": kept.id, "time": iso(kept.event.time), "kind": kept.event.kind, "title": kept.event.title,
        "service": kept.event.service, "labels": dict(kept.event.labels), "source": kept.source,
        "by": kept.by, "kept_at": iso(kept.kept_at),
    }  # fmt: skip


def _added(here: Site, caller: Responder, told: Sequence[Event], source: str) -> Response:
    kept = Events(here.memory(caller)).add(told, source=source, by=caller.name)
    return Json({"items": [event_document(one) for one in kept]}, 201)
