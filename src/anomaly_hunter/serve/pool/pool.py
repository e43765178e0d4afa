"""The server's side of the workers: who is free, who waits, who has to go."""

from __future__ import annotations

import asyncio
import os
import pickle
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast

from anomaly_hunter.config import Settings
from anomaly_hunter.errors import UsageError
from anomaly_hunter.serve.pool.frames import (
    BORN,
    DONE,
    FAILED,
    LAST,
    PROGRESS,
    WORK,
    Frame,
    Unpacking,
    packed,
)
from anomaly_hunter.serve.pool.nursery import BEAR, KILL, ORDER, Upbringing
from anomaly_hunter.serve.pool.refused import RefusedError, error_of

Progress = Callable[[int, int], None]

MOST: Final = 4
_MOST_WAITING: Final = 512
_STILLBORN: Final = 3
_ONE_THREAD: Final = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


@dataclass(frozen=True, slots=True)
class Done:
    """What a piece of work gave: a small head, and finished bytes."""

    head: Mapping[str, Any]
    body: bytes


class Worker(asyncio.Protocol):
    """One process, as the server sees it: the end of its line."""

    def __init__(
        self, born: Callable[[Worker], None], gone: Callable[[Worker], None], line: socket.socket | None
    ) -> None:
        self.pid = 0
        self.line = line
        """The line to the nursery that bore it."""
        self._born = born
        self._gone = gone
        self._frames = Unpacking()
        self._waits: asyncio.Future[Done] | None = None
        self._progress: Progress | None = None
        self._transport: asyncio.Transport | None = None
        self.why: RefusedError | None = None
        """Why it is being ended, for who waits."""
        self.leaving = False
        """It has said its last word."""

    def give(
        self, work: str, told: Mapping[str, Any], body: bytes, progress: Progress | None
    ) -> asyncio.Future[Done]:
        """Hand it a piece of work; the future is done when the work is, or when the worker is gone."""
        assert self._transport is not None  # noqa: S101 - it was born
        self._waits = asyncio.get_running_loop().create_future()
        self._progress = progress
        self._transport.write(packed(WORK, {"work": work, "told": told}, body))
        return self._waits

    def hang_up(self) -> None:
        """It ends when it sees that."""
        if self._transport is not None:
            self._transport.abort()

    # ------------------------------------------------------------ asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Its line is there; it lives when it says so."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is none by descent

    def data_received(self, data: bytes) -> None:
        """It says something."""
        for frame in self._frames.feed(data):
            self._heard(frame)

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone, for whatever reason."""
        waits, self._waits = self._waits, None
        if waits is not None and not waits.done():
            waits.set_exception(self.why or _died())
        self._gone(self)

    def _heard(self, frame: Frame) -> None:
        if frame.kind == BORN:
            self.pid = frame.head["pid"]
            self._born(self)
        elif frame.kind == PROGRESS:
            if self._progress is not None and self._waits is not None:
                self._progress(frame.head["done"], frame.head["of"])
        elif self._waits is not None:
            waits, self._waits = self._waits, None
            self.leaving = bool(frame.head.get(LAST))
            if waits.done():
                return
            if frame.kind == DONE:
                waits.set_result(Done(frame.head, frame.body))
            elif frame.kind == FAILED:
                waits.set_exception(error_of(frame.head))


@dataclass(slots=True)
class Pool:
    """A few warm processes. Started by the first piece of work, or by :meth:`start`; closed once.

    A long piece of work never takes the last worker, so that short ones keep being answered.
    Everything but :meth:`run` returns at once; nothing blocks the loop.
    """

    settings: Settings
    size: int = 0
    _line: socket.socket | None = None
    _nursery: subprocess.Popen[bytes] | None = None
    _workers: set[Worker] = field(default_factory=set)
    _idle: list[Worker] = field(default_factory=list)
    _waiting: deque[asyncio.Future[Worker]] = field(default_factory=deque)
    _births: set[asyncio.Task[None]] = field(default_factory=set)
    _scratch: str = ""
    _stillborn: int = 0
    _long: asyncio.Semaphore | None = None
    _closed: bool = False

    def __post_init__(self) -> None:
        if not hasattr(os, "fork"):
            raise UsageError("this system cannot fork processes", "Linux or macOS", "run the server in WSL")
        self.size = self.size or self.settings.serve.workers or min(MOST, os.cpu_count() or 1)

    @property
    def ready(self) -> bool:
        """Whether a worker is there."""
        return any(worker.pid for worker in self._workers)

    @property
    def busy(self) -> int:
        """How many are at work."""
        return sum(1 for worker in self._workers if worker.pid) - len(self._idle)

    @property
    def waiting(self) -> int:
        """How many pieces of work wait for a worker."""
        return len(self._waiting)

    def prepare(self) -> None:
        """Start the process that bears the workers, before there is a loop to have them born in."""
        if self._line is None:
            self._line = self._started()

    def start(self) -> None:
        """Have the workers born; they are ready a second later."""
        while len(self._workers) + len(self._births) < self.size and not self._closed:
            self._bear()

    async def run(
        self,
        work: str,
        told: Mapping[str, Any],
        body: bytes = b"",
        *,
        seconds: float | None = None,
        long: bool = False,
        progress: Progress | None = None,
    ) -> Done:
        """Have a worker do it. Cancelling the task that awaits this ends the worker.

        Parameters
        ----------
        work:
            A function of this package, "module:function": see :class:`anomaly_hunter.serve.pool.worker.Work`.
        told, body:
            Its arguments: plain JSON, and bytes.
        seconds:
            How long it may run (``serve.hunt_seconds``); waiting for a worker does not count.
        long:
            It may take a while: the last worker is left to others.

        Raises
        ------
        HunterError
            What the work raised; or it took too long, needed too much memory, or there is no room.
        """
        if long:
            if self._long is None:
                self._long = asyncio.Semaphore(max(1, self.size - 1))
            async with self._long:
                return await self._run(work, told, body, seconds, progress)
        return await self._run(work, told, body, seconds, progress)

    async def _run(
        self,
        work: str,
        told: Mapping[str, Any],
        body: bytes,
        seconds: float | None,
        progress: Progress | None,
    ) -> Done:
        worker = self._idle.pop() if self._idle else await self._free()
        most = self.settings.serve.hunt_seconds if seconds is None else seconds
        timer = asyncio.get_running_loop().call_later(most, self._end, worker, _too_long(most))
        try:
            done = await worker.give(work, told, body, progress)
        except asyncio.CancelledError:
            self._end(worker, _died())
            raise
        finally:
            timer.cancel()
            self._release(worker)
        return done

    async def _free(self) -> Worker:
        """The next worker that is free, first come first served."""
        if self._closed:
            raise _closing()
        if len(self._waiting) >= _MOST_WAITING:
            raise RefusedError(503, "Busy", f"{len(self._waiting)} hunts wait already", "room", "try again")
        self.start()
        waits: asyncio.Future[Worker] = asyncio.get_running_loop().create_future()
        self._waiting.append(waits)
        try:
            return await waits
        except asyncio.CancelledError:
            if waits.done() and not waits.cancelled() and waits.exception() is None:
                self._release(waits.result())
            raise

    def _release(self, worker: Worker) -> None:
        if worker not in self._workers or worker.why is not None or worker.leaving:
            return
        while self._waiting:
            waits = self._waiting.popleft()
            if not waits.done():
                waits.set_result(worker)
                return
        self._idle.append(worker)

    def _end(self, worker: Worker, why: RefusedError) -> None:
        """Kill it; who waits hears why as soon as the process is gone."""
        if worker in self._workers and worker.why is None:
            worker.why = why
            if self._line is None or worker.line is not self._line or not self._order(KILL, worker.pid):
                worker.hang_up()  # an orphan: it ends itself when it next looks up

    def close(self) -> None:
        """End all workers and the nursery; who waits is told."""
        if self._closed:
            return
        self._closed = True
        while self._waiting:
            waits = self._waiting.popleft()
            if not waits.done():
                waits.set_exception(_closing())
        for worker in tuple(self._workers):
            worker.why = worker.why or _closing()
            worker.hang_up()
        self._part()

    # ------------------------------------------------------------ births

    def _bear(self) -> None:
        task = asyncio.get_running_loop().create_task(self._born())
        self._births.add(task)
        task.add_done_callback(self._births.discard)

    async def _born(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            if not (self._order(BEAR, 0, theirs) or self._order(BEAR, 0, theirs)):
                ours.close()
                self._give_up()
                return
        worker = Worker(self._alive, self._gone, self._line)
        self._workers.add(worker)
        await asyncio.get_running_loop().create_connection(lambda: worker, sock=ours)

    def _alive(self, worker: Worker) -> None:
        self._stillborn = 0
        self._release(worker)

    def _gone(self, worker: Worker) -> None:
        self._workers.discard(worker)
        if worker in self._idle:
            self._idle.remove(worker)
        if self._closed:
            return
        if not worker.pid:
            self._stillborn += 1
            self._part()
            if self._stillborn >= _STILLBORN:
                self._give_up()
                return
        self._bear()

    def _give_up(self) -> None:
        """No worker comes to life: who waits is told, and the next piece of work tries again."""
        self._stillborn = 0
        while self._waiting:
            waits = self._waiting.popleft()
            if not waits.done():
                waits.set_exception(RefusedError(
                    503, "Not ready", "no process that hunts can be started", "one",
                    "the server's standard error says why",
                ))  # fmt: skip

    def _order(self, kind: bytes, pid: int, hand: socket.socket | None = None) -> bool:
        """Tell the nursery; started where there is none."""
        if self._closed:
            return False
        try:
            if self._line is None:
                self._line = self._started()
            socket.send_fds(self._line, [ORDER.pack(kind, pid)], [hand.fileno()] if hand is not None else [])
        except OSError:  # it is gone; its workers' lines close with it, and the next birth starts another
            self._part()
            return False
        return True

    def _started(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        self._scratch = f"{tempfile.gettempdir()}/hunter-serve-{secrets.token_hex(8)}"
        given = pickle.dumps(Upbringing(self.settings, self._scratch, self.settings.serve.worker_bytes))
        with theirs:
            self._nursery = subprocess.Popen(
                [sys.executable, "-m", "anomaly_hunter.serve.pool.nursery", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for the server, which ends its workers itself
                env={**os.environ, **_ONE_THREAD},
            )
        ours.sendall(len(given).to_bytes(8, "big") + given)
        return ours

    def _part(self) -> None:
        """Let go of the nursery: it ends itself, and what it has borne."""
        if self._line is not None:
            self._line.close()
            self._line = None
        if self._nursery is not None:
            nursery, self._nursery = self._nursery, None
            if not self._workers:  # it has borne nobody yet, and would first load all that hunts need
                nursery.kill()
            try:
                nursery.wait(2.0)
            except subprocess.TimeoutExpired:
                nursery.kill()
                nursery.wait()
            shutil.rmtree(self._scratch, ignore_errors=True)  # which it does itself, unless it was killed


def _died() -> RefusedError:
    return RefusedError(
        422, "Cannot be done", "the process that hunted ended (it needed too much memory, or was killed)",
        "a hunt that fits", "hunt fewer or shorter series, or let the server give more (serve.worker_bytes)",
    )  # fmt: skip


def _too_long(seconds: float) -> RefusedError:
    return RefusedError(
        422, "Took too long", f"the hunt took longer than {seconds:g} s", "less data at once",
        "hunt fewer or shorter series, or let hunts take longer (serve.hunt_seconds)",
    )  # fmt: skip


def _closing() -> RefusedError:
    return RefusedError(503, "Stopping", "the server is stopping", "a server that runs", "try again soon")
