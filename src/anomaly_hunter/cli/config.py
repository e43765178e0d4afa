"""`hunter config`: show the settings in force, check a file, print its schema."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from anomaly_hunter.config import FILE_NAME, as_mapping, json_schema, load_settings, settings_file

app = typer.Typer(help="Show and check settings.", no_args_is_help=True)
FileOption = Annotated[Path | None, typer.Argument(metavar="FILE", help=f"./{FILE_NAME} when left out.")]
HIDDEN: Final = "***"
_PASSWORD: Final = re.compile(r"(://(?:[^/?#\s@:]*:)?)[^/?#\s]*@")
_QUERY: Final = re.compile(r"\?\S+")


@app.command()
def show(file: FileOption = None) -> None:
    """Print all settings in force, as YAML that can be saved and edited; keys and passwords as ***."""
    import yaml

    settings = as_mapping(load_settings(file))
    headers = settings["tracing"]["headers"]
    headers.update(dict.fromkeys(headers, HIDDEN))
    typer.echo(yaml.safe_dump(_hidden(settings), sort_keys=False, allow_unicode=True).rstrip())


def _hidden(settings: Any) -> Any:
    """Settings whose addresses hold no password and no query."""
    if isinstance(settings, dict):
        return {key: _hidden(one) for key, one in settings.items()}
    if isinstance(settings, list):
        return [_hidden(one) for one in settings]
    if not isinstance(settings, str) or "://" not in settings:
        return settings
    return _QUERY.sub(f"?{HIDDEN}", _PASSWORD.sub(rf"\1{HIDDEN}@", settings))


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
