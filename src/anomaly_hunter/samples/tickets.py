"""Support tickets of an online shop: 90 days, two languages, and one day on which cards are charged twice."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from anomaly_hunter.samples.files import stamp, write_dicts
from anomaly_hunter.samples.ticket_texts import (
    ASKS,
    CLOSINGS,
    GREETINGS,
    INCIDENT,
    NAMES,
    PRODUCTS,
    TOPICS,
    Topic,
)

START: Final = np.datetime64("2026-01-05T00:00:00", "s")  # a Monday
DAYS: Final = 90
PER_DAY: Final = 52.0
WEEKDAY: Final = (1.28, 1.16, 1.08, 1.04, 1.02, 0.77, 0.65)  # Monday to Sunday
HOUR: Final = (1, 1, 1, 1, 1, 2, 4, 8, 12, 14, 14, 13, 12, 12, 12, 11, 10, 10, 10, 9, 8, 6, 4, 2)

INCIDENT_DAY: Final = 79  # a Wednesday in the last quarter
INCIDENT_HOUR: Final = 9
INCIDENT_TICKETS: Final = 112
AFTERMATH_TICKETS: Final = 24  # on the day after


@dataclass(frozen=True, slots=True)
class Truth:
    """What really happened, for tests and for the curious."""

    day: str
    service: str
    segment: dict[str, str]
    tickets: int
    cause: str


@dataclass(frozen=True, slots=True)
class Tickets:
    """The records in order of time, events around them, and the truth."""

    rows: tuple[dict[str, str], ...]
    events: tuple[dict[str, str], ...]
    truth: Truth


def make(seed: int = 0, days: int = DAYS) -> Tickets:
    """About 4,700 tickets; the same seed gives the same ones.

    The number per day follows the weekday, with more scatter than Poisson (gamma-mixed, 8%).
    On one day a deploy of the payment service charges cards twice; everything else is ordinary.
    """
    rng = np.random.default_rng(seed)
    day = min(INCIDENT_DAY, days - 2)
    drafts = [draft for d in range(days) for draft in _ordinary_day(rng, d)]
    drafts += _incident(rng, day, INCIDENT_HOUR, INCIDENT_TICKETS)
    drafts += _incident(rng, day + 1, 7, AFTERMATH_TICKETS)
    drafts.sort(key=lambda draft: draft[0])
    rows = tuple(
        {"id": f"T-{10_000 + i}", "created_at": stamp(START + np.timedelta64(at, "s"))} | fields
        for i, (at, fields) in enumerate(drafts)
    )
    first = START + np.timedelta64(day, "D")
    truth = Truth(
        day=str(first.astype("datetime64[D]")),
        service=INCIDENT.service,
        segment={"queue": INCIDENT.queue, "type": INCIDENT.kinds[0], "priority": "high"},
        tickets=INCIDENT_TICKETS,
        cause="payments v5.2.0",
    )
    return Tickets(rows, _events(first), truth)


def write(folder: Path, seed: int = 0) -> tuple[Path, ...]:
    """Writes ``tickets.csv`` and ``tickets-events.csv``."""
    made = make(seed)
    return (
        write_dicts(folder / "tickets.csv", made.rows),
        write_dicts(folder / "tickets-events.csv", made.events),
    )


def _ordinary_day(rng: np.random.Generator, day: int) -> list[tuple[int, dict[str, str]]]:
    expected = PER_DAY * WEEKDAY[day % 7] * rng.gamma(150.0, 1 / 150.0)
    weights = np.array([topic.weight for topic in TOPICS])
    topics = rng.choice(len(TOPICS), size=rng.poisson(expected), p=weights / weights.sum())
    return [(_moment(rng, day), _fields(rng, TOPICS[topic])) for topic in topics]


def _moment(rng: np.random.Generator, day: int) -> int:
    weights = np.array(HOUR, dtype=np.float64)
    hour = int(rng.choice(24, p=weights / weights.sum()))
    return day * 86_400 + hour * 3_600 + int(rng.integers(3_600))


def _incident(
    rng: np.random.Generator, day: int, hour: int, tickets: int
) -> list[tuple[int, dict[str, str]]]:
    """Complaints come in from ``hour`` on and ebb away within half a day."""
    after = np.minimum(rng.gamma(1.6, 2.4, tickets) * 3_600, (23.9 - hour) * 3_600)
    return [
        (day * 86_400 + hour * 3_600 + int(seconds), _fields(rng, INCIDENT, high=0.72)) for seconds in after
    ]


def _fields(rng: np.random.Generator, topic: Topic, high: float = 0.12) -> dict[str, str]:
    language = "de" if rng.random() < 0.3 else "en"
    subject, body = _text(rng, topic, language)
    priority = str(rng.choice(["high", "medium", "low"], p=[high, (1 - high) * 0.6, (1 - high) * 0.4]))
    kind = topic.kinds[0] if rng.random() < 0.7 else topic.kinds[-1]
    # People file some tickets in the wrong queue.
    queue = topic.queue if rng.random() < 0.93 else "General Inquiry"
    tags = [tag for tag in topic.tags if rng.random() < 0.8] or [topic.tags[0]]
    return {
        "subject": subject, "body": body, "type": kind, "queue": queue, "priority": priority,
        "language": language, "tags": ", ".join(tags),
    }  # fmt: skip


def _text(rng: np.random.Generator, topic: Topic, language: str) -> tuple[str, str]:
    wording = topic.de if language == "de" else topic.en
    slots = {
        "order": str(rng.integers(100_000, 999_999)),
        "days": str(rng.integers(2, 9)),
        "product": _pick(rng, PRODUCTS[language]),
        "name": _pick(rng, NAMES[language]),
    }
    middle = " ".join(
        part
        for part in (
            _pick(rng, wording.problems),
            _pick(rng, wording.details) if rng.random() < 0.75 else "",
            _pick(rng, ASKS[language]),
        )
        if part
    )
    parts = (_pick(rng, GREETINGS[language]), middle, _pick(rng, CLOSINGS[language]))
    body = "\n\n".join(part for part in parts if part)
    return _pick(rng, wording.subjects).format(**slots), body.format(**slots)


def _pick(rng: np.random.Generator, choices: tuple[str, ...]) -> str:
    return choices[int(rng.integers(len(choices)))]


def _events(day: np.datetime64) -> tuple[dict[str, str], ...]:
    """The deploy that did it, and changes around it that did not."""
    given = (
        (-9 * 24 * 60 + 600, "deploy", "search v3.1.4", "search"),
        (-3 * 24 * 60 + 840, "config", "return window 30 to 60 days", "returns"),
        (-24 * 60 + 930, "deploy", "app v8.0.2", "app"),
        (INCIDENT_HOUR * 60 - 20, "deploy", "payments v5.2.0", "payments"),
        (INCIDENT_HOUR * 60 + 330, "deploy", "payments v5.1.9 (rollback)", "payments"),
        (3 * 24 * 60 + 700, "flag", "new banner on the start page", "web"),
    )
    return tuple(
        {"time": stamp(day + np.timedelta64(minute, "m")), "kind": kind, "title": title, "service": service}
        for minute, kind, title, service in given
    )
