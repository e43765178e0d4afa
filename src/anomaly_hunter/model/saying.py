"""How counts, changes and shares are said: findings and reports say them alike, on every machine."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

MISSING: Final = "–"
MOST_TOLD_SIGMAS: Final = 100
MOST_TOLD_PCT: Final = 1e6


def counted(count: int, noun: str, plural: str = "") -> str:
    """A count and its noun.

    >>> counted(1, "incident"), counted(12000, "point"), counted(0, "series", "series")
    ('1 incident', '12,000 points', '0 series')
    """
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def percent(share: float) -> str:
    """A share in [0, 1] as whole percent; the ends are kept for what is really none or all.

    >>> percent(0.784), percent(0.997), percent(0.001), percent(1.0), percent(float("nan"))
    ('78%', '>99%', '<1%', '100%', '–')
    """
    if not math.isfinite(share):
        return MISSING
    if 0 < share < 0.005:
        return "<1%"
    return ">99%" if 0.995 <= share < 1 else f"{math.floor(share * 100 + 0.5)}%"


def change(pct: float | None) -> str:
    """A signed change in percent; beyond tenfold a factor in two digits; "" when there is none to tell.

    Below -100% the value changed its sign, and then percent say nothing; beyond ten thousandfold it
    came from next to nothing, and a factor says nothing.

    >>> change(61.2), change(-4.56), change(1548.0), change(None), change(-2398.0), change(4e7)
    ('+61%', '-4.6%', '×16', '', '', '')
    """
    if pct is None or not math.isfinite(pct) or pct < -100 or pct > MOST_TOLD_PCT:
        return ""
    if pct >= 900:
        return f"×{float(f'{1 + pct / 100:.2g}'):,.0f}"
    return f"{pct:+.0f}%" if abs(pct) >= 10 else f"{pct:+.1f}%"


def sigmas(value: float) -> str:
    """A deviation in usual fluctuations (robust standard deviations), as precise as anybody needs it.

    >>> sigmas(30.46), sigmas(-4.0), sigmas(-588.0), sigmas(float("nan"))
    ('30 sigma', '4.0 sigma', 'over 100 sigma', '')
    """
    size = abs(value)
    if math.isnan(size):
        return ""
    if size >= MOST_TOLD_SIGMAS:
        return f"over {MOST_TOLD_SIGMAS} sigma"
    return f"{size:.0f} sigma" if size >= 9.95 else f"{size:.1f} sigma"


def seconds_between(begin: np.datetime64, end: np.datetime64) -> float:
    """Seconds from ``begin`` to ``end``.

    >>> seconds_between(np.datetime64("2026-01-01T00:00"), np.datetime64("2026-01-01T00:01:30"))
    90.0
    """
    return float((end.astype("datetime64[ns]") - begin.astype("datetime64[ns]")) / np.timedelta64(1, "s"))
