"""Simulated people and agents: who wants which alarm, who is right how often, who answers what."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, Literal, TypeAlias

import numpy as np

from anomaly_hunter.model import Learned
from anomaly_hunter.remember.learning import effects
from anomaly_hunter.remember.learning.answers import DAY_NS, Answer, Opinion, Seen, Word

World: TypeAlias = Literal["usual", "nothing to learn", "one series", "change of mind", "random answers"]
WORLDS: Final[tuple[World, ...]] = (
    "usual",
    "nothing to learn",
    "one series",
    "change of mind",
    "random answers",
)
AGENTS: Final = {"thorough": 0.85, "average": 0.55, "hasty": 0.3}
"""Agents that are right this often, and all as sure of themselves."""

CAUSES: Final = tuple(f"cause {i}" for i in range(6))
SERIES: Final = 12
ERRORS: Final = 0.1
CHANGES_AT: Final = 25
"""Answers after which people change their mind."""

NIGHTLY: Final = 0.15
"""Share of what happens that is a nightly job, on a third of the series, and never wanted."""


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that scores, wanted or not, with its true cause and what the agents name."""

    seen: Seen
    wanted: bool
    nightly: bool
    cause: str
    opinions: tuple[Opinion, ...]


@dataclass(frozen=True)
class People:
    """Everybody of one seed: series with tolerances of their own, agents, those who answer."""

    world: World
    seed: int

    @cached_property
    def tolerances(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """ln of the boundary that people want per series, before and after they change their mind."""
        rng = np.random.default_rng((self.seed, 1))
        count = 1 if self.world == "one series" else SERIES
        if self.world == "nothing to learn":
            return (0.0,) * count, (0.0,) * count
        first, then = (np.clip(rng.normal(0.2, 0.4, count), -0.3, 0.8) for _ in range(2))
        return tuple(first), tuple(then if self.world == "change of mind" else first)

    def happenings(self, count: int, stream: int, answered: int = 0) -> Iterator[Happening]:
        """``count`` of them, always the same for a stream; scores have an exponential tail in ln."""
        rng = np.random.default_rng((self.seed, 2, stream))
        wanted_from = self.tolerances[answered >= CHANGES_AT]
        for _ in range(count):
            series = int(rng.integers(len(wanted_from)))
            nightly = bool(rng.random() < NIGHTLY) and series % 3 == 0 and self.world != "nothing to learn"
            place = rng.normal(0.5, 0.1) if nightly else math.log(0.7) + rng.exponential(0.6)
            minute = (120.0 + rng.normal(0, 15)) % 1440 if nightly else float(rng.uniform(0, 1440))
            seen = Seen(f"series {series}", math.exp(place), "spike", "up", 5 * math.exp(place), minute)
            wanted = not nightly and place + rng.normal(0, 0.1) >= wanted_from[series]
            cause = CAUSES[int(rng.integers(len(CAUSES)))]
            yield Happening(seen, bool(wanted), nightly, cause, tuple(_opinions(cause, rng)))

    def answer(self, told: Happening, number: int, learned: Learned) -> Answer:
        """What is answered, once a day, one in ten times wrongly."""
        rng = np.random.default_rng((self.seed, 3, number))
        cause, confidence = verdict_of(told.opinions, learned)
        word: Word = "real" if told.wanted != (rng.random() < ERRORS) else "expected"
        if told.nightly and word == "expected":
            word = "ignore"
        true = told.cause if rng.random() >= ERRORS else CAUSES[int(rng.integers(len(CAUSES)))]
        said = "right" if true == cause else true if rng.random() < 0.5 else "wrong"
        if self.world == "random answers":
            word = ("real", "expected")[int(rng.integers(2))]
            said = ("right", "wrong")[int(rng.integers(2))]
        return Answer(
            str(number),
            f"incident {number}",
            word,
            (told.seen,),
            at=number * DAY_NS,
            named=cause,
            confidence=confidence,
            cause=said,
            opinions=told.opinions,
        )


def _opinions(cause: str, rng: np.random.Generator) -> Iterator[Opinion]:
    others = [name for name in CAUSES if name != cause]
    for agent, precision in AGENTS.items():
        right = rng.random() < precision
        named = cause if right else others[int(rng.integers(len(others)))]
        yield Opinion(agent, named, float(rng.uniform(0.55, 0.85)))


def verdict_of(opinions: tuple[Opinion, ...], learned: Learned) -> tuple[str, float]:
    """The cause that weighs most, and the confidence before calibration.

    A judge in small: a confidence counts ``weight`` times, a cause weighs ``1 - product of (1 -
    confidence)``, and half of the surest agent that objects is taken off.
    """
    heard = [replace(o, confidence=min(o.confidence * learned.weight(o.agent), 0.99)) for o in opinions]
    weight = {
        o.cause: 1.0 - math.prod(1.0 - p.confidence for p in heard if p.cause == o.cause) for o in heard
    }
    cause = max(weight, key=lambda name: (weight[name], name))
    against = max((o.confidence for o in heard if o.cause != cause), default=0.0)
    return cause, weight[cause] * (1.0 - 0.5 * against)


def alarms(told: Happening, learned: Learned) -> bool:
    """Whether it alarms: over the boundary of its series, and like nothing that is ignored."""
    return effects.alarms(told.seen, learned)
