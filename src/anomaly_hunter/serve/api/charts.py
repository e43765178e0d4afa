"""Charts of kept hunts and incidents, why a point alarms or does not, playback, and the graph."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Response

from anomaly_hunter.explain import explain_among
from anomaly_hunter.remember.plain import plain
from anomaly_hunter.remember.recorded import Recordings
from anomaly_hunter.remember.thinned import whole
from anomaly_hunter.serve.charts import POINTS, Held, chart_document, window
from anomaly_hunter.serve.graph_svg import svg
from anomaly_hunter.serve.graphs import graph_document
from anomaly_hunter.serve.graphs import incident_graph as drawn_graph
from anomaly_hunter.serve.guard.needs import Viewer
from anomaly_hunter.serve.incident_charts import incident_charts_document
from anomaly_hunter.serve.playback import playback_document
from anomaly_hunter.serve.seen import see
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


@router.get("/incidents/{incident_id}/charts")
def incident_charts(
    incident_id: str,
    here: Here,
    caller: Viewer,
    most: Annotated[int, Query(ge=1, le=30, description="Series to draw, the lead first.")] = 12,
) -> dict[str, Any]:
    """The series of an incident, its lead first and finest; of a table, its outlying rows as well."""
    kept = Recordings(here.memory(caller))
    seen = see(kept, HELD, incident_id, most)
    return incident_charts_document(kept, HELD, seen)


@router.get("/incidents/{incident_id}/playback")
def incident_playback(incident_id: str, here: Here, caller: Viewer) -> dict[str, Any]:
    """The investigation as it went, step by step: what was read, seen, asked, weighed and concluded."""
    return playback_document(see(Recordings(here.memory(caller)), HELD, incident_id))


@router.get("/incidents/{incident_id}/graph")
def incident_graph(incident_id: str, here: Here, caller: Viewer) -> dict[str, Any]:
    """The services around an incident, laid out, with blame and the way to the cause."""
    return graph_document(drawn_graph(see(Recordings(here.memory(caller)), HELD, incident_id)))


@router.get("/incidents/{incident_id}/graph.svg", response_class=Response)
def incident_graph_svg(incident_id: str, here: Here, caller: Viewer) -> Response:
    """The same as a picture; its classes are coloured by the style sheet of the page that holds it."""
    drawn = drawn_graph(see(Recordings(here.memory(caller)), HELD, incident_id))
    return Response(str(svg(drawn)), media_type="image/svg+xml")
