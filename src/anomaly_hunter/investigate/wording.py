"""How findings say numbers, changes and times: short, the same on every machine."""

from __future__ import annotations

import math
import re

import numpy as np

from anomaly_hunter.model import Anomaly, Series
from anomaly_hunter.model import moment as utc
from anomaly_hunter.model.saying import MISSING
from anomaly_hunter.model.saying import change as change
from anomaly_hunter.model.saying import counted as counted
from anomaly_hunter.model.saying import percent as percent
from anomaly_hunter.model.saying import seconds_between as seconds_between
from anomaly_hunter.model.saying import sigmas as sigmas

_UNITS = ((86400.0, "d"), (3600.0, "h"), (60.0, "min"), (1.0, "s"))


def number(value: float) -> str:
    """Four significant digits, thousands separated; "–" when missing.

    >>> number(161.237), number(1234567.0), number(0.000123456), number(float("nan")), number(-0.0)
    ('161.2', '1,234,567', '0.0001235', '–', '0')
    """
    if not math.isfinite(value):
        return MISSING
    if value == 0:
        return "0"
    size = abs(value)
    if size < 1e9 and float(value).is_integer():
        return f"{int(value):,}"
    if 1000 <= size < 1e9:
        return f"{float(f'{value:.4g}'):,.0f}"
    return f"{value:.4g}"


def against(expected: float, spread: float) -> str:
    """What is normal, with its spread where it is known and says something.

    The spread has one significant digit (two where it begins with a one), and what is expected no
    more decimals than its spread; a spread that is tiny beside the value is left out.

    >>> against(100.0, 2.0), against(22.05, 0.5816), against(0.18, 0.578), against(100.0, 0.0)
    ('100 ± 2', '22.1 ± 0.6', '0.2 ± 0.6', '100')
    >>> against(25580.0, 1145.0), against(0.0, 5e-307)
    ('25,600 ± 1,100', '0')
    """
    if not _tells(expected, spread):
        return number(expected)
    size, digits = abs(spread), _place_of_spread(spread)
    return f"{_rounded(expected, digits)} ± {_rounded(size, digits)}"


def _tells(expected: float, spread: float) -> bool:
    """Whether a spread is worth telling: known, and no speck beside the value."""
    if not math.isfinite(spread) or not math.isfinite(expected):
        return False
    return abs(spread) >= max(1e-12, 1e-4 * abs(expected))


def _place_of_spread(spread: float) -> int:
    """Decimals (negative: zeros before the point) of a spread with one digit, two after a leading one."""
    place = math.floor(math.log10(abs(spread)))
    return -place + (abs(spread) < 2 * 10.0**place)


def _rounded(value: float, decimals: int) -> str:
    """A value rounded to decimals (hundreds where -2), without zeros at its end."""
    return number(round(value, decimals)) if abs(value) < 1e15 else number(value)


def seen(actual: float, expected: float, spread: float) -> str:
    """The abnormal value with as many digits as tell it from what was expected.

    Three significant digits of the difference, and no more decimals than the spread has.

    >>> seen(363.8, 22.05, 0.5816), seen(101.237, 101.0, 0.05), seen(1155.0, 0.2, 0.6)
    ('364', '101.2', '1,155')
    """
    if not math.isfinite(actual) or float(actual).is_integer() or not math.isfinite(expected - actual):
        return number(actual)
    away = abs(actual - expected)
    decimals = 2 - math.floor(math.log10(away)) if away > 0 else 12
    if _tells(expected, spread):
        decimals = min(decimals, max(1, _place_of_spread(spread)))
    return _rounded(actual, max(0, decimals))


def reached(anomaly: Anomaly) -> str:
    """The abnormal value of an anomaly: see :func:`seen`."""
    return seen(anomaly.actual, anomaly.expected, anomaly.spread)


def duration(seconds: float) -> str:
    """Seconds as people say them, in at most two units; no seconds from ten minutes on.

    >>> duration(120), duration(5400), duration(90_000), duration(0.25), duration(2811)
    ('2 min', '1 h 30 min', '1 d 1 h', '0.25 s', '47 min')
    """
    if not math.isfinite(seconds):
        return MISSING
    if abs(seconds) < 1:
        return f"{seconds:.2g} s"
    left = round(abs(seconds))
    if left >= 600:
        left = 60 * round(left / 60)
    parts: list[str] = []
    for size, name in _UNITS:
        count, left = divmod(left, int(size))
        if count:
            parts.append(f"{count} {name}")
        if len(parts) == 2 or (parts and not count):
            break
    return ("-" if seconds < 0 else "") + " ".join(parts)


def signed(value: float) -> str:
    """A change with its sign, three significant digits.

    >>> signed(0.00382), signed(-1150.4), signed(0.0)
    ('+0.00382', '-1,150', '+0')
    """
    return f"{'-' if value < 0 else '+'}{number(abs(float(f'{value:.3g}')))}"


