"""`hunter stats`: how good it has been, by what people answered."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from anomaly_hunter.cli.stored import with_store

if TYPE_CHECKING:
    from anomaly_hunter.remember.learning.figures import Figures, Proportion
    from anomaly_hunter.remember.store import Store

WIDTH: Final = 40
"""Characters from 0 to 1 in the plots."""


class Form(StrEnum):
    """How it is printed."""

    terminal = "terminal"
    json = "json"


@with_store()
def command(
    *,
    store: Store,
    output: Annotated[Form, typer.Option("-o", "--output", help="How it is printed.")] = Form.terminal,
) -> None:
    """Counts, calibration, precision and trend, with 95% intervals, from what people answered."""
    import json

    from anomaly_hunter.cli.output import deliver
    from anomaly_hunter.feedback import stats

    found = stats(store)
    if output is Form.json:
        deliver(json.dumps(as_data(found), indent=1, allow_nan=False) + "\n", None)
    else:
        deliver("\n".join(page(found)) + "\n", None)


def page(found: Figures) -> Iterator[str]:
    """The figures line by line."""
    yield f"Incidents remembered: {found.incidents}, answered on: {found.answers}"
    if not found.answers:
        yield "No answers yet: hunter feedback INCIDENT real|expected|ignore"
        return
    yield "o is the share, --- its 95% interval: with few answers it is wide. Of several answers on one"
    yield "incident the last one counts."
    yield from _table("What was answered", (found.real, found.acted, found.cause))
    yield from _calibration(found)
    yield from _table("Precision by agent: its cause was right", found.agents)
    yield from _table("Precision by failure pattern: it was the cause", found.patterns)
    yield from _table("Real alarms by shape", found.shapes)
    yield from _table("Trend: real alarms by week of the answer (Monday)", found.weeks)


def _table(heading: str, rows: Sequence[Proportion]) -> Iterator[str]:
    rows = [row for row in rows if row.of]
    if not rows:
        return
    width = max(len(row.name) for row in rows)
    yield _ruled(heading, width + 37)
    for row in rows:
        low, high = row.interval
        numbers = f"{row.hits:>4} of {row.of:<4} {row.share:>4.0%}  [{low:>4.0%}, {high:>4.0%}]"
        yield f"  {row.name:<{width}}  {numbers}  {bar(row.share, low, high)}"


def _calibration(found: Figures) -> Iterator[str]:
    if not found.bins:
        return
    yield _ruled("Calibration: | stated confidence, o causes that were right", 44)
    for one in found.bins:
        low, high = one.right.interval
        where = f"{one.low:.1f}-{one.high:.1f}"
        numbers = f"stated {one.stated:>4.0%}  right {one.right.share:>4.0%} of {one.right.of:<4}"
        yield f"  {where}  {numbers}  {bar(one.right.share, low, high, one.stated)}"
    yield f"  On average it is off by {found.error:.0%} (expected calibration error; 0% is best)."


def _ruled(heading: str, indent: int) -> str:
    """The heading, with the ends of the line of the plots over it where there is room."""
    scale = f"0%{'100%':>{WIDTH - 1}}"
    return f"\n{heading}\n{' ' * indent}{scale}"


def bar(share: float, low: float, high: float, stated: float = math.nan) -> str:
    """A share with its interval on a line from 0 to 1.

    >>> bar(0.5, 0.25, 0.75).strip()
    '----------o----------'
    """
    line = [" "] * (WIDTH + 1)
    for place in range(round(low * WIDTH), round(high * WIDTH) + 1):
        line[place] = "-"
    if math.isfinite(stated):
        line[round(stated * WIDTH)] = "|"
    if math.isfinite(share):
        line[round(share * WIDTH)] = "o"
    return "".join(line).rstrip()


def as_data(found: Figures) -> dict[str, Any]:
    """The figures as plain data: shares that do not exist are null."""

    def proportion(one: Proportion) -> dict[str, Any]:
        low, high = one.interval
        return asdict(one) | {"share": _finite(one.share), "low": low, "high": high}

    plain: dict[str, Any] = {"incidents": found.incidents, "answers": found.answers}
    plain |= {name: proportion(getattr(found, name)) for name in ("real", "acted", "cause")}
    plain["calibration_error"] = _finite(found.error)
    plain["calibration"] = [
        {"low": b.low, "high": b.high, "stated": b.stated} | {"right": proportion(b.right)}
        for b in found.bins
    ]
    for name in ("agents", "patterns", "shapes", "weeks"):
        plain[name] = [proportion(one) for one in getattr(found, name)]
    return plain


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
