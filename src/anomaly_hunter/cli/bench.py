"""`hunter bench`: how good is it, on labelled data."""

from __future__ import annotations

import os
import shlex
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from anomaly_hunter.cli import options as o
from anomaly_hunter.errors import DataError, UsageError

VARIABLE: Final = "HUNTER_BENCH_DATA"
BESIDE: Final = Path("..") / "shared" / "data"


class Half(StrEnum):
    """Which files."""

    all = "all"
    tune = "tune"
    held = "held"


class Form(StrEnum):
    """How the tables are printed."""

    terminal = "terminal"
    md = "md"
    json = "json"


GIVEN: Final = (
    "A folder laid out like the benchmark data, or a labelled file; then what to measure, all by default: "
    "ranking, alarms, scenarios, multivariate, streaming, nab, band, tables, forecasting, causes, learning, "
    "topologies, changes, memory, speed."
)


def _option(flag: str, metavar: str | None, what: str) -> Any:
    return typer.Option(flag, metavar=metavar, help=what)


def command(
    *,
    given: Annotated[list[str] | None, typer.Argument(metavar="[FOLDER|FILE] [WHAT...]", help=GIVEN)] = None,
    detector: Annotated[
        list[str] | None, _option("--detector", "NAME", "auto, a detector or another method (repeatable).")
    ] = None,
    baseline: Annotated[str, _option("--baseline", "NAME", "What others are held against (kmeans10).")] = "",
    source: Annotated[list[str] | None, _option("--source", "SET", "Only this set (repeatable).")] = None,
    part: Annotated[Half, _option("--part", None, "held: files kept untouched while tuning.")] = Half.all,
    quick: Annotated[bool, _option("--quick", None, "About ten files per source.")] = False,
    label: Annotated[str, _option("--label", "COLUMN|FILE.json", "Labels or spans of your own file.")] = "",
    value: Annotated[str, _option("--value", "COLUMN", "The values of your own file.")] = "",
    limit: Annotated[
        float | None,
        typer.Option(
            "--limit", min=0.01, help="A method that needs more CPU seconds for one file fails there."
        ),
    ] = None,
    jobs: Annotated[int, typer.Option("--jobs", min=1, help="Processes side by side.")] = os.cpu_count() or 1,
    plots: Annotated[Path | None, _option("--plots", "FOLDER", "A page per file and method.")] = None,
    out: Annotated[Path | None, _option("--out", "FOLDER", "Write WHAT.md and WHAT.json there.")] = None,
    output: Annotated[
        Form, typer.Option("-o", "--output", help="How the tables are printed.")
    ] = Form.terminal,
    quiet: o.Quiet = False,
) -> None:
    """Measure detectors on labelled data: quality, alarms, seconds and memory, side by side."""
    from anomaly_hunter.bench import bench, result
    from anomaly_hunter.bench.asked import Asked

    path, whats = _split(given or [], label)
    asked = Asked(
        detectors=tuple(dict.fromkeys(detector or ())),
        baseline=baseline,
        sources=tuple(source or ()),
        half=part.value,
        quick=quick,
        jobs=jobs,
        plots=plots,
        told=not quiet,
        most_s=limit,
    )
    bench.check_detectors(asked)
    asked = bench.found(path, asked, label, value)
    names = bench.chosen_whats(asked, whats)
    shown = shlex.join(["hunter", *sys.argv[1:]])
    everything = {}
    for measured in bench.measured(asked, names):
        if out is not None:
            result.write(measured, out, shown)
        if output is Form.json:
            everything[measured.name] = result.as_data(measured, shown)
        elif not quiet:
            text = result.as_markdown(measured, shown) if output is Form.md else result.as_text(measured)
            _print(f"{text}\n")
    if output is Form.json and not quiet:
        _print(result.as_json(everything))


def _print(text: str) -> None:
    from anomaly_hunter.cli.output import deliver

    deliver(text, None)


def _split(given: list[str], label: str) -> tuple[Path | None, list[str]]:
    """The first argument is a path, unless it is something to measure."""
    from anomaly_hunter.bench.bench import NO_DATA
    from anomaly_hunter.bench.what import NAMES

    if given and given[0] not in NAMES:
        return Path(given[0]), given[1:]
    if given and set(given) <= set(NO_DATA):
        return None, given
    path = Path(os.environ.get(VARIABLE) or BESIDE)
    if path.exists():
        return path, given
    if label:
        raise UsageError("--label is for a file", "a path", "hunter bench FILE --label COLUMN")
    raise DataError(
        f"no folder is named, and `{path}` does not exist",
        "benchmark data, or a labelled file of your own",
        f"hunter bench FOLDER, hunter bench FILE --label COLUMN, or set {VARIABLE}",
    )
