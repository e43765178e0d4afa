"""Charts: every series of a kept hunt, and why a point of it alarms or does not."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query

from anomaly_hunter.explain import explain_among
from anomaly_hunter.remember.plain import plain
from anomaly_hunter.remember.recorded import Recordings
from anomaly_hunter.remember.thinned import whole
from anomaly_hunter.serve.charts import POINTS, Held, chart_document, window
from anomaly_hunter.serve.guard.needs import Viewer
from anomaly_hunter.serve.site import Here

router = APIRouter(tags=["charts"])
HELD: Final = Held()
"""One for the process: recordings never change, and their key begins with the organisation."""

Points = Annotated[int, Query(ge=60, le=20_000, description="Numbers of a line, at most.")]


@router.get("/hunts/{hunt_id}/series/{series_id}/chart")
def chart(
    hunt_id: str,
    series_id: str,
    here: Here,
    caller: Viewer,
    *,
    low: Annotated[float | None, Query(alias="from", allow_inf_nan=False)] = None,
    high: Annotated[float | None, Query(alias="to", allow_inf_nan=False)] = None,
    points: Points = POINTS,
    focus: str = "",
) -> dict[str, Any]:
    """One series of a hunt: value, band, score, anomalies, gaps and events, thinned with spikes kept.

    `from` and `to` (seconds since 1970, or positions where there is no clock) zoom into it.
    """
    kept = Recordings(here.memory(caller))
    events, _ = HELD.around(kept, hunt_id)
    if (low is None and high is None) or not kept.subject(hunt_id, series_id).whole:
        picture = window(kept.overview(hunt_id, series_id), low, high)
    else:
        picture = window(whole(HELD.detection(kept, hunt_id, series_id)), low, high)
    levels = kept.levels(one.id for one in picture.detection.anomalies)
    found = chart_document(picture, events, levels=levels, focus=focus, points=points)
    return {"hunt": hunt_id, "series": series_id, **found}


@router.get("/hunts/{hunt_id}/series/{series_id}/explain")
def explain(
    hunt_id: str,
    series_id: str,
    here: Here,
    caller: Viewer,
    at: Annotated[str, Query(min_length=1, max_length=60, examples=["2026-03-04T18:00:00Z", "#17"])],
) -> dict[str, Any]:
    """Why the point at a time, or at `#ROW`, did or did not alarm."""
    detection = HELD.detection(Recordings(here.memory(caller)), hunt_id, series_id, parts=True)
    told = explain_among((detection,), at, settings=here.settings)
    return {
        "when": told.when,
        "actual": plain(told.actual),
        "expected": plain(told.expected),
        "lower": plain(told.lower),
        "upper": plain(told.upper),
        "score": plain(told.score),
        "alarm": told.alarm,
        "reasons": list(told.reasons),
    }
