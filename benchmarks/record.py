"""What all runners share: their options, and the file a result is written to."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from anomaly_hunter.bench import what
from anomaly_hunter.bench.asked import Asked
from anomaly_hunter.bench.folder import find_series
from anomaly_hunter.bench.jobs import in_jobs
from anomaly_hunter.bench.methods import Method
from anomaly_hunter.bench.result import Result, Row, Table, markdown, mean
from anomaly_hunter.bench.result import write as write_files
from anomaly_hunter.errors import HunterError
from benchmarks.data import DataMissingError, find_data

__all__ = [
    "RESULTS",
    "Result",
    "Row",
    "Table",
    "in_jobs",
    "main",
    "markdown",
    "mean",
    "measured",
    "options",
    "write",
]

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"
NO_DATA = 2


def options(name: str, about: str) -> argparse.ArgumentParser:
    """The options every runner has: --quick, --data, --out, --jobs."""
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks.{name}", description=about)
    parser.add_argument("--quick", action="store_true", help="about ten files per source")
    parser.add_argument("--data", metavar="FOLDER", help="the benchmark data (else HUNTER_BENCH_DATA)")
    parser.add_argument(
        "--out", metavar="FOLDER", type=Path, default=RESULTS, help="folder for NAME.md and NAME.json"
    )
    parser.add_argument("--jobs", type=int, default=2, help="processes side by side (default 2)")
    return parser


def measured(
    one: str, name: str, needs: str, arguments: Sequence[str] | None, methods: tuple[Method, ...] = ()
) -> None:
    """Measure ``one`` of the package's measurements and write it as ``name``."""
    module = what.load(one)
    parser = options(name, (module.__doc__ or "").partition("\n")[0])
    parser.add_argument("--source", action="append", default=[], help="only this source (repeatable)")
    parser.add_argument("--detectors", default="", help="names, comma-separated, instead of the choice")
    parser.add_argument("--part", choices=("all", "tune", "held"), default="all", help="which files")
    given = parser.parse_args(arguments)
    folder = find_data(given.data, needs)
    asked = Asked(
        folder=folder,
        parts=tuple(find_series(folder)),
        detectors=tuple(filter(None, given.detectors.split(","))),
        sources=tuple(given.source),
        half=given.part,
        quick=given.quick,
        jobs=given.jobs,
        told=True,
        methods=methods,
    )
    if not module.has(asked):
        raise DataMissingError(f"nothing in {folder} for {one}")
    write(module.measure(asked), given.out, arguments, name)


def main(run: Callable[[Sequence[str] | None], None]) -> None:
    """Run as a program: missing data are said in one line and exit 2."""
    try:
        run(None)
    except DataMissingError as error:
        print(error, file=sys.stderr)
        sys.exit(NO_DATA)
    except HunterError as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_code)


def write(result: Result, out: Path, arguments: Sequence[str] | None, name: str = "") -> None:
    """Write ``out/NAME.md`` and ``out/NAME.json`` and print the tables."""
    result = replace(result, name=name or result.name)
    given = sys.argv[1:] if arguments is None else list(arguments)
    runner = "python -m benchmarks" + (f".{result.name}" if (HERE / f"{result.name}.py").exists() else "")
    write_files(result, out, " ".join([runner, *given]))
    tables = "\n\n".join(markdown(table) for table in result.tables)
    print(f"{tables}\n\n-> {out / result.name}.md")
