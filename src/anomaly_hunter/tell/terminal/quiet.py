"""When there is nothing to tell: what was looked at, and how near it came to an alarm."""

from __future__ import annotations

import numpy as np
from rich.console import RenderableType

from anomaly_hunter.model import Detection, Hunt
from anomaly_hunter.tell import words
from anomaly_hunter.tell.terminal.paper import Paper
from anomaly_hunter.tell.terminal.picture import chart
from anomaly_hunter.tell.terminal.rest import looked_at
from anomaly_hunter.tell.terminal.verdict import calm


def quiet(hunt: Hunt, paper: Paper) -> list[list[RenderableType]]:
    """The panel of a hunt without an incident, and the series that came nearest to an alarm."""
    if not hunt.detections:
        return [[calm("no answer", [paper.text(words.unscored(hunt), "bold")], paper, "yellow")]]
    if hunt.anomalies:
        count = words.counted(len(hunt.anomalies), "anomaly", "anomalies")
        head = f"{count}, none of them investigated."
        return [[calm("not investigated", [paper.text(head, "bold")], paper, "yellow")]]
    nearest = max(hunt.detections, key=_highest)
    open_question = words.undecided(hunt)
    head = "Too little to say anything about" if open_question else "Nothing abnormal in"
    lines: list[RenderableType] = [
        paper.text(f"{head} {hunt.dataset.name}.", "bold"),
        paper.text(f"Looked at {looked_at(hunt)}."),
        *(paper.text(f"Mind: {note}.", "yellow") for note in words.notes(hunt)[:3]),
        *(paper.text(line) for line in _nearness(nearest)),
        *(paper.text(line, "dim") for line in _kept_quiet(hunt)),
    ]
    picture = chart(nearest, None, hunt.dataset.events, paper)
    if open_question:
        return [[calm("no answer", lines, paper, "yellow")], picture]
    return [[calm("nothing abnormal", lines, paper)], picture]


def _highest(detection: Detection) -> float:
    known = detection.score[np.isfinite(detection.score)]
    return float(known.max()) if len(known) else 0.0


def _nearness(detection: Detection) -> list[str]:
    """How near the strangest point came to an alarm, and the band it stayed in."""
    known = np.isfinite(detection.score)
    if not known.any() or not float(np.nanmax(detection.score)) > 0:
        return []
    at = int(np.argmax(np.where(known, detection.score, -np.inf)))
    where = detection.series.when(at) if detection.series is not None else f"row {at}"
    nearest = f"{words.number(float(detection.score[at]))} of 1.0 at {where} in {detection.subject}"
    lines = [f"Nearest to an alarm: {nearest}."]
    if detection.lower is not None and detection.upper is not None and detection.lower.ndim == 1:
        low, high = float(detection.lower[at]), float(detection.upper[at])
        if np.isfinite(low) and np.isfinite(high):
            lines.append(f"Expected there: {words.number(low)} to {words.number(high)}.")
    return lines


def _kept_quiet(hunt: Hunt) -> list[str]:
    held = [quiet for detection in hunt.detections for quiet in detection.quiet]
    lines = [f"Kept quiet: {quiet.statement} (rule: {quiet.rule})." for quiet in held[:3]]
    if len(held) > 3:
        lines.append(f"and {words.counted(len(held) - 3, 'more span')} kept quiet")
    return lines
