"""What stands at the port while the application is loaded."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from anomaly_hunter.serve.front import Front, Loaded


class Application:
    """Answers with its name, and knows whether it lives."""

    def __init__(self) -> None:
        self.lives = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.body", "body": b"loaded"})

    @asynccontextmanager
    async def life(self) -> AsyncIterator[None]:
        self.lives = True
        yield
        self.lives = False


class Line:
    """Between a server and its front."""

    def __init__(self) -> None:
        self.said: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.heard: list[dict[str, Any]] = []

    async def send(self, message: dict[str, Any]) -> None:
        self.heard.append(message)


async def asked(front: Front, path: str) -> bytes:
    line = Line()
    await front({"type": "http", "method": "GET", "path": path}, line.said.get, line.send)
    return b"".join(message.get("body", b"") for message in line.heard)


def test_it_says_that_it_lives_while_others_wait_for_the_application() -> None:
    may_load, app = threading.Event(), Application()

    def load() -> Loaded:
        may_load.wait(10)
        return app, app.life()

    async def lived() -> None:
        front, line = Front(load, failures.append), Line()
        life = asyncio.create_task(front({"type": "lifespan"}, line.said.get, line.send))
        line.said.put_nowait({"type": "lifespan.startup"})
        page = asyncio.create_task(asked(front, "/incidents"))
        assert await asked(front, "/healthz") == b'{"status":"ok"}'
        assert not page.done()
        may_load.set()
        assert await page == b"loaded"
        assert app.lives
        assert await asked(front, "/healthz") == b"loaded"
        line.said.put_nowait({"type": "lifespan.shutdown"})
        await life
        assert not app.lives

    failures: list[Exception] = []
    asyncio.run(lived())
    assert not failures


def test_an_application_that_cannot_be_loaded_is_told_and_nobody_waits_for_it() -> None:
    wrong = ValueError("no")

    def load() -> Loaded:
        raise wrong

    async def lived() -> None:
        front, line = Front(load, failures.append), Line()
        life = asyncio.create_task(front({"type": "lifespan"}, line.said.get, line.send))
        line.said.put_nowait({"type": "lifespan.startup"})
        assert await asked(front, "/incidents") == b""
        line.said.put_nowait({"type": "lifespan.shutdown"})
        await life

    failures: list[Exception] = []
    asyncio.run(lived())
    assert failures == [wrong]
