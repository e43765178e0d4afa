"""How long each call of the store takes with a million anomalies and ten thousand incidents.

The store is filled row by row with what a year of hunts leaves: every incident has a hundred
anomalies, a verdict with findings and evidence, a history; nine in ten have answers, some an owner, a
silence. Every call is made with other arguments each time; reads in one program, writes one after
another, each of them on the disk when the call returns. PostgreSQL gets the same by a restored backup.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np

import anomaly_hunter as ah
from anomaly_hunter.feedback import stats
from anomaly_hunter.model import Hunt, Series
from anomaly_hunter.remember.life.happened import Happenings
from anomaly_hunter.remember.life.life import Life
from anomaly_hunter.remember.life.silences import Silences
from anomaly_hunter.remember.lists.listing import Asked, Listing
from anomaly_hunter.remember.options import RememberOptions
from anomaly_hunter.remember.records import ACTIVE, Feedback, Matcher, Silence
from anomaly_hunter.remember.store import Store
from anomaly_hunter.remember.upkeep.backup import backup
from anomaly_hunter.remember.upkeep.restoring import restore
from anomaly_hunter.remember.upkeep.retention import Retention
from benchmarks import record
from benchmarks.databases import NOTES, databases
from benchmarks.record import Result, Row, Table
from benchmarks.stored import (
    EACH,
    HOUR,
    INCIDENTS,
    SERIES,
    WORDS,
    YEAR,
    fill,
    incident_id,
    series_id,
    series_of,
    settle,
)

COLUMNS: Final = {
    "what": ("call", ""),
    "median": ("median ms", ".3g"),
    "p95": ("95% ms", ".3g"),
    "slowest": ("slowest ms", ".3g"),
    "calls": ("calls", "d"),
}
WHOLE: Final = {"what": ("the whole store", ""), "seconds": ("seconds", ".1f"), "mb": ("MB", ".0f")}
DAY: Final = 24 * HOUR
TURNS: Final = 30
FEW: Final = 5
"""Turns of calls that take a part of a second."""


def run(arguments: Sequence[str] | None = None) -> None:
    """Fill a store and time its calls in both databases."""
    parser = record.options("store", (__doc__ or "").partition("\n")[0])
    parser.add_argument("--postgres", metavar="URL", help="an empty database, instead of a private server")
    given = parser.parse_args(arguments)
    incidents = INCIDENTS // 20 if given.quick else INCIDENTS
    tables = []
    with databases(given.postgres) as places, tempfile.TemporaryDirectory() as name:
        file = Path(name) / "backup.gz"
        for database, place in places.items():
            with Store.open(place) as store:
                rows = [filled(store, incidents) if not file.exists() else restored(store, file)]
                timings = list(timed(store, incidents))
                rows += [saved(store, file.with_name(f"{database}.gz")), pruned(store)]
            file = file if file.exists() else file.with_name(f"{database}.gz")
            tables += [Table(database, COLUMNS, timings), Table(f"{database}: at large", WHOLE, rows)]
        with Store.open(Path(name) / "restored.db") as store:
            rows = [restored(store, file)]
        tables.append(Table("SQLite: another one of its backup", WHOLE, rows))
    notes = (
        f"{incidents:,} incidents with {incidents * EACH:,} anomalies of {SERIES:,} series in a year, "
        f"{2 * incidents:,} answers.",
        *NOTES,
    )
    record.write(Result("store", "The store with a million anomalies", tables, notes), given.out, arguments)


# ------------------------------------------------------------ at large


def took(what: str, call: Callable[[], float]) -> Row:
    """One call that takes long, and the megabytes it gives."""
    started = time.perf_counter()
    megabytes = call()
    return {"what": what, "seconds": time.perf_counter() - started, "mb": megabytes}


def filled(store: Store, incidents: int) -> Row:
    """Rows written as they are."""

    def call() -> float:
        fill(store, incidents)
        return Path(str(store.url.database)).stat().st_size / 1e6

    return took("filled, row by row", call)


def restored(store: Store, file: Path) -> Row:
    """A backup brought back."""

    def call() -> float:
        restore(store, file)
        return file.stat().st_size / 1e6

    row = took("restored from a backup", call)
    settle(store)
    return row


def saved(store: Store, file: Path) -> Row:
    """A backup made."""

    def call() -> float:
        backup(store, file)
        return file.stat().st_size / 1e6

    return took("backed up", call)


def pruned(store: Store) -> Row:
    """Let go what is old and nobody answered on; told by how much it was."""
    gone = 0

    def call() -> float:
        nonlocal gone
        limits = RememberOptions(keep_days=30)
        gone = Retention(store, limits, lambda: YEAR + 400 * DAY).prune().incidents
        return float("nan")

    row = took("pruned", call)
    return {**row, "what": f"pruned: {gone:,} incidents with {gone * EACH:,} anomalies"}


# ------------------------------------------------------------ call by call


def timed(store: Store, incidents: int) -> Iterator[Row]:
    """Every call with its times."""
    draw = np.random.default_rng(7)
    often = {**lists(store), **lanes(store), **single(store), **keeping(store), **writes(store)}
    for turns, calls in ((TURNS, often), (FEW, seldom(store))):
        for name, call in calls.items():
            times = []
            for turn in range(turns):
                pick = int(draw.integers(0, incidents))
                started = time.perf_counter()
                call(pick, turn)
                times.append((time.perf_counter() - started) * 1e3)
            yield {
                "what": name, "median": statistics.median(times), "p95": sorted(times)[-2],
                "slowest": max(times), "calls": len(times), "all": times,
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
    week, month, year = 7 * DAY, 30 * DAY, 365 * DAY

    def since(pick: int) -> Any:
        return YEAR + (pick % 8000) * HOUR

    def overview(pick: int, turn: int) -> None:
        """What the overview of the last 30 days asks for."""
        listing.page(Asked(sort="begin", silenced=None, most=1))
        listing.severities(since(pick), since(pick) + month, 12 * HOUR)
        listing.lanes(since(pick), since(pick) + month)

    return {
        "overview: 30 days": overview,
        "severities: a day": lambda pick, turn: listing.severities(since(pick), since(pick) + DAY, HOUR),
        "severities: 30 days": lambda pick, turn: listing.severities(
            since(pick), since(pick) + month, 12 * HOUR
        ),
        "severities: a year": lambda pick, turn: listing.severities(YEAR, YEAR + year, DAY),
        "lanes: a day": lambda pick, turn: listing.lanes(since(pick), since(pick) + DAY),
        "lanes: a week": lambda pick, turn: listing.lanes(since(pick), since(pick) + week),
        "lanes: 30 days": lambda pick, turn: listing.lanes(since(pick), since(pick) + month),
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


def keeping(store: Store) -> dict[str, Call]:
    """A hunt of one series of 500 points with an incident, kept with its recording."""
    value = 100 + np.random.default_rng(3).normal(size=500)
    value[400:410] += 30
    minutes = np.datetime64("2027-01-01", "ns") + np.arange(500) * np.timedelta64(60, "s")
    hunts: list[Hunt] = [ah.hunt(Series.of(value, minutes, f"kept {turn}")) for turn in range(TURNS)]
    return {
        "keep: a new hunt of 500 points": lambda pick, turn: store.keep(hunts[turn]),
        "keep: the same again": lambda pick, turn: store.keep(hunts[turn]),
    }


def writes(store: Store) -> dict[str, Call]:
    """Changes."""
    life, silences = Life(store), Silences(store)
    now = np.datetime64(time.time_ns(), "ns")

    def quiet(pick: int, turn: int) -> None:
        some = Matcher(subject=series_of(pick * EACH % SERIES)["name"])
        silences.end(silences.add(Silence(some, now, now + DAY)).id, "ann")

    return {
        "comment": lambda pick, turn: life.comment(incident_id(pick), "looking at it", "ann"),
        "answer kept": lambda pick, turn: store.add_feedback(Feedback(incident_id(pick), "real", now)),
        "silence over one series made and ended": quiet,
    }


def seldom(store: Store) -> dict[str, Call]:
    """What takes a part of a second: figures of all answers, and a silence over all that is active."""
    silences = Silences(store)
    now = np.datetime64(time.time_ns(), "ns")
    said = Silence(Matcher(), now, now + DAY)
    many = Listing(store).counts()["active"]

    def anew(pick: int, turn: int) -> None:
        """As a program that has just begun: `hunter stats`."""
        with Store.open(store.url.render_as_string(hide_password=False)) as other:
            stats(replace(other, organisation=store.organisation))

    def quiet(pick: int, turn: int) -> None:
        silences.end(silences.add(said).id, "ann")

    return {
        "figures of all answers: a new program": anew,
        "figures of all answers: again": lambda pick, turn: stats(store),
        f"silence over {many:,} made and ended": quiet,
    }


if __name__ == "__main__":
    record.main(run)
