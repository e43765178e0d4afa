"""Starting the server: the store is opened, the port is taken, then people are told."""

from __future__ import annotations

import gc
import socket
import sys

import uvicorn

from anomaly_hunter.config import Settings
from anomaly_hunter.errors import UsageError
from anomaly_hunter.remember.store import Store
from anomaly_hunter.serve.app import create_app
from anomaly_hunter.serve.connections import Connection
from anomaly_hunter.serve.loopback import is_loopback
from anomaly_hunter.serve.site import Site

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
        app = create_app(settings, store)
        site: Site = app.state.site
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            server_header=False,
            http=Connection,
            ws="websockets-sansio",
            ws_max_size=1_000_000,
            proxy_headers=False,  # the door believes those proxies alone that the settings name
            timeout_graceful_shutdown=GOODBYE_S,
        )
        if not quiet:
            host = f"[{options.host}]" if ":" in options.host else options.host
            sys.stderr.write(f"hunter: http://{host}:{listening.getsockname()[1]}\n")
            sys.stderr.flush()
        Server(config, site).run(sockets=[listening])


class Server(uvicorn.Server):
    """Has workers ready early, and lets listeners go before it waits for requests to end: theirs never do."""

    def __init__(self, config: uvicorn.Config, site: Site) -> None:
        super().__init__(config)
        self._site = site

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer requests, and have the workers born meanwhile."""
        await super().startup(sockets)
        gc.freeze()  # what is loaded now stays
        gc.enable()
        self._site.pool.start()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Say goodbye."""
        self._site.feed.close()
        await super().shutdown(sockets)


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
