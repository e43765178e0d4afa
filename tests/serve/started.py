"""A server as a user starts it: a program of its own."""

from __future__ import annotations

import contextlib
import os
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import httpx

SERVE = ("-m", "anomaly_hunter", "serve", "--port", "0")


@contextlib.contextmanager
def server(
    folder: Path,
    stop: signal.Signals = signal.SIGTERM,
    *,
    program: tuple[str, ...] = SERVE,
    options: tuple[str, ...] = (),
    more: Mapping[str, str] = MappingProxyType({}),
    most_file_bytes: int | None = None,
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Its address and its process, once it answers; stopped in the end. ``more`` is for its environment.

    No file of it grows beyond ``most_file_bytes``: for it that is a disk without room.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HUNTER__")}
    environment |= more
    command = [sys.executable, *program, *options]
    process = subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.PIPE)
    try:
        address = re.search(rb"http://\S+", process.stderr.readline())[0].decode()
        for _ in range(500):
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"{address}/healthz").status_code == 200:
                    break
            time.sleep(0.02)
        if most_file_bytes is not None:
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (most_file_bytes, most_file_bytes))
        yield address, process
    finally:
        process.send_signal(stop)
        process.wait(20)
        process.stderr.close()
