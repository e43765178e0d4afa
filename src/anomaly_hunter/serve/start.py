"""Starting the server: the store is opened, the port is taken, then people are told, then all is loaded."""

from __future__ import annotations

import asyncio
import gc
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import uvicorn

from anomaly_hunter.config import Settings
from anomaly_hunter.errors import UsageError
from anomaly_hunter.remember.engine import shown
from anomaly_hunter.remember.people.people import People
from anomaly_hunter.remember.store import Store
from anomaly_hunter.serve.connections import patient
from anomaly_hunter.serve.front import Front, Loaded
from anomaly_hunter.serve.loopback import is_loopback
from anomaly_hunter.serve.pool.pool import Pool

if TYPE_CHECKING:
    from fastapi import FastAPI

GOODBYE_S = 5


def serve(settings: Settings, *, quiet: bool = False) -> None:
    """Serve until interrupted.

    Raises
    ------
    UsageError
        The address is not this machine's own and nobody has to sign in, or it cannot be listened on.
    """
    options = settings.serve
    if not is_loopback(options.host) and not options.sign_in:
        raise UsageError(
            f"{options.host} can be reached from other machines and nobody has to sign in",
            "127.0.0.1, or sign-in",
            "make an admin with `hunter users add NAME --role admin`, then start with --sign-in",
        )
    listening = _listening(options.host, options.port)
    with Store.open(settings.remember.memory, settings.remember.organisation) as store:
        server = Server(settings, store)
        if not quiet:
            host = f"[{options.host}]" if ":" in options.host else options.host
            address = f"http://{host}:{listening.getsockname()[1]}"
            sys.stderr.write(f"hunter: {address}  kept in {shown(store.url)}; Ctrl-C stops\n")
            if options.sign_in and not options.oidc_issuer and not People(store).all():
                sys.stderr.write(
                    "hunter: warning: nobody can sign in yet: hunter users add NAME --role admin\n"
                )
            sys.stderr.flush()
        server.run(sockets=[listening])
    if server.failure is not None:
        raise server.failure


class Server(uvicorn.Server):
    """Listens at once, while the application is loaded and the workers are born; and lets listeners go before
    it waits for requests to end: theirs never do.

    Attributes
    ----------
    failure:
        Why the application could not be loaded.
    """

    def __init__(self, settings: Settings, store: Store) -> None:
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
        self._pool = Pool(settings)
        self._app: FastAPI | None = None

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

        app = self._app = create_app(self._settings, self._store, self._pool)
        gc.freeze()  # what is loaded now stays
        gc.enable()
        return app, _living(app)

    def _failed(self, error: Exception) -> None:
        self.failure = error
        self.should_exit = True


@asynccontextmanager
async def _living(app: FastAPI) -> AsyncIterator[None]:
    """The application's life; its pages are made ready while it answers already."""
    from anomaly_hunter.serve.web.templating import warm_up

    async with app.router.lifespan_context(app):
        warming = asyncio.create_task(asyncio.to_thread(warm_up))
        yield
        await warming


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise UsageError(
            f"{host}:{port} cannot be listened on ({error.strerror})", "an address that is free",
            "choose another --port, or 0 for any",
        ) from error  # fmt: skip
    return listening
