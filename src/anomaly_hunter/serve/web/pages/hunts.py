"""Past hunts: the list, and what one of them found and thought of its data."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from anomaly_hunter.errors import UsageError
from anomaly_hunter.remember.hunts.recorded import KeptSubject, Recordings
from anomaly_hunter.remember.records import Kept
from anomaly_hunter.remember.store import Store
from anomaly_hunter.serve.guard.needs import Viewer
from anomaly_hunter.serve.site import Here
from anomaly_hunter.serve.web.drawn import ChartPlace, chart_place
from anomaly_hunter.serve.web.templating import page

router = APIRouter(prefix="/hunts")

PAGE: Final = 50
MOST_CHARTS: Final = 9
MOST_SUBJECTS: Final = 200
MOST_INCIDENTS: Final = 100


@router.get("")
def hunts(
    request: Request, here: Here, caller: Viewer, after: Annotated[str, Query(max_length=200)] = ""
) -> Response:
    """The last kept first."""
    return page(
        request, "hunts.html", caller, found=Recordings(here.memory(caller)).hunts(after, PAGE), after=after
    )


@router.get("/{hunt_id}")
def hunt(hunt_id: str, request: Request, here: Here, caller: Viewer) -> Response:
    """One hunt: its incidents, how good its data are, what was looked at."""
    memory = here.memory(caller)
    recordings = Recordings(memory)
    kept, told = recordings.hunt(hunt_id), recordings.told(hunt_id)
    subjects = sorted(recordings.subjects(hunt_id), key=lambda one: -(one.highest or 0.0))
    return page(
        request,
        "result.html",
        caller,
        kept=kept,
        told=told,
        incidents=_incidents(memory, kept.incident_ids),
        subjects=subjects[:MOST_SUBJECTS],
        left_out=max(0, len(subjects) - MOST_SUBJECTS),
        charts=_charts(hunt_id, subjects) if kept.kind != "table" else (),
    )


def _charts(hunt_id: str, subjects: list[KeptSubject]) -> tuple[ChartPlace, ...]:
    """The strangest series; the first is drawn large."""
    return tuple(
        chart_place(hunt_id, one.id, one.subject, "small" if number else "large")
        for number, one in enumerate(subjects[:MOST_CHARTS])
    )


def _incidents(store: Store, names: tuple[str, ...]) -> list[Kept]:
    """As they are now; one that was pruned meanwhile is left out, a merged one is the one that took it in."""
    found: dict[str, Kept] = {}
    for name in names[:MOST_INCIDENTS]:
        try:
            kept = store.incident(name).kept
        except UsageError:
            continue
        found.setdefault(kept.id, kept)
    return list(found.values())
