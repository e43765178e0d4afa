"""How long each call of the store takes with a million anomalies and ten thousand incidents.

The store is filled row by row with what a year of hunts leaves: every incident has a hundred
anomalies, a verdict with evidence, a history; some have answers, an owner, a silence. Every call is
made with other arguments each time; reads in one program, writes one after another, each of them on
the disk when the call returns.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from sqlalchemy import insert

from anomaly_hunter.model import stable_id
from anomaly_hunter.remember import schema
from anomaly_hunter.remember.life.happened import Happenings
from anomaly_hunter.remember.life.life import Life
from anomaly_hunter.remember.life.silences import Silences
from anomaly_hunter.remember.lists.listing import Asked, Listing
from anomaly_hunter.remember.records import ACTIVE, Feedback, Matcher, Silence
from anomaly_hunter.remember.store import Store
from benchmarks import record
from benchmarks.record import Result, Row, Table

INCIDENTS: Final = 10_000
EACH: Final = 100
"""Anomalies of one incident."""

SERIES: Final = 2_000
YEAR: Final = np.datetime64("2026-01-01T00:00:00", "ns")
HOUR: Final = np.timedelta64(3600, "s").astype("timedelta64[ns]")
STATES: Final = ("open", "acknowledged", "assigned", "resolved", "resolved", "resolved", "reopened", "muted")
WORDS: Final = (
    "checkout", "cart", "payment", "search", "latency", "errors", "queue", "pool", "memory", "disk",
    "deploy", "timeout", "cache", "database", "login", "orders", "inventory", "shipping", "email", "cpu",
)  # fmt: skip
COLUMNS: Final = {
    "what": ("call", ""),
    "median": ("median ms", ".3g"),
    "p95": ("95% ms", ".3g"),
    "slowest": ("slowest ms", ".3g"),
    "calls": ("calls", "d"),
}


def run(arguments: Sequence[str] | None = None) -> None:
    """Fill a store and time its calls: SQLite, and PostgreSQL where an empty database is given."""
    parser = record.options("store", (__doc__ or "").partition("\n")[0])
    parser.add_argument("--postgres", metavar="URL", help="an empty database to measure too")
    given = parser.parse_args(arguments)
    incidents = INCIDENTS // 20 if given.quick else INCIDENTS
    tables = []
    with tempfile.TemporaryDirectory() as folder:
        places = {"SQLite": str(Path(folder) / "memory.db"), "PostgreSQL": given.postgres}
        for name, place in places.items():
            if place:
                with Store.open(place) as store:
                    fill(store, incidents)
                    tables.append(Table(name, COLUMNS, list(timed(store, incidents))))
    notes = (
        f"{incidents:,} incidents with {incidents * EACH:,} anomalies of {SERIES:,} series in a year.",
        "SQLite waits for the disk at every write (synchronous = FULL).",
    )
    record.write(Result("store", "The store with a million anomalies", tables, notes), given.out, arguments)


def timed(store: Store, incidents: int) -> Iterator[Row]:
    """Every call with its times."""
    draw = np.random.default_rng(7)
    for name, call in {**lists(store), **lanes(store), **single(store), **writes(store)}.items():
        times = []
        for turn in range(30):
            pick = int(draw.integers(0, incidents))
            started = time.perf_counter()
            call(pick, turn)
            times.append((time.perf_counter() - started) * 1e3)
        yield {
            "what": name, "median": statistics.median(times), "p95": sorted(times)[-2], "slowest": max(times),
            "calls": len(times), "all": times,
        }  # fmt: skip


Call = Callable[[int, int], Any]


def lists(store: Store) -> dict[str, Call]:
    """Pages and counts."""
    listing = Listing(store)
    cursors: dict[str, str] = {}

    def asked(**more: Any) -> Call:
        def call(pick: int, turn: int) -> None:
            listing.page(Asked(**{key: one(pick) if callable(one) else one for key, one in more.items()}))

        return call

    def onward(sort: Any) -> Call:
        def call(pick: int, turn: int) -> None:
            cursors[sort] = listing.page(Asked(sort=sort, after=cursors.get(sort, ""), most=100)).next

        return call

    return {
        "page: latest": asked(),
        "page: worst": asked(sort="severity"),
        "page: active": asked(states=ACTIVE),
        "page: muted": asked(states=("muted",), silenced=None),
        "page: silenced": asked(silenced=True),
        "page: of an owner": asked(owner=lambda pick: f"team {pick % 5}"),
        "page: of a series": asked(subject_id=lambda pick: series_id(pick % SERIES)),
        "page: of a month": asked(since=YEAR + 700 * HOUR, until=YEAR + 1400 * HOUR),
        "page: of a cause": asked(cause=lambda pick: f"deploy {pick % 300}", silenced=None),
        "page: search, many": asked(search=lambda pick: WORDS[pick % len(WORDS)]),
        "page: search, none": asked(search="nothing like this"),
        "page: hundred more, latest": onward("latest"),
        "page: hundred more, worst": onward("severity"),
        "page: hundred more, begin": onward("begin"),
        "counts": lambda pick, turn: listing.counts(),
        "counts: search": lambda pick, turn: listing.counts(Asked(search=WORDS[pick % len(WORDS)])),
    }


def lanes(store: Store) -> dict[str, Call]:
    """Over time."""
    listing = Listing(store)
    day, week, year = 24 * HOUR, 168 * HOUR, 8760 * HOUR

    def since(pick: int) -> Any:
        return YEAR + (pick % 8000) * HOUR

    return {
        "severities: a day": lambda pick, turn: listing.severities(since(pick), since(pick) + day, HOUR),
        "severities: a year": lambda pick, turn: listing.severities(YEAR, YEAR + year, 24 * HOUR),
        "lanes: a day": lambda pick, turn: listing.lanes(since(pick), since(pick) + day),
        "lanes: a week": lambda pick, turn: listing.lanes(since(pick), since(pick) + week),
        "lanes: a year": lambda pick, turn: listing.lanes(YEAR, YEAR + year),
    }


def single(store: Store) -> dict[str, Call]:
    """Of one incident."""
    listing, life, silences, feed = Listing(store), Life(store), Silences(store), Happenings(store)
    known = silences.all()[0].id
    return {
        "incident in full": lambda pick, turn: store.incident(incident_id(pick)),
        "history": lambda pick, turn: life.history(incident_id(pick)),
        "similar": lambda pick, turn: listing.similar(incident_id(pick)),
        "silences": lambda pick, turn: (silences.active(), silences.counted(known)),
        "feed: last id and since": lambda pick, turn: feed.since(feed.last_id() - 100),
    }


def writes(store: Store) -> dict[str, Call]:
    """Changes."""
    life, silences = Life(store), Silences(store)
    now = np.datetime64(time.time_ns(), "ns")
    said = Silence(Matcher(subject="checkout*"), now, now + 24 * HOUR)

    def quiet(pick: int, turn: int) -> None:
        silences.end(silences.add(said).id, "ann")

    return {
        "comment": lambda pick, turn: life.comment(incident_id(pick), "looking at it", "ann"),
        "feedback": lambda pick, turn: store.add_feedback(Feedback(incident_id(pick), "real", now)),
        "silence made and ended": quiet,
    }


# ------------------------------------------------------------ what is there


def incident_id(number: int) -> str:
    """The id of an incident."""
    return stable_id("incident", number)


def series_id(number: int) -> str:
    """The id of a series."""
    return stable_id("series", number)


def fill(store: Store, incidents: int) -> None:
    """A year of incidents, as rows."""
    draw = np.random.default_rng(1)
    Silences(store).add(Silence(Matcher("no such thing"), YEAR, YEAR + HOUR))
    with store.writing() as (connection, owner):
        rows = [{"organisation_id": owner} | _series(number) for number in range(SERIES)]
        connection.execute(insert(schema.series), rows)
    for first in range(0, incidents, 500):
        with store.writing() as (connection, owner):
            _fill(connection, owner, range(first, min(first + 500, incidents)), draw, incidents)
    if store.url.get_backend_name() == "postgresql":
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")


def _fill(connection: Any, owner: int, some: range, draw: np.random.Generator, incidents: int) -> None:
    mine = {"organisation_id": owner}
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA cache_size = -400000")
    rows = [_incident(number, incidents, draw) for number in some]
    connection.execute(insert(schema.incident), [mine | row for row in rows])
    for table, make in _PARTS.items():
        made = [mine | one for row, number in zip(rows, some, strict=True) for one in make(row, number)]
        connection.execute(insert(getattr(schema, table)), made)


def _series(number: int) -> dict[str, Any]:
    name = f"{WORDS[number % len(WORDS)]} {WORDS[number // 20 % len(WORDS)]} of host {number}"
    return {
        "id": series_id(number), "kind": "series", "name": name, "title": name, "source": "metrics.csv",
        "unit": "ms", "labels": {"host": f"host{number}", "region": "eu"}, "first_seen_at": YEAR,
        "last_seen_at": YEAR,
    }  # fmt: skip


def _incident(number: int, incidents: int, draw: np.random.Generator) -> dict[str, Any]:
    begin = YEAR + np.timedelta64(int(365 * 86400 * number / incidents), "s")
    subject = _series(number * EACH % SERIES)["name"]
    state = STATES[number % len(STATES)]
    headline = f"{subject} rose {number % 90 + 10}% above normal after deploy {number % 300}; " + "why " * 12
    return {
        "id": incident_id(number), "state": state, "dataset": f"shop{number % 7}.csv", "kind": "series",
        "first_kept_at": begin + HOUR, "last_kept_at": begin + 3 * HOUR, "times_kept": 3, "begin_at": begin,
        "end_at": begin + 2 * HOUR, "severity": round(float(draw.uniform(1, 10)), 1), "confidence": 0.7,
        "headline": headline, "cause_kind": "event", "cause_name": f"deploy {number % 300}",
        "fingerprint": _fingerprint(draw), "subject": subject,
        "owner": f"team {number % 5}" if state == "assigned" else None,
        "silence_id": "0123456789ab" if number % 20 == 0 else None,
    }  # fmt: skip


def _fingerprint(draw: np.random.Generator) -> dict[str, Any]:
    words = [WORDS[i] + str(i % 3) for i in draw.integers(0, len(WORDS), 40)]
    return {
        "curve": [round(float(x), 3) for x in draw.normal(size=24)], "shape": "spike", "direction": "up",
        "span_s": 7200.0, "sigmas": 8.0, "moved": [f"{w} up" for w in words[:12]], "alerting": words[0],
        "root": words[1], "depth": 1, "places": words[:5], "labels": [f"host=host{w}" for w in words[:8]],
        "patterns": [words[3]], "words": words,
    }  # fmt: skip


def _anomalies(row: dict[str, Any], number: int) -> Iterator[dict[str, Any]]:
    for position in range(EACH):
        series = _series((number * EACH + position) % SERIES)
        start = 1000 + position
        yield {
            "id": stable_id(number, position), "incident_id": row["id"], "series_id": series["id"],
            "position": position, "subject": series["name"], "shape": "spike", "direction": "up",
            "start": start, "stop": start + 5, "peak": start + 2, "onset_low": start, "onset_high": start,
            "begin_at": row["begin_at"], "end_at": row["end_at"], "score": 0.97, "actual": 161.0,
            "expected": 100.0, "spread": 3.0, "ongoing": False, "row_numbers": [], "carriers": [],
        }  # fmt: skip


def _verdicts(row: dict[str, Any], number: int) -> Iterator[dict[str, Any]]:
    cause = {
        "kind": "event", "name": row["cause_name"], "statement": "it began then", "share": 0.8,
        "evidence": [], "against": [], "behind": "", "place": "",
    }  # fmt: skip
    yield {
        "id": number + 1, "incident_id": row["id"], "kept_at": row["first_kept_at"], "digest": row["id"],
        "severity": row["severity"], "confidence": 0.7, "headline": row["headline"], "summary": "why " * 200,
        "disagreement": "", "cause": cause, "candidates": [cause], "findings": [],
        "recommendations": ["look"], "factors": {"height": 0.5}, "answer": "because", "scope": [],
        "runner_up": None, "reasoned": [],
    }  # fmt: skip


def _evidence(row: dict[str, Any], number: int) -> Iterator[dict[str, Any]]:
    for position in range(10):
        yield {
            "verdict_id": number + 1, "position": position, "name": f"expected:{position}",
            "question": "what is normal?", "statement": "about 100 ms at this hour", "numbers": {"a": 1.5},
        }  # fmt: skip


def _history(row: dict[str, Any], number: int) -> Iterator[dict[str, Any]]:
    for action in ("opened", "acknowledged", "commented", "resolved"):
        yield {
            "incident_id": row["id"], "at": row["first_kept_at"], "by": "ann", "action": action,
            "before": None, "after": None, "text": "",
        }  # fmt: skip


def _happenings(row: dict[str, Any], number: int) -> Iterator[dict[str, Any]]:
    for kind in ("opened", "acknowledged", "resolved"):
        data = {"id": row["id"], "headline": row["headline"]}
        yield {"at": row["first_kept_at"], "kind": f"incident.{kind}", "about": row["id"], "data": data}


def _feedback(row: dict[str, Any], number: int) -> Iterator[dict[str, Any]]:
    for answer in ("real", "cause right"):
        yield {
            "incident_id": row["id"], "at": row["last_kept_at"], "by": "ann", "answer": answer, "note": "",
        }  # fmt: skip


_PARTS: Final[dict[str, Callable[[dict[str, Any], int], Iterator[dict[str, Any]]]]] = {
    "anomaly": _anomalies,
    "verdict": _verdicts,
    "evidence": _evidence,
    "history": _history,
    "happening": _happenings,
    "feedback": _feedback,
}


if __name__ == "__main__":
    record.main(run)
