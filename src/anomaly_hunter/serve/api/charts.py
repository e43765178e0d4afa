"""Charts of kept hunts and incidents, why a point alarms or does not, playback, and the graph."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Final, TypeAlias

from fastapi import APIRouter, Query
from starlette.responses import Response

from anomaly_hunter.explain import explain_among
from anomaly_hunter.remember.hunts.recorded import Recordings
from anomaly_hunter.remember.hunts.thinned import whole
from anomaly_hunter.remember.plain import plain
from anomaly_hunter.serve.guard.needs import Viewer
from anomaly_hunter.serve.pictures.charts import POINTS, Held, chart_document, window
from anomaly_hunter.serve.pictures.graph_svg import svg
from anomaly_hunter.serve.pictures.graphs import graph_document
from anomaly_hunter.serve.pictures.graphs import incident_graph as drawn_graph
from anomaly_hunter.serve.pictures.incident_charts import incident_charts_document
from anomaly_hunter.serve.pictures.playback import playback_document
from anomaly_hunter.serve.pictures.seen import see
from anomaly_hunter.serve.rest.paging import Id, Json
from anomaly_hunter.serve.site import Here

router = APIRouter(tags=["charts"])


class Picture(Response):
    """SVG text."""

    media_type = "image/svg+xml"


HELD: Final = Held()
"""One for the process: recordings never change, and their key begins with the organisation."""

Points: TypeAlias = Annotated[int, Query(ge=60, le=20_000, description="Numbers of a line, at most.")]
Edge: TypeAlias = Annotated[
    float | None,
    Query(
        ge=-1e11,
        le=1e11,
        allow_inf_nan=False,
        description="Seconds since 1970, or a position where there is no clock.",
    ),
]


@router.get(
    "/hunts/{hunt_id}/series/{series_id}/chart", response_model=dict[str, Any], summary="Chart of a series"
)  # fmt: skip
def chart(
    hunt_id: Id,
    series_id: Id,
    here: Here,
    caller: Viewer,
    *,
    low: Annotated[Edge, Query(alias="from")] = None,
    high: Annotated[Edge, Query(alias="to")] = None,
    points: Points = POINTS,
    focus: Annotated[str, Query(max_length=40, description="The anomaly that it is about.")] = "",
) -> Response:
    """Value, band, score, anomalies, gaps and events, thinned with spikes kept.

    `from` and `to` zoom into it: then as many points as `points` allows are drawn of that part alone.
    """
    kept = Recordings(here.memory(caller))
    events, _ = HELD.around(kept, hunt_id)
    if (low is None and high is None) or not kept.subject(hunt_id, series_id).whole:
        picture = window(kept.overview(hunt_id, series_id), low, high)
    else:
        picture = window(whole(HELD.detection(kept, hunt_id, series_id)), low, high)
    levels = kept.levels(one.id for one in picture.detection.anomalies)
    found = chart_document(picture, events, levels=levels, focus=focus, points=points)
    return Json({"hunt": hunt_id, "series": series_id, **found})


@router.get(
    "/hunts/{hunt_id}/series/{series_id}/explain", response_model=dict[str, Any], summary="Explain a point"
)  # fmt: skip
def explain(
    hunt_id: Id,
    series_id: Id,
    here: Here,
    caller: Viewer,
    at: Annotated[
        str,
        Query(
            min_length=1,
            max_length=60,
            description="A time in ISO-8601, or `#17` for the 17th row.",
            examples=["2026-03-04T18:00:00Z"],
        ),
    ],
) -> Response:
    """Why it did or did not alarm: value and band, score, and the reasons with the deciding one first."""
    detection = HELD.detection(Recordings(here.memory(caller)), hunt_id, series_id, parts=True)
    told = explain_among((detection,), at, settings=here.settings)
    return Json(plain(asdict(told)))


@router.get("/incidents/{incident_id}/charts", response_model=dict[str, Any], summary="Charts of an incident")
def incident_charts(
    incident_id: Id,
    here: Here,
    caller: Viewer,
    *,
    most: Annotated[int, Query(ge=1, le=30, description="Series to draw.")] = 12,
) -> Response:
    """Its series, the lead first and finest; of a table, its outlying rows as well."""
    kept = Recordings(here.memory(caller))
    return Json(incident_charts_document(kept, HELD, see(kept, HELD, incident_id, most)))


@router.get(
    "/incidents/{incident_id}/playback", response_model=dict[str, Any], summary="How it was found out"
)
def incident_playback(incident_id: Id, here: Here, caller: Viewer) -> Response:
    """The investigation as it went, step by step: what was read, seen, asked, weighed and concluded."""
    return Json(playback_document(see(Recordings(here.memory(caller)), HELD, incident_id, most=12)))


@router.get(
    "/incidents/{incident_id}/graph", response_model=dict[str, Any], summary="Services around an incident"
)
def incident_graph(incident_id: Id, here: Here, caller: Viewer) -> Response:
    """Laid out, with blame and the way to the cause."""
    return Json(graph_document(drawn_graph(see(Recordings(here.memory(caller)), HELD, incident_id, most=0))))


@router.get(
    "/incidents/{incident_id}/graph.svg",
    response_class=Picture,
    summary="Services around an incident, as a picture",
)
def incident_graph_svg(incident_id: Id, here: Here, caller: Viewer) -> Response:
    """SVG; its classes are coloured by the style sheet of the page that holds it."""
    return Picture(str(svg(drawn_graph(see(Recordings(here.memory(caller)), HELD, incident_id, most=0)))))
