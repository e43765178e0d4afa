"""Watches: what is looked at again and again, and every time it was."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Body, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from anomaly_hunter.config import as_mapping, watch_of
from anomaly_hunter.remember.runs import Runs
from anomaly_hunter.remember.watching import Watch, Watches
from anomaly_hunter.serve.guard.caller import Caller
from anomaly_hunter.serve.guard.needs import Responder, Viewer
from anomaly_hunter.serve.problem import Problem
from anomaly_hunter.serve.site import Here, Site
from anomaly_hunter.serve.watched import run_document, watch_document
from anomaly_hunter.watch.people import Allowed

router = APIRouter(tags=["watches"])

_MAKE = {
    "name": "checkout latency", "files": ["metrics/*.csv"], "every": "5m", "history": "14d", "delay": "1m",
    "detect": {"sensitivity": 1.0},
}  # fmt: skip


class Sql(BaseModel):
    """A query that a database answers."""

    model_config = ConfigDict(extra="forbid")
    url: str = Field(
        max_length=2_000, description="postgresql://USER:${WATCH_PASSWORD}@HOST/NAME, sqlite:///FILE"
    )
    query: str = Field(max_length=20_000, description="One SELECT; :begin and :end are filled in")


class Prometheus(BaseModel):
    """An expression that Prometheus evaluates over time."""

    model_config = ConfigDict(extra="forbid")
    url: str = Field(max_length=2_000)
    query: str = Field(max_length=20_000)
    step: str = Field("1m", max_length=20)
    token: str = Field(
        "", max_length=200, description="${WATCH_TOKEN}: the name of a variable, not the token"
    )


class Wanted(BaseModel):
    """What a watch looks at, and how. Exactly one of `files`, `sql` and `prometheus`."""

    model_config = ConfigDict(extra="forbid")
    files: list[Annotated[str, Field(max_length=1_000)]] | None = Field(None, max_length=100)
    sql: Sql | None = None
    prometheus: Prometheus | None = None
    every: str = Field("5m", max_length=20)
    history: str = Field("14d", max_length=20)
    delay: str = Field("1m", max_length=20)
    read: dict[str, Any] = Field(default_factory=dict, max_length=50)
    detect: dict[str, Any] = Field(default_factory=dict, max_length=50)
    events: str = Field("", max_length=1_000)
    graph: str = Field("", max_length=1_000)


class NewWatch(Wanted):
    """A watch with its name."""

    name: str = Field(max_length=200)


@router.get("/watches")
def watches(here: Here, caller: Viewer) -> dict[str, Any]:
    """The watches of your organisation by name, each with its last run."""
    return {"items": [watch_document(one) for one in Watches(here.memory(caller)).all()], "next": None}


@router.post("/watches", status_code=201)
def make(
    here: Here,
    caller: Responder,
    response: Response,
    wanted: Annotated[NewWatch, Body(examples=[_MAKE])],
) -> dict[str, Any]:
    """Make a watch; it runs at once. Databases and Prometheus are for admins."""
    definition = _definition(here, caller, wanted.name, wanted)
    made = Watches(here.memory(caller)).make(wanted.name, definition, caller.name, _now())
    response.headers["Location"] = f"/api/v1/watches/{made.id}"
    return watch_document(made)


@router.get("/watches/{watch_id}")
def watch(watch_id: str, here: Here, caller: Viewer) -> dict[str, Any]:
    """One watch, with its last run."""
    return watch_document(_one(here, caller, watch_id))


@router.put("/watches/{watch_id}")
def change(
    watch_id: str,
    here: Here,
    caller: Responder,
    wanted: Annotated[NewWatch, Body(examples=[_MAKE])],
) -> dict[str, Any]:
    """Give a watch another name or definition; one of hunter.yaml is changed there."""
    now = _one(here, caller, watch_id)
    _check_role(caller, now.definition)
    definition = _definition(here, caller, wanted.name, wanted)
    changed = Watches(here.memory(caller)).change(
        now.id, caller.name, _now(), name=wanted.name, definition=definition
    )
    return watch_document(changed)


@router.post("/watches/{watch_id}/pause")
def pause(watch_id: str, here: Here, caller: Responder) -> dict[str, Any]:
    """Pause it: nothing is looked at until it is resumed; then one longer window covers the time between."""
    found = _one(here, caller, watch_id)
    return watch_document(Watches(here.memory(caller)).change(found.id, caller.name, _now(), enabled=False))


@router.post("/watches/{watch_id}/resume")
def resume(watch_id: str, here: Here, caller: Responder) -> dict[str, Any]:
    """Let it go on."""
    found = _one(here, caller, watch_id)
    return watch_document(Watches(here.memory(caller)).change(found.id, caller.name, _now(), enabled=True))


@router.post("/watches/{watch_id}/run", status_code=202)
def run(watch_id: str, here: Here, caller: Responder) -> dict[str, Any]:
    """Look now instead of at the next time; the run appears among its runs."""
    found = _one(here, caller, watch_id)
    return watch_document(Watches(here.memory(caller)).run_now(found.id, caller.name, _now()))


@router.delete("/watches/{watch_id}", status_code=204)
def remove(watch_id: str, here: Here, caller: Responder) -> Response:
    """Take it off the list; its incidents stay. One of hunter.yaml is removed there."""
    found = _one(here, caller, watch_id)
    _check_role(caller, found.definition)
    Watches(here.memory(caller)).remove(found.id, caller.name, _now())
    return Response(status_code=204)


@router.get("/watches/{watch_id}/runs")
def runs(
    watch_id: str,
    here: Here,
    caller: Viewer,
    most: Annotated[int, Query(ge=1, le=500)] = 50,
    after: Annotated[int | None, Query(ge=1, le=2**53, description="`next` of the page before")] = None,
) -> dict[str, Any]:
    """The runs of a watch, the last first."""
    found = Runs(here.memory(caller)).of(_one(here, caller, watch_id).id, most + 1, after)
    more = str(found[most - 1].id) if len(found) > most else None
    return {"items": [run_document(one) for one in found[:most]], "next": more}


def _definition(here: Site, caller: Caller, name: str, wanted: Wanted) -> dict[str, Any]:
    given = wanted.model_dump(exclude={"name"}, exclude_none=True)
    _check_role(caller, given)
    options = watch_of(name, given)
    Allowed.of(here.settings.serve.folders, here.settings.remember.memory).check(options)
    definition: dict[str, Any] = as_mapping(options)
    return definition


def _check_role(caller: Caller, definition: Any) -> None:
    if (definition.get("sql") or definition.get("prometheus")) and not caller.may("admin"):
        raise Problem(
            403, "Not allowed", f"{caller.name} is a {caller.role}", "an admin, for databases and Prometheus",
            "ask an admin, or watch files",
        )  # fmt: skip


def _one(here: Site, caller: Caller, watch_id: str) -> Watch:
    found = Watches(here.memory(caller)).find(watch_id)
    if found is None:
        raise Problem(
            404, "Not found", f"there is no watch {watch_id[:40]!r}", "an id of GET /watches", "check it"
        )
    return found


def _now() -> np.datetime64:
    return np.datetime64("now", "ns")
