"""A store as a year of hunts leaves it, row by row: a million anomalies of ten thousand incidents."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np
from sqlalchemy import insert

from anomaly_hunter.model import stable_id
from anomaly_hunter.remember import schema
from anomaly_hunter.remember.life.silences import Silences
from anomaly_hunter.remember.records import Matcher, Silence
from anomaly_hunter.remember.store import Store

INCIDENTS: Final = 10_000
EACH: Final = 100
"""Anomalies of one incident."""

SERIES: Final = 2_000
YEAR: Final = np.datetime64("2026-01-01T00:00:00", "ns")
HOUR: Final = np.timedelta64(3600, "s").astype("timedelta64[ns]")
STATES: Final = ("open", "acknowledged", "assigned", "resolved", "resolved", "resolved", "reopened", "muted")
AGENTS: Final = ("Pattern Analyst", "Change Detective", "Root Cause")
WORDS: Final = (
    "checkout", "cart", "payment", "search", "latency", "errors", "queue", "pool", "memory", "disk",
    "deploy", "timeout", "cache", "database", "login", "orders", "inventory", "shipping", "email", "cpu",
)  # fmt: skip


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
        rows = [{"organisation_id": owner} | series_of(number) for number in range(SERIES)]
        connection.execute(insert(schema.series), rows)
    for first in range(0, incidents, 500):
        with store.writing() as (connection, owner):
            _fill(connection, owner, range(first, min(first + 500, incidents)), draw, incidents)
    settle(store)


def settle(store: Store) -> None:
    """What PostgreSQL does by itself some minutes later: look at its tables."""
    if store.url.get_backend_name() == "postgresql":
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


def _fill(connection: Any, owner: int, some: range, draw: np.random.Generator, incidents: int) -> None:
    mine = {"organisation_id": owner}
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA cache_size = -400000")
    rows = [_incident(number, incidents, draw) for number in some]
    connection.execute(insert(schema.incident), [mine | row for row in rows])
    for table, make in _PARTS.items():
        made = [mine | one for row, number in zip(rows, some, strict=True) for one in make(row, number)]
        connection.execute(insert(getattr(schema, table)), made)


def series_of(number: int) -> dict[str, Any]:
    """A series as the store keeps it."""
    name = f"{WORDS[number % len(WORDS)]} {WORDS[number // 20 % len(WORDS)]} of host {number}"
    return {
        "id": series_id(number), "kind": "series", "name": name, "title": name, "source": "metrics.csv",
        "unit": "ms", "labels": {"host": f"host{number}", "region": "eu"}, "first_seen_at": YEAR,
        "last_seen_at": YEAR,
    }  # fmt: skip


def _incident(number: int, incidents: int, draw: np.random.Generator) -> dict[str, Any]:
    begin = YEAR + np.timedelta64(int(365 * 86400 * number / incidents), "s")
    subject = series_of(number * EACH % SERIES)["name"]
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
        series = series_of((number * EACH + position) % SERIES)
        start = 1000 + position
        yield {
            "id": stable_id(number, position), "incident_id": row["id"], "series_id": series["id"],
            "position": position, "subject": series["name"], "shape": "spike", "direction": "up",
            "start": start, "stop": start + 5, "peak": start + 2, "onset_low": start, "onset_high": start,
            "begin_at": row["begin_at"], "end_at": row["end_at"], "score": 0.97, "actual": 161.0,
            "expected": 100.0, "spread": 3.0, "ongoing": False, "row_numbers": [], "carriers": [],
        }  # fmt: skip


def _verdicts(row: dict[str, Any], number: int) -> Iterator[dict[str, Any]]:
    cause = _cause(row["cause_name"])
    findings = [_finding(agent, cause, at) for at, agent in enumerate(AGENTS)]
    yield {
        "id": number + 1, "incident_id": row["id"], "kept_at": row["first_kept_at"], "digest": row["id"],
        "severity": row["severity"], "confidence": 0.7, "headline": row["headline"], "summary": "why " * 200,
        "disagreement": "", "cause": cause, "candidates": [cause], "findings": findings,
        "recommendations": ["look"], "factors": {"height": 0.5}, "answer": "because", "scope": [],
        "runner_up": None, "reasoned": [],
    }  # fmt: skip


def _cause(name: str) -> dict[str, Any]:
    return {
        "kind": "event", "name": name, "statement": "it began a minute after it", "share": 0.8,
        "evidence": ["changed-before:api"], "against": [], "behind": "", "place": "checkout",
    }  # fmt: skip


def _finding(agent: str, cause: dict[str, Any], at: int) -> dict[str, Any]:
    return {
        "agent": agent, "claim": "latency rose when it was deployed, the only change of that hour; " * 2,
        "confidence": 0.7 + 0.05 * at, "evidence": ["expected:1", "changed-before:api"],
        "cause": cause if at else _cause("api"), "steps": ["looked at the series", "looked at the changes"],
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
    """Two answers on nine of ten incidents, three on two of them; what nobody answered on can be let go."""
    said = ("real", "led to action", "cause right")[:: 1 if number % 10 < 2 else 2]
    for answer in said if number % 10 < 9 else ():
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
