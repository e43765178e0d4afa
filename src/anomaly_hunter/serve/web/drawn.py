"""What the recording of a hunt adds to the page of an incident: charts, rows, dependencies, playback."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from anomaly_hunter.errors import UnknownError, UsageError
from anomaly_hunter.model import Anomaly, Event, Hunt, Incident
from anomaly_hunter.remember.recorded import Recordings
from anomaly_hunter.remember.records import Kept
from anomaly_hunter.remember.store import Store
from anomaly_hunter.tell.html import limits
from anomaly_hunter.tell.html.chart import Size, build_chart
from anomaly_hunter.tell.html.rows import OutlyingRows, outlying_rows
from anomaly_hunter.tell.html.still import draw_still

if TYPE_CHECKING:
    from markupsafe import Markup

CHARTS: Final = 13


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
class Drawn:
    """All of it; everything is empty where no recording is kept."""

    charts: tuple[ChartPlace, ...] = ()
    left_out: int = 0
    rows: OutlyingRows | None = None
    row_explain: str = ""
    events: tuple[Event, ...] = ()
    graph: Markup | str = ""
    steps: tuple[Any, ...] = ()
    step_s: float = 0.0


def drawn(store: Store, kept: Kept, incident: Incident) -> Drawn:
    """What the last kept hunt that saw the incident recorded of it."""
    if kept.hunt_id is None:
        return Drawn()
    recordings = Recordings(store)
    try:
        told = recordings.told(kept.hunt_id)
    except UnknownError:  # pruned meanwhile
        return Drawn()
    rows = _rows(recordings, kept.hunt_id, incident)
    places = [] if rows is not None else list(_leads(incident).items())
    return Drawn(
        charts=tuple(
            _place(recordings, kept, one, "small" if number else "large", told.dataset.events)
            for number, (_, one) in enumerate(places[:CHARTS])
        ),
        left_out=max(0, len(places) - CHARTS),
        rows=rows,
        row_explain=_address(kept.hunt_id, incident.lead.subject_id, "explain") if rows is not None else "",
        events=told.dataset.events,
        step_s=_step(told, incident.lead),
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


def _place(
    recordings: Recordings, kept: Kept, anomaly: Anomaly, size: Size, events: Sequence[Event]
) -> ChartPlace:
    hunt_id = kept.hunt_id or ""
    still = _still(recordings, hunt_id, anomaly, events) if size == "large" else ""
    return chart_place(hunt_id, anomaly.subject_id, anomaly.subject, size, focus=anomaly.id, still=still)


def _still(recordings: Recordings, hunt_id: str, anomaly: Anomaly, events: Sequence[Event]) -> Markup | str:
    try:
        picture = recordings.overview(hunt_id, anomaly.subject_id)
    except UnknownError:
        return ""
    levels: Mapping[str, str] = {}
    chart = build_chart(
        picture.detection, "still", "large", limits.POINTS_STILL, levels=levels, axis=picture.axis
    )
    return draw_still(chart, events)


def _leads(incident: Incident) -> dict[str, Anomaly]:
    """For each series of the incident its first anomaly, the lead's first."""
    found: dict[str, Anomaly] = {}
    for anomaly in incident.anomalies:
        found.setdefault(anomaly.subject_id, anomaly)
    return found


def _rows(recordings: Recordings, hunt_id: str, incident: Incident) -> OutlyingRows | None:
    """The outlying rows as a table; None where the incident is no rows, or the table is not kept whole."""
    lead = incident.lead
    if not lead.rows:
        return None
    try:
        table = recordings.detection(hunt_id, lead.subject_id).table
    except (UnknownError, UsageError):
        return None
    return outlying_rows(table, incident) if table is not None else None


def _step(told: Hunt, lead: Anomaly) -> float:
    """Seconds from point to point of the series that leads; 0 where nothing is known."""
    profile = next((one.profile for one in told.detections if one.subject == lead.subject), None)
    return profile.interval_s if profile is not None and math.isfinite(profile.interval_s) else 0.0


def _address(hunt_id: str, subject_id: str, what: str) -> str:
    return f"/hunts/{hunt_id}/series/{subject_id}/{what}"
