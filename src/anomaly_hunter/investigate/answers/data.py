"""Whether the data around an anomaly can be trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from anomaly_hunter.investigate import wording as say
from anomaly_hunter.investigate.windows import span_in, values_of
from anomaly_hunter.model import Evidence, Number

if TYPE_CHECKING:
    from anomaly_hunter.investigate.case import Case

NEAR = 32


def quality(case: Case) -> Evidence:
    """See :meth:`Case.quality`.

    ``trust`` in [0, 1] is the share of points near the span (32 on each side) that are there: a
    missing value, and every interval without a point, counts against it.
    """
    name, question = f"quality:{case.subject}", "are the data around it sound"
    series = case.series
    if series is None:
        return _of_table(case, name, question)
    start, stop = span_in(series, case.lead)
    first, last = max(0, start - NEAR), min(len(series), stop + NEAR)
    value = values_of(series, case.lead)[first:last]
    missing = int(np.isnan(value).sum())
    holes, doubles = _steps(case, first, last)
    own_gap = case.lead.shape == "gap"
    trust = 1.0 if own_gap else len(value) / max(1, len(value) + holes) * (1 - missing / max(1, len(value)))
    found = [
        text for count, text in (
            (missing, say.counted(missing, "missing value")),
            (holes, f"{say.counted(holes, 'interval')} without a point"),
            (doubles, say.counted(doubles, "repeated time")),
        ) if count
    ]  # fmt: skip
    text = f"{say.listed(found)} among {say.counted(len(value), 'point')} around it" if found else (
        f"nothing is missing among {say.counted(len(value), 'point')} around it"
    )  # fmt: skip
    numbers: dict[str, Number] = {
        "missing": missing, "intervals_missing": holes, "repeated": doubles, "trust": trust,
        "score": case.dataset.quality.score,
    }  # fmt: skip
    return Evidence(name, question, text, numbers)


def _steps(case: Case, first: int, last: int) -> tuple[int, int]:
    """Intervals without a point and repeated times between two positions."""
    series = case.series
    if series is None or not series.clocked or last - first < 3:
        return 0, 0
    step = say.usual_step(series)
    apart = np.diff(series.time[first:last].view(np.int64)).astype(np.float64) / 1e9
    if step <= 0:
        return 0, int((apart == 0).sum())
    holes = np.round(apart[apart > 1.5 * step] / step) - 1
    return int(min(holes.sum(), 1e9)), int((apart == 0).sum())


def _of_table(case: Case, name: str, question: str) -> Evidence:
    quality = case.dataset.quality
    issues = [issue.statement for issue in quality.issues]
    text = (
        say.listed(issues) if issues else f"nothing was found wrong in {say.counted(quality.points, 'cell')}"
    )
    trust = min(1.0, max(0.0, quality.score / 100.0))
    return Evidence(name, question, text, {"trust": trust, "score": quality.score, "issues": len(issues)})
