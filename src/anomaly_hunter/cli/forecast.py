"""`hunter forecast`: how every series goes on."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Final

import typer

from anomaly_hunter.cli import options as o
from anomaly_hunter.config import Settings

if TYPE_CHECKING:
    from anomaly_hunter.detect.forecasting.contract import Forecast

COLUMNS: Final = ("timestamp", "series", "yhat", "yhat_lower", "yhat_upper")
Row = tuple[str, str, float, float, float]


class Format(StrEnum):
    """How forecasts are printed."""

    table = "table"
    json = "json"
    csv = "csv"


@o.with_settings
def command(
    *,
    file: o.OneFile,
    settings: Settings,
    horizon: Annotated[int, typer.Option("--horizon", metavar="POINTS", help="How many points ahead.")],
    forecaster: Annotated[
        str, typer.Option("--forecaster", metavar="NAME", help="seasonal, arima, prophet or lightgbm.")
    ] = "seasonal",
    level: Annotated[
        float, typer.Option("--level", metavar="SHARE", help="Share of values inside the interval.")
    ] = 0.95,
    output: Annotated[
        Format | None, typer.Option("-o", "--output", help="Table on a terminal, JSON in a pipe.")
    ] = None,
) -> None:
    """How every series goes on: expected values and the interval around them."""
    from anomaly_hunter.cli.output import deliver
    from anomaly_hunter.forecast import forecast

    found = forecast(file, horizon=horizon, forecaster=forecaster, level=level, settings=settings)
    for one in found:
        if one.note:
            print(f"hunter: {one.note}", file=sys.stderr)
    form = output or (Format.table if sys.stdout.isatty() else Format.json)
    rows = [row for one in found for row in rows_of(one)]
    deliver({Format.table: as_table, Format.json: as_json, Format.csv: as_csv}[form](rows), None)


def rows_of(forecast: Forecast) -> Iterator[Row]:
    """One row per time: ISO-8601 in UTC, or the position of a series without a clock."""
    from anomaly_hunter.model import iso
    from anomaly_hunter.tell.plain import plain

    for i, time in enumerate(forecast.time):
        when = iso(time) if forecast.clocked else str(int(time.astype("datetime64[s]").astype(int)))
        numbers = (float(part[i]) for part in (forecast.expected, forecast.lower, forecast.upper))
        yield (when, plain(forecast.series), *(float(f"{number:.6g}") for number in numbers))  # type: ignore[misc]


def as_json(rows: Sequence[Row]) -> str:
    """A list of objects, one per line.

    >>> print(as_json([("2026-01-01T00:00:00Z", "cpu", 2.0, 1.0, 3.0)]), end="")
    [
    {"timestamp": "2026-01-01T00:00:00Z", "series": "cpu", "yhat": 2.0, "yhat_lower": 1.0, "yhat_upper": 3.0}
    ]
    """
    lines = (json.dumps(dict(zip(COLUMNS, row, strict=True)), ensure_ascii=False) for row in rows)
    return "[\n" + ",\n".join(lines) + "\n]\n"


def as_csv(rows: Sequence[Row]) -> str:
    """A header, commas, ``\\n``; text that a spreadsheet would run as a formula is quoted by a ``'``.

    >>> print(as_csv([("2026-01-01T00:00:00Z", "cpu", 2.0, 1.0, 3.0)]), end="")
    timestamp,series,yhat,yhat_lower,yhat_upper
    2026-01-01T00:00:00Z,cpu,2,1,3
    """
    from anomaly_hunter.tell.reports.csv import harmless

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for when, series, *numbers in rows:
        writer.writerow([when, harmless(series), *(f"{number:.6g}" for number in numbers)])
    return text.getvalue()


def as_table(rows: Sequence[Row]) -> str:
    """Columns side by side, numbers to the right.

    >>> print(as_table([("2026-01-01T00:00:00Z", "cpu", 2.0, 1.0, 3.5)]), end="")
    timestamp             series  yhat  yhat_lower  yhat_upper
    2026-01-01T00:00:00Z  cpu        2           1         3.5
    """
    cells = [COLUMNS, *((row[0], row[1], *(f"{number:.6g}" for number in row[2:])) for row in rows)]
    widths = [max(len(str(line[i])) for line in cells) for i in range(len(COLUMNS))]
    lines = (
        "  ".join(
            str(cell).ljust(width) if i < 2 else str(cell).rjust(width)
            for i, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in cells
    )
    return "\n".join(lines) + "\n"
