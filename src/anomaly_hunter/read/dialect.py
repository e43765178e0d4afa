"""How a delimited file is written: delimiter, quote, header lines. Found on a sample of its rows."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from anomaly_hunter.read.clock_text import form_of
from anomaly_hunter.read.numbers import is_missing, looks_number


class Records(Protocol):
    """What ``csv.reader`` gives: rows of fields, and the physical line it stands at."""

    @property
    def line_num(self) -> int:
        """Lines read so far."""
        ...

    def __iter__(self) -> Iterator[list[str]]: ...

    def __next__(self) -> list[str]: ...


_DELIMITERS: Final = ",;\t|"
_LOOKED_AT: Final = 60
_TYPED: Final = 0.8


@dataclass(frozen=True, slots=True)
class Dialect:
    """The dialect in the words of the csv module, and where the data begin.

    ``skip`` is the number of physical lines before the header (comments, ``sep=;``), ``header``
    the number of header rows (0 = none), ``width`` the number of fields of a row.
    """

    delimiter: str
    quote: str = '"'
    escape: str | None = None
    after_space: bool = False
    skip: int = 0
    header: int = 1
    width: int = 1

    def may_be_header(self, fields: int) -> bool:
        """Whether a line with so many fields can be a header: all names, or all but that of the row names."""
        return fields == self.width or (fields == self.width - 1 and self.width > 2)

    def rows(self, lines: Iterable[str], strict: bool = True) -> Records:
        """A csv reader over text lines."""
        return csv.reader(
            lines, delimiter=self.delimiter, quotechar=self.quote, escapechar=self.escape,
            doublequote=self.escape is None, skipinitialspace=self.after_space, strict=strict,
        )  # fmt: skip


def sniff(lines: Sequence[str], complete: bool) -> Dialect:
    """Find the dialect of a file from its first lines (with line ends).

    A delimiter is good when most sampled rows have the same number of fields, more than one, and
    the fields are numbers and times; ``complete`` says that the lines are the whole file,
    otherwise the last record may be cut and is not looked at.

    >>> d = sniff(["t;v\\n", "01.02.2026;1,5\\n", "02.02.2026;2,5\\n"], complete=True)
    >>> d.delimiter, d.header, d.width
    (';', 1, 2)
    """
    skip, said = _preamble(lines)
    lines = lines[skip:]
    text = "".join(lines)
    quote = (
        "'" if '"' not in text and re.search(r"(^|[,;\t|])'[^']*'([,;\t|]|$)", text, re.MULTILINE) else '"'
    )
    escape = "\\" if '""' not in text and re.search(r'\\"(?!\s*([,;\t|\r\n]|$))', text) else None
    after_space = re.search(rf"[,;\t|] +{quote}(?!{quote})", text) is not None
    best, best_score, best_rows = None, (-1.0, -1.0, 0), []
    for delimiter in said or _DELIMITERS:
        found = Dialect(delimiter, quote, escape, after_space, skip)
        rows = _sample(found, lines, complete)
        score = _score(rows)
        if score > best_score:
            best, best_score, best_rows = found, score, rows
    if best is None:
        return Dialect(",", skip=skip)
    found = replace(best, width=_width_without_trailing(best_rows))
    begin = next((i for i, row in enumerate(best_rows) if found.may_be_header(len(row))), 0)
    body = [row[: found.width] for row in best_rows[begin:] if len(row) >= found.width - (found.width > 2)]
    return replace(found, header=header_rows(body))


def _width_without_trailing(rows: Sequence[Sequence[str]]) -> int:
    """The usual width, without the empty field that a delimiter at the end of each line opens."""
    width = _width(rows)
    wide = [row for row in rows[1:] if len(row) == width]
    if width > 1 and len(rows[0]) == width - 1 and wide and not any(row[-1] for row in wide):
        return width - 1
    return width


def _preamble(lines: Sequence[str]) -> tuple[int, str]:
    """Lines before the data: ``sep=;`` as spreadsheets write it, and comments."""
    skip, said = 0, ""
    for line in lines:
        if match := re.fullmatch(r'"?sep=(.)"?\s*', line, re.IGNORECASE):
            said = match[1]
        elif not line.startswith("#") or _is_header_with_hash(line, lines[skip + 1 :]):
            break
        skip += 1
    return skip, said


def _is_header_with_hash(line: str, following: Sequence[str]) -> bool:
    """``#time,value`` is a header when the next line has as many fields."""
    after = next((other for other in following if other.strip() and not other.startswith("#")), "")
    return any(line.count(d) == after.count(d) > 0 for d in _DELIMITERS)


