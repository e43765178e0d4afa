"""How good it has been, by what people answered: shares with intervals, calibration, weeks."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from anomaly_hunter.model import FloatArray
from anomaly_hunter.remember.learning.answers import Answer, standing
from anomaly_hunter.remember.learning.calibration import calibration_error

WEEK_NS = 7 * 86_400_000_000_000
MONDAY_NS = 4 * 86_400_000_000_000
"""1970 began on a Thursday: the first Monday was four days later."""


@dataclass(frozen=True, slots=True)
class Proportion:
    """``hits`` of ``of``, with the ends of the 95% Wilson interval (NaN and 0..1 where ``of`` is 0)."""

    name: str
    hits: int
    of: int

    @property
    def share(self) -> float:
        """The share, NaN without anything to look at."""
        return self.hits / self.of if self.of else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """95% score interval (Wilson, JASA 1927)."""
        return wilson(self.hits, self.of)


def wilson(hits: int, of: int, z: float = 1.959964) -> tuple[float, float]:
    """The interval of a proportion in which a true share is consistent with what was seen.

    >>> tuple(round(end, 3) for end in wilson(8, 10))
    (0.49, 0.943)
    >>> wilson(0, 0)
    (0.0, 1.0)
    """
    if of == 0:
        return 0.0, 1.0
    share, square = hits / of, z * z
    middle = (share + square / (2 * of)) / (1 + square / of)
    reach = z * math.sqrt(share * (1 - share) / of + square / (4 * of * of)) / (1 + square / of)
    return max(middle - reach, 0.0), min(middle + reach, 1.0)


@dataclass(frozen=True, slots=True)
class Bin:
    """Verdicts whose confidence lies in [low, high): what they said, and how many were right."""

    low: float
    high: float
    stated: float
    right: Proportion


@dataclass(frozen=True, slots=True)
class Figures:
    """All of `hunter stats`."""

    incidents: int
    answers: int
    real: Proportion
    acted: Proportion
    cause: Proportion
    bins: tuple[Bin, ...]
    error: float
    agents: tuple[Proportion, ...]
    patterns: tuple[Proportion, ...]
    shapes: tuple[Proportion, ...]
    weeks: tuple[Proportion, ...]


def figures(answers: Iterable[Answer], incidents: int) -> Figures:
    """The figures of all answers; of several on one incident the last one counts.

    ``real``: incidents that people wanted to hear of; ``cause``: named causes that were right;
    ``agents``, ``patterns``: the same by who named it, and for failure patterns; ``shapes``: real by
    shape of the lead; ``weeks``: real by week of the answer.
    """
    said = standing(answers)
    worded = [a for a in said if a.word != "unsaid"]
    judged = [(a, was) for a in said if (was := a.was_right) is not None]
    stated = np.array([a.confidence for a, _ in judged])
    right = np.array([was for _, was in judged], dtype=np.float64)
    return Figures(
        incidents=incidents,
        answers=len(said),
        real=_of("real", [a.word == "real" for a in worded]),
        acted=_of("led to action", [a.acted for a in said]),
        cause=_of("cause right", [was for _, was in judged]),
        bins=_bins(stated, right),
        error=calibration_error(stated, right),
        agents=_by_agent(said),
        patterns=_by((a.named, was) for a, was in judged if a.kind == "pattern"),
        shapes=_by((a.seen[0].shape, a.word == "real") for a in worded if a.seen),
        weeks=_by((week_of(a.at), a.word == "real") for a in worded),
    )


def week_of(at: int) -> str:
    """The Monday (UTC) of the week of a moment in nanoseconds.

    >>> week_of(int(np.datetime64("2026-11-21", "ns").astype(int)))
    '2026-11-16'
    """
    return _monday((at - MONDAY_NS) // WEEK_NS)


@lru_cache(maxsize=1024)
def _monday(week: int) -> str:
    monday = week * WEEK_NS + MONDAY_NS
    return str(np.datetime64(monday, "ns").astype("datetime64[D]"))


def _of(name: str, hits: Sequence[bool]) -> Proportion:
    return Proportion(name, sum(hits), len(hits))


def _by(answers: Iterable[tuple[str, bool]]) -> tuple[Proportion, ...]:
    """The hits of each name."""
    groups: dict[str, list[bool]] = defaultdict(list)
    for name, hit in answers:
        groups[name].append(hit)
    return tuple(_of(name, groups[name]) for name in sorted(groups))


def _by_agent(answers: Iterable[Answer]) -> tuple[Proportion, ...]:
    return _by(
        (opinion.agent, right)
        for answer in answers
        if answer.cause
        for opinion in answer.opinions
        if (right := answer.says_right(opinion.cause)) is not None
    )


def _bins(stated: FloatArray, right: FloatArray, count: int = 10) -> tuple[Bin, ...]:
    places = np.minimum((stated * count).astype(int), count - 1)
    found = []
    for place in np.unique(places):
        here = places == place
        hits = Proportion("right", int(right[here].sum()), int(here.sum()))
        found.append(Bin(place / count, (place + 1) / count, float(stated[here].mean()), hits))
    return tuple(found)
