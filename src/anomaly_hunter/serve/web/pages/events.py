"""Events: deploys, flags, alerts of others; hunts see those of their time."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Annotated, Any, Final
from urllib.parse import urlencode

import numpy as np
from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from anomaly_hunter.errors import UsageError
from anomaly_hunter.model import Event
from anomaly_hunter.remember.life.events import Events
from anomaly_hunter.remember.store import Store
from anomaly_hunter.serve.guard.needs import Responder, Viewer
from anomaly_hunter.serve.rest.moments import typed
from anomaly_hunter.serve.site import Here
from anomaly_hunter.serve.web.templating import page, said

router = APIRouter()

ON_A_PAGE: Final = 50
KINDS: Final = ("deploy", "flag", "config", "alert", "maintenance", "incident", "holiday", "other")


@dataclass(frozen=True, slots=True)
class Told:
    """The form as it was filled in."""

    title: Annotated[str, Form(max_length=500)] = ""
    kind: Annotated[str, Form(max_length=60)] = "deploy"
    service: Annotated[str, Form(max_length=200)] = ""
    at: Annotated[str, Form(max_length=40)] = ""


@router.get("/events")
def events(request: Request, here: Here, caller: Viewer, kind: str = "", after: str = "") -> Response:
    """The latest first; `?kind=` and the cursor stand in the address."""
    form: dict[str, Any] = {"told": Told(), "error": None}
    return page(request, "events.html", caller, **form, **listed(here.memory(caller), kind, after))


@router.get("/events/list")
def events_list(request: Request, here: Here, caller: Viewer, kind: str = "", after: str = "") -> Response:
    """The part that changes."""
    return page(request, "events/list.html", caller, **listed(here.memory(caller), kind, after))


@router.post("/events")
def tell(request: Request, here: Here, caller: Responder, told: Annotated[Told, Depends()]) -> Response:
    """Keep one, or say what is wrong with the form."""
    memory = here.memory(caller)
    try:
        Events(memory).add([_event(told)], source="page", by=caller.name)
    except UsageError as error:
        return page(
            request, "events/form.html", caller, status=422, told=told, error=error, kinds=_kinds(told.kind)
        )
    answer = page(request, "events/list.html", caller, **listed(memory))
    return said(answer, "The next hunts see it", told.title, close=True)


@router.post("/events/{event_id}/remove")
def remove(request: Request, here: Here, caller: Responder, event_id: str) -> Response:
    """Take back one that was told wrongly."""
    memory = here.memory(caller)
    Events(memory).remove(event_id)
    answer = page(request, "events/list.html", caller, **listed(memory))
    return said(answer, "Taken back", "Verdicts that named it stay as they are.")


def listed(memory: Store, kind: str = "", after: str = "") -> dict[str, Any]:
    """One page of the list."""
    found = Events(memory).page(after, ON_A_PAGE, kind=kind)

    def address(**values: str) -> str:
        given = urlencode({name: value for name, value in values.items() if value})
        return f"?{given}" if given else ""

    return {
        "found": found,
        "kind": kind,
        "kinds": _kinds(kind),
        "here": address(kind=kind, after=after),
        "first": f"/events{address(kind=kind)}" if after else "",
        "next": f"/events{address(kind=kind, after=found.next)}" if found.next else "",
        "address": address,
    }


def _kinds(kind: str) -> tuple[str, ...]:
    return KINDS if not kind or kind in KINDS else (*KINDS, kind)


def _event(told: Told) -> Event:
    if not told.title.strip():
        raise UsageError("it has no title", "a few words", "say what changed: checkout v7.3.0")
    return Event(_moment(told.at), told.kind.strip() or "other", told.title.strip(), told.service.strip(), {})


def _moment(text: str) -> np.datetime64:
    if not text:
        return np.datetime64(int(time.time()) * 1_000_000_000, "ns")
    return typed(text)
