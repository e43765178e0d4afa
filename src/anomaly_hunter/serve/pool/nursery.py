"""Where workers are born: one process that has everything loaded and does nothing but fork.

A fork takes milliseconds where a fresh interpreter takes most of a second, so that a worker is killed
without regret. When the server is gone, however it went, its line is closed: then the nursery ends
every worker, clears their files away and ends too.
"""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import select
import shutil
import signal
import socket
import struct
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from anomaly_hunter.config import Settings
from anomaly_hunter.serve.pool import worker
from anomaly_hunter.serve.pool.frames import BORN, packed

BEAR: Final = b"b"
KILL: Final = b"k"
ORDER: Final = struct.Struct("!cI")


@dataclass(frozen=True, slots=True)
class Upbringing:
    """What every worker is born with."""

    settings: Settings
    scratch: str
    memory_bytes: int


def main() -> None:
    """Serve the line on the file descriptor that the command names until it is closed."""
    line = socket.socket(fileno=int(sys.argv[1]))
    size = int.from_bytes(_exactly(line, 8), "big")
    given = pickle.loads(_exactly(line, size))  # noqa: S301 - from the server that started us
    Path(given.scratch).mkdir(mode=0o700)
    try:
        _bear_until_the_end(line, given)
    finally:
        shutil.rmtree(given.scratch, ignore_errors=True)


def _bear_until_the_end(line: socket.socket, given: Upbringing) -> None:
    _warm_up(given)
    children: set[int] = set()
    awake, wake = socket.socketpair()
    wake.setblocking(False)
    awake.setblocking(False)
    signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    try:
        while True:
            ready, _, _ = select.select([line, awake], [], [])
            if awake in ready:
                with contextlib.suppress(BlockingIOError):
                    awake.recv(4096)
                _reap(children, given)
            if line in ready and not _follow(line, children, given, (awake, wake)):
                return
    finally:
        _end(children)


def _follow(
    line: socket.socket, children: set[int], given: Upbringing, own: tuple[socket.socket, socket.socket]
) -> bool:
    """Do what the server orders; False when it has hung up."""
    order, handed, _, _ = socket.recv_fds(line, ORDER.size, 1)
    if not order:
        return False
    order += _exactly(line, ORDER.size - len(order))
    kind, pid = ORDER.unpack(order)
    if kind == BEAR:
        child = os.fork()
        if child == 0:
            for one in (line, *own):
                one.close()
            _live(socket.socket(fileno=handed[0]), given)
        os.close(handed[0])
        children.add(child)
    elif pid in children:
        os.kill(pid, signal.SIGKILL)
    return True


def _live(line: socket.socket, given: Upbringing) -> None:
    """A worker's whole life; it ends here, whatever happens, and never returns into the nursery."""
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        line.sendall(packed(BORN, {"pid": os.getpid()}))
        folder = Path(given.scratch) / str(os.getpid())
        worker.run(line, given.settings, folder, given.memory_bytes)
        code = 0
    except (ConnectionError, KeyboardInterrupt):  # the server is gone
        code = 0
    finally:
        sys.stderr.flush()
        os._exit(code)


def _reap(children: set[int], given: Upbringing) -> None:
    while children:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            return
        children.discard(pid)
        shutil.rmtree(Path(given.scratch) / str(pid), ignore_errors=True)


def _end(children: set[int]) -> None:
    for pid in children:
        os.kill(pid, signal.SIGKILL)
    for pid in children:
        os.waitpid(pid, 0)


def _warm_up(given: Upbringing) -> None:
    """Load what hunts load when they first need it, and leave it out of garbage collection."""
    from anomaly_hunter.serve.hunting import hunting

    hunting.warm_up(given.settings)
    gc.collect()
    gc.freeze()


def _exactly(line: socket.socket, size: int) -> bytes:
    got = b""
    while len(got) < size:
        piece = line.recv(size - len(got))
        if not piece:
            raise SystemExit(0)
        got += piece
    return got


if __name__ == "__main__":
    main()
