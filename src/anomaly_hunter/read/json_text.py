"""JSON and JSON lines to columns; numbers too long for a float and texts stay as they are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from anomaly_hunter.errors import DataError
from anomaly_hunter.model import Issue
from anomaly_hunter.read.columns import Columns, from_records
from anomaly_hunter.read.plain import from_plain
from anomaly_hunter.read.scan import Scan

_NAMED_LINES: Final = 5


def read_json(path: Path, name: str, source: str, how: Scan) -> Columns:
    """A JSON document, or one JSON object per line.

    Raises
    ------
    DataError
        The text is no JSON, or most lines are none.
    """
    text = path.read_text(encoding=how.encoding)
    try:
        document = parse(text, source)
    except json.JSONDecodeError as error:
        lines = text.split("\n")  # not splitlines: a text may hold U+2028 and its like as they are
        if len(lines) > 1 and _is_object(lines[0], source):
            return _read_lines(lines, name, source, how)
        raise DataError(
            f"{source} is not JSON: {error.msg} in line {error.lineno}, column {error.colno}",
            "an array of objects, an object of arrays, or one object per line",
            "correct that place; was the file cut off?",
        ) from error
    found = from_plain([document] if _is_record(document) else document, name, source)
    return Columns(name, found.columns, source, notes=how.notes)


def parse(text: str, source: str) -> Any:
    """The document; a JSONDecodeError where the text is no JSON.

    Raises
    ------
    DataError
        It is JSON, and too deep or with a number too long to be read.

    >>> parse("[1, 2]", "a.json")
    [1, 2]
    """
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        raise
    except RecursionError as error:
        raise DataError(f"{source} is nested too deeply", "an array of objects", "flatten it") from error
    except ValueError as error:  # Python reads no whole number of more than 4,300 digits
        raise DataError(
            f"{source} holds a number of thousands of digits", "numbers up to 1e308", "correct it"
        ) from error


def _is_object(line: str, source: str) -> bool:
    try:
        return isinstance(parse(line, source), dict)
    except json.JSONDecodeError:
        return False


def _is_record(document: Any) -> bool:
    """A JSON lines file of one line is an object of plain values."""
    return isinstance(document, Mapping) and not any(isinstance(v, list | Mapping) for v in document.values())


def _read_lines(lines: list[str], name: str, source: str, how: Scan) -> Columns:
    records: list[Mapping[str, Any]] = []
    bad: list[int] = []
    filled = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    for position, (_, line) in enumerate(filled):
        try:
            record = parse(line, source)
        except json.JSONDecodeError:
            record = None
        if isinstance(record, dict):
            records.append(record)
        else:
            bad.append(position)
    found = from_records(records, name, source)
    if not bad:
        return Columns(name, found.columns, source, notes=how.notes)
    shown = ", ".join(str(filled[i][0]) for i in bad[:_NAMED_LINES]) + (
        ", ..." if len(bad) > _NAMED_LINES else ""
    )
    if len(bad) > len(records):
        raise DataError(
            f"{len(bad):,} of {len(filled):,} lines of {source} are no JSON object (lines {shown})",
            "one JSON object per line", "check how the file was written",
        )  # fmt: skip
    lines_left = "1 line that is" if len(bad) == 1 else f"{len(bad):,} lines that are"
    text = f"{lines_left} no JSON object left out (line{'s' * (len(bad) > 1)} {shown})"
    issue = Issue("unreadable row", source, len(bad), text)
    row = np.delete(np.arange(len(filled)), bad)
    return Columns(name, found.columns, source, row, (issue,), how.notes)
