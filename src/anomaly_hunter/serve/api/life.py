"""What people do with an incident; each is one line of its history, and everybody who listens is told."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from starlette.responses import Response

from anomaly_hunter.client import records
from anomaly_hunter.remember.life.life import MOST_NAME, MOST_TEXT, Life
from anomaly_hunter.remember.records import Kept
from anomaly_hunter.serve.documents.listed import listed_document
from anomaly_hunter.serve.guard.needs import Responder
from anomaly_hunter.serve.rest.moments import moment_or_none
from anomaly_hunter.serve.rest.paging import Id, Json
from anomaly_hunter.serve.site import Here

router = APIRouter(tags=["incidents"])
Text = Annotated[str, StringConstraints(max_length=MOST_TEXT)]
_HELD: Any = {"response_model": records.ListedIncident}


def _shown(*examples: dict[str, Any]) -> ConfigDict:
    return ConfigDict(extra="forbid", json_schema_extra={"examples": list(examples)})


class Reason(BaseModel):
    """Why; may be left out."""

    model_config = _shown({"why": "rolled back to v41"})
    why: Text = ""


class Assignment(BaseModel):
    """Whose it is from now on."""

    model_config = _shown({"to": "ann"})
    to: Annotated[str, StringConstraints(min_length=1, max_length=MOST_NAME, strip_whitespace=True)]


class Mute(BaseModel):
    """Until when nobody wants to hear of it, and why."""

    model_config = _shown({"until": "2030-01-01T00:00:00Z", "why": "a known fault of the sensor"})
    until: datetime | None = Field(None, description="For good where none is given.")
    why: Text = ""


class Comment(BaseModel):
    """Something to say."""

    model_config = _shown({"text": "Looks like the deploy; asking the team."})
    text: Annotated[str, StringConstraints(min_length=1, max_length=MOST_TEXT, strip_whitespace=True)]


@router.post("/incidents/{incident_id}/acknowledge", **_HELD, summary="Somebody has seen it")
def acknowledge(incident_id: Id, here: Here, caller: Responder) -> Response:
    """From open or reopened to acknowledged; 409 from another state."""
    return _now(Life(here.memory(caller)).acknowledge(incident_id, caller.name))


@router.post("/incidents/{incident_id}/assign", **_HELD, summary="Make it somebody's")
def assign(incident_id: Id, to: Assignment, here: Here, caller: Responder) -> Response:
    """From any active state to assigned."""
    return _now(Life(here.memory(caller)).assign(incident_id, to.to, caller.name))


@router.post("/incidents/{incident_id}/resolve", **_HELD, summary="It is over")
def resolve(incident_id: Id, here: Here, caller: Responder, said: Reason | None = None) -> Response:
    """From any active state, or muted, to resolved. Data that go on beyond what is known reopen it."""
    return _now(Life(here.memory(caller)).resolve(incident_id, caller.name, said.why if said else ""))


@router.post("/incidents/{incident_id}/reopen", **_HELD, summary="It is not over")
def reopen(incident_id: Id, here: Here, caller: Responder, said: Reason | None = None) -> Response:
    """From resolved or muted to reopened."""
    return _now(Life(here.memory(caller)).reopen(incident_id, caller.name, said.why if said else ""))


@router.post("/incidents/{incident_id}/mute", **_HELD, summary="Nobody wants to hear of it")
def mute(incident_id: Id, here: Here, caller: Responder, said: Mute | None = None) -> Response:
    """From any active state to muted: until then, for good, or until it is two points of severity worse."""
    until = moment_or_none(said.until) if said else None
    return _now(Life(here.memory(caller)).mute(incident_id, caller.name, until, said.why if said else ""))


@router.post("/incidents/{incident_id}/comments", status_code=201, **_HELD, summary="Say something about it")
def comment(incident_id: Id, said: Comment, here: Here, caller: Responder) -> Response:
    """The state stays."""
    return _now(Life(here.memory(caller)).comment(incident_id, said.text, caller.name), 201)


def _now(kept: Kept, status: int = 200) -> Response:
    return Json(listed_document(kept), status)
