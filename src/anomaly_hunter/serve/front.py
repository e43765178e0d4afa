"""What stands at the port first: it says that the server lives, and what else is asked waits for the rest."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol, TypeAlias

Scope: TypeAlias = Any
Receive: TypeAlias = Callable[[], Any]
Send: TypeAlias = Callable[[Any], Any]

_ALIVE = (
    {
        "type": "http.response.start",
        "status": 200,
        "headers": [(b"content-type", b"application/json"), (b"content-length", b"15")],
    },
    {"type": "http.response.body", "body": b'{"status":"ok"}'},
)


class Application(Protocol):
    """What answers once it is loaded."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        ...


Loaded: TypeAlias = tuple[Application, AbstractAsyncContextManager[object]]
"""The application, and its life: entered before it answers, left in the end."""


class Front:
    """Loads the application in a thread while it answers `/healthz`; every other request waits for it.

    ``load`` is called once. Where it raises, ``failed`` is called: nothing will ever answer.
    """

    def __init__(self, load: Callable[[], Loaded], failed: Callable[[Exception], None]) -> None:
        self._load = load
        self._failed = failed
        self._app: Application | None = None
        self._known = asyncio.Event()
        """Whether there is an application is known."""
        self._ending = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on to the application."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        if self._app is None:
            if scope["type"] == "http" and scope["method"] == "GET" and scope["path"] == "/healthz":
                for message in _ALIVE:
                    await send(message)
                return
            await self._known.wait()
        if self._app is not None:
            await self._app(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        life = asyncio.create_task(self._lived())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self._ending.set()
        await life
        await send({"type": "lifespan.shutdown.complete"})

    async def _lived(self) -> None:
        try:
            app, life = await asyncio.to_thread(self._load)
            async with life:
                self._app = app
                self._known.set()
                await self._ending.wait()
        except Exception as error:  # noqa: BLE001 - raised again where the server was started
            self._failed(error)
        finally:
            self._known.set()
