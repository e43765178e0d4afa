"""A real server with an incident of the shipped example, and a real browser: only for tests marked slow."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from pathlib import Path

import pytest
import uvicorn

from anomaly_hunter.config import Settings, override
from anomaly_hunter.remember.store import Store
from anomaly_hunter.serve.app import create_app

BINARY = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), ""
)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]
PATIENCE_S = 30


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """The address of a server, and the id of its worst incident."""
    folder = tmp_path_factory.mktemp("served")
    place = folder / "memory.db"
    with Store.open(place) as store:
        incident = kept_example(folder, store)
        listening = socket.socket()
        listening.bind(("127.0.0.1", 0))
        settings = override(Settings(), memory=str(place), port=listening.getsockname()[1])
        server = uvicorn.Server(_config(settings, store))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        until = time.monotonic() + PATIENCE_S
        while not server.started and time.monotonic() < until:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{settings.serve.port}", incident
        server.should_exit = True
        thread.join(PATIENCE_S)


def _config(settings: Settings, store: Store) -> uvicorn.Config:
    return uvicorn.Config(create_app(settings, store), log_level="warning", timeout_graceful_shutdown=2)


def kept_example(folder: Path, store: Store) -> str:
    """The shipped example hunted in; the id of its worst incident."""
    from anomaly_hunter.hunt import hunt
    from anomaly_hunter.samples import series

    series.write(folder)
    around = {
        name: str(folder / f"checkout-{name}.{end}") for name, end in (("events", "csv"), ("graph", "yaml"))
    }
    return hunt(str(folder / "checkout.csv"), **around, memory=store).incidents[0].id


@pytest.fixture(scope="module")
def browser():
    """Chromium, headless."""
    playwright = pytest.importorskip("playwright.sync_api")
    if not BINARY:
        pytest.skip("no chromium, chromium-browser or google-chrome on this machine")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=BINARY, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def window(browser):
    """Opens windows; in the end none may have had an error."""
    opened = []

    def open_at(address, **options):
        page = browser.new_context(viewport={"width": 1280, "height": 900}, **options).new_page()
        page.set_default_timeout(PATIENCE_S * 1000)
        faults = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(address)
        opened.append((page, faults))
        return page

    yield open_at
    for page, faults in opened:
        assert not faults
        assert page.evaluate("document.documentElement.dataset.errors ?? ''") == ""
        page.context.close()
