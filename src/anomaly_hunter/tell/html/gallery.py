"""Which charts a page gets: the incidents' leads first, then their other series, within a limit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from anomaly_hunter.model import Detection, Hunt, Incident
from anomaly_hunter.tell.html import limits
from anomaly_hunter.tell.html.chart import Chart, Size, build_chart


@dataclass(frozen=True, slots=True)
class Gallery:
    """The charts of a hunt.

    ``by_incident`` holds, for each incident, its lead's chart first (or nothing, where there was no
    room); ``quiet`` the charts of a hunt without incidents; ``not_drawn`` counts what has none.
    """

    by_incident: tuple[tuple[Chart, ...], ...]
    quiet: tuple[Chart, ...]
    not_drawn: int

    @property
    def charts(self) -> tuple[Chart, ...]:
        """All of them, in the order of the page."""
        return tuple(chart for charts in self.by_incident for chart in charts) + self.quiet


def build_gallery(hunt: Hunt) -> Gallery:
    """Thin and collect what is drawn."""
    if not hunt.incidents:
        return _quiet(hunt)
    levels = {a.id: i.verdict.level for i in reversed(hunt.incidents) for a in i.anomalies}
    members = [_members(hunt, incident) for incident in hunt.incidents]
    by_incident = [
        [_lead_chart(number, incident, found[0], levels)] if number < limits.CHARTS else []
        for number, (incident, found) in enumerate(zip(hunt.incidents, members, strict=True))
    ]
    room = limits.CHARTS - sum(len(charts) for charts in by_incident)
    for number, found in enumerate(members):
        for place, detection in enumerate(found[1 : 1 + room], 2):
            own = next(a for a in hunt.incidents[number].anomalies if a in detection.anomalies)
            name = f"c{number + 1}-{place}"
            by_incident[number].append(
                build_chart(detection, name, "small", limits.POINTS_MEMBER, levels=levels, focus=own)
            )
            room -= 1
    drawn = {chart.title for charts in by_incident for chart in charts}
    missing = sum(detection.subject not in drawn for detection in hunt.detections)
    return Gallery(tuple(tuple(charts) for charts in by_incident), (), missing)


def _lead_chart(number: int, incident: Incident, detection: Detection, levels: Mapping[str, str]) -> Chart:
    size: Size = "medium" if number else "large"
    limit = limits.POINTS_LEAD if number else limits.POINTS_FIRST
    return build_chart(detection, f"c{number + 1}-1", size, limit, levels=levels, focus=incident.lead)


def _members(hunt: Hunt, incident: Incident) -> list[Detection]:
    """The detections of an incident, the lead's first, none twice."""
    found: dict[str, Detection] = {}
    for anomaly in incident.anomalies:
        if anomaly.subject not in found:
            found[anomaly.subject] = hunt.detection_of(anomaly)
    return list(found.values())


def _quiet(hunt: Hunt) -> Gallery:
    """Without incidents: the detections that came nearest to the boundary."""
    order = sorted((d for d in hunt.detections if len(d.score)), key=lambda d: -highest_score(d))
    levels: dict[str, str] = {}
    charts = [
        build_chart(
            detection,
            f"q{place}",
            "large" if place == 0 else "small",
            limits.POINTS_FIRST if place == 0 else limits.POINTS_MEMBER,
            levels=levels,
        )
        for place, detection in enumerate(order[: limits.CHARTS_WHEN_QUIET])
    ]
    return Gallery((), tuple(charts), len(hunt.detections) - len(charts))


def highest_score(detection: Detection) -> float:
    """The highest score of a detection; 0 when it has none."""
    known = detection.score[np.isfinite(detection.score)]
    return float(known.max()) if len(known) else 0.0
