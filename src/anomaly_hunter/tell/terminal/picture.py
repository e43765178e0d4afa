"""The picture of an incident: a chart of its series, or the odd rows of its table."""

from __future__ import annotations

import numpy as np
from rich.console import RenderableType
from rich.table import Table as Grid
from rich.text import Text

from anomaly_hunter.model import Anomaly, Detection, Event, FloatArray, Hunt, Incident, Table, moment
from anomaly_hunter.tell import words
from anomaly_hunter.tell.chart import draw
from anomaly_hunter.tell.spark import spans_in, spark
from anomaly_hunter.tell.terminal.paper import Paper
from anomaly_hunter.tell.view import View, view

_MOST_EVENTS = 3
_MOST_ROWS = 8


def picture(hunt: Hunt, incident: Incident, paper: Paper) -> list[RenderableType]:
    """A chart, or a table of rows, of the leading anomaly."""
    detection = hunt.detection_of(incident.lead)
    if detection.table is not None:
        return _rows(detection.table, incident, paper)
    return chart(detection, incident.lead, hunt.dataset.events, paper)


def chart(
    detection: Detection, lead: Anomaly | None, events: tuple[Event, ...], paper: Paper
) -> list[RenderableType]:
    """The chart of one series with its events below; nothing for an empty one."""
    shown = view(detection, lead, events, paper.width - 8)
    if shown is None:
        return []
    height = 12 if paper.width >= 100 else 10
    rows = draw(shown.picture, paper.width, height, paper.signs)
    unit = f" ({shown.unit})" if shown.unit else ""
    return [
        paper.heading(shown.title + unit, _key(shown, paper)),
        *(paper.row(row) for row in rows),
        *_overview(shown, paper),
        *(_event(event, paper) for event in shown.events[:_MOST_EVENTS]),
        *_more_events(shown, paper),
    ]


def _key(shown: View, paper: Paper) -> Text:
    """What the signs of the chart mean; only those that are in it."""
    signs = paper.signs
    key = [(paper.pick("⠒⠒", "**"), "cyan", "value")]
    if not all(map(_unknown, (shown.picture.lower, shown.picture.upper))):
        key.append((paper.pick("⠂⠂", ". ."), "green", "expected"))
    if shown.picture.alarms:
        key.append((signs.alarm_mark, "bold red", "anomaly"))
    if len(shown.picture.alarms) > 1:
        key.append((signs.minor_mark, "yellow", "other anomaly"))
    if shown.events:
        key.append((signs.event_mark, "magenta", "event"))
    line = Text()
    for sign, style, meaning in key:
        line.append(sign, style=style).append(f" {meaning}   ", style="dim")
    line.rstrip()
    return line


def _unknown(band: FloatArray) -> bool:
    return bool(np.isnan(band).all())


def _overview(shown: View, paper: Paper) -> list[RenderableType]:
    """Where the window lies in the whole series, when a part is shown."""
    if not shown.zoomed:
        return []
    note = f"all {shown.total:,} points "
    width = max(8, paper.width - len(note) - 1)
    marks = spans_in(shown.spans, shown.total, width)
    line = Text(note, style="dim", no_wrap=True)
    for sign, mark in zip(spark(shown.whole, width, paper.blocks), marks, strict=True):
        line.append(sign, style=("cyan", "yellow", "bold red")[mark])
    pointer = "".join((" ", paper.signs.minor_mark, paper.signs.alarm_mark)[mark] for mark in marks)
    return [line, Text(" " * len(note) + pointer.rstrip(), style="red", no_wrap=True)]


def _event(event: Event, paper: Paper) -> Text:
    service = f" · {event.service}" if event.service else ""
    line = paper.line((f"  {paper.signs.event_mark} ", "magenta"), (f"{moment(event.time)} UTC  ", "dim"))
    return line.append_text(paper.text(f"{event.kind}: {event.title}{service}", limit=200))


def _more_events(shown: View, paper: Paper) -> list[RenderableType]:
    left = len(shown.events) - _MOST_EVENTS
    return [paper.text(f"and {words.counted(left, 'more event')}", "dim")] if left > 0 else []


def _rows(table: Table, incident: Incident, paper: Paper) -> list[RenderableType]:
    """The strangest rows with the cells that make them strange."""
    anomalies = sorted(incident.anomalies, key=lambda anomaly: -anomaly.score)
    grid = Grid(box=None, padding=(0, 2, 0, 0), header_style="dim", width=paper.width)
    for name in ("row", "score"):
        grid.add_column(name, justify="right", no_wrap=True)
    grid.add_column("what is odd about it", ratio=1)
    for anomaly in anomalies[:_MOST_ROWS]:
        places = anomaly.rows or (anomaly.start,)
        row = f"{places[0]:,}" + (f" +{len(places) - 1:,}" if len(places) > 1 else "")
        grid.add_row(
            row, Text(words.number(anomaly.score), "bold red"), _odd(table, places[0], anomaly, paper)
        )
    title = f"{table.name} · the strangest of {words.counted(len(table), 'row')}"
    left = len(anomalies) - _MOST_ROWS
    more = [paper.text(f"and {words.counted(left, 'more row')}", "dim")] if left > 0 else []
    return [paper.heading(title), grid, *more]


def _odd(table: Table, row: int, anomaly: Anomaly, paper: Paper) -> Text:
    roles = {column.name: column for column in table.columns}
    line = Text()
    for share in sorted(anomaly.carriers, key=lambda share: -share.share)[:3]:
        cell = roles[share.name].text(row) if share.name in roles else ""
        line.append_text(paper.text(f"{share.name} {cell}".strip(), limit=60))
        line.append(f" {words.percent(share.share)}", style="dim").append("   ")
    line.rstrip()
    return line if line.plain else paper.text("no single column stands out", "dim")
