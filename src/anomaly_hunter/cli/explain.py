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
        str,
        typer.Option(
            "--at", metavar="TIME", help="A time (ISO-8601), or #17 for data row 17, counted from 0."
        ),
    ],
    series: Annotated[
        str, typer.Option("--series", metavar="NAME", help="Which series; else the strangest there.")
    ] = "",
) -> None:
    """Why one point did or did not alarm: expected, actual, score, and the rule that decided."""
    from anomaly_hunter.explain import explain

    told = explain(file, at, series=series, settings=settings)
    typer.echo(f"{told.when}: {'an alarm' if told.alarm else 'no alarm'}")
    typer.echo(f"  actual    {told.actual:.6g}")
    typer.echo(f"  expected  {told.expected:.6g} ({told.lower:.6g} to {told.upper:.6g})")
    typer.echo(f"  score     {told.score:.3g} (1 is the boundary)")
    for reason in told.reasons:
        typer.echo(f"  - {reason}")
