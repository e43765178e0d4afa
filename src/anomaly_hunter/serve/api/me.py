"""Who you are here, and what is yours: your password, your sessions."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from anomaly_hunter.model import iso
from anomaly_hunter.remember.people.audit import record
from anomaly_hunter.remember.people.sessions import Sessions
from anomaly_hunter.serve.guard.install import Coming
from anomaly_hunter.serve.guard.needs import Viewer
from anomaly_hunter.serve.guard.written import told
from anomaly_hunter.serve.site import Here

router = APIRouter(tags=["me"])


class NewPassword(BaseModel):
    """The password in use, and the one from now on."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"old": "the one in use", "new": "a long sentence of mine"}]},
    )
    old: str = Field(max_length=1_000)
    new: str = Field(max_length=1_000)


@router.get("/me", summary="Who you are")
def me(caller: Viewer) -> dict[str, Any]:
    """Your name, what you may do, whose data you see, and how you came in."""
    return {
        "id": caller.id, "name": caller.name, "role": caller.role, "organisation": caller.organisation,
        "way": caller.way,
    }  # fmt: skip


@router.put("/me/password", status_code=204, summary="Change your password")
def change_password(body: NewPassword, request: Request, coming: Coming, caller: Viewer) -> None:
    """Every session of yours is ended, this one too."""
    coming.change_password(caller, body.old, body.new)
    told(request)


@router.get("/me/sessions", summary="Where you are signed in")
def sessions(here: Here, coming: Coming, caller: Viewer) -> dict[str, Any]:
    """Browsers that are signed in as you, the last used first."""
    found = Sessions(here.memory(caller)).of(caller.id, coming.clock()) if caller.way == "session" else ()
    items = [
        {
            "began_at": iso(one.made_at), "seen_at": iso(one.seen_at), "ends_at": iso(one.ends_at),
            "address": one.address, "agent": one.agent, "this": one.digest == caller.session,
        }
        for one in found
    ]  # fmt: skip
    return {"items": items}


@router.delete("/me/sessions", summary="Sign out everywhere else")
def end_sessions(request: Request, here: Here, caller: Viewer) -> dict[str, int]:
    """End every session of yours but this one."""
    if caller.way != "session":
        return {"ended": 0}
    with here.memory(caller).at_once() as store:
        ended = Sessions(store).end_all(caller.id, but=caller.session)
        with store.writing() as (connection, owner):
            record(
                connection, owner, caller.name, "session.ended", caller.id, {"ended": ended}, caller.address
            )
    told(request)
    return {"ended": ended}
