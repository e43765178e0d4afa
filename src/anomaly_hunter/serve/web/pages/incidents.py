"""The list of incidents: filters that stand in the address, saved views, one action on many lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from anomaly_hunter.errors import UsageError
from anomaly_hunter.remember.life.life import Life
from anomaly_hunter.remember.life.views import Views
from anomaly_hunter.remember.lists.listing import Asked, Listing
from anomaly_hunter.remember.records import View
from anomaly_hunter.remember.store import Store
from anomaly_hunter.serve.guard.needs import Responder, Viewer
from anomaly_hunter.serve.site import Here
from anomaly_hunter.serve.web.filters import CHIPS, LEVELS, QUIET, SORTS, TIMES, Filters
from anomaly_hunter.serve.web.templating import is_fragment, page, said
from anomaly_hunter.tell import words

router = APIRouter()

PAGE: Final = "incidents"
MOST_AT_ONCE: Final = 500
Asking = Annotated[Filters, Depends()]


@router.get("/incidents")
def incidents(request: Request, here: Here, caller: Viewer, filters: Asking) -> Response:
    """The list, or its changing part for htmx."""
    template = "incidents/list.html" if is_fragment(request) else "incidents.html"
    return page(request, template, caller, **listed(here.memory(caller), filters))


@router.post("/incidents/act")
def act(  # noqa: PLR0917 - FastAPI gives them by name
    request: Request,
    here: Here,
    caller: Responder,
    filters: Asking,
    do: Annotated[str, Form()],
    chosen: Annotated[list[str], Form(max_length=MOST_AT_ONCE)] = [],  # noqa: B006 - FastAPI copies it
) -> Response:
    """The same for every chosen incident; what does not fit the state of one is said and skipped."""
    memory = here.memory(caller)
    if do not in ACTIONS:
        raise UsageError(f"there is no action {do[:40]!r}", f"one of {', '.join(ACTIONS)}", "choose one")
    if not chosen:
        raise UsageError("nothing is chosen", "one incident or more", "choose lines with x or the mouse")
    done, action = ACTIONS[do]
    life, failed = Life(memory), []
    for name in chosen:
        try:
            action(life, name, caller.name)
        except UsageError as error:
            failed.append(error.came)
    if not is_fragment(request):
        return _to(f"/incidents{filters.but()}")
    answer = page(request, "incidents/list.html", caller, **listed(memory, filters))
    title = f"{words.counted(len(chosen) - len(failed), 'incident')} {done}"
    return said(answer, title, "; ".join(failed[:3]), kind="failed" if failed else "done")


@router.post("/incidents/views")
def save_view(
    here: Here, caller: Responder, name: Annotated[str, Form()], query: Annotated[str, Form()] = ""
) -> Response:
    """Keep the filters under a name, for everybody of the organisation."""
    known = {key: value for key, value in parse_qsl(query) if key in Filters.__slots__}
    view = Views(here.memory(caller)).add(View(name, PAGE, Filters(**known).query, caller.name))
    return _to(f"/incidents?{view.query}")


@router.post("/incidents/views/{view_id}/remove")
def remove_view(here: Here, caller: Responder, view_id: str) -> Response:
    """Forget a view."""
    Views(here.memory(caller)).remove(view_id)
    return _to("/incidents")


def listed(memory: Store, filters: Filters) -> dict[str, Any]:
    """What the list shows."""
    listing = Listing(memory)
    asked = filters.asked()
    found = listing.page(asked)
    counts = listing.counts(asked)
    return {
        "filters": filters,
        "found": found,
        "counts": counts,
        "chips": [(state, said, _count(counts, state)) for state, said in CHIPS],
        "views": Views(memory).all(PAGE),
        "anything": bool(found.items) or listing.counts(Asked(silenced=None))["all"] > 0,
        "levels": LEVELS, "times": TIMES, "sorts": SORTS, "quiet": QUIET,
    }  # fmt: skip


def _count(counts: Mapping[str, int], state: str) -> int:
    return sum(counts[one] for one in state.split(",")) if state else counts["active"]


def _to(place: str) -> Response:
    return RedirectResponse(place.rstrip("?"), 303)


Act = Callable[[Life, str, str], object]
ACTIONS: Final[Mapping[str, tuple[str, Act]]] = {
    "acknowledge": ("acknowledged", Life.acknowledge),
    "take": ("assigned to you", lambda life, name, by: life.assign(name, by, by)),
    "resolve": ("resolved", Life.resolve),
    "mute": ("muted", Life.mute),
    "reopen": ("reopened", Life.reopen),
}
"""What can be done to many: what it is called when it is done, and how."""
