"""What a run gives: tables to read, every file on its own, and what made the numbers."""

from __future__ import annotations

import json
import math
import os
import platform
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from anomaly_hunter import __version__
from anomaly_hunter.errors import DataError

Row: TypeAlias = Mapping[str, Any]
Columns: TypeAlias = Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a heading; ``columns`` maps a key of the rows to (title, format)."""

    heading: str
    columns: Columns
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


def cells(table: Table) -> list[list[str]]:
    """The table as text, titles first."""
    titles = [title for title, _ in table.columns.values()]
    return [
        titles,
        *([_cell(row.get(key), form) for key, (_, form) in table.columns.items()] for row in table.rows),
    ]


def markdown(table: Table) -> str:
    """A Markdown table; numbers that do not exist are a dash.

    >>> print(markdown(Table("T", {"a": ("A", ""), "b": ("B", ".2f")}, [{"a": "x", "b": 0.5}])))
    ## T
    <BLANKLINE>
    | A | B |
    |---|---:|
    | x | 0.50 |
    """
    titles, *rows = [[cell.replace("|", "\\|") for cell in row] for row in cells(table)]
    rules = ["---:" if form else "---" for _, form in table.columns.values()]
    lines = [f"## {table.heading}", "", "| " + " | ".join(titles) + " |", "|" + "|".join(rules) + "|"]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def plain(table: Table) -> str:
    """The table for a terminal: aligned, numbers to the right.

    >>> print(plain(Table("T", {"a": ("A", ""), "b": ("B", ".2f")}, [{"a": "**x**", "b": 0.5}])))
    T
      A     B
      x  0.50
    """
    rows = [[cell.replace("**", "") for cell in row] for row in cells(table)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    right = [bool(form) for _, form in table.columns.values()]
    lines = [
        "  ".join(
            cell.rjust(w) if r else cell.ljust(w) for cell, w, r in zip(row, widths, right, strict=True)
        ).rstrip()
        for row in rows
    ]
    return "\n".join([table.heading, *(f"  {line}" for line in lines)])


def _cell(value: Any, form: str) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "–"
    if not form or isinstance(value, str):
        return str(value).replace("\n", " ")
    text = format(value, form)
    return text.lstrip("-") if not text.strip("-0.") else text


def as_text(result: Result) -> str:
    """For a terminal."""
    head = f"{result.title}\n{'=' * len(result.title)}"
    return "\n\n".join([head, *map(plain, result.tables), *result.notes]) + "\n"


def as_markdown(result: Result, command: str) -> str:
    """A page that says what made the numbers, how to read them, and the tables."""
    facts = "\n".join(f"- {key}: `{value}`" for key, value in facts_of(result, command).items())
    return "\n\n".join([f"# {result.title}", facts, *result.notes, *map(markdown, result.tables)]) + "\n"


def as_data(result: Result, command: str) -> dict[str, Any]:
    """The same as plain data, with every single number."""
    tables = {table.heading: [dict(row) for row in table.rows] for table in result.tables}
    content = {"facts": facts_of(result, command), "notes": list(result.notes), "tables": tables}
    plain_data: dict[str, Any] = _plain({**content, "single": [dict(row) for row in result.single]})
    return plain_data


def as_json(content: Any) -> str:
    """JSON with NaN as null."""
    return json.dumps(_plain(content), indent=1, allow_nan=False) + "\n"


def write(result: Result, out: Path, command: str) -> None:
    """``out/NAME.md`` and ``out/NAME.json``, each whole or not at all."""
    from anomaly_hunter.tell.write import write_whole

    make_folder(out)
    write_whole(out / f"{result.name}.md", as_markdown(result, command))
    write_whole(out / f"{result.name}.json", as_json(as_data(result, command)))


def make_folder(out: Path) -> None:
    """The folder, with those above it. DataError where it cannot be made."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(
            f"the folder `{out}` cannot be made ({error.strerror})", "a writable place", "name another one"
        ) from error


def _plain(value: Any) -> Any:
    """For JSON: numpy numbers as Python's, NaN as null."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        return _plain(value.item())
    return None if isinstance(value, float) and not math.isfinite(value) else value


def facts_of(result: Result, command: str) -> dict[str, Any]:
    """Version, commit, date and machine that a number belongs to, and the command."""
    return {
        "version": __version__,
        "commit": _commit(),
        "date": time.strftime("%Y-%m-%dT%H:%MZ", time.gmtime()),
        "cores": os.cpu_count(),
        "machine": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "numpy": np.__version__,
        "command": command,
        **result.about,
    }


def _commit() -> str:
    """Short hash, with + when the tree has changes; "none" outside a repository."""
    command = ["git", "describe", "--always", "--dirty=+", "--exclude=*"]
    place = Path(__file__).parents[3]
    if not (place / ".git").exists():  # installed, perhaps within somebody's own repository
        return "none"
    try:
        done = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)
    except OSError:
        return "none"
    return done.stdout.strip() if done.returncode == 0 else "none"


def mean(rows: Iterable[Row], key: str) -> float:
    """Mean of one number over rows, without those where it does not exist."""
    values = [row[key] for row in rows if row.get(key) is not None and not math.isnan(row[key])]
    return float(np.mean(values)) if values else math.nan
