"""How long it takes to keep a hunt as it was made, to open its charts, zoom and explain, and what it takes.

Two hunts: one series of a million points, and five thousand series of five hundred. Every figure is the
whole work of the server for one request, asked in this process.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from starlette.testclient import TestClient

from anomaly_hunter import hunt
from anomaly_hunter.config import Settings
from anomaly_hunter.model import Hunt, Series
from anomaly_hunter.remember.store import Store
from anomaly_hunter.serve.app import create_app
from benchmarks import record
from benchmarks.databases import NOTES, databases
from benchmarks.record import Result, Row, Table

COLUMNS: Final = {
    "what": ("call", ""),
    "first": ("first, ms", ".3g"),
    "median": ("again, ms", ".3g"),
    "bytes": ("answer, bytes", ",d"),
}
TURNS: Final = 9


def run(arguments: Sequence[str] | None = None) -> None:
    """Keep both hunts and ask for their charts."""
    parser = record.options("recordings", (__doc__ or "").partition("\n")[0])
    parser.add_argument("--postgres", metavar="URL", help="an empty database, instead of a private server")
    given = parser.parse_args(arguments)
    parts = 20 if given.quick else 1
    hunts = {
        f"One series of {1_000_000 // parts:,} points": hunt(series(1_000_000 // parts, 0)),
        f"{5_000 // parts:,} series of 500 points": hunt([series(500, at) for at in range(5_000 // parts)]),
    }
    tables, notes = [], list(NOTES)
    with databases(given.postgres) as places:
        for number, (name, found) in enumerate(hunts.items()):
            for database, place in places.items():
                with Store.open(place, f"hunt {number}") as store:
                    before, started = size_of(store), time.perf_counter()
                    store.keep(found)
                    kept_s = time.perf_counter() - started
                    each = (size_of(store) - before) / found.dataset.quality.points
                    tables.append(Table(f"{name}, {database}", COLUMNS, list(timed(store, found))))
                notes.append(f"{name}, {database}: kept in {kept_s:.2f} s, {each:.1f} bytes a point.")
    record.write(Result("recordings", "Kept hunts", tables, tuple(notes)), given.out, arguments)


def size_of(store: Store) -> int:
    """Bytes that the store takes on the disk."""
    if store.url.get_backend_name() == "sqlite":
        return sum(
            file.stat().st_size
            for file in Path(str(store.url.database)).parent.glob("memory.db*")
            if not file.name.endswith("-shm")
        )
    with store.engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar() or 0)


def series(n: int, at: int) -> Series:
    """Minutes with a daily course and noise, in thousandths; every fiftieth has a step."""
    draw = np.random.default_rng(at)
    value = 100 + 10 * np.sin(np.arange(n) * 2 * np.pi / 1440) + draw.normal(size=n)
    value[int(0.9 * n) :] += 60.0 if at % 50 == 0 else 0.0
    minutes = np.datetime64("2026-01-01", "ns") + np.arange(n) * np.timedelta64(60, "s")
    return Series(f"series {at}", minutes, np.round(value, 3))


def timed(store: Store, found: Hunt) -> Iterator[Row]:
    """The first request of each kind, and those after it."""
    client = TestClient(create_app(Settings(), store), "http://127.0.0.1:8787")
    home = client.get("/api/v1/hunts").json()["items"][0]["id"]
    first = f"/hunts/{home}/series/{found.detections[0].series.id}"  # type: ignore[union-attr]
    times = found.detections[0].axis
    low, high = float(times[len(times) // 50]), float(times[-(len(times) // 50)])
    asked: dict[str, Callable[[int], str]] = {
        "hunt": lambda turn: f"/hunts/{home}",
        "quality": lambda turn: f"/hunts/{home}/quality",
        "list of series": lambda turn: f"/hunts/{home}/series",
        "chart": lambda turn: f"{first}/chart",
        "zoom to 96%": lambda turn: f"{first}/chart?from={low + turn}&to={high}",
        "zoom to 2%": lambda turn: f"{first}/chart?from={float(times[0]) + turn}&to={low}",
        "explain": lambda turn: f"{first}/explain?at=%23{turn + 10}",
    }
    for incident in store.incidents(1):
        for part in ("charts", "playback", "graph"):
            asked[f"incident: {part}"] = lambda turn, place=f"/incidents/{incident.id}/{part}": place  # type: ignore[misc]
    for name, path in asked.items():
        spent, size = [], 0
        for turn in range(TURNS):
            started = time.perf_counter()
            answer: Any = client.get(f"/api/v1{path(turn)}")
            spent.append((time.perf_counter() - started) * 1e3)
            answer.raise_for_status()
            size = len(answer.content)
        yield {"what": name, "first": spent[0], "median": statistics.median(spent[1:]), "bytes": size}


if __name__ == "__main__":
    record.main(run)
