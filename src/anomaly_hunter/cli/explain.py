"""`hunter explain`: why a point is, or is not, an alarm."""

from __future__ import annotations

from typing import Annotated

import typer

from anomaly_hunter.cli import options as o
from anomaly_hunter.config import Settings


@o.with_settings
def command(
    *,
    file: o.OneFile,
    settings: Settings,
    at: Annotated[
        str, typer.Option("--at", metavar="TIME", help="A time (ISO-8601), or #17 for a point or row.")
    ],
    series: Annotated[
        str | None, typer.Option("--series", metavar="NAME", help="Which series, when there are several.")
    ] = None,
) -> None:
    """Why one point did or did not alarm: expected, actual, score, and the rule that decided."""
    from anomaly_hunter.explain import explain

    for line in explain(file, at, series=series, settings=settings):
        typer.echo(line)
