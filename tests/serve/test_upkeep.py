"""A server takes over jobs that another one left, and lets go what is old, by itself."""

from __future__ import annotations

import asyncio

import pytest

from anomaly_hunter.config import Settings, override
from anomaly_hunter.remember.serving.jobs import LEASE, Jobs
from anomaly_hunter.remember.store import Store
from anomaly_hunter.serve.app import create_app
from anomaly_hunter.serve.counts import Counts
from anomaly_hunter.serve.hunting.jobs import MOST_UNFINISHED, Queue
from anomaly_hunter.serve.pool.refused import RefusedError
from anomaly_hunter.serve.upkeep import LOOK_S
from tests.remember.kept import HOUR, NOON, spike_hunt
from tests.serve.apps import client_of
from tests.serve.running import PATIENCE_S


class Clock:
    """A time that passes when it is told to; whoever pauses waits until it has passed."""

    def __init__(self):
        self.at = NOON
        self.waiting: dict[float, asyncio.Event] = {}

    def __call__(self):
        return self.at

    async def pause(self, seconds):
        self.waiting[seconds] = asyncio.Event()
        await self.waiting[seconds].wait()


class Waits:
    """A pool whose workers are all busy for ever."""

    def __init__(self):
        self.begun: list[str] = []

    async def run(self, work, told, body, *, long, progress):
        self.begun.append(told["job"])
        await asyncio.Event().wait()


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "memory.db") as opened:
        yield opened


async def settled(ready):
    """Threads have their say."""
    async with asyncio.timeout(PATIENCE_S):
        while not ready():
            await asyncio.sleep(0.005)


def test_a_server_prunes_by_itself_while_it_runs(tmp_path, store):
    store.keep(spike_hunt(), NOON)
    clock = Clock()
    settings = override(Settings(), memory=str(tmp_path / "memory.db"), keep_days=30)
    app = create_app(settings, store, clock=clock, pause=clock.pause)
    with client_of(app) as client:

        async def days_later():
            await settled(lambda: LOOK_S in clock.waiting)
            assert len(store.incidents()) == 1
            clock.at += 31 * 24 * HOUR
            clock.waiting.pop(LOOK_S).set()
            await settled(lambda: LOOK_S in clock.waiting)

        client.portal.call(days_later)
    assert store.incidents() == ()


def test_a_job_is_begun_by_one_server_and_taken_over_when_that_is_gone(store):
    clock, jobs = Clock(), Jobs(store)

    async def two_servers():
        pools = [Waits(), Waits()]
        first, second = (Queue(store, pool, Counts(), clock) for pool in pools)
        job, _ = await first.add("default", "ann", {}, b"")
        await settled(lambda: pools[0].begun == [job.id])
        await second.resume()
        clock.at += LEASE // 2
        await first.hold()
        clock.at += LEASE // 2
        await second.resume()
        assert second.unfinished == 0
        clock.at += LEASE
        await second.resume()
        await settled(lambda: pools[1].begun == [job.id])
        await first.hold()  # it was away for too long: it ends what it lost
        await settled(lambda: first.unfinished == 0)
        assert jobs.find(job.id).state == "queued"
        await second.stop()
        await first.resume()
        await settled(lambda: pools[0].begun == [job.id, job.id])
        await second.cancel("default", job.id, "bob")
        await first.hold()
        await settled(lambda: first.unfinished == 0)
        assert jobs.find(job.id).state == "cancelled"

    asyncio.run(two_servers())


def test_an_organisation_cannot_have_more_jobs_wait_than_there_is_room_for_also_at_once(store):
    async def at_once():
        queue = Queue(store, Waits(), Counts(), Clock())
        asked = [queue.add("default", "ann", {}, b"") for _ in range(MOST_UNFINISHED + 20)]
        found = await asyncio.gather(*asked, return_exceptions=True)
        await queue.add("other", "bob", {}, b"")
        await queue.stop()
        return [one.status for one in found if isinstance(one, RefusedError)]

    assert asyncio.run(at_once()) == [503] * 20
    assert len(Jobs(store).page(most=1_000).items) == MOST_UNFINISHED
