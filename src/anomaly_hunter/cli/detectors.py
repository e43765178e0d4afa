"""`hunter detectors`: what there is to choose from."""

from __future__ import annotations

from typing import Annotated

import typer


def command(
    installed: Annotated[bool, typer.Option("--installed", help="Only those ready to use.")] = False,
) -> None:
    """List every detector: ours, those of scikit-learn and PyOD, and those of plug-ins."""
    from rich.console import Console
    from rich.table import Table

    from anomaly_hunter import registry

    table = Table("name", "for", "from", "what it does", box=None, header_style="bold")
    for entry in registry.describe("detectors"):
        if installed and not entry.installed:
            continue
        origin = entry.origin if entry.installed else f"{entry.origin} (not installed)"
        table.add_row(entry.name, entry.takes, origin, entry.summary)
    Console().print(table)
