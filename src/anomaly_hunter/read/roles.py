"""Which column is what: the clock, the measures, what splits, what is text, what is left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from anomaly_hunter.errors import DataError, UsageError
from anomaly_hunter.read import words
from anomaly_hunter.read.columns import Columns, Raw
from anomaly_hunter.read.look import Look, look_at
from anomaly_hunter.read.options import ReadOptions
from anomaly_hunter.read.times import Times, forced

_SHOWN: Final = 8


@dataclass(frozen=True, slots=True, eq=False)
class Roles:
    """The columns by role, each in the order of the file, with what was assumed.

    ``time`` is the clock of the rows or None; ``other_times`` are further time columns;
    ``positions`` says that the rows are numbered by a column instead.
    """

    time: Look | None
    measures: tuple[Look, ...]
    dimensions: tuple[Look, ...]
    texts: tuple[Look, ...]
    ids: tuple[Look, ...]
    other_times: tuple[Look, ...] = ()
    left_out: tuple[Look, ...] = ()
    notes: tuple[str, ...] = ()

    def names(self) -> Mapping[str, str]:
        """Column name to role."""
        groups = (
            ("time", ((self.time,) if self.time else ()) + self.other_times),
            ("measure", self.measures),
            ("dimension", self.dimensions),
            ("text", self.texts),
            ("id", self.ids),
            ("left out", self.left_out),
        )
        return {look.name: role for role, looks in groups for look in looks}


def assign(columns: Columns, options: ReadOptions) -> Roles:
    """Recognise the role of every column; what ``options`` say wins.

    Raises
    ------
    UsageError
        An option names a column that is not there.
    DataError
        A column that must be the clock holds no times, or two could be it.
    """
    _check_names(columns, options)
    comma = bool(columns.decimal_comma)
    looks = [look_at(raw, options, comma) for raw in columns.columns]
    notes: list[str] = []
    used, left_out = _leave_out(looks, options, notes)
    clock, others = _choose_clock(used, options, notes)
    rest = [look for look in used if look is not clock and look not in others]
    measures, positions = _measures(rest, columns.columns[0], options, clock, notes)
    dimensions = [look for look in rest if look not in measures and _is_dimension(look, options)]
    texts = _texts([look for look in rest if look not in measures and look not in dimensions], options)
    taken = {id(look) for look in (*measures, *dimensions, *texts, *positions)}
    others_left = [look for look in rest if id(look) not in taken]
    empty = [look for look in others_left if look.holds == "nothing"]
    unused = [k for k in others_left if k.holds == "numbers" and not words.is_identifier(k.name)]
    ids = [look for look in others_left if look not in empty and look not in unused]
    if empty:
        notes.append(f"left out because all cells are missing: {listed(empty)}")
    return Roles(
        clock, tuple(measures), tuple(dimensions), tuple(texts), tuple(ids), tuple(others),
        (*left_out, *positions, *empty, *unused), tuple(notes),
    )  # fmt: skip


def listed(looks: Sequence[Look]) -> str:
    """Column names for a sentence, at most eight of them."""
    names = ", ".join(look.name for look in looks[:_SHOWN])
    return names if len(looks) <= _SHOWN else f"{names} and {len(looks) - _SHOWN} more"


def _check_names(columns: Columns, options: ReadOptions) -> None:
    known = set(columns.names)
    asked = {"--time": (options.time,), "--text": (options.text,), "--value": options.value,
             "--by": options.by, "--ignore": options.ignore}  # fmt: skip
    for option, names in asked.items():
        for name in names:
            if name and name not in known:
                shown = ", ".join(columns.names[:_SHOWN]) + (", ..." if len(known) > _SHOWN else "")
                raise UsageError(
                    f"{option} names the column {name!r}, which {columns.shown} does not have",
                    f"one of: {shown}",
                    "correct the name (capital letters count)",
                )


def _named(look: Look, options: ReadOptions) -> bool:
    return look.name in (options.time, options.text, *options.value, *options.by)


def _leave_out(looks: list[Look], options: ReadOptions, notes: list[str]) -> tuple[list[Look], list[Look]]:
    truth = [
        k for k in looks if words.is_truth(k.name) and not _named(k, options) and k.name not in options.ignore
    ]
    if truth:
        notes.append(
            f"left out because the name says it holds the answer: {listed(truth)} (--value takes it in)"
        )
    out = truth + [look for look in looks if look.name in options.ignore and not _named(look, options)]
    return [look for look in looks if look not in out], out


def _choose_clock(
    looks: list[Look], options: ReadOptions, notes: list[str]
) -> tuple[Look | None, list[Look]]:
    if options.time:
        asked = next(look for look in looks if look.name == options.time)
        forced(asked.times, asked.name, asked.example())
        return asked, [look for look in looks if look.holds == "times" and look is not asked]
    found = [
        look
        for look in looks
        if look.holds == "times" and look.times is not None and not _named(look, options)
    ]
    if not found:
        _refuse_unreadable(looks, options)
        return None, []
    order = sorted(found, key=lambda look: (_mostly_missing(look), words.clock_rank(look.name)))
    best = order[0]
    rivals = [k for k in order[1:] if _same_rank(best, k)]
    for rival in rivals:
        best = _earlier(best, rival)
    forced(best.times, best.name, best.example())
    others = [look for look in found if look is not best]
    if others:
        notes.append(f"{best.name} is taken as the clock, not {listed(others)} (--time chooses)")
    return best, others


def _mostly_missing(look: Look) -> bool:
    return look.missing * 2 > len(look.raw.values)


def _same_rank(one: Look, other: Look) -> bool:
    return words.clock_rank(one.name) == words.clock_rank(other.name) and not _mostly_missing(other)


def _earlier(one: Look, other: Look) -> Look:
    """Of two equally good clocks the one that never comes later; DataError when each does sometimes."""
    if one.times is None or other.times is None:
        return one
    both = ~np.isnat(one.times.values) & ~np.isnat(other.times.values)
    ahead_ns = (one.times.values - other.times.values).view(np.int64)[both]
    if not len(ahead_ns) or int(np.abs(ahead_ns).max()) < 2_000_000_000:
        return one  # the same clock written twice
    later, earlier = int((ahead_ns > 0).sum()), int((ahead_ns < 0).sum())
    if min(later, earlier) <= 0.01 * len(ahead_ns):
        return other if later > earlier else one
    raise DataError(
        f"two columns could be the time of a row: {one.name} and {other.name}",
        "one that is the clock",
        f"choose it: --time {one.name} or --time {other.name}",
    )


def _refuse_unreadable(looks: list[Look], options: ReadOptions) -> None:
    """A column called time whose cells are words is a mistake to report, not a category."""
    for look in looks:
        wordy = look.holds in ("words", "names", "texts") and not _named(look, options)
        if (
            wordy
            and words.is_exactly_a_clock(look.name)
            and words.plain(look.name) not in ("day", "month", "week")
        ):
            _all_in_one_format(forced(look.times, look.name, look.example()), look)


def _all_in_one_format(times: Times, look: Look) -> None:
    """Enough for a clock that was asked for by name, not for one that is guessed."""
    other = next((str(cell)[:40] for cell in look.raw.values[times.bad]), "")
    raise DataError(
        f"only {100 * times.share:.0f}% of column {look.name!r} can be read as {times.format}, "
        f"{other!r} cannot",
        "one way to write the time throughout",
        f"rewrite the times as ISO-8601; --time {look.name} goes on without the others",
    )


def _measures(
    looks: list[Look], first: Raw, options: ReadOptions, clock: Look | None, notes: list[str]
) -> tuple[list[Look], list[Look]]:
    """The measures, and the columns that only number the rows."""
    if options.value:
        chosen = [look for look in looks if look.name in options.value]
        for look in chosen:
            if look.numbers is None or look.numbers.share == 0:
                raise DataError(
                    f"column {look.name!r} holds no numbers (for example {look.example()!r})",
                    "a column of numbers",
                    "name another column with --value",
                )
        return chosen, []
    numeric = [look for look in looks if look.holds == "numbers" and not _named(look, options)]
    positions = [
        look for look in numeric if len(numeric) > 1 and _numbers_rows(look, look.raw is first, clock)
    ]
    if positions:
        notes.append(f"{listed(positions)} only numbers the rows")
    keys = [look for look in numeric if words.is_identifier(look.name) and look not in positions]
    return [look for look in numeric if look not in positions and look not in keys], positions


def _numbers_rows(look: Look, is_first: bool, clock: Look | None) -> bool:
    """0, 1, 2, ... in a first column or one that is named for it; seconds from zero where no clock is."""
    if look.numbers is None or len(look.numbers.values) < 3 or not np.isfinite(look.numbers.values).all():
        return False
    values = look.numbers.values
    steps = np.diff(values)
    named = is_first or words.plain(look.name) in words.POSITION
    if named and values[0] in (0, 1) and bool((steps == 1).all()):
        return True
    relative = clock is None and is_first and words.is_exactly_a_clock(look.name)
    return bool(relative and (steps > 0).all())


def _is_dimension(look: Look, options: ReadOptions) -> bool:
    if look.name in options.by:
        return True
    if _named(look, options):
        return False
    if look.holds != "numbers" or look.numbers is None:
        return look.holds == "words"
    # Numbers that name things (store_id) split the rows when they repeat.
    filled = look.numbers.values[np.isfinite(look.numbers.values)]
    return words.is_identifier(look.name) and len(np.unique(filled)) <= 0.5 * len(filled)


def _texts(looks: list[Look], options: ReadOptions) -> list[Look]:
    """Texts, the main one first: asked for, else by name, else the longest."""
    texts = [look for look in looks if look.holds == "texts" or look.name == options.text]

    def rank(look: Look) -> tuple[int, float]:
        name = words.plain(look.name)
        by_name = words.BODY.index(name) if name in words.BODY else 100 + (name in words.HEADING)
        return (-1 if look.name == options.text else by_name, -look.words)

    return sorted(texts, key=rank)
