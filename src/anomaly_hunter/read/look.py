"""What one column holds: numbers, times, few words, long texts or names of things."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np

from anomaly_hunter.model import AnyArray, IntArray
from anomaly_hunter.read import words
from anomaly_hunter.read.columns import EXACT_INTEGER, Raw
from anomaly_hunter.read.numbers import Numbers, from_floats, is_missing, looks_number, read_numbers
from anomaly_hunter.read.options import ReadOptions
from anomaly_hunter.read.times import Times, from_datetimes, read_epoch, read_times

Holds: TypeAlias = Literal["numbers", "times", "words", "texts", "names", "nothing"]

# A column whose filled cells are numbers (times) to this share is one; the rest is reported.
ENOUGH: Final = 0.8
_SAMPLE: Final = 400


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """One column and what it holds.

    ``holds``: numbers; times; words (few different ones: a dimension); texts (sentences); names
    (nearly every one different: an id); nothing. ``numbers`` and ``times`` are there when the
    cells can be read so, whichever was chosen.
    """

    raw: Raw
    holds: Holds
    numbers: Numbers | None = None
    times: Times | None = None
    missing: int = 0
    distinct: int = 0
    words: float = 0.0

    @property
    def name(self) -> str:
        """The column's name."""
        return self.raw.name

    def example(self) -> str:
        """The first cell that says something, cut to 40 characters."""
        for cell in self.raw.values[:1000]:
            text = str(cell)
            if text and not is_missing(text):
                return text[:40]
        return ""


def look_at(raw: Raw, options: ReadOptions, likely_comma: bool = False) -> Look:
    """Decide what a column holds from its cells; its name only settles what cells leave open."""
    if not raw.is_text:
        return _look_at_typed(raw, options)
    cells = raw.values
    sample = [cell for cell in cells[:: max(1, len(cells) // _SAMPLE)] if not is_missing(cell)]
    if not sample and all(map(is_missing, cells)):
        said = any(cell.strip() for cell in cells)
        numbers = read_numbers(cells) if said else None
        return Look(raw, "numbers" if said else "nothing", numbers, missing=len(cells))
    if any(map(looks_number, sample)) or raw.name in options.value:
        numbers = read_numbers(cells, options.decimal_comma, likely_comma)
        if numbers.share >= ENOUGH or raw.name in options.value:
            return _as_numbers(raw, numbers, options)
        words_look = _look_at_words(raw)
        return Look(
            raw, words_look.holds, numbers, None, words_look.missing, words_look.distinct, words_look.words
        )
    times = read_times(cells, options.tz, options.day_first, raw.name)
    if times is not None and times.share >= ENOUGH:
        return Look(raw, "times", None, times, times.missing)
    found = _look_at_words(raw)
    return Look(raw, found.holds, None, times, found.missing, found.distinct, found.words)


def _look_at_typed(raw: Raw, options: ReadOptions) -> Look:
    if np.issubdtype(raw.values.dtype, np.datetime64):
        times = from_datetimes(raw.values, raw.zoned, options.tz, raw.name)
        holds: Holds = "nothing" if times.missing == len(raw.values) else "times"
        return Look(raw, holds, None, times, times.missing)
    return _as_numbers(raw, from_floats(raw.values), options)


def _as_numbers(raw: Raw, numbers: Numbers, options: ReadOptions) -> Look:
    """Numbers, unless they are seconds since 1970 or dates written as 20260301."""
    times = None
    if raw.name == options.time or words.is_timelike(raw.name) or not options.time:
        times = _clock_of_numbers(raw, numbers, options)
    holds: Holds = "times" if times is not None and raw.name not in options.value else "numbers"
    return Look(raw, holds, numbers, times, numbers.missing)


def _clock_of_numbers(raw: Raw, numbers: Numbers, options: ReadOptions) -> Times | None:
    asked = raw.name == options.time
    named = words.is_timelike(raw.name)
    if not (asked or named or _rises_evenly(numbers)):
        return None
    if asked or named:
        dates = _compact_dates(raw, numbers, options)
        if dates is not None:
            return dates
    return read_epoch(numbers.values, whole_numbers(raw, numbers), anyhow=asked)


def _rises_evenly(numbers: Numbers) -> bool:
    """Strictly rising in equal steps, which counters of bytes do not do."""
    values = numbers.values[np.isfinite(numbers.values)]
    if len(values) < 3 or len(values) < len(numbers.values) or values[0] < 6e8:
        return False
    steps = np.diff(values)
    usual = np.median(steps)
    return bool((steps > 0).all() and (np.abs(steps - usual) <= 0.01 * usual).mean() >= ENOUGH)


def _compact_dates(raw: Raw, numbers: Numbers, options: ReadOptions) -> Times | None:
    """Numbers such as 20260301: year, month and day without a separator."""
    values = numbers.values[np.isfinite(numbers.values)]
    if not len(values) or values.min() < 19_000_101 or values.max() > 21_001_231 or (values % 1).any():
        return None
    cells = np.empty(len(numbers.values), dtype=object)
    cells[:] = [
        f"{int(v) // 10000:04d}-{int(v) // 100 % 100:02d}-{int(v) % 100:02d}" if np.isfinite(v) else ""
        for v in numbers.values
    ]
    times = read_times(cells, options.tz, where=raw.name)
    return times if times is not None and times.share >= ENOUGH else None


def whole_numbers(raw: Raw, numbers: Numbers) -> IntArray | None:
    """The column as int64 without rounding, or None where it is not whole numbers throughout."""
    if raw.values.dtype == np.int64:
        return np.asarray(raw.values)
    if not len(numbers.values) or not np.abs(np.nan_to_num(numbers.values)).max() > EXACT_INTEGER:
        return None
    try:
        return np.array([int(cell) for cell in raw.values], dtype=np.int64)
    except (ValueError, OverflowError):
        return None


def _look_at_words(raw: Raw) -> Look:
    """Words, texts or names, by how many differ and how long they are."""
    filled = [cell for cell in raw.values if cell]
    count, distinct = len(filled), len(set(filled))
    lengths = [cell.count(" ") + 1 for cell in filled[:: max(1, count // _SAMPLE)]]
    mean_words = sum(lengths) / max(1, len(lengths))
    missing = len(raw.values) - count
    named = words.plain(raw.name)
    is_texty = named in words.BODY or named in words.HEADING
    different = distinct / max(1, count)
    nearly_all = different >= 0.95 and count >= 10 and missing <= count
    if (mean_words >= 5 and different > 0.2) or (is_texty and mean_words >= 2.5):
        holds: Holds = "texts"
    elif nearly_all or (words.is_identifier(raw.name) and different > 0.5):
        holds = "names" if mean_words < 2.5 else "texts"
    elif count >= 20 and different > 0.5 and mean_words >= 2:
        holds = "texts"
    else:
        holds = "words"
    return Look(raw, holds, None, None, missing, distinct, mean_words)


def codes_of(look: Look) -> tuple[IntArray, tuple[str, ...]]:
    """``(n,)`` codes into the sorted different cells, -1 where the cell is missing."""
    cells = look.raw.values if look.raw.is_text else _number_texts(look.raw.values)
    categories = sorted(set(cells) - {""})
    position = {category: code for code, category in enumerate(categories)} | {"": -1}
    return np.array([position[cell] for cell in cells], dtype=np.int32).astype(np.int64), tuple(categories)


def _number_texts(values: AnyArray) -> list[str]:
    if np.issubdtype(values.dtype, np.datetime64):
        return ["" if np.isnat(value) else str(value) for value in values]
    return ["" if np.isnan(value) else f"{value:.15g}" for value in values.tolist()]
