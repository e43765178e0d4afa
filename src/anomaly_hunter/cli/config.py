"""`hunter config`: show the settings in force, check a file, print its schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from anomaly_hunter.config import FILE_NAME, as_mapping, json_schema, load_settings, settings_file

app = typer.Typer(help="Show and check settings.", no_args_is_help=True)
FileOption = Annotated[Path | None, typer.Argument(metavar="FILE", help=f"./{FILE_NAME} when left out.")]


@app.command()
def show(file: FileOption = None) -> None:
    """Print all settings in force, as YAML that can be saved and edited."""
    import yaml

    typer.echo(yaml.safe_dump(as_mapping(load_settings(file)), sort_keys=False, allow_unicode=True).rstrip())


@app.command()
def validate(file: FileOption = None) -> None:
    """Check a settings file; an error names the line and the cure."""
    load_settings(file)
    file = file or settings_file()
    if file is None:
        typer.echo(f"there is no {FILE_NAME} here: the built-in settings are in force")
    else:
        typer.echo(f"{file} is valid")


@app.command()
def schema() -> None:
    """Print the JSON Schema of hunter.yaml, for editors."""
    typer.echo(json.dumps(json_schema(), indent=2))
