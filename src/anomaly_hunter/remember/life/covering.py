"""What a silence would cover if it were made now: counted, nothing is changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from anomaly_hunter.remember.life.matching import check_matcher
from anomaly_hunter.remember.life.silencing import fitting, looked_at
from anomaly_hunter.remember.moments import now
from anomaly_hunter.remember.records import ACTIVE, Matcher, Silence
from anomaly_hunter.remember.store import Store

WAITING: Final = ("open", "reopened")
MOST_NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class Covered:
    """Active incidents that fit.

    ``waiting`` of them nobody has taken yet, ``silenced`` are quiet already; ``worst`` are the ids of the
    worst three, and ``severity`` that of the first of them (0: none fits).
    """

    incidents: int
    waiting: int
    silenced: int
    severity: float
    worst: tuple[str, ...]


def covered(store: Store, matcher: Matcher) -> Covered:
    """What this would cover now. UsageError where the matcher makes no sense."""
    check_matcher(matcher)
    at = now()
    silence = Silence(matcher, at, at)
    with store.reading() as (connection, owner):
        if owner is None:
            return Covered(0, 0, 0, 0.0, ())
        rows = looked_at(connection, owner, labelled=bool(matcher.labels), states=ACTIVE)
    found = sorted(
        (row for row in rows if fitting((silence,), row)), key=lambda row: (-row["severity"], row["id"])
    )
    return Covered(
        incidents=len(found),
        waiting=sum(row["state"] in WAITING for row in found),
        silenced=sum(row["silence_id"] is not None for row in found),
        severity=found[0]["severity"] if found else 0.0,
        worst=tuple(row["id"] for row in found[:MOST_NAMED]),
    )
