"""PetShop (CLeaR 2024): faults in a shop of 41 services, five rows of five minutes each.

``causes/petshop/low_traffic``: ``graph.csv`` (a row calls the columns that are not zero),
``noissue/metrics.csv`` (normal data, 588 rows) and ``test|train/issue_N`` with five rows, the third of
which is the trigger. The normal data are moved in time so that they end where the five rows begin.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Final

import numpy as np

from anomaly_hunter.bench.causes.labelled import (
    Labelled,
    Scene,
    constant_prior,
    dataset_of,
    number,
    read_rows,
)
from anomaly_hunter.errors import DataError
from anomaly_hunter.model import FloatArray, Graph, IntArray, Series

PLACE: Final = Path("causes") / "petshop" / "low_traffic"
STEP_S: Final = 300
TRIGGER: Final = 2
WINDOW: Final = 4
REAL_DIP_PCT: Final = 98.0
UNITS: Final = {"latency": "s", "requests": "", "availability": "%"}
ABLATIONS: Final = ("given, no counts", "given, p95", "given, p95, no counts", "given, 36 rows before",
                    "given, 20% of edges lost", "given, 15 wrong edges", "given, no graph")  # fmt: skip
Column = tuple[str, str, str]
Block = tuple[tuple[Column, ...], IntArray, FloatArray]


def has(folder: Path) -> bool:
    """Whether the set is there."""
    return (folder / PLACE / "graph.csv").is_file()


def cases(folder: Path, quick: bool) -> Iterator[Labelled]:
    """26 faults with the onset told and found, then with parts taken away; and all normal windows."""
    place = folder / PLACE
    told = {path.parent: _target(path) for path in sorted(place.glob("t*/issue_*/target.json"))}
    prior = constant_prior([target["root_cause"]["node"] for target in told.values()])
    settings = ("given", "detected") if quick else ("given", "detected", *ABLATIONS)
    for setting in settings:
        for issue, target in told.items():
            metric, node = target["target"]["metric"], target["target"]["node"]
            truth, name = target["root_cause"]["node"], f"{issue.parent.name}/{issue.name}"
            make = partial(scene_of_issue, place, issue, node, metric, setting)
            yield Labelled("petshop", setting, name, (truth,), make, metric, prior=prior)
    rows = len(_block(place / "noissue" / "metrics.csv")[1])
    node = next(iter(told.values()))["target"]["node"] if told else ""
    for metric in ("latency", "availability"):
        for start in range(0, rows - WINDOW + 1, 9 if quick else 1):
            half = rows // 2
            if start < half < start + WINDOW:
                continue
            make = partial(scene_of_normal, place, start, node, metric)
            dip = ", real dips" if _dips(place, start, node) else ""
            yield Labelled(
                "petshop", f"normal {metric}{dip}", f"rows {start}+{WINDOW}", (), make, metric, normal=True
            )


def _dips(place: Path, start: int, node: str) -> bool:
    """Whether more than 2% of the requests of the alerting service fail in one of the rows."""
    columns, _, value = _block(place / "noissue" / "metrics.csv")
    mine = [i for i, (name, metric, _) in enumerate(columns) if name == node and metric == "availability"]
    return bool((value[start : start + WINDOW, mine] < REAL_DIP_PCT).any())


def _target(path: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        content["root_cause"]["node"], content["target"]["node"], content["target"]["metric"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"`{path}` cannot be read ({error})", "target and root_cause", "get it again"
        ) from error
    return content


def scene_of_issue(place: Path, issue: Path, node: str, metric: str, setting: str) -> Scene:
    """Normal data, then the five rows; the alert speaks of the trigger and what follows it."""
    normal, fault = _block(place / "noissue" / "metrics.csv"), _block(issue / "metrics.csv")
    if "36 rows" in setting:
        normal = (normal[0], normal[1][-36:], normal[2][-36:])
    graph = graph_of(place, issue.parent.name + issue.name, setting)
    series, time = _joined(normal, fault, setting)
    trigger, last = time[len(normal[1]) + TRIGGER], time[-1]
    onset = None if setting == "detected" else (trigger, trigger)
    dataset = dataset_of(f"petshop {issue.name}", series, graph)
    return Scene(dataset, _alerting(series, node, metric), (trigger, last), onset)


def scene_of_normal(place: Path, start: int, node: str, metric: str) -> Scene:
    """Four normal rows judged by the half of the normal data that they are not in."""
    columns, time, value = _block(place / "noissue" / "metrics.csv")
    half = len(time) // 2
    other = slice(half, None) if start < half else slice(0, half)
    window = slice(start, start + WINDOW)
    reference = (columns, time[other], value[other])
    series, moments = _joined(reference, (columns, time[window], value[window]), "given")
    first = moments[-WINDOW]
    dataset = dataset_of("petshop normal", series, graph_of(place, "", "given"))
    return Scene(dataset, _alerting(series, node, metric), (first, moments[-1]), (first, first))


def _alerting(series: tuple[Series, ...], node: str, metric: str) -> str:
    mine = [s for s in series if s.labels["service"] == node and s.labels["metric"] == metric]
    return next((s for s in mine if s.labels["statistic"] == "Average"), mine[0]).title


def _joined(before: Block, after: Block, setting: str) -> tuple[tuple[Series, ...], IntArray]:
    """Series over both; what only one of them measures is missing in the other."""
    columns = tuple(dict.fromkeys((*before[0], *after[0])))
    shift = after[1][0] - STEP_S - before[1][-1]
    seconds = np.concatenate((before[1] + shift, after[1]))
    time = (seconds * 1_000_000_000).view("datetime64[ns]")
    value = np.concatenate([_aligned(block, columns) for block in (before, after)])
    series = [
        Series(f"{metric} {statistic}".lower(), time, value[:, i].copy(), unit=UNITS.get(metric, ""),
               labels={"service": node, "metric": metric, "statistic": statistic})
        for i, (node, metric, statistic) in enumerate(columns)
        if _kept(metric, statistic, setting) and not np.isnan(value[:, i]).all()
    ]  # fmt: skip
    return tuple(series), time


def _kept(metric: str, statistic: str, setting: str) -> bool:
    if metric == "requests":
        return "no counts" not in setting
    return metric != "latency" or "p95" not in setting or statistic == "p95"


def _aligned(block: Block, columns: tuple[Column, ...]) -> FloatArray:
    place = {column: i for i, column in enumerate(block[0])}
    whole = np.full((len(block[1]), len(columns)), np.nan)
    for i, column in enumerate(columns):
        if column in place:
            whole[:, i] = block[2][:, place[column]]
    return whole


@lru_cache(maxsize=64)
def _block(path: Path) -> Block:
    """Columns (node, metric, statistic), unix seconds, values."""
    rows = read_rows(path)
    if len(rows) < 5:
        raise DataError(f"`{path}` has {len(rows)} rows", "three header rows and data", "get it again")
    columns = tuple(zip(rows[0][1:], rows[1][1:], rows[2][1:], strict=True))
    lines = [row for row in rows[3:] if row[0].replace(".", "", 1).isdigit()]
    time = np.array([int(float(row[0])) for row in lines], dtype=np.int64)
    value = np.array([[number(cell) for cell in row[1:]] for row in lines])
    return columns, time, value


@lru_cache(maxsize=256)
def graph_of(place: Path, seed: str, setting: str) -> Graph | None:
    """The calls, with a fifth of them lost or 15 wrong ones where the setting says so."""
    if "no graph" in setting:
        return None
    rows = read_rows(place / "graph.csv")
    names = rows[0][1:]
    edges = [
        (row[0], callee)
        for row in rows[1:]
        for callee, cell in zip(names, row[1:], strict=True)
        if number(cell) > 0 and row[0] != callee
    ]
    chance = random.Random(seed)  # noqa: S311 - which edges are lost, no secret
    if "edges lost" in setting:
        edges = [edge for edge in edges if chance.random() >= 0.2]
    if "wrong edges" in setting:
        pairs = [(a, b) for a in names for b in names if a != b and (a, b) not in set(edges)]
        edges += chance.sample(pairs, min(15, len(pairs)))
    return Graph(tuple(edges))
