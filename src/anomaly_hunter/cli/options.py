"""Options that several commands share, and how they become settings."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from enum import StrEnum
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, Final, TypeAlias

import typer

from anomaly_hunter.config import Settings, load_settings, override
from anomaly_hunter.errors import UsageError
from anomaly_hunter.investigate.reasoning.options import OFF, AgentsOptions

READING = "Reading (every guess can be overridden)"
DETECTING = "Detecting"
WHY = "Investigating"
TELLING = "Telling"


class Kind(StrEnum):
    """What the data are."""

    series = "series"
    table = "table"
    tickets = "tickets"


class Direction(StrEnum):
    """Which way is worth an alarm."""

    up = "up"
    down = "down"
    both = "both"


Files: TypeAlias = Annotated[
    list[str], typer.Argument(metavar="FILE...", help="Files, globs or a folder; `-` is standard input.")
]
OneFile: TypeAlias = Annotated[
    str, typer.Argument(metavar="FILE", help="A file, glob or folder; `-` is standard input.")
]
Events: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--events", metavar="FILE", help="What changed: deploys, flags, ... (CSV, JSON).", rich_help_panel=WHY
    ),
]
GraphOption: TypeAlias = Annotated[
    str | None,
    typer.Option("--graph", metavar="FILE", help="Who calls whom (YAML, JSON, CSV).", rich_help_panel=WHY),
]
Logs: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--logs", metavar="FILE", help="Log lines of the same time (text, JSON lines).", rich_help_panel=WHY
    ),
]
Patterns: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--patterns",
        metavar="PATH",
        help="Your own failure patterns: a file or folder (repeatable).",
        rich_help_panel=WHY,
    ),
]
Model: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--model",
        metavar="NAME",
        help="Language model for every agent: openai:gpt-5-mini, ...; off = none.",
        rich_help_panel=WHY,
    ),
]
Output: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "-o",
        "--output",
        metavar="FORMAT",
        help="terminal, json, jsonl, csv, md or html (terminal; JSON in a pipe).",
        rich_help_panel=TELLING,
    ),
]
Out: TypeAlias = Annotated[
    Path | None,
    typer.Option("--out", metavar="FILE", help="Write there, whole or not at all.", rich_help_panel=TELLING),
]
Sink: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--sink", metavar="NAME:TARGET", help="Send incidents there (repeatable).", rich_help_panel=TELLING
    ),
]
FailOn: TypeAlias = Annotated[
    str | None,
    typer.Option("--fail-on", metavar="TEST", help="Exit 3 if, e.g. 'severity>=7'.", rich_help_panel=TELLING),
]
Remember: TypeAlias = Annotated[
    bool,
    typer.Option("--memory/--no-memory", help="Ask and keep the folder's memory.", rich_help_panel=WHY),
]
Quiet: TypeAlias = Annotated[
    bool, typer.Option("--quiet", "-q", help="Print nothing but errors.", rich_help_panel=TELLING)
]
NoColor: TypeAlias = Annotated[
    bool, typer.Option("--no-color", help="Plain text (also NO_COLOR).", rich_help_panel=TELLING)
]


Config: TypeAlias = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help="Settings (./hunter.yaml).")
]


def _text(flag: str, metavar: str, what: str, panel: str) -> Any:
    return Annotated[str | None, typer.Option(flag, metavar=metavar, help=what, rich_help_panel=panel)]


def _texts(flag: str, metavar: str, what: str, panel: str) -> Any:
    return Annotated[list[str] | None, typer.Option(flag, metavar=metavar, help=what, rich_help_panel=panel)]


def _number(flag: str, metavar: str, what: str, panel: str) -> Any:
    return Annotated[float | None, typer.Option(flag, metavar=metavar, help=what, rich_help_panel=panel)]


def _yes_no(flags: str, what: str) -> Any:
    return Annotated[bool | None, typer.Option(flags, help=what, rich_help_panel=READING)]


SETTINGS: Final[dict[str, Any]] = {
    # setting -> option; the names are those of the options records in the rooms
    "time": _text("--time", "COLUMN", "Time stamps.", READING),
    "value": _texts("--value", "COLUMN", "Measures (repeatable).", READING),
    "by": _texts("--by", "COLUMN", "Split into one series per value (repeatable).", READING),
    "text": _text("--text", "COLUMN", "Text of a ticket.", READING),
    "ignore": _texts("--ignore", "COLUMN", "Leave a column out (repeatable).", READING),
    "kind": Annotated[
        Kind | None, typer.Option("--kind", help="What the data are.", rich_help_panel=READING)
    ],
    "tz": _text("--tz", "ZONE", "Zone of times that carry none.", READING),
    "day_first": _yes_no("--day-first/--no-day-first", "01/02/2026 is 1 February or 2 January."),
    "decimal_comma": _yes_no("--decimal-comma/--no-decimal-comma", "1,5 is one and a half, or not."),
    "counters": _yes_no("--counters/--no-counters", "Look at the increase of what only rises, or not."),
    "max_series": Annotated[
        int | None,
        typer.Option(
            "--max-series", metavar="COUNT", help="Refuse to read more series.", rich_help_panel=READING
        ),
    ],
    "every_s": _number("--every", "SECONDS", "Interval for counting records.", READING),
    "detectors": _texts("--detector", "NAME", "Use this detector (repeatable).", DETECTING),
    "detection_direction": Annotated[
        Direction | None,
        typer.Option("--direction", help="Which way is worth an alarm.", rich_help_panel=DETECTING),
    ],
    "min_dev_from_expected": _number("--min-dev", "UNITS", "Smallest deviation worth an alarm.", DETECTING),
    "min_rel_dev_from_expected": _number(
        "--min-rel-dev", "SHARE", "The same as a share: 0.2 = 20%.", DETECTING
    ),
    "data_range": _text("--range", "LOW:HIGH", "Values outside always alarm (`0:`).", DETECTING),
    "seasonality": Annotated[
        int | None,
        typer.Option(
            "--season", metavar="POINTS", help="Points per season; 0: none.", rich_help_panel=DETECTING
        ),
    ],
    "contamination": _number("--contamination", "SHARE", "Alarm on this share of points or rows.", DETECTING),
    "sensitivity": _number("--sensitivity", "FACTOR", "2 alarms at half the strangeness.", DETECTING),
    "alarms_per_week": _number(
        "--alarms-per-week", "COUNT", "Acceptable false alarms per series and week.", DETECTING
    ),
    "interval_width": _number("--interval-width", "SHARE", "Normal values in the band (0.95).", DETECTING),
    "holidays": _text("--holidays", "COUNTRY", "Public holidays, as DE or US-CA.", DETECTING),
}


def with_model(settings: Settings, model: str | None) -> Settings:
    """Settings with this language model for every role that has none of its own; "off" = none at all."""
    if model is None:
        return settings
    if model == OFF:
        return replace(settings, agents=AgentsOptions())
    default = replace(settings.agents.default, model=model)
    return replace(settings, agents=replace(settings.agents, default=default))


def with_settings(function: Callable[..., None]) -> Callable[..., None]:
    """Turn the parameter ``settings: Settings`` of a command into one option per setting."""

    @wraps(function)
    def command(**given: Any) -> None:
        config = given.pop("config")
        asked = {name: given.pop(name) for name in SETTINGS}
        function(**given, settings=settings_of(config, **asked))

    own = inspect.signature(function, eval_str=True).parameters.values()
    return taking(command, [p for p in own if p.name != "settings"], {**SETTINGS, "config": Config})


def taking(
    command: Callable[..., None], own: Iterable[inspect.Parameter], options: Mapping[str, Any]
) -> Callable[..., None]:
    """The command with its own parameters and these options, as Typer reads them."""
    keyword = inspect.Parameter.KEYWORD_ONLY
    more = (inspect.Parameter(n, keyword, default=None, annotation=a) for n, a in options.items())
    parameters = [*own, *more]
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {p.name: p.annotation for p in parameters}
    return command


def settings_of(config: Path | None, **given: Any) -> Settings:
    """Settings from file and environment, then what the command line gave (None = not given)."""
    options = {name: _plain(value) for name, value in given.items() if value is not None and value != []}
    if "data_range" in options:
        options["data_range"] = range_of(options["data_range"])
    return override(load_settings(config), **options)


def _plain(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return str(value)
    return tuple(value) if isinstance(value, list) else value


def range_of(text: str) -> tuple[float | None, float | None]:
    """`0:100`, `0:` or `:100` as bounds.

    >>> range_of("0:"), range_of(":2.5")
    ((0.0, None), (None, 2.5))
    """
    low, colon, high = text.partition(":")
    try:
        if not colon:
            raise ValueError(text)
        bounds = (float(low) if low.strip() else None, float(high) if high.strip() else None)
        if any(bound is not None and not math.isfinite(bound) for bound in bounds):
            raise ValueError(text)
        return bounds
    except ValueError:
        raise UsageError(
            f"--range is {text!r}", "LOW:HIGH", "write 0:100, or 0: for no upper bound"
        ) from None
