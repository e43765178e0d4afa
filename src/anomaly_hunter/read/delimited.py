"""CSV and TSV to columns of text: every field as it stands, every odd row accounted for."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final, TextIO

import numpy as np

from anomaly_hunter.errors import DataError
from anomaly_hunter.model import AnyArray, Issue
from anomaly_hunter.model.saying import counted
from anomaly_hunter.read import words
from anomaly_hunter.read.columns import Columns, Raw, text_array, unique_names
from anomaly_hunter.read.dialect import Dialect, Records, sniff
from anomaly_hunter.read.scan import LONGEST_LINE, Scan

_BLOCK_ROWS: Final = 20_000
_SAMPLE_LINES: Final = 200
_SAMPLE_CHARS: Final = 65_536
_NAMED_LINES: Final = 5
MOST_COLUMNS: Final = 100_000


@dataclass(frozen=True, slots=True)
class _Text:
    """A delimited file and how it is written."""

    path: Path
    shown: str
    encoding: str
    dialect: Dialect

    @contextmanager
    def records(self, strict: bool = True) -> Iterator[Records]:
        """A csv reader that stands before the header."""
        with self.path.open(encoding=self.encoding, newline="") as file:
            yield self.dialect.rows(islice(file, self.dialect.skip, None), strict)


@dataclass(slots=True)
class _Gathered:
    """What one pass over a file collects: header rows, blocks of cells per column, odd rows, row count."""

    header: list[list[str]]
    blocks: list[list[AnyArray]]
    ragged: list[int] = field(default_factory=list)
    total: int = 0


def read_delimited(path: Path, name: str, source: str, how: Scan) -> Columns:
    """All fields of a delimited text file as text.

    Rows with another number of fields than most are left out and reported with their line
    numbers; when most are so, or a quote never closes, the file is refused.

    Raises
    ------
    DataError
        Only a header, a quote that never closes, or mostly ragged rows.
    """
    # The csv module's limit of 128 kB a field is for the whole process; ours is the line limit.
    csv.field_size_limit(max(csv.field_size_limit(), LONGEST_LINE))
    with path.open(encoding=how.encoding, newline="") as file:
        text = _Text(path, source, how.encoding, sniff(*_first_lines(file)))
    if text.dialect.width > MOST_COLUMNS:
        raise DataError(
            f"{source} has {text.dialect.width:,} columns", f"at most {MOST_COLUMNS:,}", "is it one long row?"
        )
    notes = list(how.notes)
    try:
        got = _gather(text, strict=True)
    except csv.Error as error:
        if "unexpected end" in str(error):
            raise _unclosed(text, "never closes") from error
        if "field larger" in str(error):
            raise _unclosed(text, f"opens a field of over {LONGEST_LINE // 2**20} MB") from error
        notes.append(f"{source} has quotes inside quoted fields; read leniently")
        got = _gather(text, strict=False)
    if not got.total:
        names = ", ".join(got.header[0][:6]) if got.header else ""
        raise DataError(
            f"{source} has no rows, only the header {names}",
            "a header line and at least one row",
            "check the export, or pass another file",
        )
    raws = _named(got.header, [np.concatenate(chunks) for chunks in got.blocks], text.dialect)
    row = np.delete(np.arange(got.total), got.ragged) if got.ragged else None
    comma = True if text.dialect.delimiter == ";" else None
    return Columns(name, raws, source, row, _ragged_issue(text, got), tuple(notes), comma)


def _first_lines(file: TextIO) -> tuple[list[str], bool]:
    lines: list[str] = []
    size = 0
    for line in file:
        lines.append(line)
        size += len(line)
        if len(lines) >= _SAMPLE_LINES or (size > _SAMPLE_CHARS and len(lines) >= 20):
            return lines, next(file, None) is None
    return lines, True


def _gather(text: _Text, strict: bool) -> _Gathered:
    width, blank = text.dialect.width, 0
    with text.records(strict) as reader:
        got = _Gathered(_header(reader, text.dialect), [[np.empty(0, object)] for _ in range(width)])
        while rows := list(islice(reader, _BLOCK_ROWS)):
            if [] in rows:
                rows, blank = _without_blank(rows, blank, width)
            kept = rows if set(map(len, rows)) <= {width} else _without_ragged(rows, width, got)
            for chunks, cells in zip(got.blocks, zip(*kept, strict=True), strict=False):
                chunks.append(text_array(cells))
            got.total += len(rows)
    return got


def _header(reader: Records, dialect: Dialect) -> list[list[str]]:
    """The header rows; narrower lines above them (a title) are passed over."""
    names: list[list[str]] = []
    while len(names) < dialect.header:
        row = next(reader, None)
        if row is None:
            break
        if dialect.may_be_header(len(row)):
            names.append(row)
    return names


def _without_blank(rows: list[list[str]], held: int, width: int) -> tuple[list[list[str]], int]:
    """Blank lines are nothing, except in a file of one column, where one between rows is a missing cell."""
    if width > 1:
        return [row for row in rows if row], 0
    result: list[list[str]] = []
    for row in rows:
        if row:
            result.extend([[""]] * held)
            result.append(row)
        held = 0 if row else held + 1
    return result, held


def _without_ragged(rows: list[list[str]], width: int, got: _Gathered) -> list[list[str]]:
    kept = []
    for position, row in enumerate(rows):
        if len(row) == width:
            kept.append(row)
        elif len(row) == width + 1 and not row[-1]:
            kept.append(row[:-1])  # a delimiter at the end of the line opens no field
        else:
            got.ragged.append(got.total + position)
    return kept


def _ragged_issue(text: _Text, got: _Gathered) -> tuple[Issue, ...]:
    count, width = len(got.ragged), text.dialect.width
    if not count:
        return ()
    lines = _line_numbers(text, set(got.ragged[:_NAMED_LINES]))
    shown = ("line " if count == 1 else "lines ") + ", ".join(map(str, lines))
    shown += ", ..." if count > _NAMED_LINES else ""
    if 2 * count > got.total:
        raise DataError(
            f"{count:,} of {got.total:,} rows of {text.shown} do not have {width} fields ({shown})",
            f"{width} fields in every row, separated by {text.dialect.delimiter!r}",
            "quote fields that hold the delimiter, or export the file again",
        )
    statement = f"{counted(count, 'row')} without {width} fields left out ({shown})"
    return (Issue("unreadable row", text.shown, count, statement),)


def _line_numbers(text: _Text, wanted: set[int]) -> list[int]:
    """Line numbers (from 1, as editors count) of data rows, for the message."""
    lines = []
    with text.records(strict=False) as reader:
        _header(reader, text.dialect)
        for position, _ in enumerate(row for row in reader if row):
            if position in wanted:
                lines.append(reader.line_num + text.dialect.skip)
            if position >= max(wanted):
                break
    return lines


def _unclosed(text: _Text, what: str) -> DataError:
    last = 0
    with text.records() as reader, suppress(csv.Error):
        for _ in reader:
            last = reader.line_num
    return DataError(
        f"a quote in line {last + text.dialect.skip + 1} of {text.shown} {what}",
        "as many closing quotes as opening ones",
        "close the quote, or double quotes inside a field",
    )


def _named(names: list[list[str]], cells: Sequence[AnyArray], dialect: Dialect) -> tuple[Raw, ...]:
    if not names:
        return tuple(Raw(f"column {i + 1}", column) for i, column in enumerate(cells))
    padded = [_padded(row, dialect.width) for row in names]
    if len(padded) == 1:
        header = [padded[0][0].lstrip("#").lstrip(), *padded[0][1:]]
        return tuple(Raw(name, column) for name, column in zip(unique_names(header), cells, strict=True))
    return _levels(padded, cells)


def _padded(row: list[str], width: int) -> list[str]:
    """A header with one name too few names all but the first column, which holds row names."""
    return ["", *row] if len(row) < width else row


def _levels(header: list[list[str]], cells: Sequence[AnyArray]) -> tuple[Raw, ...]:
    """Several header rows: the first column names the levels, each other column has one label per level."""
    last = header[-1]
    named_below = len(header) > 1 and bool(last[0].strip()) and not any(cell.strip() for cell in last[1:])
    levels = header[:-1] if named_below else header
    first = last[0].strip() if named_below else "time"
    below = [" ".join(filter(None, (row[i].strip() for row in levels))) for i in range(1, len(cells))]
    joined = unique_names([first, *below])
    raws = [Raw(joined[0], cells[0])]
    for position in range(1, len(cells)):
        labels = {
            row[0].strip() or f"level {depth + 1}": row[position].strip()
            for depth, row in enumerate(levels)
            if row[position].strip()
        }
        has_metric = any(words.plain(level) in words.METRIC for level in labels)
        raws.append(Raw(joined[position], cells[position], labels=labels if has_metric else {}))
    return tuple(raws)
