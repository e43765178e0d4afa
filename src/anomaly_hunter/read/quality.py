"""What is wrong with the data: counted and said, never repaired."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

import numpy as np

from anomaly_hunter.model import FloatArray, IntArray, Issue, Quality, Series, TimeArray, iso
from anomaly_hunter.model.saying import counted
from anomaly_hunter.read.look import Look

SHORT: Final = 10
_NAMED: Final = 3
# How much of the score an issue takes when it concerns every row.
_WEIGHT: Final = {
    "unreadable row": 1.0, "missing": 1.0, "mixed types": 1.0, "infinite": 1.0, "gap": 1.0,
    "disorder": 0.5, "duplicate time": 0.5, "mixed time zones": 0.5, "clock change": 0.5,
    "constant": 0.5, "irregular interval": 0.3, "short": 0.5,
}  # fmt: skip


def report(issues: Iterable[Issue], rows: int, columns: int, series: int = 1) -> Quality:
    """The report with its score.

    ``score = 100 * prod over kinds (1 - weight * min(1, count / whole))``, where ``count`` is the
    number of cells, rows or series (columns of a table) concerned and ``whole`` how many there are. Weights:
    1 for what is not there or not readable, 0.5 for what is there but doubtful, 0.3 for an
    irregular interval. 100 means that nothing was found; more of a fault never raises it.

    >>> report([Issue("missing", "cpu", 10, "10 of 100 values are missing")], 100, 1).score
    90.0
    """
    merged = merge(issues)
    score = 100.0
    for kind in {issue.kind for issue in merged}:
        count = sum(issue.count for issue in merged if issue.kind == kind)
        score *= 1 - _WEIGHT.get(kind, 0.3) * min(1.0, count / _whole(kind, count, rows, columns, series))
    return Quality(round(score, 1), rows * columns, merged)


def _whole(kind: str, count: int, rows: int, columns: int, series: int) -> int:
    if kind in ("constant", "short"):
        return max(1, series)
    if kind in ("missing", "infinite", "mixed types"):
        return max(1, rows * columns)
    if kind in ("gap", "unreadable row"):
        return max(1, rows + count)
    return max(1, rows)


def merge(issues: Iterable[Issue]) -> tuple[Issue, ...]:
    """Issues of one kind in more than three places become one, so that ten thousand series stay readable."""
    result: list[Issue] = []
    ordered = sorted(
        issues, key=lambda issue: list(_WEIGHT).index(issue.kind) if issue.kind in _WEIGHT else 99
    )
    for kind, members in groupby(ordered, key=lambda issue: issue.kind):
        group = list(members)
        places = len({issue.where for issue in group})
        if places <= _NAMED:
            result.extend(group)
            continue
        worst = max(group, key=lambda issue: issue.count)
        total = sum(issue.count for issue in group)
        text = f"{places:,} places, worst {worst.where}: {worst.statement}"
        result.append(Issue(kind, f"{places:,} places", total, text))
    return tuple(result)


def of_numbers(look: Look) -> list[Issue]:
    """Cells of a measure that are no number, missing or infinite."""
    numbers = look.numbers
    if numbers is None:
        return []
    issues, total = [], len(numbers.values)
    bad = int(numbers.bad.sum())
    if bad:
        shown = list(dict.fromkeys(str(cell)[:20] for cell in look.raw.values[numbers.bad][:50]))[:3]
        quoted = ", ".join(repr(cell) for cell in shown)
        issues.append(
            Issue("mixed types", look.name, bad, f"{bad:,} of {total:,} cells are no number: {quoted}")
        )
    return issues + of_cells(look.name, numbers.missing, numbers.infinite, total)


def of_cells(where: str, missing: int, infinite: int, total: int) -> list[Issue]:
    """Issues for missing and infinite values."""
    issues = []
    if missing:
        issues.append(Issue("missing", where, missing, f"{missing:,} of {total:,} values are missing"))
    if infinite:
        text = f"{infinite:,} of {total:,} values are infinite and count as missing"
        issues.append(Issue("infinite", where, infinite, text))
    return issues


def of_values(series: Series) -> list[Issue]:
    """Constant or short series."""
    issues, n = [], len(series)
    if n < SHORT:
        issues.append(Issue("short", series.title, 1, f"only {counted(n, 'point')}"))
    if n >= 3 and constant(series.value):
        issues.append(Issue("constant", series.title, 1, "all values are the same"))
    return issues


def constant(values: FloatArray) -> bool:
    """Whether every value that is there is the same (in every channel)."""
    for channel in values.reshape(len(values), -1).T:
        there = channel[~np.isnan(channel)]
        if len(there) and bool((there != there[0]).any()):
            return False
    return True


def of_times(time: TimeArray, row: IntArray, where: str) -> list[Issue]:
    """Disorder, repeated times, gaps and irregular steps of times that are sorted by now.

    ``row`` are the original positions, from which the original order is known. The usual step
    is the median; a gap is a step of more than 1.5 of it, and is only spoken of where six of ten
    steps are usual.
    """
    issues: list[Issue] = []
    if len(time) < 2:
        return issues
    if bool((np.diff(row) < 0).any()):
        back = int((np.diff(time[np.argsort(row, kind="stable")].view(np.int64)) < 0).sum())
        issues.append(
            Issue("disorder", where, back, f"{counted(back, 'time')} earlier than the row above; sorted")
        )
    nanoseconds: IntArray = time.view(np.int64)
    steps = nanoseconds[1:] - nanoseconds[:-1]
    repeated = int((steps == 0).sum())
    if repeated:
        first = iso(time[int(np.argmax(steps == 0))])
        issues.append(
            Issue("duplicate time", where, repeated, f"{counted(repeated, 'repeated time')}, first {first}")
        )
    moving = steps[steps > 0]
    if len(moving) >= 2:
        issues += _gaps(time, steps, float(np.median(moving)), where)
    return issues


def _gaps(time: TimeArray, steps: IntArray, step: float, where: str) -> list[Issue]:
    ratio = steps[steps > 0] / step
    usual = np.abs(ratio - 1) <= 0.1
    if usual.mean() < 0.6:
        odd = int((~usual).sum())
        return [
            Issue(
                "irregular interval",
                where,
                odd,
                f"{counted(odd, 'step')} unlike the median of {duration(step / 1e9)}",
            )
        ]
    wide = steps > 1.5 * step
    issues = []
    if wide.any():
        absent = int(np.round(steps[wide] / step - 1).sum())
        longest = int(np.argmax(steps))
        text = (
            f"{counted(int(wide.sum()), 'gap')}, {counted(absent, 'point')} absent; the longest of "
            f"{duration(steps[longest] / 1e9)} before {iso(time[longest + 1])}"
        )
        issues.append(Issue("gap", where, absent, text))
    odd = int((~usual & (ratio <= 1.5)).sum())
    if odd > 0.01 * len(steps):
        text = f"{counted(odd, 'step')} unlike the usual {duration(step / 1e9)}"
        issues.append(Issue("irregular interval", where, odd, text))
    return issues


def duration(seconds: float) -> str:
    """Seconds as people say them.

    >>> [duration(s) for s in (0.25, 60, 5400, 86400, 2629800)]
    ['250 ms', '1 min', '1.5 h', '1 d', '30.4 d']
    """
    for size, name in ((86_400.0, "d"), (3_600.0, "h"), (60.0, "min"), (1.0, "s")):
        if seconds >= 0.9995 * size:
            return f"{_short(seconds / size)} {name}"
    return f"{_short(seconds * 1000)} ms"


def _short(number: float) -> str:
    return f"{number:.0f}" if math.isclose(number, round(number), abs_tol=0.05) else f"{number:.1f}"


def of_series(series: Sequence[Series]) -> list[Issue]:
    """All issues of series that came as such; times that are shared are looked at once."""
    issues: list[Issue] = []
    seen: set[tuple[int, int]] = set()
    for one in series:
        missing = int(np.isnan(one.value).sum())
        issues += of_cells(one.title, missing, 0, one.value.size) + of_values(one)
        key = (int(one.time.ctypes.data), len(one.time))
        if one.clocked and key not in seen:
            seen.add(key)
            issues += of_times(one.time, one.row, one.title)
    return issues
