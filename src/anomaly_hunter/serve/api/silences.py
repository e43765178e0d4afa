"""Silences and maintenance windows: what fits is kept and counted, and announced to nobody."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from starlette.responses import Response

from anomaly_hunter.client import records
from anomaly_hunter.model import iso
from anomaly_hunter.remember.life.covering import covered
from anomaly_hunter.remember.life.matching import MOST_GLOB, MOST_LABELS, holds, matcher_plain
from anomaly_hunter.remember.life.silences import Silences
from anomaly_hunter.remember.records import Matcher, Silence
from anomaly_hunter.remember.store import now
from anomaly_hunter.serve.guard.needs import Responder, Viewer
from anomaly_hunter.serve.rest.moments import moment
from anomaly_hunter.serve.rest.paging import Id, Items, Json
from anomaly_hunter.serve.site import Here

router = APIRouter(tags=["silences"])

Glob = Annotated[str, StringConstraints(min_length=1, max_length=MOST_GLOB)]
Severity = Annotated[float, Field(ge=0, le=10, allow_inf_nan=False)]
AnyGlob = Annotated[str, Query(max_length=MOST_GLOB)]
Labels = Annotated[
    tuple[Annotated[str, StringConstraints(max_length=2 * MOST_GLOB + 1, pattern="^[^=]+=")], ...],
    Query(max_length=MOST_LABELS),
]


class Meant(BaseModel):
    """Which incidents are meant: all that is said must fit; `*` and `?` stand for other characters."""

    model_config = ConfigDict(extra="forbid")
    subject: Glob = "*"
    dataset: Glob = "*"
    labels: dict[Glob, Glob] = Field(default_factory=dict, max_length=MOST_LABELS)
    least_severity: Severity = 0.0
    most_severity: Severity = 10.0


class NewSilence(BaseModel):
    """A silence, or a window in which work is done that comes again each day or week."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "kind": "maintenance", "matcher": {"labels": {"service": "checkout"}},
                    "begins_at": "2026-03-07T22:00:00Z", "ends_at": "2026-03-08T02:00:00Z",
                    "repeat": "weekly", "reason": "backup",
                }
            ]
        },
    )  # fmt: skip
    kind: Literal["silence", "maintenance"] = "silence"
    matcher: Meant = Meant()
    begins_at: datetime | None = Field(None, description="Left out: now.")
    ends_at: datetime
    repeat: Literal["", "daily", "weekly"] = ""
    reason: Annotated[str, StringConstraints(max_length=1_000)] = ""


class Preview(BaseModel):
    """Active incidents that a silence would cover."""

    incidents: int = Field(description="Active incidents that fit.", examples=[12])
    waiting: int = Field(description="Of them nobody has taken yet.", examples=[3])
    silenced: int = Field(description="Of them are quiet already.", examples=[0])
    severity: float = Field(description="Of the worst of them; 0: none fits.", examples=[7.8])
    worst: list[str] = Field(description="Ids of the worst three.", examples=[["7351a764e58d"]])


@router.get("/silences", response_model=Items[records.Silence], summary="Silences, the last made first")
def silences(here: Here, caller: Viewer, active: bool | None = None) -> Response:
    """All there are or were; those that hold now with `active=true`, the others with `active=false`."""
    facet = Silences(here.memory(caller))
    found = [silence_document(one, facet.counted(one.id)) for one in facet.all()]
    return Json({"items": [one for one in found if active is None or one["active"] == active]})


@router.post("/silences", status_code=201, response_model=records.Silence, summary="Make a silence")
def make(silence: NewSilence, here: Here, caller: Responder) -> Response:
    """It counts at once, also for incidents that are there already; what it hides stays countable."""
    matcher = Matcher(**silence.matcher.model_dump())
    begin = now() if silence.begins_at is None else moment(silence.begins_at)
    wanted = Silence(
        matcher, begin, moment(silence.ends_at), silence.kind, silence.repeat, silence.reason, caller.name
    )
    facet = Silences(here.memory(caller))
    made = facet.add(wanted)
    return Json(
        silence_document(made, facet.counted(made.id)), 201, {"location": f"/api/v1/silences/{made.id}"}
    )


@router.get("/silences/preview", response_model=Preview, summary="What a silence would cover")
def preview(
    here: Here,
    caller: Viewer,
    *,
    subject: AnyGlob = "*",
    dataset: AnyGlob = "*",
    label: Labels = (),
    least_severity: Severity = 0.0,
    most_severity: Severity = 10.0,
) -> Response:
    """The active incidents that fit now, before a silence is made; `label=region=eu-*`, once for each."""
    pairs = dict(one.partition("=")[::2] for one in label)
    matcher = Matcher(subject, dataset, pairs, least_severity, most_severity)
    found = covered(here.memory(caller), matcher)
    return Json(Preview.model_validate(found, from_attributes=True).model_dump())


@router.get("/silences/{silence_id}", response_model=records.Silence, summary="One silence")
def silence(silence_id: Id, here: Here, caller: Viewer) -> Response:
    """One silence, and how many incidents it kept quiet so far."""
    facet = Silences(here.memory(caller))
    found = facet.one(silence_id)
    return Json(silence_document(found, facet.counted(found.id)))


@router.delete("/silences/{silence_id}", response_model=records.Silence, summary="End a silence")
def end(silence_id: Id, here: Here, caller: Responder) -> Response:
    """Before its time: active incidents that it kept quiet are heard again. It stays on the list."""
    facet = Silences(here.memory(caller))
    ended = facet.end(silence_id, caller.name)
    return Json(silence_document(ended, facet.counted(ended.id)))


def silence_document(found: Silence, incidents: int) -> dict[str, Any]:
    """A silence in plain JSON types; whether it holds now, and how many incidents it kept quiet."""
    return {
        "id": found.id, "kind": found.kind, "matcher": matcher_plain(found.matcher),
        "begins_at": iso(found.begins_at), "ends_at": iso(found.ends_at), "repeat": found.repeat,
        "reason": found.reason, "by": found.by,
        "made_at": None if found.made_at is None else iso(found.made_at),
        "ended_at": None if found.ended_at is None else iso(found.ended_at),
        "active": holds(found, now()), "incidents": incidents,
    }  # fmt: skip
