"""One window: hunted, then kept and marked as done in one transaction."""

from __future__ import annotations

import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from anomaly_hunter.config import Settings
from anomaly_hunter.model import Event, Hunt
from anomaly_hunter.read.within import Within, points
from anomaly_hunter.reading import Around
from anomaly_hunter.remember.life.events import Events
from anomaly_hunter.remember.store import Store
from anomaly_hunter.remember.watches.runs import Run, Runs


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose window it is: the run that was claimed, and when the watch is due after it."""

    run: Run
    next_at: np.datetime64
    at: np.datetime64

    def __str__(self) -> str:
        return f"watch:{self.run.watch_id}"


@dataclass(frozen=True, slots=True)
class KeptRun:
    """What became of it. ``incident_ids`` touch the window or are new; ``known`` counts the others."""

    points: int
    incident_ids: tuple[str, ...]
    known: int
    hunt_id: str
    severity: float
    took_ms: float
    anomalies: int = 0


class Hunts(Protocol):
    """Who hunts: this program, or a worker process that opens the same store.

    The data are those of :func:`anomaly_hunter.watch.data.data_of`. All but the store can be pickled.
    """

    def __call__(
        self, data: Within, around: Around, settings: Settings, store: Store, origin: Origin
    ) -> Awaitable[KeptRun]:
        """:func:`hunt_window` with these, somewhere."""
        ...


def hunt_window(  # noqa: PLR0917 - as the protocol has it
    data: Within,
    around: Around,
    settings: Settings,
    store: Store,
    origin: Origin,
    progress: Callable[[int, int], None] | None = None,
) -> KeptRun:
    """Hunt, keep what was found, and mark the run as done: the last two together or not at all.

    Raises
    ------
    HunterError
        The data cannot be read.
    StoreBusyError
        Another program took the window over meanwhile: nothing was kept.
    """
    from anomaly_hunter.hunt import hunt

    began = time.perf_counter()
    events = _events(data, around, settings, store)
    found = hunt(
        data,
        events=events,
        graph=around.graph,
        settings=settings,
        memory=store,
        keep=False,
        progress=progress,
    )
    run, hunt_id = origin.run, secrets.token_hex(6)
    with store.at_once() as one:
        before = Runs(one).known([incident.id for incident in found.incidents])
        points_kept = settings.remember.record_points
        ids = one.keep(found, origin.at, origin=str(origin), hunt_id=hunt_id, points=points_kept)
        told = _concerned(found, ids, run, before)
        took_ms = (time.perf_counter() - began) * 1e3
        kept = KeptRun(
            points(found.dataset, run.begin, run.end), told, len(set(ids)) - len(told), hunt_id,
            found.severity, took_ms, len(found.anomalies),
        )  # fmt: skip
        Runs(one).done(
            run,
            origin.at,
            origin.next_at,
            took_ms=took_ms,
            points=kept.points,
            incident_ids=told,
            hunt_id=hunt_id,
        )
    return kept


def _concerned(found: Hunt, ids: tuple[str, ...], run: Run, before: frozenset[str]) -> tuple[str, ...]:
    """Those that reach into the window, and those that nobody knew: late data tell of earlier ones too."""
    touching = (
        name
        for name, incident in zip(ids, found.incidents, strict=True)
        if name not in before or incident.end is None or incident.end >= run.begin
    )
    return tuple(dict.fromkeys(touching))


def _events(data: Within, around: Around, settings: Settings, store: Store) -> Any:
    """What the file of events says, and what was told to the server."""
    told: tuple[Event, ...] = Events(store).between(data.begin, data.end)
    if around.events is None or not told:
        return told or around.events
    from anomaly_hunter.read.events import read_events

    return [*read_events(around.events, settings.read.tz), *told]
