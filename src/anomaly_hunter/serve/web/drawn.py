"""What the recording of a hunt adds to the page of an incident: charts, rows, dependencies."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from anomaly_hunter.errors import UsageError
from anomaly_hunter.model import Event
from anomaly_hunter.remember.hunts.recorded import Recordings
from anomaly_hunter.serve.pictures import graphs
from anomaly_hunter.serve.pictures.charts import Held
from anomaly_hunter.serve.pictures.graph_svg import svg
from anomaly_hunter.serve.pictures.seen import Member, Seen
from anomaly_hunter.tell.html import limits
from anomaly_hunter.tell.html.chart import Size, build_chart
from anomaly_hunter.tell.html.rows import OutlyingRows, outlying_rows
from anomaly_hunter.tell.html.still import draw_still

if TYPE_CHECKING:
    from markupsafe import Markup

CHARTS: Final = 13
_CONCERNED: Final = ("cause", "candidate", "abnormal")


@dataclass(frozen=True, slots=True)
class ChartPlace:
    """Where a chart goes: what it shows, and the addresses that its script asks.

    ``still`` is the picture for those whose browser runs no scripts.
    """

    title: str
    subject_id: str
    size: Size
    url: str
    explain: str
    still: Markup | str = ""


@dataclass(frozen=True, slots=True)
class Calls:
    """The graph as a picture, the services that the incident concerns in words, and what found no room."""

    picture: Markup
    nodes: tuple[graphs.Node, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """All of it; everything is empty where no recording is kept."""

    charts: tuple[ChartPlace, ...] = ()
    left_out: int = 0
    rows: OutlyingRows | None = None
    row_explain: str = ""
    events: tuple[Event, ...] = ()
    calls: Calls | None = None
    step_s: float = 0.0


def drawn(recordings: Recordings, held: Held, seen: Seen) -> Drawn:
    """What the last kept hunt that saw the incident recorded of it."""
    if seen.kept is None or seen.hunt is None:
        return Drawn()
    rows = _rows(recordings, held, seen)
    lead = seen.incident.lead
    members = seen.members if rows is None else ()
    return Drawn(
        charts=tuple(_place(seen, one, "small" if number else "large") for number, one in enumerate(members)),
        left_out=seen.left_out if rows is None else 0,
        rows=rows,
        row_explain=_address(seen.kept.id, lead.subject_id, "explain") if rows is not None else "",
        events=seen.hunt.dataset.events,
        calls=_calls(seen),
        step_s=_step(seen),
    )


def chart_place(
    hunt_id: str, subject_id: str, title: str, size: Size, *, focus: str = "", still: Markup | str = ""
) -> ChartPlace:
    """The place of a chart of a kept hunt; ``focus`` is the anomaly to begin at."""
    asked = f"?{urlencode({'focus': focus})}" if focus else ""
    return ChartPlace(
        title=title,
        subject_id=subject_id,
        size=size,
        url=f"/api/v1{_address(hunt_id, subject_id, 'chart')}{asked}",
        explain=_address(hunt_id, subject_id, "explain"),
        still=still,
    )


def _place(seen: Seen, member: Member, size: Size) -> ChartPlace:
    hunt_id = seen.kept.id if seen.kept is not None else ""
    still = _still(seen, member) if size == "large" else ""
    return chart_place(hunt_id, member.id, member.subject, size, focus=member.anomaly.id, still=still)


def _still(seen: Seen, member: Member) -> Markup:
    picture, level = member.picture, seen.incident.verdict.level
    levels: Mapping[str, str] = {one.id: level for one in seen.incident.anomalies}
    chart = build_chart(
        picture.detection, "still", "large", limits.POINTS_STILL, levels=levels, axis=picture.axis
    )
    return draw_still(chart, seen.hunt.dataset.events if seen.hunt is not None else ())


def _rows(recordings: Recordings, held: Held, seen: Seen) -> OutlyingRows | None:
    """The outlying rows as a table; None where the incident is no rows, or the table is not kept whole."""
    lead = seen.incident.lead
    if not lead.rows or seen.kept is None:
        return None
    try:
        table = held.detection(recordings, seen.kept.id, lead.subject_id, parts=True).table
    except UsageError:
        return None
    return outlying_rows(table, seen.incident) if table is not None else None


def _calls(seen: Seen) -> Calls | None:
    """None where nobody said who calls whom, and the evidence names no way either."""
    graph = graphs.incident_graph(seen)
    if not graph.edges:
        return None
    concerned = [one for one in graph.nodes if one.state in _CONCERNED or one.felt]
    order = sorted(
        concerned, key=lambda one: (_CONCERNED.index(one.state) if one.state in _CONCERNED else 3, one.x)
    )
    return Calls(svg(graph), tuple(order), graph.left_out)


def _step(seen: Seen) -> float:
    """Seconds from point to point of the series that leads; 0 where nothing is known."""
    profile = seen.detection(seen.members[0]).profile if seen.members else None
    return profile.interval_s if profile is not None and math.isfinite(profile.interval_s) else 0.0


def _address(hunt_id: str, subject_id: str, what: str) -> str:
    return f"/hunts/{hunt_id}/series/{subject_id}/{what}"
