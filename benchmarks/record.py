"""What all runners share: their options, their jobs, and the file a result is written to."""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from anomaly_hunter import __version__
from benchmarks.data import DataMissingError

RESULTS = Path(__file__).resolve().parent / "results"
NO_DATA = 2

Task = TypeVar("Task")
Answer = TypeVar("Answer")
Row = Mapping[str, Any]


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


def in_jobs(work: Callable[[Task], Answer], tasks: Sequence[Task], jobs: int) -> list[Answer]:
    """``work`` on every task, in order of the tasks, in ``jobs`` processes."""
    if jobs <= 1 or len(tasks) <= 1:
        return list(_announced(map(work, tasks), len(tasks)))
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        return list(_announced(pool.imap(work, tasks), len(tasks)))


def _announced(answers: Iterable[Answer], count: int) -> Iterable[Answer]:
    shown = sys.stderr.isatty()
    for done, answer in enumerate(answers, 1):
        if shown:
            print(f"\r{done}/{count}", end="\n" if done == count else "", file=sys.stderr, flush=True)
        yield answer


def main(run: Callable[[Sequence[str] | None], None]) -> None:
    """Run as a program: missing data are said in one line and exit 2."""
    try:
        run(None)
    except DataMissingError as error:
        print(error, file=sys.stderr)
        sys.exit(NO_DATA)


# ---------------------------------------------------------------- results


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a heading; ``columns`` maps a key of the rows to (title, format)."""

    heading: str
    columns: Mapping[str, tuple[str, str]]
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Result:
    """One run: its tables, notes on how to read them, and all single numbers (JSON only)."""

    name: str
    title: str
    tables: Sequence[Table]
    notes: Sequence[str] = ()
    single: Sequence[Row] = ()
    about: Mapping[str, Any] = field(default_factory=dict)


def write(result: Result, out: Path, arguments: Sequence[str] | None) -> None:
    """Write ``out/NAME.md`` and ``out/NAME.json`` and print the tables."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    facts = {
        **machine(),
        "command": " ".join(["python -m benchmarks." + result.name, *given]),
        **result.about,
    }
    tables = "\n\n".join(markdown(table) for table in result.tables)
    text = "\n\n".join(
        [
            f"# {result.title}",
            "\n".join(f"- {key}: `{value}`" for key, value in facts.items()),
            *result.notes,
            tables,
        ]
    )
    content = {
        "facts": facts,
        "tables": {table.heading: [dict(row) for row in table.rows] for table in result.tables},
        "single": [dict(row) for row in result.single],
    }
    out.mkdir(parents=True, exist_ok=True)
    (out / f"{result.name}.md").write_text(text + "\n")
    (out / f"{result.name}.json").write_text(json.dumps(_plain(content), indent=1, allow_nan=False) + "\n")
    print(f"{tables}\n\n-> {out / result.name}.md")


def markdown(table: Table) -> str:
    """A Markdown table; numbers that do not exist are a dash.

    >>> print(markdown(Table("T", {"a": ("A", ""), "b": ("B", ".2f")}, [{"a": "x", "b": 0.5}])))
    ## T
    <BLANKLINE>
    | A | B |
    |---|---:|
    | x | 0.50 |
    """
    titles = [title for title, _ in table.columns.values()]
    rules = ["---:" if form else "---" for _, form in table.columns.values()]
    lines = [f"## {table.heading}", "", "| " + " | ".join(titles) + " |", "|" + "|".join(rules) + "|"]
    for row in table.rows:
        cells = [_cell(row.get(key), form) for key, (_, form) in table.columns.items()]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(value: Any, form: str) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "–"
    return format(value, form) if form else str(value).replace("|", "\\|").replace("\n", " ")


def _plain(value: Any) -> Any:
    """For JSON: numpy numbers as Python's, NaN as null."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        return _plain(value.item())
    return None if isinstance(value, float) and not math.isfinite(value) else value


def machine() -> dict[str, Any]:
    """Version, commit, date and machine that a number belongs to."""
    return {
        "version": __version__,
        "commit": _commit(),
        "date": time.strftime("%Y-%m-%dT%H:%MZ", time.gmtime()),
        "cores": os.cpu_count(),
        "machine": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "numpy": np.__version__,
    }


def _commit() -> str:
    """Short hash, with + when the tree has changes; "none" outside a repository."""
    command = ["git", "describe", "--always", "--dirty=+", "--exclude=*"]
    try:
        done = subprocess.run(command, cwd=RESULTS.parent, capture_output=True, text=True, check=False)
    except OSError:
        return "none"
    return done.stdout.strip() if done.returncode == 0 else "none"


def mean(rows: Iterable[Row], key: str) -> float:
    """Mean of one number over rows, without those where it does not exist."""
    values = [row[key] for row in rows if row.get(key) is not None and not math.isnan(row[key])]
    return float(np.mean(values)) if values else float("nan")
