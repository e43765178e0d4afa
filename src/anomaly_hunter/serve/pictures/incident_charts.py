"""All charts of an incident: its series, or the rows of its table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from anomaly_hunter.model import Event
from anomaly_hunter.remember.hunts.recorded import Recordings
from anomaly_hunter.remember.plain import plain
from anomaly_hunter.serve.pictures.charts import POINTS, Held, chart_document
from anomaly_hunter.serve.pictures.seen import Member, Seen
from anomaly_hunter.tell.html import limits
from anomaly_hunter.tell.html.chart import Size
from anomaly_hunter.tell.html.compact import cut
from anomaly_hunter.tell.html.rows import OutlyingRows, outlying_rows


def incident_charts_document(kept: Recordings, held: Held, seen: Seen) -> dict[str, Any]:
    """The charts as `chart.js` draws them; none where the hunt is not kept any more."""
    if seen.kept is None:
        note = "The hunt that saw this incident is not kept any more."
        return {"incident": seen.incident.id, "hunt": None, "charts": [], "left_out": 0, "note": note}
    levels = kept.levels(one.id for m in seen.members for one in m.picture.detection.anomalies)
    events, _ = held.around(kept, seen.kept.id)
    charts = [_chart(seen, at, member, events, levels) for at, member in enumerate(seen.members)]
    return {
        "incident": seen.incident.id,
        "hunt": seen.kept.id,
        "charts": charts,
        "left_out": seen.left_out,
        "note": "",
        **_rows(kept, held, seen),
    }


def _chart(
    seen: Seen, at: int, member: Member, events: tuple[Event, ...], levels: Mapping[str, str]
) -> dict[str, Any]:
    size: Size = "small" if at else "large"
    points = limits.POINTS_MEMBER if at else POINTS
    drawn = chart_document(
        member.picture, events, levels=levels, focus=member.anomaly.id, points=points, size=size
    )
    hunt = seen.kept.id if seen.kept is not None else ""
    return {**drawn, "id": f"chart-{at + 1}", "hunt": hunt, "series": member.id, "anomaly": member.anomaly.id}


def _rows(kept: Recordings, held: Held, seen: Seen) -> dict[str, Any]:
    """The outlying rows of a table with the cells that carry them; nothing for series."""
    found = [one for one in seen.members if one.picture.detection.table is not None][:1]
    if not found or seen.kept is None or not kept.subject(seen.kept.id, found[0].id).whole:
        return {"rows": None}
    table = held.detection(kept, seen.kept.id, found[0].id, parts=True).table
    return {"rows": None if table is None else _rows_document(outlying_rows(table, seen.incident))}


def _rows_document(rows: OutlyingRows) -> dict[str, Any]:
    return {
        "columns": [{"name": cut(column.name), "role": column.role} for column in rows.columns],
        "rows": [
            {
                "row": row.number,
                "score": plain(row.score),
                "cells": [{"text": cut(cell.text), "share": plain(cell.share)} for cell in row.cells],
            }
            for row in rows.rows
        ],
        "hidden_rows": rows.hidden_rows,
        "hidden_columns": rows.hidden_columns,
    }
