"""The first page: what is wrong now, how the watches are, what the last days were like."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from anomaly_hunter.remember.listing import Asked, Listing
from anomaly_hunter.remember.records import Kept
from anomaly_hunter.remember.store import Store
from anomaly_hunter.serve.guard.needs import Viewer
from anomaly_hunter.serve.site import Here
from anomaly_hunter.serve.web.drawing import Column, Span, Window, columns
from anomaly_hunter.serve.web.templating import page
from anomaly_hunter.tell import words

router = APIRouter()

RANGES: Final[Mapping[str, tuple[str, int, int]]] = {
    "24h": ("24 hours", 86_400, 1_800),
    "7d": ("7 days", 7 * 86_400, 3 * 3_600),
    "30d": ("30 days", 30 * 86_400, 12 * 3_600),
}
"""The times to look at: words, seconds, seconds of one bar."""
USUAL: Final = "7d"
WORST: Final = 8
LANES: Final = 12
ACTIVE: Final = ("open", "reopened", "acknowledged", "assigned")


@dataclass(frozen=True, slots=True)
class Lane:
    """One line of the swim lanes."""

    subject: str
    spans: tuple[Span, ...]


@router.get("/")
def overview(request: Request, here: Here, caller: Viewer, range: str = USUAL) -> HTMLResponse:
    """What is wrong now."""
    memory = here.memory(caller)
    chosen = range if range in RANGES else USUAL
    return page(request, "overview.html", caller, **now(memory), **past(memory, chosen))


@router.get("/overview/now")
def overview_now(request: Request, here: Here, caller: Viewer) -> HTMLResponse:
    """The part that changes when something happens."""
    return page(request, "overview/now.html", caller, **now(here.memory(caller)))


@router.get("/overview/past")
def overview_past(request: Request, here: Here, caller: Viewer, range: str = USUAL) -> HTMLResponse:
    """The pictures of the last days."""
    chosen = range if range in RANGES else USUAL
    return page(request, "overview/past.html", caller, **past(here.memory(caller), chosen))


def now(memory: Store) -> dict[str, object]:
    """The worst of what is active, and how much there is of everything."""
    listing = Listing(memory)
    counts = listing.counts()
    return {
        "worst": listing.page(Asked(states=ACTIVE, sort="severity", most=WORST)).items,
        "counts": counts,
        "waiting": counts.get("open", 0) + counts.get("reopened", 0),
        "active": sum(counts.get(state, 0) for state in ACTIVE),
        "known": sum(counts.values()) > 0,
    }


def past(memory: Store, chosen: str) -> dict[str, object]:
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
        "lanes": tuple(
            Lane(lane.subject, tuple(_span(window, lane.subject, *_parts(each)) for each in lane.spans))
            for lane in lanes
        ),
    }


def _parts(span) -> tuple[np.datetime64, np.datetime64, float, str]:
    return span.begin, span.end, span.severity, span.incident_id


def _span(
    window: Window, subject: str, begin: np.datetime64, end: np.datetime64, severity: float, incident: str
) -> Span:
    title = f"{subject}: severity {words.severity(severity)}, {words.span(begin, end)}"
    return window.span(begin, end, severity, title, f"/incidents/{incident}")


def _window(listing: Listing, chosen: str) -> tuple[Window, bool]:
    """The last days; of data that ended before them (a file of last spring) the last days that there are."""
    step = np.timedelta64(RANGES[chosen][2], "s")
    length = np.timedelta64(RANGES[chosen][1], "s")
    until = _up(np.datetime64(time.time_ns(), "ns"), step)
    last: tuple[Kept, ...] = listing.page(Asked(sort="begin", silenced=None, most=1)).items
    end = last[0].end if last else None
    ended = end is not None and end < until - length
    if ended and end is not None:
        until = _up(end, step)
    return Window(until - length, until), ended


def _up(at: np.datetime64, step: np.timedelta64) -> np.datetime64:
    """The next whole step, so that bars begin at round moments."""
    epoch, size = np.datetime64(0, "ns"), step.astype("timedelta64[ns]")
    return epoch + ((at - epoch) // size + 1) * size
