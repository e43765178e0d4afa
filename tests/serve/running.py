"""A real server on a free port of this machine, in a thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn

from anomaly_hunter.config import Settings, override
from anomaly_hunter.remember.store import Store
from anomaly_hunter.serve.app import create_app

PATIENCE_S = 30.0


@contextmanager
def running(folder: Path, **options: Any) -> Iterator[tuple[str, Store]]:
    """Its address, and the store behind it; ``options`` are settings by name."""
    place = folder / "memory.db"
    with Store.open(place) as store:
        app = create_app(override(Settings(), memory=str(place), workers=1, **options), store)
        config = uvicorn.Config(app, port=0, log_level="critical", lifespan="on", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{_port(server)}", store
        finally:
            server.should_exit = True
            thread.join(PATIENCE_S)


def _port(server: uvicorn.Server) -> int:
    until = time.monotonic() + PATIENCE_S
    while not server.started:
        assert time.monotonic() < until, "the server does not start"
        time.sleep(0.01)
    return int(server.servers[0].sockets[0].getsockname()[1])
