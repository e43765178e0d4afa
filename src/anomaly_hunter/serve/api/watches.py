"""Watches: what is looked at again and again, and every time it was."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Final

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from anomaly_hunter.client import records
from anomaly_hunter.config import as_mapping, watch_of
from anomaly_hunter.errors import UsageError
from anomaly_hunter.remember.store import now
from anomaly_hunter.remember.watches.runs import Runs
from anomaly_hunter.remember.watches.watching import Watches
from anomaly_hunter.serve.documents.watched import run_document, watch_document
from anomaly_hunter.serve.guard.caller import Caller
from anomaly_hunter.serve.guard.needs import Responder, Viewer
from anomaly_hunter.serve.rest.paging import After, Id, Items, Limit, Page, page
from anomaly_hunter.serve.rest.problem import Problem
from anomaly_hunter.serve.site import Here, Site
from anomaly_hunter.watch.people import Allowed

router = APIRouter(tags=["watches"])

_DIGITS: Final = 15
_MAKE: Final[dict[str, Any]] = {
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

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_MAKE]})
    name: str = Field(max_length=200)


@router.get("/watches", response_model=Items[records.Watch], summary="Watches, by name")
def watches(here: Here, caller: Viewer) -> dict[str, Any]:
    """Those of your organisation, each with its last run."""
    return {"items": [watch_document(one) for one in Watches(here.memory(caller)).all()]}


@router.post("/watches", status_code=201, response_model=records.Watch, summary="Make a watch")
def make(here: Here, caller: Responder, response: Response, wanted: NewWatch) -> dict[str, Any]:
    """It runs at once, then as often as it says. Databases and Prometheus are for admins.

    Files are named from the folders that the server allows (serve.folders). Passwords and tokens are the
    names of variables of the server that begin with WATCH_.
    """
    definition = _definition(here, caller, wanted.name, wanted)
    made = Watches(here.memory(caller)).make(wanted.name, definition, caller.name, now())
    response.headers["Location"] = f"/api/v1/watches/{made.id}"
    return watch_document(made)


@router.get("/watches/{watch_id}", response_model=records.Watch, summary="One watch")
def watch(watch_id: Id, here: Here, caller: Viewer) -> dict[str, Any]:
    """By id or name, with its last run."""
    return watch_document(Watches(here.memory(caller)).one(watch_id))


@router.put("/watches/{watch_id}", response_model=records.Watch, summary="Change a watch")
def change(watch_id: Id, here: Here, caller: Responder, wanted: NewWatch) -> dict[str, Any]:
    """Its name and its definition, both whole. One of hunter.yaml is changed there."""
    facet = Watches(here.memory(caller))
    found = facet.one(watch_id)
    _check_role(caller, found.definition)
    definition = _definition(here, caller, wanted.name, wanted)
    changed = facet.change(found.id, caller.name, now(), name=wanted.name, definition=definition)
    return watch_document(changed)


@router.post("/watches/{watch_id}/pause", response_model=records.Watch, summary="Pause a watch")
def pause(watch_id: Id, here: Here, caller: Responder) -> dict[str, Any]:
    """Nothing is looked at until it is resumed; then one longer window covers the time between."""
    facet = Watches(here.memory(caller))
    return watch_document(facet.change(facet.one(watch_id).id, caller.name, now(), enabled=False))


@router.post("/watches/{watch_id}/resume", response_model=records.Watch, summary="Resume a watch")
def resume(watch_id: Id, here: Here, caller: Responder) -> dict[str, Any]:
    """It goes on where it paused."""
    facet = Watches(here.memory(caller))
    return watch_document(facet.change(facet.one(watch_id).id, caller.name, now(), enabled=True))


@router.post("/watches/{watch_id}/run", status_code=202, response_model=records.Watch, summary="Run it now")
def run(watch_id: Id, here: Here, caller: Responder) -> dict[str, Any]:
    """Instead of at its next time; the run appears among its runs. Nothing is hunted twice for it."""
    facet = Watches(here.memory(caller))
    return watch_document(facet.run_now(facet.one(watch_id).id, caller.name, now()))


@router.delete("/watches/{watch_id}", status_code=204, summary="Remove a watch")
def remove(watch_id: Id, here: Here, caller: Responder) -> Response:
    """Its incidents and hunts stay. One of hunter.yaml is removed there."""
    facet = Watches(here.memory(caller))
    found = facet.one(watch_id)
    _check_role(caller, found.definition)
    facet.remove(found.id, caller.name, now())
    return Response(status_code=204)


@router.get("/watches/{watch_id}/runs", response_model=Page[records.WatchRun], summary="Runs of a watch")
def runs(  # noqa: PLR0917 - one parameter for each part of the request
    request: Request, watch_id: Id, here: Here, caller: Viewer, after: After = "", limit: Limit = 50
) -> Response:
    """The last first; each with its window, how long it took, and what it found or why it failed."""
    memory = here.memory(caller)
    found = Runs(memory).of(Watches(memory).one(watch_id).id, limit + 1, _run_id(after))
    following = str(found[limit - 1].id) if len(found) > limit else ""
    return page(request, [run_document(one) for one in found[:limit]], following)


def _run_id(after: str) -> int | None:
    if not after:
        return None
    if not after.isascii() or not after.isdecimal() or len(after) > _DIGITS:
        raise UsageError(f"the cursor is {after[:40]!r}", "`next` of the page before", "begin without one")
    return int(after)


def _definition(here: Site, caller: Caller, name: str, wanted: Wanted) -> dict[str, Any]:
    given = wanted.model_dump(exclude={"name"}, exclude_none=True)
    _check_role(caller, given)
    options = watch_of(name, given)
    _allowed(here, caller).check(options)
    definition: dict[str, Any] = as_mapping(options)
    return definition


def _allowed(here: Site, caller: Caller) -> Allowed:
    """Where nothing is said, the server's own folder is for those of its own organisation alone."""
    allowed = Allowed.of(here.settings.serve.folders, here.settings.remember.memory)
    return allowed if here.settings.serve.folders or here.is_home(caller) else replace(allowed, roots=())


def _check_role(caller: Caller, definition: Any) -> None:
    if (definition.get("sql") or definition.get("prometheus")) and not caller.may("admin"):
        raise Problem(
            403, "Not allowed", f"{caller.name} is a {caller.role}", "an admin, for databases and Prometheus",
            "ask an admin, or watch files",
        )  # fmt: skip
