"""People and keys: who comes in, and what they may do."""

from __future__ import annotations

from typing import Annotated, Any, Final

import numpy as np
from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from anomaly_hunter.errors import UsageError
from anomaly_hunter.remember.moments import now
from anomaly_hunter.remember.people.keys import Keys
from anomaly_hunter.remember.people.membership import ROLES
from anomaly_hunter.remember.people.people import Doer, People
from anomaly_hunter.serve.guard import passwords
from anomaly_hunter.serve.guard.caller import Caller
from anomaly_hunter.serve.guard.needs import Admin
from anomaly_hunter.serve.guard.written import told
from anomaly_hunter.serve.site import Here, Site
from anomaly_hunter.serve.web.templating import page, said

router = APIRouter()

SCOPES: Final = (
    ("read", "sees incidents, series and settings"),
    ("detect", "has data hunted in, and nothing else"),
    ("respond", "acts on incidents, watches and silences; sees and hunts too"),
    ("admin", "everything, also people and keys"),
)
DAYS: Final = {"30": 30, "90": 90, "365": 365, "": None}


class Wanted(BaseModel):
    """The form of a person as it was filled in; the password is not given back."""

    name: str = ""
    title: str = ""
    role: str = "viewer"
    password: str = Field(default="", repr=False)


class WantedKey(BaseModel):
    """The form of a key."""

    called: str = ""
    scopes: list[str] = Field(default_factory=list)
    days: str = "90"


@router.get("/people")
def people(request: Request, here: Here, caller: Admin) -> Response:
    """Everybody, and every key."""
    return page(
        request, "people.html", caller, wanted=Wanted(), wanted_key=WantedKey(scopes=["detect"]), error=None,
        scopes=SCOPES, **_listed(here, caller),
    )  # fmt: skip


@router.post("/people")
def add(request: Request, here: Here, caller: Admin, wanted: Annotated[Wanted, Form()]) -> Response:
    """Let somebody in, or say what is wrong with the form."""
    try:
        kept = passwords.hashed(wanted.password, wanted.name)
        those = People(here.memory(caller))
        made = those.add(wanted.name, wanted.role, _doer(caller), title=wanted.title, password=kept)
    except UsageError as error:
        return page(request, "people/person_form.html", caller, status=422, wanted=wanted, error=error)
    return _done(request, here, caller, f"{made.title} may come in", f"as {made.role}", close=True)


@router.post("/people/{person_id}/role")
def role(
    request: Request, here: Here, caller: Admin, person_id: str, role: Annotated[str, Form()]
) -> Response:
    """Another role, at once."""
    changed = People(here.memory(caller)).change(person_id, _doer(caller), role=role)
    return _done(request, here, caller, f"{changed.title} is a {changed.role} now")


@router.post("/people/{person_id}/disable")
def disable(request: Request, here: Here, caller: Admin, person_id: str) -> Response:
    """Keep somebody out."""
    changed = People(here.memory(caller)).change(person_id, _doer(caller), disabled=True)
    return _done(request, here, caller, f"{changed.title} does not come in any more")


@router.post("/people/{person_id}/enable")
def enable(request: Request, here: Here, caller: Admin, person_id: str) -> Response:
    """Let them in again."""
    changed = People(here.memory(caller)).change(person_id, _doer(caller), disabled=False)
    return _done(request, here, caller, f"{changed.title} may come in again")


@router.post("/people/keys")
def make_key(request: Request, here: Here, caller: Admin, wanted: Annotated[WantedKey, Form()]) -> Response:
    """Make a key, and show it this once."""
    try:
        if wanted.days not in DAYS:
            raise UsageError(f"it ends after {wanted.days[:20]!r} days", "30, 90, 365 or never", "choose one")
        days = DAYS[wanted.days]
        ends_at = None if days is None else now() + np.timedelta64(days, "D")
        made, secret = Keys(here.memory(caller)).add(wanted.called, wanted.scopes, _doer(caller), ends_at)
    except UsageError as error:
        return page(
            request, "people/key_form.html", caller, status=422, wanted_key=wanted, error=error, scopes=SCOPES
        )
    told(request)
    return page(request, "people/key_made.html", caller, made=made, secret=secret)


@router.post("/people/keys/{key_id}/revoke")
def revoke(request: Request, here: Here, caller: Admin, key_id: str) -> Response:
    """The key opens nothing any more."""
    gone = Keys(here.memory(caller)).revoke(key_id, _doer(caller))
    return _done(request, here, caller, f"The key of {gone.name} opens nothing any more")


def _done(
    request: Request, here: Site, caller: Caller, title: str, text: str = "", *, close: bool = False
) -> Response:
    told(request)
    answer = page(request, "people/list.html", caller, **_listed(here, caller))
    return said(answer, title, text, close=close)


def _listed(here: Site, caller: Caller) -> dict[str, Any]:
    memory = here.memory(caller)
    return {"members": People(memory).all(), "keys": Keys(memory).all(), "roles": ROLES}


def _doer(caller: Caller) -> Doer:
    return Doer(caller.name, caller.address)