def _sample(dialect: Dialect, lines: Sequence[str], complete: bool) -> list[list[str]]:
    reader = dialect.rows(lines, strict=False)
    rows: list[list[str]] = []
    try:
        for row in reader:
            rows.append(row)
            if len(rows) > _LOOKED_AT:
                return [kept for kept in rows if kept]
    except csv.Error:
        return [kept for kept in rows if kept]
    return [kept for kept in (rows if complete or len(rows) < 2 else rows[:-1]) if kept]


def _width(rows: Sequence[Sequence[str]]) -> int:
    """The usual number of fields; a header alone counts for itself."""
    counts = Counter(len(row) for row in (rows[1:] if len(rows) > 1 else rows))
    most = max(counts.values(), default=0)
    tied = [width for width, count in counts.items() if count == most]
    return len(rows[0]) if rows and len(rows[0]) in tied else max(tied, default=1)


def _score(rows: Sequence[Sequence[str]]) -> tuple[float, float, int]:
    """How consistent and how well typed the rows are; one field per row never beats several."""
    if not rows:
        return (-1.0, 0.0, 0)
    width = _width(rows)
    if width == 1:
        return (0.0, 0.0, 1)
    same = sum(len(row) == width for row in rows) / len(rows)
    cells = [cell for row in rows[1:20] if len(row) == width for cell in row[:50]]
    typed = sum(is_missing(cell) or is_typed(cell) for cell in cells) / max(1, len(cells))
    return (round(same, 1), round(typed, 1), width)


def is_typed(cell: str) -> bool:
    """Whether a cell is a number or a time."""
    return looks_number(cell) or (any(char.isdigit() for char in cell) and form_of([cell]) is not None)


def header_rows(rows: Sequence[Sequence[str]]) -> int:
    """How many of the first rows are names, seen from the types of the later half.

    A row is a header when a column of numbers or times has a word there. More than one header
    row is a pivot table: the first cell of each names the level.

    >>> header_rows([["t", "v"], ["2026-01-01", "5"]]), header_rows([["2026-01-01", "5"]] * 2)
    (1, 0)
    """
    if not rows:
        return 0
    if len(rows) == 1:
        return 0 if any(is_typed(cell) for cell in rows[0]) else 1
    later = rows[max(1, len(rows) // 2) :]
    width = max(len(row) for row in later)
    typed = [column for column in range(min(width, 500)) if _is_typed_column(later, column)]
    if not typed:
        return 1
    if _numbers_the_columns(rows[0]):
        return 1
    count = 0
    for row in rows[: min(5, len(rows) - 1)]:
        words = [column for column in typed if column < len(row) and _is_word(row[column])]
        blank = count > 1 and row[0].strip() and not any(cell.strip() for cell in row[1:])
        if count and not blank and typed[0] == 0 and row and is_typed(row[0]):
            break  # the time (or number) of a row of data whose other cells are words
        if not blank and 2 * len(words) < len([c for c in typed if c < len(row) and row[c].strip()]) + (
            not words
        ):
            break
        count += 1
    return count


def _is_word(cell: str) -> bool:
    return not is_missing(cell) and not is_typed(cell)


def _is_typed_column(rows: Sequence[Sequence[str]], column: int) -> bool:
    filled = [row[column] for row in rows if column < len(row) and not is_missing(row[column])]
    return bool(filled) and sum(map(is_typed, filled)) >= _TYPED * len(filled)


def _numbers_the_columns(row: Sequence[str]) -> bool:
    """0, 1, 2, ... as a data frame without names writes them."""
    cells = [cell.strip() for cell in (row[1:] if row and not row[0].strip() else row)]
    return len(cells) >= 2 and cells in (
        [str(i) for i in range(len(cells))],
        [str(i + 1) for i in range(len(cells))],
    )
