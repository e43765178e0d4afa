"""Fits the probability that a cause is right on generated incidents, and writes it with what made it.

Fitted on families and seeds that `hunter bench topologies --part held` never draws; public data are
not looked at. Run it again whenever blame, patterns or the judge change.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any, Final

import numpy as np

from anomaly_hunter import registry
from anomaly_hunter.bench.incidents import AGENTS, ONSETS, case_of, detected, is_right
from anomaly_hunter.bench.jobs import in_jobs
from anomaly_hunter.bench.what.topologies import calibration_error, specs
from anomaly_hunter.investigate.candidates import candidates, named
from anomaly_hunter.investigate.confidence import SUPPORT, WEIGHTS, probability, signs_of
from anomaly_hunter.investigate.judge import confidence_of
from anomaly_hunter.model import FloatArray
from anomaly_hunter.samples.topologies.cases import Spec, topology_case
from anomaly_hunter.samples.topologies.mesh import FAMILIES, HELD_FAMILIES
from benchmarks import record

FITTED: Final = tuple(family for family in FAMILIES if family not in HELD_FAMILIES)
FIRST_SEED: Final = 1_000
SEEDS: Final = 9
PENALTY: Final = 1.0
"""Of squared weights, in cases."""

HIDDEN_COUNTS: Final = 2.0
"""A hidden root weighs as two cases, so that about one in six incidents has one."""

STEPS: Final = 20_000


def look(spec: Spec) -> list[dict[str, Any]]:
    """Signs of the causes named for a spec, and whether each is right."""
    try:
        given = topology_case(spec)
    except ValueError:
        return []
    found = []
    detections = detected(given)
    for onset in ONSETS:
        case = case_of(given, detections, onset)
        if case is None:
            continue
        findings = [asyncio.run(registry.lookup("agents", name)().investigate(case)) for name in AGENTS]
        ranked = candidates(case, findings)
        if named(ranked) is None or not ranked[0].place:
            continue
        signs = signs_of(case, ranked[0], ranked, confidence_of(findings, ranked[0], case))
        right = is_right(given, case, ranked[0].cause)
        found.append({"variant": spec.variant, "right": right, **asdict(signs)})
    return found


def fitted(rows: Sequence[dict[str, Any]]) -> dict[str, float]:
    """Weights and a constant, by projected gradient descent (accelerated); support cannot speak against."""
    names = [name for name in rows[0] if name not in ("variant", "right")]
    signs: FloatArray = np.array([[row[name] for name in names] for row in rows])
    right: FloatArray = np.array([float(row["right"]) for row in rows])
    counts = np.array([HIDDEN_COUNTS if row["variant"] == "hidden root" else 1.0 for row in rows])
    design = np.column_stack((np.ones(len(rows)), signs))
    rate = 4.0 / float(np.linalg.eigvalsh(design.T @ (design * counts[:, None]))[-1])
    support = [1 + names.index(name) for name in SUPPORT]
    weight = np.zeros(design.shape[1])
    ahead, momentum = weight.copy(), 1.0
    for _ in range(STEPS):
        p = 1.0 / (1.0 + np.exp(-design @ ahead))
        slope = design.T @ (counts * (p - right)) + PENALTY * np.concatenate(([0.0], ahead[1:]))
        following = ahead - rate * slope
        following[support] = np.maximum(0.0, following[support])
        faster = 0.5 * (1.0 + np.sqrt(1.0 + 4.0 * momentum**2))
        ahead = following + (momentum - 1.0) / faster * (following - weight)
        weight, momentum = following, faster
    return {"constant": round(float(weight[0]), 3)} | {
        name: round(float(value), 3) for name, value in zip(names, weight[1:], strict=True)
    }


def told(rows: Sequence[dict[str, Any]], weight: dict[str, float]) -> Iterator[str]:
    """What the fit is worth on the cases that it has seen."""
    signs = [{name: row[name] for name in weight if name != "constant"} for row in rows]
    stated = [
        {"confidence": probability(sign, weight), "right": row["right"]}
        for sign, row in zip(signs, rows, strict=True)
    ]
    before = [{"confidence": row["said"], "right": row["right"]} for row in rows]
    yield f"{len(rows)} causes named, {np.mean([row['right'] for row in rows]):.3f} right"
    errors = calibration_error(stated), calibration_error(before)
    yield "expected calibration error {:.4f} (agents alone {:.4f})".format(*errors)


def run(arguments: Sequence[str] | None = None) -> None:
    """Draw, fit, and write ``investigate/confidence.json``. ``--quick``: fewer cases, nothing written."""
    given = record.options("fit_confidence", "the probability that a cause is right").parse_args(arguments)
    seeds = range(FIRST_SEED, FIRST_SEED + (3 if given.quick else SEEDS))
    tasks = list(specs(FITTED, seeds))
    rows = [row for found in in_jobs(look, tasks, given.jobs, "fit_confidence") for row in found]
    weight = fitted(rows)
    notes = list(told(rows, weight))
    print("\n".join([*notes, json.dumps(weight, indent=1)]))
    if not given.quick:
        made = {
            "command": "python -m benchmarks.fit_confidence",
            "families": list(FITTED),
            "seeds": [seeds.start, seeds.stop],
            "seen": notes,
            "weights": weight,
        }
        WEIGHTS.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    record.main(run)
