"""One incident: what it is, why, what to do about it; and what people do with it, from the page."""

from __future__ import annotations

import time
from typing import Annotated, Any, Final

import numpy as np
from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, Field

from anomaly_hunter.errors import UsageError
from anomaly_hunter.remember.life.life import Life
from anomaly_hunter.remember.records import Kept
from anomaly_hunter.serve.api.charts import HELD
from anomaly_hunter.serve.guard.caller import Caller
from anomaly_hunter.serve.guard.needs import Responder, Viewer
from anomaly_hunter.serve.rest.problem import Problem
from anomaly_hunter.serve.site import Here, Site
from anomaly_hunter.serve.web.incident_view import incident_view
from anomaly_hunter.serve.web.outcome import Outcome
from anomaly_hunter.serve.web.story import deed
from anomaly_hunter.serve.web.templating import is_fragment, page

router = APIRouter(prefix="/incidents/{incident_id}")

MOST_HOURS: Final = 24 * 366


class Act(BaseModel):
    """What a form asks to be done; fields that do not belong to the action stay empty."""

    action: str = Field(max_length=20)
    to: str = Field("", max_length=1_000)
    why: str = Field("", max_length=100_000)
    hours: str = Field("", max_length=10)


@router.get("")
def incident(incident_id: str, request: Request, here: Here, caller: Viewer) -> Response:
    """The page."""
    return shown_page(request, here, caller, incident_id)


@router.get("/live")
def live(incident_id: str, request: Request, here: Here, caller: Viewer) -> Response:
    """What changes while people work on it, as htmx swaps it in."""
    return _changed(request, here, caller, incident_id)


@router.post("/act")
def act(
    incident_id: str, request: Request, here: Here, caller: Responder, asked: Annotated[Act, Form()]
) -> Response:
    """Do what a button or a menu of the page says."""
    fault = ""
    try:
        _do(Life(here.memory(caller)), incident_id, asked, caller.name)
    except UsageError as error:
        here.memory(caller).incident(incident_id)  # an unknown one is no matter of states
        fault = f"{error.came}. {error.cure}."
    if is_fragment(request):
        return _changed(request, here, caller, incident_id, fault=fault)
    if fault:
        return shown_page(request, here, caller, incident_id, fault=fault)
    return RedirectResponse(f"/incidents/{incident_id}#incident-live", 303)


def _do(life: Life, name: str, asked: Act, by: str) -> Kept:
    """One action of one person.

    Raises
    ------
    UsageError
        It does not fit the state, or something is missing.
    """
    match asked.action:
        case "acknowledge":
            return life.acknowledge(name, by)
        case "assign":
            return life.assign(name, asked.to, by)
        case "resolve":
            return life.resolve(name, by, asked.why)
        case "reopen":
            return life.reopen(name, by, asked.why)
        case "mute":
            return life.mute(name, by, _until(asked.hours), asked.why)
        case "comment":
            return life.comment(name, asked.why, by)
    raise UsageError(f"the action is {asked.action!r}", "one of the page's buttons", "reload the page")


def _until(hours: str) -> np.datetime64 | None:
    """So many hours from now; None where it is for good."""
    if not hours:
        return None
    if not hours.isascii() or not hours.isdigit() or not 0 < int(hours) <= MOST_HOURS:
        raise UsageError(f"it was to be muted for {hours!r} hours", f"1 to {MOST_HOURS}", "choose another")
    return np.datetime64(time.time_ns(), "ns") + np.timedelta64(int(hours), "h")


def shown_page(
    request: Request,
    here: Site,
    caller: Caller,
    incident_id: str,
    *,
    fault: str = "",
    effect: Outcome | None = None,
) -> Response:
    """The whole page; a merged incident leads to the one that took it in, an unknown one is a 404."""
    view = _view(here, caller, incident_id)
    if view.kept.id != incident_id:
        return RedirectResponse(f"/incidents/{view.kept.id}", 303)
    values: dict[str, Any] = {"view": view, "deed": deed, "fault": fault, "effect": effect}
    return page(request, "incident.html", caller, status=400 if fault else 200, **values)


def _view(here: Site, caller: Caller, incident_id: str) -> Any:
    try:
        return incident_view(here.memory(caller), HELD, incident_id)
    except UsageError as error:
        raise Problem(404, "No such incident", error.came, error.expected, error.cure) from error


def _changed(request: Request, here: Site, caller: Caller, incident_id: str, *, fault: str = "") -> Response:
    values: dict[str, Any] = {
        "view": _view(here, caller, incident_id), "deed": deed, "fault": fault, "effect": None,
    }  # fmt: skip
    return page(request, "incident/changed.html", caller, **values)
