"""The inside of a worker: take a piece of work, do it, give the bytes back; never more than one at once."""

from __future__ import annotations

import asyncio
import gc
import resource
import socket
import sys
import tempfile
import time
import traceback
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from anomaly_hunter.config import Settings
from anomaly_hunter.errors import HunterError
from anomaly_hunter.serve.pool.frames import DONE, FAILED, LAST, PROGRESS, Frame, Unpacking, packed
from anomaly_hunter.serve.pool.refused import RefusedError, head_of

if TYPE_CHECKING:
    from anomaly_hunter.remember.store import Store

T = TypeVar("T")

_PIECE: Final = 1 << 18
_TELL_EVERY_S: Final = 0.1
_OURS: Final = "anomaly_hunter."
_RARELY: Final = 50_000
"""Objects between two looks for garbage: a hunt leaves little, and looking takes a tenth of its time."""
_GROWN_BYTES: Final = 400_000_000


@dataclass(slots=True)
class Bench:
    """What a piece of work finds at its place.

    Attributes
    ----------
    settings:
        Those of the server.
    loop:
        For what is asynchronous.
    """

    settings: Settings
    loop: asyncio.AbstractEventLoop
    line: socket.socket | None = None
    _told_at: float = 0.0
    _store: list[Store] = field(default_factory=list)

    def progress(self, done: int, of: int) -> None:
        """Tell who waits, at most ten times a second."""
        now = time.monotonic()
        if self.line is not None and (now - self._told_at >= _TELL_EVERY_S or done == of):
            self._told_at = now
            self.line.sendall(packed(PROGRESS, {"done": done, "of": of}))

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of something asynchronous."""
        return self.loop.run_until_complete(work)

    def store(self, organisation: str) -> Store:
        """The memory of an organisation; opened once."""
        from dataclasses import replace

        from anomaly_hunter.remember.store import Store

        if not self._store:
            self._store.append(Store.open(self.settings.remember.memory))
        return replace(self._store[0], organisation=organisation)


class Work(Protocol):
    """A function that a worker can do."""

    def __call__(self, bench: Bench, told: Mapping[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
        """A small head and the finished bytes; HunterError where it cannot be done."""
        ...


def work_of(name: str) -> Work:
    """The function behind "anomaly_hunter.serve.hunting.hunting:detect"."""
    module, _, function = name.partition(":")
    if not module.startswith(_OURS):
        raise RefusedError(500, "Failed", f"{name!r} is no work of ours")
    found: Work = getattr(import_module(module), function)
    return found


def run(line: socket.socket, settings: Settings, scratch: Path, memory_bytes: int) -> None:
    """Work until the server hangs up, or the worker has grown so much that a fresh one is better."""
    scratch.mkdir(mode=0o700, exist_ok=True)
    tempfile.tempdir = str(scratch)
    _bound(resource.RLIMIT_DATA, memory_bytes)
    gc.set_threshold(_RARELY)
    bench = Bench(settings, asyncio.new_event_loop(), line)
    frames = Unpacking()
    while piece := line.recv(_PIECE):
        for frame in frames.feed(piece):
            answer, fit = _done(bench, frame.head, frame.body)
            last = not fit or _resident_bytes() > _GROWN_BYTES
            line.sendall(
                packed(answer.kind, {**answer.head, LAST: last} if last else answer.head, answer.body)
            )
            if last:
                return


def _done(bench: Bench, head: Mapping[str, Any], body: bytes) -> tuple[Frame, bool]:
    """The frame to answer with, and whether the worker is fit for more."""
    try:
        said, result = work_of(head["work"])(bench, head["told"], body)
        return Frame(DONE, said, result), True
    except HunterError as error:
        return Frame(FAILED, head_of(error)), True
    except MemoryError:
        return Frame(FAILED, head_of(too_much_memory())), False
    except Exception as error:  # noqa: BLE001 - the rim of the process: who waits is always answered
        if "Cannot allocate" in str(error) or "Out of Memory" in str(error):
            return Frame(FAILED, head_of(too_much_memory())), False
        traceback.print_exc(file=sys.stderr)
        return Frame(FAILED, head_of(_unexpected(error))), False


def too_much_memory() -> RefusedError:
    """The hunt needed more than a worker may have."""
    return RefusedError(
        413, "Too large", "the hunt needs more memory than one may have", "less data at once",
        "hunt fewer or shorter series, or let the server give more (serve.worker_bytes)",
    )  # fmt: skip


def _unexpected(error: Exception) -> RefusedError:
    return RefusedError(
        500, "Failed", f"the hunt failed ({type(error).__name__})", "a hunt that finishes",
        "report it; the server's standard error holds the details",
    )  # fmt: skip


def _bound(what: int, size: int) -> None:
    _, hard = resource.getrlimit(what)
    resource.setrlimit(what, (size if hard == resource.RLIM_INFINITY else min(size, hard), hard))


def _resident_bytes() -> int:
    try:
        pages = Path("/proc/self/statm").read_text("ascii").split()[1]
    except OSError:  # not Linux: the highest so far, in bytes or kilobytes
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return int(pages) * resource.getpagesize()
