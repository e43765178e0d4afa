"""Why a row of a table is, or is not, an alarm."""

from __future__ import annotations

from typing import Final

import numpy as np

from anomaly_hunter.detect.explain import Explanation
from anomaly_hunter.errors import UsageError
from anomaly_hunter.model import Detection, FloatArray, Table
from anomaly_hunter.stats.robust import median, scale

MOST_COLUMNS: Final = 5


def explain_row(detection: Detection, row: int) -> Explanation:
    """Why the row did or did not alarm: its score, the columns farthest from usual, the rule.

    Raises
    ------
    UsageError
        There is no such row.
    """
    table = detection.table
    if table is None or not 0 <= row < len(detection.score):
        came = f"there is no row {row} in {detection.subject!r}"
        raise UsageError(came, f"#0 to #{len(detection.score) - 1}", "choose one of these")
    score = float(detection.score[row])
    alarms = [anomaly for anomaly in detection.anomalies if row in anomaly.rows]
    kept = [quiet for quiet in detection.quiet if quiet.start <= row < quiet.stop]
    reasons = [detection.note] if detection.note else []
    if alarms:
        carriers = ", ".join(f"{c.name} {c.share:.0%}" for c in alarms[0].carriers[:MOST_COLUMNS])
        reasons.append(f"it is an alarm, carried by {carriers}")
    reasons += [f"the rule {quiet.rule} keeps it quiet: {quiet.statement}" for quiet in kept]
    farthest, said = _columns(table, row)
    reasons += said
    if not alarms and not kept and not detection.note:
        reasons.append(f"a score of 1 was needed, it has {score:.3g}")
    return Explanation(f"row {row}", *farthest, score, bool(alarms), tuple(reasons))


def _columns(table: Table, row: int) -> tuple[tuple[float, float, float, float], list[str]]:
    """Value and usual range of the column farthest from usual; the farthest columns in words."""
    readings = []
    for column in table.by_role("measure"):
        value = np.asarray(column.values, dtype=np.float64)
        centre, spread = _usual(value)
        cell = float(value[row])
        far = 0.0 if np.isnan(cell) else abs(cell - centre) / spread if spread > 0 else float(cell != centre)
        readings.append((far, column.name, cell, centre, spread))
    if not readings:
        unknown = float("nan")
        return (unknown, unknown, unknown, unknown), []
    readings.sort(key=lambda reading: (-reading[0], reading[1]))
    said = [
        f"{name} is missing"
        if np.isnan(cell)
        else f"{name} is {cell:.6g}; usual is {centre:.6g} ± {spread:.4g}"
        for _, name, cell, centre, spread in readings[:MOST_COLUMNS]
    ]
    _, _, cell, centre, spread = readings[0]
    return (cell, centre, centre - 2 * spread, centre + 2 * spread), said


def _usual(value: FloatArray) -> tuple[float, float]:
    known = value[~np.isnan(value)]
    if not len(known):
        return float("nan"), 0.0
    centre = median(known)
    return centre, scale(known, centre)
