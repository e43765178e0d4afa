"""Starting the server: the port is taken, workers are on their way, the store is opened, people are told."""

from __future__ import annotations

import socket
import sys
from typing import TYPE_CHECKING

from anomaly_hunter.config import Settings
from anomaly_hunter.errors import UsageError
from anomaly_hunter.serve.loopback import is_loopback
from anomaly_hunter.serve.pool.pool import Pool

if TYPE_CHECKING:
    from anomaly_hunter.remember.store import Store
    from anomaly_hunter.serve.options import ServeOptions


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
    pool = Pool(settings)
    pool.prepare()  # beside all that is loaded here now
    try:
        failure = _served(settings, pool, listening, quiet)
    finally:
        pool.close()
    if failure is not None:
        raise failure


def _served(settings: Settings, pool: Pool, listening: socket.socket, quiet: bool) -> Exception | None:
    """Serve until interrupted; why the application could not be loaded."""
    from anomaly_hunter.remember.store import Store
    from anomaly_hunter.serve.server import Server

    with Store.open(settings.remember.memory, settings.remember.organisation) as store:
        server = Server(settings, store, pool)
        if not quiet:
            _greet(settings.serve, store, listening.getsockname()[1])
        server.run(sockets=[listening])
    return server.failure


def _greet(options: ServeOptions, store: Store, port: int) -> None:
    from anomaly_hunter.remember.engine import shown

    host = f"[{options.host}]" if ":" in options.host else options.host
    sys.stderr.write(f"hunter: http://{host}:{port}  kept in {shown(store.url)}; Ctrl-C stops\n")
    if options.sign_in and not options.oidc_issuer:
        from anomaly_hunter.remember.people.people import People

        if not People(store).all():
            sys.stderr.write("hunter: warning: nobody can sign in yet: hunter users add NAME --role admin\n")
    sys.stderr.flush()


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
