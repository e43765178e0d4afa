"""`-o csv`: one row per point with its band, score and severity; for tables one per row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Final, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from anomaly_hunter.model import AnyArray, Detection, FloatArray, Hunt, Series
from anomaly_hunter.tell.plain import plain

SERIES_COLUMNS: Final = (
    "timestamp", "series", "y", "yhat", "yhat_lower", "yhat_upper", "score", "is_anomaly", "severity",
)  # fmt: skip
TABLE_COLUMNS: Final = ("row", "score", "is_anomaly", "severity", "carriers")

TimeUnit: TypeAlias = Literal["s", "ms", "us", "ns"]

_CHUNK: Final = 65_536


class Csv:
    """Plain CSV: a header, commas, ``\\n``, UTF-8, empty for missing, 1 and 0 for ``is_anomaly``.

    ``timestamp`` is ISO-8601 in UTC, or the data row (from 0) of a series without a clock. ``y``
    is written in full; what we computed (``yhat``, band, ``score``) in six significant digits.
    ``severity`` is that of the incident that holds the point: empty where nothing is abnormal or
    the anomaly was not investigated. A series of many channels gives one row per point and
    channel, named ``series[channel]``. Should a hunt hold series and tables, table rows stand
    below the series in the same columns.

    Text from the data that a spreadsheet would run as a formula is quoted by a leading ``'``.
    """

    name: ClassVar[str] = "csv"

    def render(self, hunt: Hunt) -> str:
        """The header and all rows, in the order of the detections."""
        severity = {
            anomaly.id: incident.verdict.severity
            for incident in hunt.incidents
            for anomaly in incident.anomalies
        }
        tables_only = bool(hunt.detections) and all(d.series is None for d in hunt.detections)
        if not hunt.detections:
            tables_only = hunt.dataset.kind == "table"
        parts = [",".join(TABLE_COLUMNS if tables_only else SERIES_COLUMNS) + "\n"]
        for detection in hunt.detections:
            if detection.series is not None:
                parts.extend(_series_rows(detection, detection.series, severity))
            else:
                parts.extend(_table_rows(detection, severity, tables_only))
        return "".join(parts)


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula (OWASP, CSV injection).

    One record stays one line: see :func:`~anomaly_hunter.tell.plain.plain`.

    >>> harmless("=SUM(A1)"), harmless("cpu"), harmless("-1+2")
    ("'=SUM(A1)", 'cpu', "'-1+2")
    """
    flat = plain(text)
    return f"'{flat}" if flat.startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠")) else flat


def significant(values: FloatArray, digits: int = 6) -> FloatArray:
    """Values rounded to so many significant digits; NaN, infinite and zero stay.

    >>> significant(np.array([123456.789, 0.000123456789, 0.0, np.nan])).tolist()
    [123457.0, 0.000123457, 0.0, nan]
    """
    size = np.abs(values)
    usual = (size > 1e-300) & (size < 1e300)
    exponent = np.zeros(values.shape)
    np.log10(size, out=exponent, where=usual)
    shift = digits - 1 - np.floor(exponent)
    up, down = 10.0 ** np.clip(shift, 0, 250), 10.0 ** np.clip(-shift, 0, 300)
    rounded = values.copy()
    fits = usual & (shift < 250)
    np.copyto(rounded, np.round(np.where(fits, values, 0.0) / down * up) / up * down, where=fits)
    return rounded


def _series_rows(detection: Detection, series: Series, severity: Mapping[str, float]) -> Iterator[str]:
    n = len(series)
    wide = series.value.ndim == 2
    k = series.value.shape[1] if wide else 1
    alarm, level = _marks(detection, n, severity)
    titles = [f"{series.title}[{channel}]" for channel in series.channels] if wide else [series.title]
    names = [harmless(title) for title in titles]
    bands = [detection.expected, detection.lower, detection.upper]
    unit = _precision(series)
    for start in range(0, n, _CHUNK):
        cut = slice(start, min(start + _CHUNK, n))
        size = cut.stop - start
        columns = [
            np.repeat(_stamps(series, cut, unit), k).tolist(),
            names * size,
            _blank_missing(series.value[cut].ravel()),
            *(_band(band, cut, size, k) for band in bands),
            _blank_missing(np.repeat(significant(detection.score[cut]), k)),
            np.repeat(alarm[cut].astype(int), k).tolist(),
            _blank_missing(np.repeat(level[cut], k)),
        ]
        yield _lines(columns)


def _table_rows(detection: Detection, severity: Mapping[str, float], own_columns: bool) -> Iterator[str]:
    n = len(detection.score)
    alarm, level = _marks(detection, n, severity)
    carriers = dict.fromkeys(range(n), "") if own_columns else {}
    for anomaly in detection.anomalies:
        text = "; ".join(f"{share.name} {share.share:.2f}" for share in anomaly.carriers)
        carriers.update(dict.fromkeys(anomaly.rows, harmless(text)))
    for start in range(0, n, _CHUNK):
        rows = range(start, min(start + _CHUNK, n))
        cut = slice(rows.start, rows.stop)
        marks = [
            _blank_missing(significant(detection.score[cut])),
            alarm[cut].astype(int).tolist(),
            _blank_missing(level[cut]),
        ]
        if own_columns:
            yield _lines([list(rows), *marks, [carriers[row] for row in rows]])
        else:
            empty = [""] * len(rows)
            yield _lines([list(rows), [harmless(detection.subject)] * len(rows), *[empty] * 4, *marks])


def _marks(
    detection: Detection, n: int, severity: Mapping[str, float]
) -> tuple[npt.NDArray[np.bool_], FloatArray]:
    """``(n,)`` whether a point is in an anomaly; ``(n,)`` its severity, NaN where there is none."""
    alarm = np.zeros(n, dtype=bool)
    level = np.full(n, np.nan)
    for anomaly in detection.anomalies:
        where = list(anomaly.rows) if anomaly.rows else slice(anomaly.start, anomaly.stop)
        alarm[where] = True
        level[where] = np.fmax(level[where], round(severity.get(anomaly.id, np.nan), 2))
    return alarm, level


def _precision(series: Series) -> TimeUnit:
    """The coarsest unit that keeps every time of the series."""
    ticks = series.time.view(np.int64)
    if not (ticks % 1_000_000_000).any():
        return "s"
    return "ms" if not (ticks % 1_000_000).any() else "us" if not (ticks % 1_000).any() else "ns"


def _stamps(series: Series, cut: slice, unit: TimeUnit) -> AnyArray:
    if not series.clocked:
        return series.row[cut]
    text: AnyArray = np.datetime_as_string(series.time[cut], unit=unit)
    return np.char.add(text, "Z")


def _band(band: FloatArray | None, cut: slice, size: int, k: int) -> list[Any]:
    if band is None:
        return [""] * (size * k)
    part = band[cut].ravel()
    return _blank_missing(significant(part if len(part) == size * k else np.repeat(part, k)))


def _blank_missing(values: FloatArray) -> list[Any]:
    cells: list[Any] = values.tolist()
    for position in np.flatnonzero(~np.isfinite(values)).tolist():
        cells[position] = ""
    return cells


def _lines(columns: list[list[Any]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(zip(*columns, strict=True))
    return text.getvalue()
