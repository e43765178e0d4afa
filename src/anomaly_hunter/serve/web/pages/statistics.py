"""How good the verdicts have been, by what people answered, and what their answers changed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Final

import numpy as np
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from anomaly_hunter.feedback import Answered, answered, stats
from anomaly_hunter.remember.learning.figures import Bin, Figures, Proportion
from anomaly_hunter.remember.lists.listing import Asked, Listing
from anomaly_hunter.remember.store import Store
from anomaly_hunter.serve.guard.needs import Viewer
from anomaly_hunter.serve.site import Here
from anomaly_hunter.serve.web.drawing import MONTHS, line
from anomaly_hunter.serve.web.templating import page

router = APIRouter()

MOST_ANSWERS: Final = 8
MOST_WEEKS: Final = 26
FRESH_NS: Final = 60_000_000_000
"""After a minute they are counted anew in any case: verdicts may have changed."""


@dataclass(frozen=True, slots=True)
class Point:
    """A share with its interval on a plot of 0 to 100 from left to right and from top to bottom."""

    x: float
    y: float
    low: float
    high: float
    size: float
    title: str


@dataclass(frozen=True, slots=True)
class Trend:
    """Weeks from left to right: points, the line through them, and the band of their intervals."""

    points: tuple[Point, ...]
    line: str
    band: str
    names: tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True)
class Said:
    """What one person said of one incident at once, and what that changed."""

    incident_id: str
    by: str
    at: np.datetime64
    words: tuple[str, ...]
    note: str
    lines: tuple[str, ...]
    withdrawn: bool


@router.get("/statistics")
def statistics(request: Request, here: Here, caller: Viewer) -> HTMLResponse:
    """Calibration, agents, patterns, weeks, and what answers changed."""
    memory = here.memory(caller)
    figures, said = _known(memory, _told(memory), time.time_ns() // FRESH_NS)
    return page(
        request,
        "statistics.html",
        caller,
        figures=figures,
        calibration=tuple(_bin(each) for each in figures.bins),
        trend=_trend(figures.weeks[-MOST_WEEKS:]),
        said=(together := _together(said))[:MOST_ANSWERS],
        more=max(len(together) - MOST_ANSWERS, 0),
    )


def _told(memory: Store) -> tuple[int, ...]:
    """What changes with every answer and every incident: the figures are counted anew only then."""
    said = memory.feedback(withdrawn=True)
    gone = sum(one.withdrawn_at is not None for one in said)
    return len(said), gone, Listing(memory).counts(Asked(silenced=None))["all"]


@lru_cache(maxsize=16)
def _known(memory: Store, told: tuple[int, ...], minute: int) -> tuple[Figures, tuple[Answered, ...]]:
    return stats(memory, memory.organisation), answered(memory, memory.organisation)


def _together(said: Sequence[Answered]) -> tuple[Said, ...]:
    """Answers that were given together as one, the last first."""
    groups = [
        tuple(some) for _, some in groupby(said, lambda one: (one.said.incident_id, one.said.by, one.said.at))
    ]
    return tuple(
        Said(
            some[0].said.incident_id, some[0].said.by, some[0].said.at,
            tuple(one.said.answer for one in some), some[0].said.note,
            tuple(line for one in some for line in one.lines),
            all(one.said.withdrawn_at is not None for one in some),
        )
        for some in reversed(groups)
    )  # fmt: skip


def _bin(one: Bin) -> Point:
    return _point(
        100 * one.stated, one.right, f"{100 * one.stated:.0f}% sure on average: {_words(one.right, 'right')}"
    )


def _trend(weeks: Sequence[Proportion]) -> Trend:
    if len(weeks) < 2:
        return Trend((), "", "", ())
    step = 100 / (len(weeks) - 1)
    points = tuple(
        _point(step * n, week, f"Week of {week.name}: {_words(week, 'real')}") for n, week in enumerate(weeks)
    )
    band = [(each.x, each.high) for each in points] + [(each.x, each.low) for each in reversed(points)]
    every = -(-len(weeks) // 6)
    names = tuple((step * n, _day(week.name)) for n, week in enumerate(weeks) if n % every == 0)
    return Trend(points, line((each.x, each.y) for each in points), line(band), names)


def _day(name: str) -> str:
    """The first day of a week as axes say it: "2026-06-01" is "1 Jun"."""
    return f"{int(name[8:10])} {MONTHS[int(name[5:7]) - 1]}"


def _point(x: float, share: Proportion, title: str) -> Point:
    low, high = share.interval
    size = 3 + min(share.of, 40) / 10
    return Point(
        round(x, 2), round(100 - 100 * share.share, 2), round(100 - 100 * low, 2), round(100 - 100 * high, 2),
        round(size, 1), title,
    )  # fmt: skip


def _words(share: Proportion, what: str) -> str:
    low, high = share.interval
    return f"{share.hits} of {share.of} {what} ({100 * low:.0f}–{100 * high:.0f}% with 95% certainty)"
