"""A detection as a head of plain types and its arrays, and back: nothing of it is lost.

Arrays are of two kinds: what a picture draws, and what each detector said, which only an explanation of a
point needs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final, TypeAlias

import numpy as np

from anomaly_hunter.model import Anomaly, AnyArray, Column, Detection, Profile, Quiet, Series, Share, Table
from anomaly_hunter.remember.hunts.exact import back, exact

Head: TypeAlias = dict[str, Any]
Arrays: TypeAlias = dict[str, AnyArray]

DRAWN: Final = ("score", "time", "value", "row", "expected", "lower", "upper")
"""Names of the arrays that a picture draws."""

_BANDS: Final = ("expected", "lower", "upper")
_SERIES: Final = ("name", "labels", "unit", "channels", "source", "clocked", "counts", "tz")


def head_of(detection: Detection, ids: Mapping[str, str]) -> Head:
    """All of a detection that is no array; ``ids`` says under which ids its anomalies are kept."""
    series, table = detection.series, detection.table
    return {
        "subject": exact(detection.subject),
        "points": len(detection.score),
        "detectors": exact(detection.detectors),
        "note": exact(detection.note),
        "anomalies": [_anomaly(one, ids.get(one.id, one.id)) for one in detection.anomalies],
        "quiet": [_record(one) for one in detection.quiet],
        "profile": None if detection.profile is None else _record(detection.profile),
        "series": None if series is None else {name: exact(getattr(series, name)) for name in _SERIES},
        "table": None if table is None else _columns(table),
    }


def drawn(detection: Detection) -> Arrays:
    """Score, and of a series its times, values, rows and band."""
    found: Arrays = {"score": detection.score}
    if detection.series is not None:
        series = detection.series
        found |= {"time": series.time, "value": series.value, "row": series.row}
    found |= {name: band for name in _BANDS if (band := getattr(detection, name)) is not None}
    return found


def said(detection: Detection) -> Arrays:
    """What each detector said, and the cells of a table."""
    found: Arrays = {f"part:{name}": part for name, part in detection.parts.items()}
    if detection.table is not None:
        found |= {f"column:{at}": one.values for at, one in enumerate(detection.table.columns)}
    return found


def detection_of(head: Head, arrays: Mapping[str, AnyArray] | None = None) -> Detection:
    """The detection of a head and its arrays; without them one that has no points, and the same ids.

    The arrays of :func:`drawn` alone make one that draws and cannot be explained.
    """
    arrays = {} if arrays is None else arrays
    score = arrays.get("score")
    return Detection(
        subject=back(head["subject"]),
        score=np.broadcast_to(np.float64(0), head["points"]) if score is None else score,
        anomalies=tuple(_anomaly_of(one) for one in head["anomalies"]),
        detectors=back(head["detectors"]),
        series=_series_of(head["series"], arrays),
        table=_table_of(head["table"], arrays),
        profile=None if head["profile"] is None else Profile(**_back(head["profile"])),
        expected=arrays.get("expected"),
        lower=arrays.get("lower"),
        upper=arrays.get("upper"),
        quiet=tuple(Quiet(**_back(one)) for one in head["quiet"]),
        note=back(head["note"]),
        parts={name[5:]: part for name, part in arrays.items() if name.startswith("part:")},
    )


def _record(record: Any) -> Head:
    return {field.name: exact(getattr(record, field.name)) for field in fields(record)}


def _back(given: Head) -> dict[str, Any]:
    return {name: back(value) for name, value in given.items()}


def _anomaly(anomaly: Anomaly, name: str) -> Head:
    carriers = [[exact(share.name), exact(share.share)] for share in anomaly.carriers]
    plain = {f.name: exact(getattr(anomaly, f.name)) for f in fields(anomaly) if f.name != "carriers"}
    return plain | {"id": exact(name), "carriers": carriers}


def _anomaly_of(given: Head) -> Anomaly:
    values = _back(given)
    carriers = tuple(Share(name, float(share)) for name, share in values.pop("carriers"))
    return Anomaly(**values, carriers=carriers)


def _columns(table: Table) -> Head:
    return {
        "name": exact(table.name),
        "columns": [
            {"name": exact(one.name), "role": one.role, "categories": exact(one.categories)}
            for one in table.columns
        ],
    }


def _series_of(given: Head | None, arrays: Mapping[str, AnyArray]) -> Series | None:
    if given is None:
        return None
    known = _back(given)
    nothing = np.empty((0, len(known["channels"])) if known["channels"] else 0)
    time = arrays.get("time", np.empty(0, "datetime64[ns]"))
    row = arrays.get("row", np.empty(0, np.int64))
    return Series(time=time, value=arrays.get("value", nothing), row=row, **known)


def _table_of(given: Head | None, arrays: Mapping[str, AnyArray]) -> Table | None:
    if given is None:
        return None
    columns = [
        Column(back(one["name"]), one["role"], arrays[f"column:{at}"], back(one["categories"]))
        for at, one in enumerate(given["columns"])
        if f"column:{at}" in arrays
    ]
    return Table(back(given["name"]), tuple(columns))
