"""The server itself: it listens, people hear of it, and all is loaded meanwhile."""

from __future__ import annotations

import asyncio
import gc
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import chain
from threading import Event
from typing import TYPE_CHECKING, Final

import uvicorn

from anomaly_hunter.config import Settings
from anomaly_hunter.remember.store import Store
from anomaly_hunter.serve.connections import patient
from anomaly_hunter.serve.front import Front, Loaded
from anomaly_hunter.serve.pool.pool import Pool

if TYPE_CHECKING:
    from anomaly_hunter.serve.rest.openapi import Described

GOODBYE_S: Final = 5
_REST_S: Final = 0.02
"""Between two steps of what is made ready beside the requests: they come first."""


class Server(uvicorn.Server):
    """Listens at once, while the application is loaded and the workers are born; and lets listeners go before
    it waits for requests to end: theirs never do.

    Attributes
    ----------
    failure:
        Why the application could not be loaded.
    """

    def __init__(self, settings: Settings, store: Store, pool: Pool) -> None:
        super().__init__(uvicorn.Config(
            Front(self._load, self._failed),
            interface="asgi3",
            lifespan="on",
            log_level="warning",
            access_log=False,
            server_header=False,
            http=patient(settings.serve.body_seconds),
            ws="websockets-sansio",
            ws_max_size=1_000_000,
            proxy_headers=False,  # the door believes those proxies alone that the settings name
            timeout_graceful_shutdown=GOODBYE_S,
        ))  # fmt: skip
        self.failure: Exception | None = None
        self._settings = settings
        self._store = store
        self._pool = pool
        self._app: Described | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and have the workers born meanwhile."""
        await super().startup(sockets)
        self._pool.start()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Say goodbye."""
        if self._app is not None:
            self._app.state.site.feed.close()
        await super().shutdown(sockets)
        self._pool.close()

    def _load(self) -> Loaded:
        from anomaly_hunter.serve.app import create_app

        app = self._app = create_app(self._settings, self._store, self._pool, later=True)
        gc.freeze()  # what is loaded now stays
        gc.enable()
        return app, _living(app)

    def _failed(self, error: Exception) -> None:
        self.failure = error
        self.should_exit = True


@asynccontextmanager
async def _living(app: Described) -> AsyncIterator[None]:
    """The application's life; what only later requests need is made ready while it answers already."""
    ending = Event()
    async with app.router.lifespan_context(app):
        warming = asyncio.create_task(asyncio.to_thread(_make_ready, app, ending))
        yield
        ending.set()
        await warming


def _make_ready(app: Described, ending: Event) -> None:
    """Templates, and what the operations of the API take and give, in small steps; until the server ends."""
    from fastapi.routing import iter_route_contexts

    from anomaly_hunter.serve.web.templating import warm_up

    def operations() -> Iterator[object]:
        app.operations.load()
        yield from iter_route_contexts(app.routes)

    steps = chain(warm_up(), operations())
    while not ending.wait(_REST_S) and next(steps, None) is not None:
        pass
    gc.freeze()  # this stays too
