"""Workers hunt, are killed and replaced, and never outlive the server."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from anomaly_hunter.config import Settings, override
from anomaly_hunter.errors import DataError
from anomaly_hunter.serve.hunting.hunting import DETECT
from anomaly_hunter.serve.pool.pool import Pool
from anomaly_hunter.serve.pool.refused import RefusedError

pytestmark = pytest.mark.slow

TOLD = {"organisation": "default"}
SPIKE = json.dumps({"data": [*[10.0, 11, 10, 9] * 3, 60.0, 10, 11, 10, 9, 10, 11, 10]}).encode()
LONG = json.dumps({"data": [float(i * i % 1013) for i in range(400_000)]}).encode()


def in_pool(use, size=1, **options):
    """Run ``use(pool)`` in a loop of its own."""

    async def run():
        pool = Pool(override(Settings(), **options), size)
        try:
            return await asyncio.wait_for(use(pool), 60)
        finally:
            pool.close()

    return asyncio.run(run())


def gone(pid, seconds=10.0):
    """Whether a process ends within so long."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            stat = Path(f"/proc/{pid}/stat").read_text("utf-8")
        except (FileNotFoundError, ProcessLookupError):
            return True
        if stat.rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.05)
    return False


def test_a_hunt_comes_back_as_finished_json():
    done = in_pool(lambda pool: pool.run(DETECT, TOLD, SPIKE))
    assert json.loads(done.body)["anomalies"] == [12]
    assert done.head["anomalies"] == 1


def test_what_is_wrong_with_the_data_is_said_as_an_error_of_ours_and_the_worker_stays():
    async def use(pool):
        with pytest.raises(DataError, match="NaN is not JSON"):
            await pool.run(DETECT, TOLD, b'{"data": [NaN]}')
        pid = next(iter(pool._workers)).pid
        await pool.run(DETECT, TOLD, SPIKE)
        return pid == next(iter(pool._workers)).pid

    assert in_pool(use)


def test_a_hunt_that_takes_too_long_is_killed_and_the_next_one_is_answered():
    async def use(pool):
        await pool.run(DETECT, TOLD, SPIKE)
        pid = next(iter(pool._workers)).pid
        with pytest.raises(RefusedError, match=r"longer than 0\.1 s"):
            await pool.run(DETECT, TOLD, LONG, seconds=0.1)
        done = await pool.run(DETECT, TOLD, SPIKE)
        return pid, json.loads(done.body)["anomalies"]

    pid, anomalies = in_pool(use)
    assert anomalies == [12]
    assert gone(pid)


def test_who_stops_waiting_ends_the_worker():
    async def use(pool):
        await pool.run(DETECT, TOLD, SPIKE)
        pid = next(iter(pool._workers)).pid
        task = asyncio.ensure_future(pool.run(DETECT, TOLD, LONG))
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await pool.run(DETECT, TOLD, SPIKE)
        return pid

    assert gone(in_pool(use))


def test_a_worker_that_is_killed_from_outside_is_replaced_and_its_caller_told():
    async def use(pool):
        await pool.run(DETECT, TOLD, SPIKE)
        pid = next(iter(pool._workers)).pid
        task = asyncio.ensure_future(pool.run(DETECT, TOLD, LONG))
        await asyncio.sleep(0.1)
        os.kill(pid, 9)
        with pytest.raises(RefusedError, match="the process that hunted ended"):
            await task
        return (await pool.run(DETECT, TOLD, SPIKE)).head["anomalies"]

    assert in_pool(use) == 1


def test_a_hunt_that_needs_too_much_memory_is_refused_and_the_next_one_is_answered():
    async def use(pool):
        body = json.dumps({"data": [float(i % 97) for i in range(1_500_000)]}).encode()
        with pytest.raises(RefusedError) as refused:
            await pool.run(DETECT, TOLD, body)
        return refused.value.status, (await pool.run(DETECT, TOLD, SPIKE)).head["anomalies"]

    status, anomalies = in_pool(use, worker_bytes=150_000_000)
    assert status in (413, 422)
    assert anomalies == 1


def test_a_long_hunt_leaves_the_last_worker_to_others():
    async def use(pool):
        await asyncio.gather(pool.run(DETECT, TOLD, SPIKE), pool.run(DETECT, TOLD, SPIKE))
        long = [asyncio.ensure_future(pool.run(DETECT, TOLD, LONG, long=True)) for _ in range(3)]
        await asyncio.sleep(0.05)
        assert (await pool.run(DETECT, TOLD, SPIKE)).head["anomalies"] == 1
        finished = [task.done() for task in long]
        for task in long:
            task.cancel()
        await asyncio.gather(*long, return_exceptions=True)
        return finished

    assert not all(in_pool(use, size=2))


def test_when_the_nursery_is_killed_another_one_bears_workers():
    async def use(pool):
        await pool.run(DETECT, TOLD, SPIKE)
        worker = next(iter(pool._workers)).pid
        os.kill(pool._nursery.pid, 9)
        os.kill(worker, 9)
        await asyncio.sleep(0.1)
        return (await pool.run(DETECT, TOLD, SPIKE)).head["anomalies"]

    assert in_pool(use) == 1


def test_nothing_outlives_a_server_that_is_killed(tmp_path):
    code = f"""
import asyncio, sys, time
from anomaly_hunter.config import Settings
from anomaly_hunter.serve.pool.pool import Pool
from anomaly_hunter.serve.hunting.hunting import DETECT
async def main():
    pool = Pool(Settings(), 2)
    await pool.run(DETECT, {TOLD!r}, {SPIKE!r})
    while not all(one.pid for one in pool._workers) or len(pool._workers) < 2:
        await asyncio.sleep(0.01)
    print(pool._nursery.pid, *(one.pid for one in pool._workers), flush=True)
    await pool.run(DETECT, {TOLD!r}, {LONG!r} * 1)
    await asyncio.sleep(60)
asyncio.run(main())
"""
    script = tmp_path / "server.py"
    script.write_text(code)
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, env=environment) as server:
        pids = [int(one) for one in server.stdout.readline().split()]
        server.kill()
    assert len(pids) == 3
    assert all(map(gone, pids))
    assert not list(tmp_path.glob("hunter-serve-*"))


def test_workers_can_be_on_their_way_before_there_is_a_loop():
    pool = Pool(override(Settings()), 1)
    pool.prepare()

    async def hunt():
        try:
            return await asyncio.wait_for(pool.run(DETECT, TOLD, SPIKE), 60)
        finally:
            pool.close()

    assert json.loads(asyncio.run(hunt()).body)["anomalies"] == [12]


def test_a_start_that_fails_leaves_no_process_behind():
    pool = Pool(override(Settings()), 1)
    pool.prepare()
    nursery = pool._nursery
    assert nursery is not None
    pool.close()
    assert nursery.returncode is not None
