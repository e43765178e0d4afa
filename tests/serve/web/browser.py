"""A real browser in front of a real server on this machine."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from anomaly_hunter.config import Settings, override
from anomaly_hunter.remember.store import Store
from anomaly_hunter.serve.app import create_app

CHROMIUM = "/usr/bin/chromium"
SWITCHES = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")


@contextmanager
def serving(folder: Path, **options: Any) -> Iterator[tuple[str, Store]]:
    """The address of a server in a thread, and its store; ``options`` are settings by name."""
    place = folder / "memory.db"
    with Store.open(place) as store:
        app = create_app(override(Settings(), memory=str(place), **options), store)
        server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}", store
        server.should_exit = True
        thread.join(10)


@contextmanager
def browsing() -> Iterator[Browser]:
    """A browser without a window."""
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=list(SWITCHES))
        yield browser
        browser.close()


def fault_of(page: Page) -> str:
    """What scripts failed at, and what the content policy blocked."""
    return str(page.evaluate("document.documentElement.dataset.errors ?? ''"))
