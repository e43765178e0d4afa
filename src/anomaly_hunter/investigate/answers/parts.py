"""Which channels, columns and segments carry it, and the rows as they are."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from anomaly_hunter.investigate import wording as say
from anomaly_hunter.investigate.segments import Segment, row_segments, series_segments
from anomaly_hunter.investigate.windows import span_in
from anomaly_hunter.model import Evidence, Number, Series, Table

if TYPE_CHECKING:
    from anomaly_hunter.investigate.case import Case

MOST_SEGMENTS = 5
MOST_COLUMNS = 8


def carriers(case: Case) -> Evidence:
    """See :meth:`Case.carriers`.

    Shares of the anomalies of the incident, weighted by their scores (a score counts up to 10).
    """
    total: dict[str, float] = {}
    for anomaly in case.anomalies:
        for share in anomaly.carriers:
            weight = min(max(anomaly.score, 0.0), 10.0)
            total[share.name] = total.get(share.name, 0.0) + weight * max(share.share, 0.0)
    whole = sum(total.values())
    name, question = f"carriers:{case.subject}", "which channels or columns carry it"
    if not whole > 0:
        return Evidence(
            name, question, "there is one column only, it carries all", {"top": None, "share": 1.0}
        )
    ranked = sorted(
        ((part / whole, key) for key, part in total.items()), key=lambda pair: (-pair[0], pair[1])
    )
    text = "carried by " + say.listed([f"{key} ({say.percent(part)})" for part, key in ranked])
    numbers: dict[str, Number] = {"top": ranked[0][1], "share": ranked[0][0], "columns": len(ranked)}
    numbers |= {f"share of {key}": part for part, key in ranked[:MOST_COLUMNS]}
    return Evidence(name, question, text, numbers)


def segments(case: Case) -> tuple[Evidence, ...]:
    """See :meth:`Case.segments`."""
    return tuple(_evidence(segment) for segment in found_segments(case))


def found_segments(case: Case) -> tuple[Segment, ...]:
    """The segments that carry the incident, best first."""

    def find() -> tuple[Segment, ...]:
        table = case.detection.table
        if case.series is None:
            rows = sorted({row for anomaly in case.anomalies for row in anomaly.rows})
            return row_segments(table, rows)[:MOST_SEGMENTS] if table is not None else ()
        return series_segments(case)[:MOST_SEGMENTS]

    return case.once("segments", find)


def _evidence(segment: Segment) -> Evidence:
    numbers: dict[str, Number] = {
        "segment": segment.name, "inside": segment.inside, "of_inside": segment.of_inside,
        "outside": segment.outside, "of_outside": segment.of_outside, "lift": segment.lift,
        "log10_p": segment.log10_p, "share": segment.share,
    }  # fmt: skip
    return Evidence(f"segments:{segment.name}", "which segment carries it", segment.statement, numbers)


def rows(case: Case, most: int) -> Evidence:
    """See :meth:`Case.rows`."""
    series, table = case.series, case.detection.table
    most = max(1, min(most, 50))
    lines = _points(case, series, most) if series is not None else _cells(case, table, most)
    name = f"rows:{case.subject}"
    text = "; ".join(lines) or "there are no rows to show"
    return Evidence(name, "show the rows as they are", text, {"shown": len(lines)})


def _points(case: Case, series: Series, most: int) -> list[str]:
    start, stop = span_in(series, case.lead)
    score = case.detection.score[start:stop]
    best = sorted(range(len(score)), key=lambda i: (-score[i] if math.isfinite(score[i]) else 0.0, i))[:most]
    lines = []
    for place in sorted(start + i for i in best):
        value = series.value[place]
        shown = say.number(float(value)) if series.value.ndim == 1 else ", ".join(
            f"{name} {say.number(float(v))}" for name, v in zip(series.channels[:6], value[:6], strict=False)
        )  # fmt: skip
        lines.append(f"{say.moment(series, place)}: {shown}")
    return lines


def _cells(case: Case, table: Table | None, most: int) -> list[str]:
    if table is None:
        return []
    ranked = sorted(case.anomalies, key=lambda a: (-a.score, a.start))
    chosen = list(dict.fromkeys(row for anomaly in ranked for row in (anomaly.rows or (anomaly.peak,))))
    lines = []
    for row in chosen[:most]:
        if 0 <= row < len(table):
            cells = ", ".join(f"{c.name} {say.clip(c.text(row), 40)}" for c in table.columns[:MOST_COLUMNS])
            lines.append(f"row {row}: {cells}")
    return lines
