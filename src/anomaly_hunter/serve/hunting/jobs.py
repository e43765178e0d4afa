"""Jobs through the pool: begun in turn, watched, cancelled, and taken up again after a restart."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from itertools import groupby
from typing import Any, Final

import numpy as np

from anomaly_hunter.errors import HunterError, StoreError
from anomaly_hunter.remember.moments import now
from anomaly_hunter.remember.serving.jobs import LEASE, Job, Jobs, left_over
from anomaly_hunter.remember.serving.replies import Asked
from anomaly_hunter.remember.store import Store
from anomaly_hunter.serve.counts import Counts
from anomaly_hunter.serve.hunting.hunting import KEEP
from anomaly_hunter.serve.pool.pool import Pool
from anomaly_hunter.serve.pool.refused import RefusedError
from anomaly_hunter.serve.rest import problem

MOST_ATTEMPTS: Final = 3
MOST_UNFINISHED: Final = 200
"""Jobs of one organisation that wait or run in this server."""
LOOK_S: Final = float(LEASE / np.timedelta64(1, "s")) / 3
"""How often what runs is held longer, and looked for what other servers left: twice may fail."""
_WRITE_EVERY_S: Final = 1.0
_GONE: Final = problem.Problem(
    500, "Failed", f"the server stopped {MOST_ATTEMPTS} times in the middle of it", "a server that runs on",
    "hunt less at once",
)  # fmt: skip


class Queue:
    """The jobs of one server. The store holds them; here are only those that wait or run.

    Several servers can share a store: each job is held by one of them, and taken over by another where
    that one gives no sign of life.
    """

    def __init__(
        self, store: Store, pool: Pool, counts: Counts, clock: Callable[[], np.datetime64] = now
    ) -> None:
        self._store = store
        self._counts = counts
        self._pool = pool
        self._clock = clock
        self._holder = secrets.token_hex(8)
        self._tasks: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._adding: Counter[str] = Counter()
        """Jobs of each organisation that are being written down."""

    @property
    def unfinished(self) -> int:
        """How many wait or run."""
        return len(self._tasks)

    def _unfinished(self, organisation: str) -> int:
        return sum(whose == organisation for whose, _ in self._tasks)

    async def add(
        self, organisation: str, by: str, request: Mapping[str, Any], given: bytes, asked: Asked | None = None
    ) -> tuple[Job, bool]:
        """Keep a job and begin it as soon as a worker is free; or find the one ``asked`` before, and True.

        Raises
        ------
        RefusedError
            503: the organisation has as many unfinished ones as it may; what came with them is kept.
        """
        if self._adding[organisation] + self._unfinished(organisation) >= MOST_UNFINISHED:
            raise RefusedError(503, "Busy", f"{MOST_UNFINISHED} jobs wait or run already", "fewer at once",
                               "wait until some are done, or cancel some")  # fmt: skip
        self._adding[organisation] += 1
        jobs, again = self.of(organisation), False
        try:
            if asked is None:
                job = await asyncio.to_thread(jobs.add, "hunt", by, request, given)
            else:
                job, again = await asyncio.to_thread(jobs.once, asked, "hunt", by, request, given)
        finally:
            self._adding[organisation] -= 1
        if not again:
            self._begin(organisation, job)
        return job, again

    async def wait(self, organisation: str, job: str, seconds: float) -> Job | None:
        """The job when it is finished, or as it is after so many seconds."""
        task = self._tasks.get((organisation, job))
        if task is not None and seconds > 0:
            await asyncio.wait({task}, timeout=seconds)
        return await asyncio.to_thread(self.of(organisation).find, job)

    async def cancel(self, organisation: str, job: str, by: str) -> bool:
        """End it; False where it is finished already."""
        cancelled = await asyncio.to_thread(self.of(organisation).cancel, job, by)
        task = self._tasks.get((organisation, job))
        if cancelled and task is not None:
            task.cancel()
        return cancelled

    async def run(self, pause: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Hold what runs and take up what is left over, until cancelled."""
        while True:
            try:
                await self.hold()
                await self.resume()
            except StoreError:  # locked, or a database that restarts: the next look may do it
                pass
            await pause(LOOK_S)

    async def hold(self) -> None:
        """Hold longer what waits or runs; what was cancelled or taken over elsewhere ends here too."""
        for organisation, keys in groupby(sorted(self._tasks), key=lambda key: key[0]):
            names = [name for _, name in keys]
            held = await asyncio.to_thread(self.of(organisation).renew, names)
            for name in names:
                task = self._tasks.get((organisation, name))
                if task is not None and name not in held:
                    task.cancel()

    async def resume(self) -> None:
        """Take up what another server, or this one before it was started anew, left unfinished."""
        for organisation, job in await asyncio.to_thread(left_over, self._store, self._clock()):
            jobs = self.of(organisation)
            if (organisation, job.id) in self._tasks or not await asyncio.to_thread(jobs.take, job.id):
                continue
            if job.attempts >= MOST_ATTEMPTS:
                await asyncio.to_thread(jobs.fail, job.id, _GONE.document())
            else:
                self._begin(organisation, job)

    async def stop(self) -> None:
        """Leave everything as it is; the next server takes it up."""
        left = dict(self._tasks)
        for task in left.values():
            task.cancel()
        await asyncio.gather(*left.values(), return_exceptions=True)
        for organisation, keys in groupby(sorted(left), key=lambda key: key[0]):
            try:
                await asyncio.to_thread(self.of(organisation).release, [name for _, name in keys])
            except StoreError:  # then it is free when the lease ends
                continue

    def of(self, organisation: str) -> Jobs:
        """The jobs of an organisation."""
        return Jobs(replace(self._store, organisation=organisation), self._holder, self._clock)

    def _begin(self, organisation: str, job: Job) -> None:
        key = (organisation, job.id)
        task = asyncio.get_running_loop().create_task(self._do(organisation, job))
        self._tasks[key] = task
        task.add_done_callback(lambda _: self._tasks.pop(key, None))

    async def _do(self, organisation: str, job: Job) -> None:
        jobs = self.of(organisation)
        writing: set[asyncio.Future[bool]] = set()
        wrote = time.monotonic()

        def progress(done: int, of: int) -> None:
            nonlocal wrote
            now = time.monotonic()
            if not writing and now - wrote >= _WRITE_EVERY_S:
                wrote = now
                write = asyncio.ensure_future(asyncio.to_thread(jobs.progress, job.id, done, of))
                writing.add(write)
                write.add_done_callback(writing.discard)

        try:
            given = await asyncio.to_thread(jobs.given, job.id)
            who = {"organisation": organisation, "job": job.id, "by": job.by, "holder": self._holder}
            done = await self._pool.run(KEEP, who | dict(job.request), given, long=True, progress=progress)
            self._counts.hunted(done.head)
        except HunterError as error:
            with suppress(StoreError):  # nobody holds it longer: taken up again when its lease ends
                await asyncio.to_thread(jobs.fail, job.id, problem.of_error(error).document())
