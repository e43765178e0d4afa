"""The watches of a server: their windows are hunted by the pool, while the server answers."""

from __future__ import annotations

import asyncio
import json
import os
import pickle
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from anomaly_hunter.errors import StoreBusyError, StoreError
from anomaly_hunter.serve.counts import Counts
from anomaly_hunter.serve.pool.pool import Pool
from anomaly_hunter.serve.pool.worker import Bench
from anomaly_hunter.serve.site import Site

if TYPE_CHECKING:
    from anomaly_hunter.config import Settings
    from anomaly_hunter.read.within import Within
    from anomaly_hunter.reading import Around
    from anomaly_hunter.remember.store import Store
    from anomaly_hunter.watch.hunting import KeptRun, Origin
    from anomaly_hunter.watch.schedule import Schedule

HUNT: Final = "anomaly_hunter.serve.watch_runs:hunt_one"
_AGAIN_S: Final = 1.0


async def run_watches(site: Site) -> None:
    """Run what is due until cancelled; the next server goes on from there."""
    schedule = await asyncio.to_thread(schedule_of, site)  # its imports do not hold up the first page
    while True:
        try:
            taken = await asyncio.to_thread(schedule.settle)
            break
        except StoreBusyError:
            await asyncio.sleep(_AGAIN_S)
        except StoreError as error:  # it cannot be written: then nothing can be kept either
            _say(f"no watch runs: {error}")
            return
    for name in taken:
        _say(f"people made a watch {name!r} already; that of hunter.yaml waits")
    await schedule.run()


def schedule_of(site: Site) -> Schedule:
    """The watches of all organisations, hunted by the pool of this server."""
    from anomaly_hunter.watch.data import Rules
    from anomaly_hunter.watch.people import Allowed
    from anomaly_hunter.watch.schedule import Schedule

    settings = site.settings
    allowed = Allowed.of(settings.serve.folders, settings.remember.memory)
    rules = Rules(dict(os.environ), allowed)
    return Schedule(
        settings, site.store, rules, Pooled(site.pool, site.counts), at_once=max(1, site.pool.size - 1)
    )


@dataclass(frozen=True, slots=True)
class Pooled:
    """Hunts in a worker process, which keeps what it finds; cancelling ends the worker."""

    pool: Pool
    counts: Counts

    async def __call__(
        self, data: Within, around: Around, settings: Settings, store: Store, origin: Origin
    ) -> KeptRun:
        """The window, hunted and kept."""
        from anomaly_hunter.watch.hunting import KeptRun

        body = pickle.dumps((data, around, settings, origin))
        done = await self.pool.run(HUNT, {"organisation": store.organisation}, body, long=True)
        self.counts.hunted(done.head)
        kept = json.loads(done.body)
        return KeptRun(**{**kept, "incident_ids": tuple(kept["incident_ids"])})


def hunt_one(bench: Bench, told: Mapping[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
    """What a worker does with one window."""
    from anomaly_hunter.watch.hunting import hunt_window

    data, around, settings, origin = pickle.loads(body)  # noqa: S301 - from the server that started it
    kept = hunt_window(data, around, settings, bench.store(told["organisation"]), origin, bench.progress)
    said = {
        "incidents": len(kept.incident_ids) + kept.known, "anomalies": kept.anomalies, "points": kept.points,
        "seconds": kept.took_ms / 1e3,
    }  # fmt: skip
    return said, json.dumps(asdict(kept)).encode()


def _say(text: str) -> None:
    sys.stderr.write(f"hunter: {text}\n")
    sys.stderr.flush()
