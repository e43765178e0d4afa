"""The first page: what is wrong now, how the watches are, what the last days were like."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

import numpy as np
from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from anomaly_hunter.remember.life.happened import Happenings
from anomaly_hunter.remember.lists.listing import Asked, Listing
from anomaly_hunter.remember.records import ACTIVE, Happening, Kept
from anomaly_hunter.remember.store import Store
from anomaly_hunter.serve.guard.needs import Viewer
from anomaly_hunter.serve.site import Here
from anomaly_hunter.serve.web.drawing import Window, columns
from anomaly_hunter.serve.web.lanes import drawn_lanes
from anomaly_hunter.serve.web.templating import page
from anomaly_hunter.serve.web.watching import lines

router = APIRouter()

RANGES: Final[Mapping[str, tuple[str, int, int]]] = {
    "24h": ("24 hours", 86_400, 1_800),
    "7d": ("7 days", 7 * 86_400, 3 * 3_600),
    "30d": ("30 days", 30 * 86_400, 12 * 3_600),
}
"""The times to look at: words, seconds, seconds of one bar."""
Length = Annotated[Literal["24h", "7d", "30d"], Query(alias="range")]
USUAL: Final = "7d"
WORST: Final = 10
MOST_WATCHES: Final = 7
LANES: Final = 12
LATELY: Final = 5
LOOKED_THROUGH: Final = 100
TOLD: Final = frozenset(
    f"incident.{word}"
    for word in ("opened", "acknowledged", "assigned", "resolved", "reopened", "muted", "commented", "merged")
) | {"watch.failed"}


@router.get("/")
def overview(request: Request, here: Here, caller: Viewer, length: Length = USUAL) -> HTMLResponse:
    """What is wrong now."""
    memory = here.memory(caller)
    return page(request, "overview.html", caller, **now(memory), **past(memory, length))


@router.get("/overview/now")
def overview_now(request: Request, here: Here, caller: Viewer) -> HTMLResponse:
    """The part that changes when something happens."""
    return page(request, "overview/now.html", caller, **now(here.memory(caller)))


@router.get("/overview/past")
def overview_past(request: Request, here: Here, caller: Viewer, length: Length = USUAL) -> HTMLResponse:
    """The pictures of the last days."""
    return page(request, "overview/past.html", caller, **past(here.memory(caller), length))


def now(memory: Store) -> dict[str, Any]:
    """The worst of what is active, and how much there is of everything."""
    listing = Listing(memory)
    counts = listing.counts()
    return {
        "worst": listing.page(Asked(states=ACTIVE, sort="severity", most=WORST)).items,
        "counts": counts,
        "waiting": counts["open"] + counts["reopened"],
        "active": counts["active"],
        **_watches(memory),
        "lately": _lately(memory),
        "known": counts["all"] + counts["silenced"] > 0,
    }


def _lately(memory: Store) -> tuple[Happening, ...]:
    """What people and watches did last, the latest first; the same once again is said once."""
    facet = Happenings(memory)
    last = facet.since(max(facet.last_id() - LOOKED_THROUGH, 0), LOOKED_THROUGH)
    told: dict[tuple[str, str], Happening] = {}
    for one in reversed(last):
        if one.kind in TOLD:
            told.setdefault((one.kind, one.about), one)
    return tuple(told.values())[:LATELY]


def _watches(memory: Store) -> dict[str, Any]:
    found = lines(memory, MOST_WATCHES)
    failing = sum(each.state == "failing" for each in found)
    return {"watches": found[:MOST_WATCHES], "watches_count": len(found), "failing": failing}


def past(memory: Store, chosen: str) -> dict[str, Any]:
    """Severity over time and the lanes of the series, in one window."""
    listing = Listing(memory)
    window, ended = _window(listing, chosen)
    step = np.timedelta64(RANGES[chosen][2], "s")
    buckets = listing.severities(window.since, window.until, step)
    lanes = listing.lanes(window.since, window.until, LANES)
    return {
        "ranges": RANGES,
        "chosen": chosen,
        "window": window,
        "ended": ended,
        "columns": columns(window, [(each.begin, each.worst, each.count) for each in buckets], step),
        "lanes": drawn_lanes(window, lanes),
    }


def _window(listing: Listing, chosen: str) -> tuple[Window, bool]:
    """The last days; of data that ended before them (a file of last spring) the last days that there are."""
    step = np.timedelta64(RANGES[chosen][2], "s")
    length = np.timedelta64(RANGES[chosen][1], "s")
    until = _up(np.datetime64(time.time_ns(), "ns"), step)
    last: tuple[Kept, ...] = listing.page(Asked(sort="begin", silenced=None, most=1)).items
    end = last[0].end if last else None
    ended = bool(end is not None and end < until - length)
    if ended and end is not None:
        until = _up(end, step)
    return Window(until - length, until), ended


def _up(at: np.datetime64, step: np.timedelta64) -> np.datetime64:
    """The next whole step, so that bars begin at round moments."""
    size = int(step / np.timedelta64(1, "ns"))
    return np.datetime64((int(at.astype("datetime64[ns]").astype(np.int64)) // size + 1) * size, "ns")
