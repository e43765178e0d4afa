"""One row per method, one column per source: the mean over sources and what it differs from a baseline."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from anomaly_hunter.bench.bootstrap import Interval, paired_interval
from anomaly_hunter.bench.result import Row, Table, mean

GIVEN = "*"
"""Marks a method whose numbers come from the data's ``baselines.csv`` and were not measured here."""


def given_rows(
    floors: Mapping[str, Mapping[str, float]], base: Row, taken: Sequence[str]
) -> list[dict[str, Any]]:
    """Rows of the methods that ``baselines.csv`` has numbers for, but for those that were run."""
    return [
        {**base, "method": f"{name}{GIVEN}", **numbers}
        for name, numbers in floors.items()
        if name not in taken
    ]


def baseline_of(rows: Sequence[Row], asked: str) -> str:
    """The method that others are held against: the one asked for, else k-means, else none."""
    methods = list(dict.fromkeys(row["method"] for row in rows))
    wanted = [asked, f"{asked}{GIVEN}"] if asked else ["kmeans10", f"kmeans10{GIVEN}"]
    return next((name for name in wanted if name in methods), "")


def table_of(rows: Sequence[Row], measure: str, title: str, baseline: str = "") -> Table:
    """Methods by sources for one measure, every source counting the same in the mean."""
    methods = list(dict.fromkeys(row["method"] for row in rows))
    sources = list(dict.fromkeys(row["source"] for row in rows))
    lines = [_line(method, sources, rows, measure, baseline) for method in methods]
    columns = {"method": ("method", ""), **{source: (source, ".3f") for source in sources}}
    if len(sources) > 1:
        columns |= {"mean over sources": ("mean", ".3f")}
    if baseline:
        columns |= {"difference": (f"against {baseline.removesuffix(GIVEN)} [95%]", "s")}
    if any(not math.isnan(line["s_per_10k"]) for line in lines):
        columns |= {"s_per_10k": ("CPU s/10k", ".3f"), "peak_mb": ("peak MB", ".0f")}
    if any(line["failed"] for line in lines):
        columns |= {"failed": ("failed", "d")}
    return Table(title, columns, lines)


def counted(rows: Sequence[Row]) -> str:
    """How many files each source has."""
    files = dict.fromkeys((row["source"], row["series"]) for row in rows)
    sources = dict.fromkeys(source for source, _ in files)
    each = ", ".join(f"{source} {sum(of == source for of, _ in files)}" for source in sources)
    return f"Files: {each}."


def _line(
    method: str, sources: Sequence[str], rows: Sequence[Row], measure: str, baseline: str
) -> dict[str, Any]:
    mine = [row for row in rows if row["method"] == method]
    by_source = {
        source: mean([row for row in mine if row["source"] == source], measure) for source in sources
    }
    known = [value for value in by_source.values() if not math.isnan(value)]
    complete = len(known) == len(sources)
    points = sum(row.get("points", 0) for row in mine if not math.isnan(row.get("cpu_s", math.nan)))
    seconds = sum(row["cpu_s"] for row in mine if not math.isnan(row.get("cpu_s", math.nan)))
    peaks = [row["peak_mb"] for row in mine if not math.isnan(row.get("peak_mb", math.nan))]
    interval = against(rows, method, baseline, measure) if baseline and method != baseline else None
    return {
        "method": method,
        **by_source,
        "mean over sources": sum(known) / len(known) if known and complete else math.nan,
        "difference": str(interval) if interval else None,
        "s_per_10k": seconds / points * 1e4 if points else math.nan,
        "peak_mb": max(peaks, default=math.nan),
        "failed": sum(bool(row.get("error")) for row in mine),
    }


def against(rows: Sequence[Row], method: str, baseline: str, measure: str) -> Interval | None:
    """The difference of two methods on the files that both have a number for."""
    base = {
        (row["source"], row["series"]): row.get(measure, math.nan)
        for row in rows
        if row["method"] == baseline
    }
    differences: dict[str, list[float]] = {}
    for row in rows:
        key = (row["source"], row["series"])
        if row["method"] == method and key in base:
            differences.setdefault(row["source"], []).append(row.get(measure, math.nan) - base[key])
    return paired_interval(differences)


def failures(rows: Sequence[Row]) -> list[str]:
    """A note on the files that a method failed on: how many, and the first reason."""
    notes = []
    for method in dict.fromkeys(row["method"] for row in rows):
        mine = [row for row in rows if row["method"] == method and row.get("error")]
        if mine:
            first = mine[0]
            where, why = f"{first['source']}/{first['series']}", first["error"][:200]
            notes.append(f"{method} failed on {len(mine)} files and scores 0 there; first {where}: {why}")
    return notes