def joined(names: list[str] | tuple[str, ...]) -> str:
    """Names in a row with "and" before the last.

    >>> joined(["a"]), joined(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1]))) if names else ""


def deviation(anomaly: Anomaly) -> str:
    """How far the peak is from what was expected: in percent (or as a factor) and in sigma.

    A factor between a value and its opposite means nothing and is left out.

    >>> deviation(Anomaly("a", "t", "t", "spike", "up", 3, 4, 3, 2.0, 45.0, -1.0, 2.0, (3, 3)))
    '23 sigma'
    """
    turned = anomaly.actual * float(np.sign(anomaly.expected)) < 0
    from_noise = abs(anomaly.expected) < anomaly.spread  # a factor of what is lost in noise says nothing
    parts = ["" if turned or from_noise else change(anomaly.change_pct)]
    if math.isfinite(anomaly.sigmas) and _tells(anomaly.expected, anomaly.spread):
        parts.append(sigmas(anomaly.sigmas))
    return ", ".join(part for part in parts if part)


def upward(anomaly: Anomaly) -> bool:
    """Whether the value that is quoted lies above what was expected; else the direction of the span."""
    if anomaly.actual == anomaly.expected or not math.isfinite(anomaly.actual - anomaly.expected):
        return anomaly.direction != "down"
    return anomaly.actual > anomaly.expected


def row(names: list[str] | tuple[str, ...]) -> str:
    """Names with commas between them; with semicolons where one has a comma of its own.

    >>> row(["a", "b"]), row(["errors, or latency", "cpu"])
    ('a, b', 'errors, or latency; cpu')
    """
    return ("; " if any(", " in name for name in names) else ", ").join(names)


def listed(names: list[str] | tuple[str, ...], most: int = 3) -> str:
    """Names in a row; what does not fit is counted.

    >>> listed(["a"]), listed(["a", "b", "c", "d", "e"]), listed(["errors, or latency", "cpu"])
    ('a', 'a, b, c and 2 more', 'errors, or latency; cpu')
    """
    shown = row(names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown


def clip(text: str, most: int = 80) -> str:
    """One line of foreign text, quoted as data: control characters gone, cut at ``most``.

    >>> clip("deploy\\n v2"), len(clip("x" * 200))
    ('deploy v2', 80)
    """
    line = " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * most]).split())
    return line if len(line) <= most else line[: most - 1] + "…"


_OF_ONE = re.compile(r"([^{}]+)\{[^{}=,]+=([^{}=,]+)\}")


def plainly(title: str) -> str:
    """The title of a series as a sentence says it: with one label only, whose it is.

    >>> plainly("latency_ms{file=inventory}"), plainly("cpu{host=a,zone=b}"), plainly("cpu")
    ('latency_ms of inventory', 'cpu{host=a,zone=b}', 'cpu')
    """
    match = _OF_ONE.fullmatch(title)
    return f"{match[1]} of {match[2]}" if match else title


def one_line(text: str) -> str:
    """Text that may hold names from the data, on one line: what does not print becomes a space.

    >>> one_line("a\\n b\\x1b[31m"), one_line("±  ×")
    ('a b [31m', '±  ×')
    """
    if text.isprintable():
        return text
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def moment(series: Series | None, position: int) -> str:
    """A position of a series as a time or "point 17"; a row number for tables."""
    if series is None:
        return f"row {position}"
    position = min(max(position, 0), len(series) - 1)
    if not series.clocked:
        return f"point {int(series.row[position])}"
    return f"{utc(series.time[position])} UTC"


def lasted(series: Series | None, anomaly: Anomaly) -> str:
    """How long the span is: a duration with a clock, else points.

    One more interval is counted than lies between first and last point, since each point stands
    for one interval.
    """
    points = anomaly.stop - anomaly.start
    seconds = span_seconds(series, anomaly)
    if series is None or not math.isfinite(seconds):
        return counted(points, "point")
    return f"{duration(seconds)} ({counted(points, 'point')})"


def span_seconds(series: Series | None, anomaly: Anomaly) -> float:
    """Length of the span in seconds, one interval per point; NaN without a clock."""
    if series is None or not series.clocked or len(series) < 2:
        return math.nan
    stop = min(anomaly.stop, len(series))
    start = min(anomaly.start, stop - 1)
    inside = seconds_between(series.time[start], series.time[stop - 1])
    return inside + usual_step(series)


def usual_step(series: Series) -> float:
    """Median seconds between points (of at most the last 257); 0 with fewer than two points."""
    if len(series) < 2:
        return 0.0
    time = series.time[-257:].view(np.int64)
    steps = time[1:] - time[:-1]
    steps.sort()
    return float(steps[len(steps) // 2]) / 1e9
