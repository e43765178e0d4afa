"""From a hunt to the page: gather what is shown, fill the templates, pin scripts and styles by hash."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

import anomaly_hunter
from anomaly_hunter.model import Anomaly, Event, Evidence, Hunt, Incident, confidence_level
from anomaly_hunter.tell import models, words
from anomaly_hunter.tell.html import limits
from anomaly_hunter.tell.html.chart import Chart, for_script, nearest_events
from anomaly_hunter.tell.html.compact import cut, honest, json_for_script
from anomaly_hunter.tell.html.gallery import Gallery, build_gallery, highest_score
from anomaly_hunter.tell.html.rows import OutlyingRows, outlying_rows
from anomaly_hunter.tell.html.still import draw_still
from anomaly_hunter.tell.html.timeline import Timeline, build_timeline, onset, when

if TYPE_CHECKING:
    from jinja2 import Environment

HERE: Final = Path(__file__).parent
VENDOR: Final = HERE.parent / "vendor" / "uplot"


@dataclass(frozen=True, slots=True)
class IncidentView:
    """One incident with everything its part of the page shows."""

    number: int
    incident: Incident
    charts: tuple[Chart, ...]
    timeline: Timeline
    rows: OutlyingRows | None
    since: str
    lasted: str
    ongoing: bool
    evidence: Mapping[str, Evidence]


@dataclass(frozen=True, slots=True)
class Assets:
    """What is inlined, and the content security policy that lets in exactly that."""

    style: str
    boot: str
    uplot: str
    script: str

    @property
    def policy(self) -> str:
        """Nothing from anywhere; only the styles and scripts whose hashes stand here."""
        scripts = " ".join(_hash(text) for text in (self.boot, self.uplot, self.script))
        return (
            f"default-src 'none'; script-src {scripts}; style-src {_hash(self.style)}; "
            "img-src data:; base-uri 'none'; form-action 'none'"
        )


def render_page(hunt: Hunt) -> str:
    """The whole page as one HTML document."""
    gallery = build_gallery(hunt)
    moments = [i.begin for i in hunt.incidents if i.begin is not None]
    events = nearest_events(hunt.dataset.events, moments, limits.EVENTS)
    data = {
        "charts": [for_script(chart) for chart in gallery.charts],
        "events": [_event_for_script(event) for event in events],
    }
    strangest = sorted(hunt.anomalies, key=lambda anomaly: -anomaly.score)
    page = (
        _environment()
        .get_template("page.html")
        .render(
            hunt=hunt,
            views=tuple(_view(hunt, gallery, number) for number in range(len(hunt.incidents))),
            gallery=gallery,
            anomalies=strangest[: limits.ANOMALIES],
            incident_of={a.id: n for n, i in enumerate(hunt.incidents, 1) for a in i.anomalies},
            looked_at=sorted(hunt.detections, key=lambda d: -highest_score(d))[: limits.LOOKED_AT],
            span=_covered(hunt),
            data=json_for_script(data),
            still=lambda chart: draw_still(chart, events),
            assets=load_assets(),
            version=anomaly_hunter.__version__,
        )
    )
    return honest(page)


def _view(hunt: Hunt, gallery: Gallery, number: int) -> IncidentView:
    incident = hunt.incidents[number]
    detection = hunt.detection_of(incident.lead)
    series = detection.series
    return IncidentView(
        number=number + 1,
        incident=incident,
        charts=gallery.by_incident[number],
        timeline=build_timeline(hunt, incident),
        rows=outlying_rows(detection.table, incident) if detection.table is not None else None,
        since=onset(incident.lead, series) if series is not None else words.incident_place(incident),
        lasted=_lasted(hunt, incident),
        ongoing=any(anomaly.ongoing for anomaly in incident.anomalies),
        evidence={evidence.id: evidence for evidence in incident.verdict.evidence},
    )


def _lasted(hunt: Hunt, incident: Incident) -> str:
    """How long an incident lasted; "" where that is no question."""
    if incident.begin is not None and incident.end is not None:
        return words.lasted(hunt, incident) or "one point"
    if incident.lead.rows:
        return ""
    return words.counted(incident.lead.stop - incident.lead.start, "point")


def _covered(hunt: Hunt) -> str:
    """From when to when the data run; "" without a clock."""
    clocked = [series for series in hunt.dataset.series if series.clocked and len(series)]
    if not clocked:
        return ""
    return words.span(min(series.time[0] for series in clocked), max(series.time[-1] for series in clocked))


def _event_for_script(event: Event) -> list[Any]:
    second = float(event.time.astype("datetime64[ns]").view(np.int64)) / 1e9
    return [second, cut(event.title), cut(event.kind)]


def fact(value: object) -> str:
    """A number of an evidence as the page prints it.

    >>> fact(True), fact(None), fact(161.237), fact("checkout")
    ('yes', '–', '161.2', 'checkout')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return words.number(float(value))
    return words.MISSING if value is None else cut(value)


def _place(anomaly: Anomaly, hunt: Hunt) -> str:
    series = hunt.detection_of(anomaly).series
    if series is None or series.clocked:
        return words.place(anomaly)
    first, last = when(series, anomaly.start), when(series, max(anomaly.start, anomaly.stop - 1))
    return first if first == last else f"{first} to {last}"


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        cut=cut, fact=fact, percent=words.percent, number=words.number, level=confidence_level
    )
    environment.globals.update(
        words=words,
        models=models,
        limits=limits,
        place=_place,
        highest_score=highest_score,
        legend=words.LEGEND,
    )
    return environment


@cache
def load_assets() -> Assets:
    """Styles and scripts as they are inlined."""
    ours = [(HERE / name).read_text("utf-8") for name in ("paint.js", "chart.js", "report.js")]
    return Assets(
        style=(VENDOR / "uPlot.min.css").read_text("utf-8") + (HERE / "report.css").read_text("utf-8"),
        boot=(HERE / "boot.js").read_text("utf-8"),
        uplot=(VENDOR / "uPlot.iife.min.js").read_text("utf-8"),
        script='"use strict";\n{\n' + "\n".join(ours) + "}\n",
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
