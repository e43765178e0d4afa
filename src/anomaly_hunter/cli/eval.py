"""`hunter eval`: what language models add on incidents with a known cause, and what they cost."""

from __future__ import annotations

import shlex
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from anomaly_hunter.cli import options as o
from anomaly_hunter.errors import UsageError


class Form(StrEnum):
    """How the tables are printed."""

    terminal = "terminal"
    md = "md"
    json = "json"


def _option(flag: str, metavar: str | None, what: str, **more: Any) -> Any:
    return typer.Option(flag, metavar=metavar, help=what, **more)


def command(
    *,
    folder: Annotated[
        Path | None, typer.Argument(metavar="[FOLDER]", help="Labelled data (FOLDER/causes); for --cases.")
    ] = None,
    cases: Annotated[
        list[str] | None, _option("--cases", "SET", "generated, petshop, nezha, ... (repeatable).")
    ] = None,
    most: Annotated[int | None, _option("--most", "COUNT", "At most so many cases of a set.", min=1)] = None,
    replay: Annotated[Path | None, _option("--replay", "FILE", "Answers from this recording.")] = None,
    record: Annotated[
        Path | None, _option("--record", "FILE", "Ask the models of the settings, and record it.")
    ] = None,
    live: Annotated[bool, _option("--live", None, "Ask the models of the settings (costs money).")] = False,
    stand_in: Annotated[
        list[str] | None,
        _option("--stand-in", "STYLE", "A program in place of a model: usual, contrary, obedient, silent."),
    ] = None,
    output: Annotated[
        Form, typer.Option("-o", "--output", help="How the tables are printed.")
    ] = Form.terminal,
    out: o.Out = None,
) -> None:
    """Measure the agents with and without language models on incidents with a known cause."""
    from anomaly_hunter.bench import result
    from anomaly_hunter.bench.reasoning.asked import Asked, evaluated
    from anomaly_hunter.cli.output import deliver
    from anomaly_hunter.config import load_settings

    if sum((replay is not None, record is not None and not stand_in, live and record is None)) > 1 or (
        stand_in and (live or replay is not None)
    ):
        raise UsageError(
            "several sources of answers", "one", "--replay FILE, --stand-in, --live or --record FILE"
        )
    asked = Asked(folder, tuple(cases or ()), most, replay, record, live, tuple(stand_in or ()))
    measured = evaluated(asked, load_settings())
    shown = shlex.join(["hunter", *sys.argv[1:]])
    if output is Form.json:
        text = result.as_json(result.as_data(measured, shown))
    elif output is Form.md:
        text = result.as_markdown(measured, shown)
    else:
        text = result.as_text(measured)
    deliver(text, out)
