"""Text cells to numbers: decimal comma, thousands, percent and currency, decided over the whole column."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Final

import numpy as np

from anomaly_hunter.model import AnyArray, FloatArray

MISSING: Final = frozenset(
    {"", "na", "n/a", "nan", "null", "none", "nil", "-", "--", "?", "#n/a", "#na", "\\n", "nat", "<na>",
     "missing"}
)  # fmt: skip
INFINITE: Final = frozenset({"inf", "+inf", "-inf", "infinity", "+infinity", "-infinity", "∞", "-∞"})
CURRENCY: Final = "$€£¥₹"

_PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_COMMA = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:\.\d{3})+)?,\d+(?:[eE][+-]?\d+)?", re.ASCII)
_COMMA_CERTAIN = re.compile(
    r"[+-]?(?:.*\..*,\d+|0?,\d+|\d{4,},\d+|\d*,(?:\d{1,2}|\d{4,})(?:[eE].*)?)", re.ASCII
)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?", re.ASCII)
_THOUSANDS_CERTAIN = re.compile(r"[+-]?\d{1,3}(?:(?:,\d{3}){2,}(?:\.\d*)?|,\d{3}\.\d*)", re.ASCII)
_DOTS = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+", re.ASCII)
_DOTS_CERTAIN = re.compile(r"[+-]?\d{1,3}(?:\.\d{3}){2,}", re.ASCII)
_SPACED = re.compile(r"([+-]?\d{1,3})((?:[ \u00a0\u202f'’]\d{3})+)(?=[.,]|$)", re.ASCII)


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """A column read as numbers.

    Attributes
    ----------
    values:
        ``(n,)`` float64, NaN where a cell is missing, infinite or no number.
    bad:
        ``(n,)`` cells that hold something that is no number.
    missing, infinite:
        Counts of cells.
    unit:
        "%" or a currency sign that all cells carry, else "".
    comma:
        True: decimal comma, False: thousands comma, None: neither was seen.
    doubtful:
        A cell that could be read both ways (1,234), "" when there is none.
    """

    values: FloatArray
    bad: AnyArray
    missing: int = 0
    infinite: int = 0
    unit: str = ""
    comma: bool | None = None
    doubtful: str = ""

    @property
    def filled(self) -> int:
        """Cells that are not missing."""
        return len(self.values) - self.missing

    @property
    def share(self) -> float:
        """Share of the filled cells that are numbers (infinite ones count), 0 when none is filled."""
        return 1.0 - int(self.bad.sum()) / self.filled if self.filled else 0.0


def is_missing(cell: str) -> bool:
    """Whether a cell says "no value": blank, NA, null, -, ...

    >>> [is_missing(c) for c in ("", " NA ", "null", "0", "-1")]
    [True, True, True, False, False]
    """
    return cell.strip().lower() in MISSING


def looks_number(cell: str) -> bool:
    """Whether a single cell may be a number in some notation.

    >>> [looks_number(c) for c in ("1e3", "1.234,5", "12 %", "€ 5", "v1.2", "2024-01-01")]
    [True, True, True, True, False, False]
    """
    if _PLAIN.fullmatch(cell):  # nearly all, and quickly
        return True
    bare, _ = _strip(cell)
    return bool(
        _PLAIN.fullmatch(bare) or _COMMA.fullmatch(bare) or _THOUSANDS.fullmatch(bare)
        or _DOTS.fullmatch(bare) or bare.lower() in INFINITE
    )  # fmt: skip


def from_floats(values: AnyArray) -> Numbers:
    """Numbers that came as numbers: infinite ones are counted and become NaN."""
    floats = np.asarray(values, dtype=np.float64)
    infinite = np.isinf(floats)
    count = int(infinite.sum())
    missing = int(np.isnan(floats).sum())
    if count:
        floats = np.where(infinite, np.nan, floats)
    return Numbers(floats, np.zeros(len(floats), bool), missing, count)


def read_numbers(cells: AnyArray, decimal_comma: bool | None = None, likely_comma: bool = False) -> Numbers:
    """Read ``(n,)`` text cells as numbers.

    Plain notation (``-1.5e3``) is read as it is. A comma is a decimal comma when the column
    shows one that cannot be anything else (``0,5``, ``1.234,5``), a thousands separator when it
    shows ``1,234,567`` or ``1,234.5``; where every cell could be both, ``decimal_comma`` decides
    (what the user said), then ``likely_comma`` (what the file looks like), and without either
    thousands are taken and ``doubtful`` names a cell. Spaces and apostrophes between groups of
    three are dropped. A percent or currency sign is dropped, and becomes the unit, only if all
    numbers carry the same.

    >>> read_numbers(np.array(["1.234,5", "7", "n/a"], object)).values
    array([1234.5,    7. ,    nan])
    >>> n = read_numbers(np.array(["12%", "13%", "x"], object))
    >>> n.values, n.unit, n.bad
    (array([12., 13., nan]), '%', array([False, False,  True]))
    """
    fast = None if decimal_comma else read_plain(cells)
    return fast if fast is not None else read_carefully(cells, decimal_comma, likely_comma)


def read_plain(cells: AnyArray) -> Numbers | None:
    """The fast path: every cell is missing or plain notation; None when that is not so."""
    joined = "".join(cells)
    # Python's float() also takes 1_000 and digits of other scripts, which no file means as numbers.
    if "_" in joined or not joined.isascii():
        return None
    try:
        values = np.fromiter(
            map(float, cells if all(cells) else (cell or "nan" for cell in cells)), np.float64, len(cells)
        )
    except ValueError:
        values = np.array([_float(cell) for cell in cells], dtype=np.float64)
        if not all(map(is_missing, cells[np.isnan(values)])):
            return None
    infinite = np.isinf(values)
    missing = int(np.isnan(values).sum())
    values[infinite] = np.nan
    return Numbers(values, np.zeros(len(values), bool), missing, int(infinite.sum()))


def _float(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return math.nan


def _strip(cell: str) -> tuple[str, str]:
    """The number without its sign of unit, and that sign."""
    bare = cell.strip().replace("−", "-")
    unit = ""
    if bare.endswith("%"):
        bare, unit = bare[:-1].rstrip(), "%"
    elif bare and bare[-1] in CURRENCY:
        bare, unit = bare[:-1].rstrip(), bare[-1]
    else:
        sign = bare[:1] if bare[:1] in ("-", "+") else ""
        rest = bare[len(sign) :].lstrip()
        if rest and rest[0] in CURRENCY:
            bare, unit = sign + rest[1:].lstrip(), rest[0]
    if " " in bare or "'" in bare or not bare.isascii():
        bare = _SPACED.sub(lambda m: m[1] + re.sub(r"[^0-9]", "", m[2]), bare)
    return bare, unit


def read_carefully(cells: AnyArray, decimal_comma: bool | None = None, likely_comma: bool = False) -> Numbers:
    """The slow path that knows all notations; agrees with :func:`read_plain` where that answers."""
    stripped = [_strip(cell) for cell in cells]
    bare = [text for text, _ in stripped]
    missing = np.array([is_missing(cell) for cell in cells], dtype=bool)
    comma, doubtful = _comma_of(bare, decimal_comma, likely_comma)
    values = np.array([_one(text, comma) for text in bare], dtype=np.float64)
    infinite = np.array([text.lower() in INFINITE for text in bare], dtype=bool) | np.isinf(values)
    bad = np.isnan(values) & ~missing & ~infinite
    values[infinite | missing] = np.nan
    marks = np.array([unit for _, unit in stripped], dtype=object)
    units = set(marks[~missing & ~bad])
    if len(units) > 1:
        # Some numbers carry a sign and others not, or a different one: they cannot be compared.
        marked = (marks != "") & ~missing & ~bad
        values[marked] = np.nan
        bad |= marked
    unit = units.pop() if len(units) == 1 else ""
    return Numbers(values, bad, int(missing.sum()), int(infinite.sum()), unit, comma, doubtful)


def _comma_of(bare: list[str], given: bool | None, likely: bool) -> tuple[bool | None, str]:
    """What a comma means in this column, and a cell that leaves it open."""
    if given is not None:
        return given, ""
    with_comma = [text for text in bare if "," in text]
    if not with_comma:
        grouped = any(_DOTS_CERTAIN.fullmatch(text) for text in bare)
        return (
            (True, "")
            if grouped and all(_DOTS.fullmatch(t) or t.isdigit() for t in bare if t)
            else (None, "")
        )
    decimal = sum(bool(_COMMA.fullmatch(t) and _COMMA_CERTAIN.fullmatch(t)) for t in with_comma)
    thousands = sum(bool(_THOUSANDS_CERTAIN.fullmatch(t)) for t in with_comma)
    if decimal or thousands:
        return decimal > thousands, ""
    # A plain 0.5 beside 1,234 says that the point is the decimal sign.
    if any("." in t and _PLAIN.fullmatch(t) for t in bare):
        return False, ""
    return likely, "" if likely else next((t for t in with_comma if _THOUSANDS.fullmatch(t)), "")


def _one(text: str, comma: bool | None) -> float:
    if comma and ("," in text or "." in text):
        if _COMMA.fullmatch(text):
            return float(text.replace(".", "").replace(",", "."))
        return float(text.replace(".", "")) if _DOTS.fullmatch(text) else math.nan
    if _PLAIN.fullmatch(text):
        return float(text)
    if comma is False and _THOUSANDS.fullmatch(text):
        return float(text.replace(",", ""))
    return math.nan
