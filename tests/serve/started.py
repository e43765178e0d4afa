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

import httpx


@contextlib.contextmanager
def server(folder, stop=signal.SIGTERM, most_file_bytes=None):
    """(its address, its process); stopped in the end, and its words are the last line of errors.

    No file of it grows beyond ``most_file_bytes``: for it that is a disk without room.
    """

    environment = {name: value for name, value in os.environ.items() if not name.startswith("HUNTER__")}
    command = [sys.executable, "-m", "anomaly_hunter", "serve", "--port", "0"]
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
