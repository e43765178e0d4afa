"""Whole programs that run watches, to be started beside each other and to be killed."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

import numpy as np

from anomaly_hunter.config import Settings, watch_of
from anomaly_hunter.hunt import hunt
from anomaly_hunter.remember.store import Store
from anomaly_hunter.remember.watches.runs import Runs
from anomaly_hunter.watch.data import Rules
from anomaly_hunter.watch.hunting import KeptRun
from anomaly_hunter.watch.people import Allowed
from anomaly_hunter.watch.schedule import Schedule
from tests.watch.watching import NOON, Clock

STEP_S = 300


def schedule_of(place: str, folder: Path, clock: Clock, hunts=None) -> Schedule:
    """The watch of these tests, in the store at this place."""
    given = {"files": str(folder / "metrics.csv"), "every": "5m", "history": "1d", "delay": "0s"}
    settings = Settings(watches={"shop": watch_of("shop", given)})
    schedule = Schedule(settings, Store.open(place), Rules({}, Allowed.of(["."])), clock=clock)
    if hunts is not None:
        schedule.hunts = hunts
    schedule.settle()
    return schedule


async def quick(data, around, settings, store, origin):
    """Instead of a hunt: the run is marked as done."""
    with store.at_once() as one:
        Runs(one).done(origin.run, origin.at, origin.next_at, took_ms=1.0, points=1, incident_ids=())
    return KeptRun(1, (), 0, "", 0.0, 1.0)


def walk(place: str, folder: str, steps: int) -> None:
    """Look every five minutes, so many times, as fast as it goes."""
    clock = Clock(NOON)
    schedule = schedule_of(place, Path(folder), clock, quick)
    for step in range(steps):
        clock.at = NOON + np.timedelta64(step * STEP_S, "s")
        asyncio.run(schedule.once())
    schedule.store.close()


def hang(place: str, folder: str, where: str) -> None:
    """Begin a window and never come to its end: before anything is kept, or with all kept but the commit."""
    here = Path(folder)

    async def hunts(data, around, settings, store, origin):
        if where == "hunting":
            (here / "begun").touch()
            time.sleep(600)
        found = hunt(data, settings=settings, memory=store, keep=False)
        with store.at_once() as one:
            one.keep(found, origin.at, origin=str(origin))
            Runs(one).done(origin.run, origin.at, origin.next_at, took_ms=1.0, points=1, incident_ids=())
            (here / "begun").touch()
            time.sleep(600)
        raise AssertionError

    asyncio.run(schedule_of(place, here, Clock(NOON), hunts).once())


if __name__ == "__main__":
    {"walk": lambda: walk(sys.argv[2], sys.argv[3], int(sys.argv[4])), "hang": lambda: hang(*sys.argv[2:])}[
        sys.argv[1]
    ]()
