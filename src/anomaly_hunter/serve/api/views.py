"""Saved views: lists as somebody wants to see them again, for the whole organisation."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, StringConstraints
from starlette.responses import Response

from anomaly_hunter.client import records
from anomaly_hunter.model import iso
from anomaly_hunter.remember.life.views import MOST_NAME, MOST_QUERY, Views
from anomaly_hunter.remember.records import View
from anomaly_hunter.serve.guard.needs import Responder, Viewer
from anomaly_hunter.serve.rest.paging import Id, Items, Json
from anomaly_hunter.serve.site import Here

router = APIRouter(tags=["views"])


class NewView(BaseModel):
    """A view to keep; one of the same page and name is replaced."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"name": "Checkout, serious", "page": "incidents", "query": "least_severity=7"}]
        },
    )
    name: Annotated[str, StringConstraints(min_length=1, max_length=MOST_NAME, strip_whitespace=True)]
    page: Annotated[str, StringConstraints(pattern="^[a-z]{1,40}$")]
    query: Annotated[str, StringConstraints(max_length=MOST_QUERY)] = ""


@router.get("/views", response_model=Items[records.SavedView], summary="Saved views")
def views(here: Here, caller: Viewer, page: Annotated[str | None, Query(max_length=40)] = None) -> Response:
    """By page and name; of one page where that is given."""
    return Json({"items": [view_document(one) for one in Views(here.memory(caller)).all(page)]})


@router.post("/views", status_code=201, response_model=records.SavedView, summary="Save a view")
def save_view(view: NewView, here: Here, caller: Responder) -> Response:
    """Everybody of the organisation sees it."""
    kept = Views(here.memory(caller)).add(View(view.name, view.page, view.query, caller.name))
    return Json(view_document(kept), 201)


@router.delete("/views/{view_id}", status_code=204, summary="Remove a view")
def remove_view(view_id: Id, here: Here, caller: Responder) -> Response:
    """For everybody."""
    Views(here.memory(caller)).remove(view_id)
    return Response(status_code=204)


def view_document(view: View) -> dict[str, Any]:
    """A view in plain JSON types."""
    return {
        "id": view.id, "name": view.name, "page": view.page, "query": view.query, "by": view.by,
        "made_at": iso(view.made_at) if view.made_at is not None else None,
    }  # fmt: skip
