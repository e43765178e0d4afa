"""`hunter demo`: the whole hunt on samples that ship with the package."""

from __future__ import annotations

import shutil
import tempfile
import textwrap
from pathlib import Path
from typing import Annotated

import typer

from anomaly_hunter.cli import options as o
from anomaly_hunter.errors import DataError


def command(
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write the HTML report of the incident there."),
    ] = None,
    folder: Annotated[
        Path | None, typer.Option("--folder", metavar="DIR", help="Keep the sample files there.")
    ] = None,
    no_color: o.NoColor = False,
) -> None:
    """Hunt in shipped samples of all three kinds: a checkout incident, orders, support tickets."""
    if folder is not None:
        _hunt_all(folder, out, no_color)
        return
    with tempfile.TemporaryDirectory(prefix="hunter-demo-") as made:
        _hunt_all(Path(made), out, no_color)


def _hunt_all(folder: Path, out: Path | None, no_color: bool) -> None:
    from anomaly_hunter.cli import output as rim
    from anomaly_hunter.hunt import hunt
    from anomaly_hunter.samples import series, services, table, tickets

    try:
        for sample in (series, table, tickets, services):
            sample.write(folder)
    except OSError as error:
        raise DataError(
            f"the samples cannot be written to {folder} ({error.strerror})",
            "a folder that is writable, or a new name",
            "name another one with --folder",
        ) from error
    found = hunt(
        str(folder / "checkout.csv"),
        events=str(folder / "checkout-events.csv"),
        graph=str(folder / "checkout-graph.yaml"),
    )
    rim.deliver(rim.render(found, "terminal", color=False if no_color else None), None)
    typer.echo("\nA shop of eleven services, a file of metrics for each (shop/), its calls and its changes:")
    shop = hunt(
        str(folder / "shop"), events=str(folder / "shop-events.json"), graph=str(folder / "shop-graph.yaml")
    )
    for incident in shop.incidents:
        told = f"severity {incident.verdict.severity:.1f}, {incident.verdict.headline}"
        typer.echo(_wrapped(told, "  "))
    typer.echo("\nAnd the two other kinds of data:")
    for name in ("orders.csv", "tickets.csv"):
        other = hunt(str(folder / name), events=_events_beside(folder / name))
        verdict = other.verdict
        told = f"severity {verdict.severity:.1f}, {verdict.headline}" if verdict else "nothing abnormal"
        typer.echo(_wrapped(f"{name}: {other.dataset.reading}", "  "))
        typer.echo(_wrapped(told, "    "))
    if out is not None:
        rim.deliver(rim.render(found, "html"), out)
        typer.echo(f"\nThe HTML report of the incident is {out}: open it in a browser.")
    typer.echo("\nNext: hunter detect YOUR-FILE, or `hunter demo --folder samples` to keep these files.")


def _wrapped(text: str, indent: str) -> str:
    width = min(shutil.get_terminal_size().columns, 100)
    return textwrap.fill(text, width, initial_indent=indent, subsequent_indent=f"{indent}    ")


def _events_beside(path: Path) -> str | None:
    events = path.with_name(f"{path.stem}-events.csv")
    return str(events) if events.exists() else None
