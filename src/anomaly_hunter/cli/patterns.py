"""`hunter patterns`: the failure patterns an incident is compared with, and checks of your own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from anomaly_hunter.cli import options as o

app = typer.Typer(
    help="List the failure patterns that incidents are compared with, show one, check your own.",
    invoke_without_command=True,
)


@app.callback()
def listing(context: typer.Context, patterns: o.Patterns = None) -> None:
    """List the failure patterns that incidents are compared with, show one, check your own."""
    if context.invoked_subcommand is not None:
        return
    from rich.console import Console
    from rich.table import Table

    from anomaly_hunter.investigate.pattern_files import catalogue

    table = Table("id", "domain", "means", "needs", "score*", box=None, header_style="bold")
    for pattern in sorted(catalogue(_paths(patterns)), key=lambda p: (p.domain, p.id)):
        needs = "; ".join(symptom.text for symptom in pattern.required)
        table.add_row(pattern.id, pattern.domain, pattern.meaning, needs, f"{pattern.alone:.2f}")
    Console().print(table)
    typer.echo(
        "* score when all it needs is seen and nothing else is measured. A score is the weighted share of\n"
        "symptoms that are seen, less those against it: 1.00 is a full fit, below 0.30 it is not told."
    )


@app.command()
def show(
    pattern: Annotated[str, typer.Argument(metavar="ID", help="The pattern, as `hunter patterns` lists it.")],
    patterns: o.Patterns = None,
) -> None:
    """Print what speaks for and against a pattern, and its next steps."""
    from anomaly_hunter.investigate.pattern_files import catalogue, named

    found = named(catalogue(_paths(patterns)), pattern)
    typer.echo(f"{found.name} ({found.domain}): {found.meaning}")
    for head in ("required", "supporting", "against"):
        for symptom in getattr(found, head):
            typer.echo(f"  {head:<10} {symptom.weight:>4g}  {symptom.text}")
    for head in ("steps", "references"):
        typer.echo("\n".join(f"  {head:<10}       {line}" for line in getattr(found, head)))


@app.command()
def check(
    files: Annotated[list[Path], typer.Argument(metavar="PATH...", help="YAML files or folders of them.")],
) -> None:
    """Check your own patterns; an error names file and key, what was expected and the cure."""
    from anomaly_hunter.investigate.pattern_files import built_in, read_patterns

    ours = {pattern.id for pattern in built_in()}
    for file in files:
        for pattern in read_patterns(file):
            replaces = ", replaces ours" if pattern.id in ours else ""
            symptoms = f"{len(pattern.required)} required, {len(pattern.supporting)} supporting"
            typer.echo(f"{pattern.id} is valid: {symptoms}, {len(pattern.against)} against{replaces}")


def _paths(given: list[str] | None) -> tuple[str, ...]:
    """What the command line gave, else what the settings say."""
    from anomaly_hunter.config import load_settings

    return tuple(given) if given else load_settings().investigate.patterns
