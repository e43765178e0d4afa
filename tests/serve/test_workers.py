from __future__ import annotations

import asyncio
import threading

import pytest

from anomaly_hunter.errors import UsageError
from anomaly_hunter.serve.mcp.workers import StoppedError, Workers


def test_work_that_takes_too_long_is_told_to_stop_and_refused():
    ended = threading.Event()

    def endless(stop):
        try:
            while True:
                stop.check()
        except StoppedError:
            ended.set()
            raise

    workers = Workers(1, 0.05)
    with pytest.raises(UsageError, match=r"longer than 0\.05 s"):
        asyncio.run(workers.run(endless))
    assert ended.wait(10)
    workers.close()


def test_cancelled_work_is_told_to_stop():
    started, ended = threading.Event(), threading.Event()

    def endless(stop):
        started.set()
        try:
            while True:
                stop.check()
        finally:
            ended.set()

    async def cancelled():
        workers = Workers(1, 60)
        task = asyncio.create_task(workers.run(endless))
        while not started.is_set():
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        workers.close()

    asyncio.run(cancelled())
    assert ended.wait(10)


def test_no_more_run_than_may():
    running, most, lock = [], [], threading.Lock()

    def work(_):
        with lock:
            running.append(1)
            most.append(len(running))
        threading.Event().wait(0.01)
        with lock:
            running.pop()

    async def several():
        workers = Workers(2, 60)
        await asyncio.gather(*(workers.run(work) for _ in range(6)))
        workers.close()

    asyncio.run(several())
    assert max(most) <= 2


def test_closing_stops_what_runs():
    started = threading.Event()

    def endless(stop):
        started.set()
        while True:
            stop.check()

    async def closed():
        workers = Workers(1, 60)
        task = asyncio.create_task(workers.run(endless))
        while not started.is_set():
            await asyncio.sleep(0)
        workers.close()
        with pytest.raises(StoppedError):
            await task

    asyncio.run(closed())
