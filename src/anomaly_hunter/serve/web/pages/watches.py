"""Watches: how they are, when they look again, what they found; made and changed here too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from anomaly_hunter.errors import UsageError
from anomaly_hunter.remember.store import Store
from anomaly_hunter.remember.watches.runs import Runs
from anomaly_hunter.remember.watches.watching import Watches
from anomaly_hunter.serve.api import watches as api
from anomaly_hunter.serve.guard.needs import Responder, Viewer
from anomaly_hunter.serve.site import Here
from anomaly_hunter.serve.web.templating import page, said
from anomaly_hunter.serve.web.watching import STRIP, WatchForm, form_of, line, lines

router = APIRouter()

RUNS: Final = 50
Filled = Annotated[WatchForm, Depends()]


@router.get("/watches")
def watches(request: Request, here: Here, caller: Viewer) -> Response:
    """All of them, what fails first."""
    form: dict[str, Any] = {"form": WatchForm(), "error": None, "watch": None}
    return page(request, "watches.html", caller, lines=lines(here.memory(caller)), **form)


@router.get("/watches/list")
def watches_list(request: Request, here: Here, caller: Viewer) -> Response:
    """The part that changes."""
    return page(request, "watches/list.html", caller, lines=lines(here.memory(caller)))


@router.get("/watches/{watch_id}")
def watch(request: Request, here: Here, caller: Viewer, watch_id: str, before: int | None = None) -> Response:
    """One watch: what it looks at, how, and its runs."""
    return page(request, "watch.html", caller, **_one(here.memory(caller), watch_id, before))


@router.get("/watches/{watch_id}/now")
def watch_now(request: Request, here: Here, caller: Viewer, watch_id: str) -> Response:
    """The part of its page that changes."""
    return page(request, "watches/one.html", caller, **_one(here.memory(caller), watch_id, None))


@router.post("/watches")
def make(request: Request, here: Here, caller: Responder, form: Filled) -> Response:
    """Make one, or say what is wrong with the form."""
    refused = _tried(
        request, caller, form, lambda: api.make(here, caller, Response(), form.wanted()), watch=None
    )
    if refused is not None:
        return refused
    answer = page(request, "watches/list.html", caller, lines=lines(here.memory(caller)))
    return said(answer, f"{form.name} is watched", "It looks for the first time now.", close=True)


@router.post("/watches/{watch_id}")
def change(request: Request, here: Here, caller: Responder, watch_id: str, form: Filled) -> Response:
    """Change one that people made."""
    now = Watches(here.memory(caller)).one(watch_id)

    def act() -> object:
        return api.change(watch_id, here, caller, form.wanted(dict(now.definition)))

    refused = _tried(request, caller, form, act, watch=now)
    return refused or _again(watch_id)


@router.post("/watches/{watch_id}/remove")
def remove(here: Here, caller: Responder, watch_id: str) -> Response:
    """Take it off the list; its incidents stay."""
    api.remove(watch_id, here, caller)
    return Response(headers={"HX-Redirect": "/watches"})


@router.post("/watches/{watch_id}/{do}")
def act(request: Request, here: Here, caller: Responder, watch_id: str, do: str) -> Response:
    """Pause, resume or run it now."""
    if do not in ACTIONS:
        raise UsageError(f"there is no action {do[:40]!r}", f"one of {', '.join(ACTIONS)}", "choose one")
    done, action = ACTIONS[do]
    name = action(watch_id, here, caller)["name"]
    answer = page(request, "watches/list.html", caller, lines=lines(here.memory(caller)))
    if request.headers.get("hx-target") == "one":
        answer = page(request, "watches/one.html", caller, **_one(here.memory(caller), watch_id, None))
    return said(answer, f"{name} {done}")


def _one(memory: Store, watch_id: str, before: int | None) -> dict[str, Any]:
    found, runs = Watches(memory).one(watch_id), Runs(memory)
    some = runs.of(found.id, RUNS + 1, before)
    return {
        "line": line(found, runs.of(found.id, STRIP)[::-1]),
        "runs": some[:RUNS],
        "more": some[RUNS - 1].id if len(some) > RUNS else None,
        "first": before is None,
        "form": form_of(found),
        "error": None,
        "watch": found,
    }


def _tried(
    request: Request, caller: Responder, form: WatchForm, act: Callable[[], object], **values: Any
) -> Response | None:
    """None when it worked; otherwise the form with what is wrong with it."""
    try:
        act()
    except UsageError as error:
        fault = error
    except ValidationError as error:
        first = error.errors()[0]
        fault = UsageError(f"{first['loc'][-1]}: {first['msg']}", "", "change it")
    else:
        return None
    return page(request, "watches/form.html", caller, status=422, form=form, error=fault, **values)


def _again(watch_id: str) -> Response:
    return RedirectResponse(f"/watches/{watch_id}", 303, headers={"HX-Redirect": f"/watches/{watch_id}"})


Act = Callable[..., dict[str, Any]]
ACTIONS: Final[dict[str, tuple[str, Act]]] = {
    "pause": ("pauses", api.pause),
    "resume": ("goes on", api.resume),
    "run": ("looks now", api.run),
}
