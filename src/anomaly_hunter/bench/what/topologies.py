"""Generated meshes of services with an injected fault: is the cause found, and how sure is it?

Needs no data. Methods side by side on the same evidence: the verdict, the constant prior, the
largest deviation, and a traversal as published.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from anomaly_hunter.bench.asked import Asked
from anomaly_hunter.bench.incidents import (
    ONSETS,
    Onset,
    alerting_first,
    answer_of,
    case_of,
    detected,
    rank_of,
    strangest_first,
    traversed,
    undetected,
    verdict_of,
)
from anomaly_hunter.bench.jobs import in_jobs
from anomaly_hunter.bench.result import Result, Row, Table
from anomaly_hunter.investigate.case import Case
from anomaly_hunter.remember.learning.calibration import calibration_error as expected_error
from anomaly_hunter.samples.topologies.cases import Spec, TopologyCase, topology_case
from anomaly_hunter.samples.topologies.faults import FAULTS, NO_SERVICE
from anomaly_hunter.samples.topologies.mesh import FAMILIES, HELD_FAMILIES, Family
from anomaly_hunter.samples.topologies.spoiled import VARIANTS

OTHERS: Final[dict[str, Callable[[Case], tuple[str, ...]]]] = {
    "constant prior": alerting_first,
    "largest z": strangest_first,
    "traversal": traversed,
}
SIZES: Final = (8, 16, 30)
SPEED: Final = (50, 1_000)
HARD: Final = ("10% of edges lost", "25% of edges lost", "40% of edges lost", "wrong edges", "hidden root")
"""Variants that the calibration is judged on."""

BINS: Final = 10
COLUMNS: Final = {
    "what": ("", ""),
    "cases": ("cases", "d"),
    "top1": ("top-1", ".2f"),
    "top3": ("top-3", ".2f"),
    "named": ("named", ".2f"),
    "right": ("right when named", ".2f"),
    "prior": ("constant prior", ".2f"),
    "z": ("largest z", ".2f"),
    "traversal": ("traversal", ".2f"),
    "traversal3": ("traversal top-3", ".2f"),
}
CALM: Final = {
    "what": ("", ""),
    "cases": ("cases", "d"),
    "wrong": ("wrongly named", "d"),
    "rate": ("rate", ".3f"),
}
SURE: Final = {
    "stated": ("stated", ""),
    "cases": ("named", "d"),
    "mean": ("mean stated", ".2f"),
    "right": ("right", ".2f"),
}
COST: Final = {
    "services": ("services", ",d"),
    "series": ("series", ",d"),
    "rows": ("rows", ",d"),
    "ms": ("ms per case", ".0f"),
    "limit": ("limit, ms", ".0f"),
}
NOTE: Final = (
    "Top-1 and top-3: the true service is at that rank among the places of the candidates (either end of a "
    "broken network; the constant prior, largest z and the traversal rank on the same evidence). Named: the "
    "verdict names a cause. Right when named: the true service, its pattern, or the deploy that did it; "
    "another event is wrong even at the right service. A hidden root cannot be right."
)


@dataclass(frozen=True, slots=True)
class Asking:
    """What is run on one spec: its rows, one per onset."""

    onsets: tuple[Onset, ...] = ONSETS

    def __call__(self, spec: Spec) -> list[dict[str, Any]]:
        """No row where nobody would have noticed the fault."""
        try:
            given = topology_case(spec)
        except ValueError:
            return []
        detections = detected(given)
        rows = []
        for onset in self.onsets:
            case = case_of(given, detections, onset)
            rows.append(_facts(spec, onset) | (_row(given, case) if case is not None else _nothing(given)))
        return rows


def _facts(spec: Spec, onset: Onset) -> dict[str, Any]:
    return {
        "fault": spec.fault,
        "variant": spec.variant,
        "family": spec.family,
        "size": spec.size,
        "seed": spec.seed,
        "interval_s": spec.interval_s,
        "onset": onset,
        "calm": spec.fault in NO_SERVICE,
    }


def _row(given: TopologyCase, case: Case) -> dict[str, Any]:
    verdict, ms = verdict_of(case)
    answer = answer_of(given, case, verdict)
    ranks = {name: rank_of(given.truth, rank(case)) for name, rank in OTHERS.items()}
    return {
        "detected": True,
        "rank": rank_of(given.truth, answer.places),
        "named": answer.named,
        "right": answer.right,
        "near": answer.near,
        "confidence": answer.confidence,
        "said": answer.said,
        "truth": ", ".join(sorted(given.truth)),
        "ms": ms,
        **ranks,
    }


def _nothing(given: TopologyCase) -> dict[str, Any]:
    return {
        "detected": False,
        "rank": 0,
        "named": False,
        "right": not given.truth,
        "near": False,
        "confidence": 0.0,
        "said": "",
        "truth": ", ".join(sorted(given.truth)),
        "ms": math.nan,
        **dict.fromkeys(OTHERS, 0),
    }


def specs(families: Sequence[Family], seeds: Sequence[int], quick: bool = False) -> Iterator[Spec]:
    """Every fault in every variant; sizes, intervals and families change with the seed."""
    variants = VARIANTS[::2] if quick else VARIANTS
    for number, seed in enumerate(seeds):
        for i, fault in enumerate(FAULTS):
            family = families[(number + i) % len(families)]
            interval = 60.0 if seed % 3 == 2 else 300.0
            for variant in variants:
                if fault in NO_SERVICE and variant == "hidden root":
                    continue
                yield Spec(fault, variant, family, SIZES[seed % len(SIZES)], seed, interval)


def has(asked: Asked) -> bool:
    """Always: the cases are generated."""
    return True


def measure(asked: Asked) -> Result:
    """All faults and variants; quick: every other variant, two seeds; held: families never fitted on."""
    families: tuple[Family, ...] = {
        "held": HELD_FAMILIES,
        "tune": tuple(f for f in FAMILIES if f not in HELD_FAMILIES),
    }.get(asked.half, FAMILIES)
    tasks = list(specs(families, range(1, 3 if asked.quick else 6), asked.quick))
    rows = [row for rows in in_jobs(Asking(), tasks, asked.jobs, asked.label("topologies")) for row in rows]
    tables = [table for onset in ONSETS for table in _tables(rows, onset)]
    tables.append(Table("Investigation, CPU time", COST, list(costs((50,) if asked.quick else SPEED))))
    errors = {
        f"calibration error, {onset} onset": round(calibration_error(_hard(rows, onset)), 4)
        for onset in ONSETS
    }
    notes = [
        NOTE,
        *(f"Expected {name} (lost and wrong edges, hidden roots): {e}" for name, e in errors.items()),
    ]
    return Result("topologies", "Generated topologies with injected faults", tables, notes, rows, errors)


def _hard(rows: Sequence[Row], onset: str) -> list[Row]:
    return [r for r in rows if r["onset"] == onset and r["variant"] in HARD and r["named"]]


def _tables(rows: Sequence[Row], onset: str) -> list[Table]:
    mine = [row for row in rows if row["onset"] == onset]
    at_fault = [row for row in mine if not row["calm"]]
    seen = [row for row in at_fault if row["variant"] != "hidden root"]
    calm = [row for row in mine if row["calm"]]
    faults = dict.fromkeys(row["fault"] for row in at_fault)
    variants = dict.fromkeys(row["variant"] for row in at_fault)
    by_fault = [_scores(name, [r for r in seen if r["fault"] == name]) for name in faults]
    by_variant = [_scores(name, [r for r in at_fault if r["variant"] == name]) for name in variants]
    quiet = [_wrongly(name, [r for r in calm if r["fault"] == name]) for name in NO_SERVICE]
    return [
        Table(f"By fault, {onset} onset", COLUMNS, [*by_fault, _scores("all but hidden roots", seen)]),
        Table(f"By variant, {onset} onset", COLUMNS, by_variant),
        Table(f"No service at fault, {onset} onset", CALM, quiet),
        Table(f"How sure and how right, {onset} onset", SURE, bins(_hard(mine, onset))),
    ]


def _scores(what: str, rows: Sequence[Row]) -> Row:
    said = [row for row in rows if row["named"]]

    def part(key: str, most: int) -> float:
        return float(np.mean([1 <= row[key] <= most for row in rows])) if rows else math.nan

    return {
        "what": what,
        "cases": len(rows),
        "top1": part("rank", 1),
        "top3": part("rank", 3),
        "named": len(said) / len(rows) if rows else math.nan,
        "right": float(np.mean([row["right"] for row in said])) if said else math.nan,
        "prior": part("constant prior", 1),
        "z": part("largest z", 1),
        "traversal": part("traversal", 1),
        "traversal3": part("traversal", 3),
    }


def _wrongly(what: str, rows: Sequence[Row]) -> Row:
    wrong = sum(row["named"] and not row["right"] for row in rows)
    return {"what": what, "cases": len(rows), "wrong": wrong, "rate": wrong / len(rows) if rows else math.nan}


def bins(rows: Sequence[Row]) -> list[Row]:
    """Named causes by stated confidence, in ten bins of equal width."""
    found: list[Row] = []
    for i in range(BINS):
        mine = [row for row in rows if min(BINS - 1, int(BINS * row["confidence"])) == i]
        if mine:
            mean = float(np.mean([row["confidence"] for row in mine]))
            right = float(np.mean([row["right"] for row in mine]))
            stated = f"{i / BINS:.1f}-{(i + 1) / BINS:.1f}"
            found.append({"stated": stated, "cases": len(mine), "mean": mean, "right": right})
    return found


def calibration_error(rows: Sequence[Row]) -> float:
    """Expected calibration error: mean over cases of ``|mean stated - part right|`` of their bin.

    >>> calibration_error([{"confidence": 0.85, "right": True}] * 4 + [{"confidence": 0.85, "right": False}])
    0.05
    """
    if not rows:
        return math.nan
    stated = np.array([float(row["confidence"]) for row in rows])
    right = np.array([float(row["right"]) for row in rows])
    return round(expected_error(stated, right, BINS), 6)


def costs(sizes: Sequence[int]) -> Iterator[Row]:
    """The investigation alone, the fastest of three fresh cases, at 600 rows of five metrics a service."""
    for size in sizes:
        given = topology_case(Spec("latency", size=size, seed=1))
        least = math.inf
        for _ in range(3):
            case = case_of(given, undetected(given), "given")
            if case is not None:
                least = min(least, verdict_of(case)[1])
        limit = 100.0 if size <= 50 else 500.0
        yield {"services": size, "series": len(given.series), "rows": 600, "ms": least, "limit": limit}
