"""Log lines of an incident, as JSON, in order of time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

import numpy as np

from anomaly_hunter.model import TimeArray, iso
from anomaly_hunter.samples.changes.measured import Course
from anomaly_hunter.samples.changes.stories import Story
from anomaly_hunter.samples.changes.systems import System

USUAL_PER_MIN: Final = 0.7
BROKEN_PER_MIN: Final = 4.0
RELAYED_PER_MIN: Final = 2.0


def lines_of(
    system: System, story: Story, course: Course, time: TimeArray, rng: np.random.Generator, *,
    skew_min: float = 0.0, named: bool = True,
) -> tuple[str, ...]:  # fmt: skip
    """What all services logged; ``skew_min`` is how far the clock of the logs is ahead; ``named``: lines say
    their service."""
    first, last = time[0], time[-1]
    onset = time[course.onset]
    found: list[tuple[np.datetime64, str, str, str]] = []
    for service, level, text, rate in _usual(system):
        found += _spread((service, level, text), first, last, rate, rng)
    for service, level, text in story.lines:
        found += _spread((service, level, text), onset, last, BROKEN_PER_MIN, rng)
    for service in list(system.callers(story.service))[1:]:
        below = next(b for a, b in system.calls if a == service)
        text = f"call to {below} failed after {{n}} ms"
        found += _spread((service, "WARN", text), onset, last, RELAYED_PER_MIN, rng)
    skew = np.timedelta64(round(skew_min * 60), "s")
    return tuple(
        json.dumps({"time": iso(at + skew), "level": level, "message": text}
                   | ({"service": service} if named else {}))
        for at, service, level, text in sorted(found, key=lambda one: (one[0], one[1:]))
    )  # fmt: skip


def _usual(system: System) -> Iterator[tuple[str, str, str, float]]:
    for service, topics in system.topics.items():
        for topic in topics:
            yield service, "INFO", f"{topic.action} {topic.thing} {{n}} done in {{n}} ms", USUAL_PER_MIN
        yield service, "WARN", "retrying after {n} ms", 0.05
    for base in system.bases:
        yield base, "INFO", "checkpoint complete, wrote {n} buffers", USUAL_PER_MIN


def _spread(
    line: tuple[str, str, str], first: np.datetime64, last: np.datetime64, per_min: float,
    rng: np.random.Generator,
) -> list[tuple[np.datetime64, str, str, str]]:  # fmt: skip
    """A line at random times, with other numbers each time."""
    seconds = float((last - first) / np.timedelta64(1, "s"))
    many = int(rng.poisson(max(0.0, seconds / 60.0 * per_min)))
    service, level, text = line
    at = [first + np.timedelta64(int(s), "s") for s in rng.uniform(0.0, max(1.0, seconds), many)]
    return [(moment, service, level, _numbered(text, rng)) for moment in at]


def _numbered(text: str, rng: np.random.Generator) -> str:
    parts = text.split("{n}")
    numbers = [str(n) for n in rng.integers(100, 9_000, len(parts) - 1)]
    return "".join(part + number for part, number in zip(parts, [*numbers, ""], strict=True))
