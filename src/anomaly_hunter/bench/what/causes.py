"""Incidents with a known cause: is it named first, is a name right, what is named on normal data?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from anomaly_hunter.bench.asked import Asked
from anomaly_hunter.bench.causes.answering import answered
from anomaly_hunter.bench.causes.labelled import Labelled
from anomaly_hunter.bench.causes.published import published
from anomaly_hunter.bench.causes.sources import sources_in
from anomaly_hunter.bench.causes.speed import speed
from anomaly_hunter.bench.jobs import in_jobs
from anomaly_hunter.bench.result import Result, Table, mean

SETTINGS: Final = {
    "source": ("set", ""),
    "setting": ("setting", ""),
    "cases": ("cases", "d"),
    "top1": ("top-1", ".2f"),
    "top3": ("top-3", ".2f"),
    "named": ("named", "d"),
    "right_when_named": ("right when named", ".2f"),
    "wrong": ("wrong", "d"),
    "not_found": ("no alarm", "d"),
    "prior_1": ("constant guess top-1", ".2f"),
    "prior_3": ("top-3", ".2f"),
    "ms": ("ms per case", ".0f"),
}
NORMAL: Final = {
    "source": ("set", ""),
    "setting": ("windows", ""),
    "cases": ("windows", "d"),
    "named": ("cause named", "d"),
    "rate": ("share", ".2%"),
    "ms": ("ms per window", ".0f"),
}
OTHERS: Final = {
    "source": ("set", ""),
    "method": ("method", ""),
    "cases": ("cases", "d"),
    "top1": ("top-1", ".2f"),
    "top3": ("top-3", ".2f"),
}
SPEED: Final = {
    "services": ("services", ",d"),
    "series": ("series", ",d"),
    "rows": ("rows", ",d"),
    "ms": ("ms from alert to verdict", ".0f"),
    "right": ("right", ""),
}
GROUPS: Final = {
    "source": ("set", ""),
    "setting": ("setting", ""),
    "group": ("kind of fault", ""),
    "cases": ("cases", "d"),
    "top1": ("top-1", ".2f"),
    "named": ("named", "d"),
    "wrong": ("wrong", "d"),
}
NOTES: Final = (
    "Top-1: the right cause is named; no answer counts as wrong. Top-3: among the first three shown. "
    "The constant guess names the most frequent answers of the set itself. Given: the moment is told; "
    "detected: only the alert is told, and the beginning is found. No alarm: it has no value there. "
    "ms: the investigation alone.",
)


def has(asked: Asked) -> bool:
    """Whether the folder has incidents."""
    return asked.folder is not None and bool(sources_in(asked.folder))


def measure(asked: Asked) -> Result:
    """Every case under every setting; ``--quick`` takes fewer settings and normal windows."""
    folder = asked.folder or Path()
    tasks = labelled_cases(asked)
    rows = in_jobs(answered, tasks, asked.jobs, asked.label("causes"))
    faults = [row for row in rows if not row["normal"]]
    normal = [row for row in rows if row["normal"]]
    tables = [Table("Incidents", SETTINGS, [_pooled(part) for part in _parts(faults, "source", "setting")])]
    if normal:
        pooled = [_pooled(part) for part in _parts(normal, "source", "setting")]
        tables.append(Table("False causes on normal data", NORMAL, pooled))
    kinds = [_pooled(part) for part in _parts(faults, "source", "setting", "group")]
    tables.append(Table("Kinds of faults", GROUPS, kinds))
    others = [
        row for row in published(folder) if any(row["source"].startswith(n) for n in sources_in(folder))
    ]
    if others:
        tables.append(Table("Other methods on the same cases, onset given", OTHERS, others))
    tables.append(Table("Speed, generated trees of calls", SPEED, speed()))
    return Result("causes", "Root causes", tables, NOTES, rows)


def labelled_cases(asked: Asked) -> list[Labelled]:
    """The cases of the sets that were asked for."""
    folder = asked.folder or Path()
    return [
        case
        for name, source in sources_in(folder).items()
        if not asked.sources or name in asked.sources
        for case in source.cases(folder, asked.quick)
    ]


def _parts(rows: Sequence[dict[str, Any]], *keys: str) -> list[list[dict[str, Any]]]:
    """Rows that are alike in these keys, in order of first mention."""
    parts: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in rows:
        parts.setdefault(tuple(row[key] for key in keys), []).append(row)
    return list(parts.values())


def _pooled(rows: list[dict[str, Any]]) -> dict[str, Any]:
    named = [row for row in rows if row["is_named"]]
    right = [row["right"] for row in rows]
    first = rows[0]
    return {
        "source": first["source"], "setting": first["setting"], "group": first["group"], "cases": len(rows),
        "top1": float(np.mean(right)), "top3": float(np.mean([1 <= row["rank"] <= 3 for row in rows])),
        "named": len(named), "rate": len(named) / len(rows),
        "right_when_named": float(np.mean([row["right"] for row in named])) if named else float("nan"),
        "wrong": sum(not row["right"] for row in named),
        "not_found": sum(not row["found"] for row in rows),
        "prior_1": mean(rows, "prior_1"), "prior_3": mean(rows, "prior_3"),
        "ms": mean(rows, "ms"),
    }  # fmt: skip
