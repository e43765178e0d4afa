"""Nezha (FSE 2023): faults of about three minutes in two shops, one row per minute.

``causes/nezha/rca_data/DAY``: ``DAY-fault_list.json`` and per pod a file of metrics; the front end;
and, where they were measured, calls (``dependency.csv``) with their latency at the caller
(``source_50.csv``) and at the callee.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache, partial
from pathlib import Path
from typing import Final

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

PLACE: Final = Path("causes") / "nezha"
PAST_S: Final = 180 * 60
FRONT_LATENCY: Final = "LatencyP95(s)"
SEEN_S: Final = 4 * 60
ALERT_S: Final = 2 * 60
"""When somebody notices, where the onset is not told."""

LOCAL_S: Final = 3 * 60
QUIET_S: Final = 6 * 60
WINDOW_S: Final = 3 * 60
NOT_METRICS: Final = ("Time", "TimeStamp", "time", "timestamp", "PodName", "ServiceName")
CALLS: Final = {"source_50.csv": "source", "destination_50.csv": "destination"}
Column = tuple[str, tuple[tuple[str, str], ...]]


def has(folder: Path) -> bool:
    """Whether the set is there."""
    return any((folder / PLACE / "rca_data").glob("*/*-fault_list.json"))


def cases(folder: Path, quick: bool) -> Iterator[Labelled]:
    """All faults with the past and the whole day as reference, onset told and found; quiet minutes."""
    for path in sorted((folder / PLACE / "rca_data").glob("*/*-fault_list.json")):
        faults = _faults(path)
        prior = constant_prior([service for _, service, _ in faults])
        shop = path.parent.name
        for reference in ("past", "construct_data"):
            for onset in ("given", "detected"):
                for moment, service, kind in faults:
                    make = partial(scene_of, folder / PLACE, shop, moment, reference, onset == "given")
                    setting = f"{onset}, {reference}"
                    yield Labelled(
                        f"nezha {shop}", setting, f"{service} {moment}", (service,), make, kind, prior=prior
                    )
        yield from _normal(folder / PLACE, shop, [moment for moment, _, _ in faults], quick)


def _normal(place: Path, shop: str, faults: list[int], quick: bool) -> Iterator[Labelled]:
    """Every three minutes without a fault six minutes before and after, by the past."""
    first, last = _span(place / "rca_data" / shop / "metric")
    begins = range(first + 60 * 60, last - WINDOW_S, WINDOW_S * (10 if quick else 1))
    for begin in begins:
        if all(not fault - WINDOW_S - 60 < begin < fault + QUIET_S for fault in faults):
            make = partial(scene_of, place, shop, begin, "past", True)
            yield Labelled(f"nezha {shop}", "normal", f"{begin}", (), make, "normal", normal=True)


def _faults(path: Path) -> list[tuple[int, str, str]]:
    """(unix second, service, kind of fault) of every fault."""
    try:
        hours = json.loads(path.read_text(encoding="utf-8"))
        return [
            (_unix(fault["inject_time"]), service_of_pod(fault["inject_pod"]), fault["inject_type"])
            for faults in hours.values()
            for fault in faults
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"`{path}` cannot be read ({error})", "{hour: [fault]}", "get it again") from error


def _unix(text: str) -> int:
    return int(np.datetime64(text.replace(" ", "T"), "s").astype(np.int64))


def service_of_pod(pod: str) -> str:
    """The deployment of a pod: its name without the two random parts.

    >>> service_of_pod("ts-food-service-f5756978c-6sb8t")
    'ts-food-service'
    """
    return pod.rsplit("-", 2)[0]


def scene_of(place: Path, shop: str, moment: int, reference: str, told: bool) -> Scene:
    """Data until four minutes after ``moment``, after the past 180 minutes, or the whole day (which looks
    ahead) and the last three minutes."""
    series = tuple(
        made
        for file in _files(place / "rca_data" / shop / "metric")
        for made in _series(file, moment, reference, place / "construct_data" / shop / "metric" / file.name)
    )
    # A value stamped with the very second of the fault stands for the minute before it.
    begin, end = (np.datetime64(s, "s").astype("datetime64[ns]") for s in (moment + 1, moment + SEEN_S))
    dataset = dataset_of(f"nezha {shop}", series, graph_of(place / "rca_data" / shop / "metric"))
    alerting = next((s.title for s in series if s.name == FRONT_LATENCY), "")
    if told:
        return Scene(dataset, alerting, (begin, end), (begin, begin))
    alert = np.datetime64(moment + ALERT_S, "s").astype("datetime64[ns]")
    return Scene(dataset, alerting, (alert, end), None)


def _series(file: Path, moment: int, reference: str, construct: Path) -> Iterator[Series]:
    columns, time, value = _block(file)
    now = (time >= moment - (LOCAL_S if reference == "construct_data" else PAST_S)) & (
        time <= moment + SEEN_S
    )
    before_time, before = time[:0], value[:0]
    if reference == "construct_data" and construct.is_file():
        _, day, normal = _block(construct)
        before_time, before = day - day[-1] + time[now][0] - 60 if now.any() else day, normal
    stamps = (np.concatenate((before_time, time[now])) * 1_000_000_000).view("datetime64[ns]")
    whole = np.concatenate((before, value[now]))
    for i, (name, labels) in enumerate(columns):
        if not np.isnan(whole[:, i]).all():
            yield Series(name, stamps, whole[:, i].copy(), labels=dict(labels))


def graph_of(metrics: Path) -> Graph | None:
    """Calls between services; hosts (addresses) are left out."""
    path = metrics / "dependency.csv"
    if not path.is_file():
        return None
    rows = [row for row in read_rows(path)[1:] if len(row) >= 2]
    return Graph(tuple((row[0], row[1]) for row in rows if not row[1].replace(".", "").isdigit()))


@lru_cache(maxsize=4)
def _span(metrics: Path) -> tuple[int, int]:
    time = _block(_files(metrics)[0])[1]
    return int(time[0]), int(time[-1])


@lru_cache(maxsize=4)
def _files(metrics: Path) -> tuple[Path, ...]:
    files = [
        *sorted(metrics.glob("*_metric.csv")),
        metrics / "front_service.csv",
        *(metrics / n for n in CALLS),
    ]
    return tuple(file for file in files if file.is_file())


@lru_cache(maxsize=256)
def _block(path: Path) -> tuple[tuple[Column, ...], IntArray, FloatArray]:
    """Columns (name, labels), unix seconds by ``Time`` (the stamps of some pods are wrong), values."""
    head, *rows = read_rows(path)
    rows = [row for row in rows if len(row) == len(head)]
    stamp = next((i for i, name in enumerate(head) if name.lower() == "time"), 0)
    kept = [i for i, name in enumerate(head) if name not in NOT_METRICS]
    pod = rows[0][2] if rows and path.name.endswith("_metric.csv") else ""
    columns = tuple((_name(path, head[i]), _labels(path, head[i], pod)) for i in kept)
    time = np.array([_unix(row[stamp][:19]) for row in rows], dtype=np.int64)
    order = np.argsort(time, kind="stable")
    value = np.array([[number(row[i]) for i in kept] for row in rows])
    return columns, time[order], value[order]


def _name(path: Path, head: str) -> str:
    return "LatencyP50(s)" if path.name in CALLS else head


def _labels(path: Path, head: str, pod: str) -> tuple[tuple[str, str], ...]:
    if path.name in CALLS:
        caller, _, callee = head.partition("_")
        return (("source", caller), ("destination", callee), ("reporter", CALLS[path.name]))
    return (("service", service_of_pod(pod)), ("pod", pod)) if pod else (("service", "frontend"),)
