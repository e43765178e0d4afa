"""Jobs through the pool: begun in turn, watched, cancelled, and taken up again after a restart."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from anomaly_hunter.errors import HunterError
from anomaly_hunter.remember.serving.jobs import Job, Jobs, left_over
from anomaly_hunter.remember.store import Store
from anomaly_hunter.serve.counts import Counts
from anomaly_hunter.serve.hunting.hunting import KEEP
from anomaly_hunter.serve.pool.pool import Pool
from anomaly_hunter.serve.rest import problem

MOST_ATTEMPTS: Final = 3
_WRITE_EVERY_S: Final = 1.0
_GONE: Final = problem.Problem(
    500, "Failed", f"the server stopped {MOST_ATTEMPTS} times in the middle of it", "a server that runs on",
    "hunt less at once",
)  # fmt: skip


class Queue:
    """The jobs of one server. The store holds them; here are only those that wait or run."""

    def __init__(self, store: Store, pool: Pool, counts: Counts) -> None:
        self._store = store
        self._counts = counts
        self._pool = pool
        self._tasks: dict[tuple[str, str], asyncio.Task[None]] = {}

    @property
    def unfinished(self) -> int:
        """How many wait or run."""
        return len(self._tasks)

    async def add(self, organisation: str, by: str, request: Mapping[str, Any], given: bytes) -> Job:
        """Keep a job and begin it as soon as a worker is free."""
        job = await asyncio.to_thread(self.of(organisation).add, "hunt", by, request, given)
        self._begin(organisation, job)
        return job

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

    async def resume(self) -> None:
        """Take up what an earlier server left unfinished."""
        for organisation, job in await asyncio.to_thread(left_over, self._store):
            if (organisation, job.id) in self._tasks:
                continue
            if job.attempts >= MOST_ATTEMPTS:
                await asyncio.to_thread(self.of(organisation).fail, job.id, _GONE.document())
            else:
                self._begin(organisation, job)

    async def stop(self) -> None:
        """Leave everything as it is; the next server takes it up."""
        tasks = tuple(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def of(self, organisation: str) -> Jobs:
        """The jobs of an organisation."""
        return Jobs(replace(self._store, organisation=organisation))

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
            told = {"organisation": organisation, "job": job.id, "by": job.by, **job.request}
            done = await self._pool.run(KEEP, told, given, long=True, progress=progress)
            self._counts.hunted(done.head)
        except HunterError as error:
            await asyncio.to_thread(jobs.fail, job.id, problem.of_error(error).document())
