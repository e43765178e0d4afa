"""`hunter serve`: the dashboard and the REST API."""

from __future__ import annotations

import gc
from importlib.util import find_spec
from typing import Annotated

import typer

from anomaly_hunter.cli.options import Config
from anomaly_hunter.cli.stored import USUAL, Memory
from anomaly_hunter.config import load_settings, override
from anomaly_hunter.errors import MissingExtraError
from anomaly_hunter.serve.options import ServeOptions


def command(
    *,
    host: Annotated[
        str | None, typer.Option("--host", metavar="ADDRESS", help="Where to listen (127.0.0.1).")
    ] = None,
    port: Annotated[
        int | None, typer.Option("--port", min=0, max=65535, help="0: any that is free (8787).")
    ] = None,
    memory: Memory = None,
    sign_in: Annotated[
        bool | None,
        typer.Option("--sign-in/--no-sign-in", help="People and programs have to say who they are."),
    ] = None,
    config: Config = None,
) -> None:
    """Serve the dashboard and the REST API: incidents with a life, watches, live updates.

    Without a memory in hunter.yaml it is kept in .hunter/memory.db.

    hunter serve

    hunter serve --host 0.0.0.0 --sign-in
    """
    settings = load_settings(config)
    given = {"host": host, "port": port, "memory": memory, "sign_in": sign_in}
    settings = override(settings, **{name: value for name, value in given.items() if value is not None})
    if not settings.remember.memory:
        settings = override(settings, memory=USUAL)
    _check_extra(settings.serve)
    gc.disable()  # next to nothing that is loaded now is garbage; the server enables it when it answers
    from anomaly_hunter.serve.start import serve

    serve(settings)


def _check_extra(options: ServeOptions) -> None:
    """What people would only hear when they sign in is said at the start."""
    if options.oidc_issuer and None in (find_spec("authlib"), find_spec("joserfc")):
        raise MissingExtraError(
            "serve.oidc_issuer is set, and what signs people in there is not installed",
            "the extra oidc",
            "pip install 'anomaly-hunter[oidc]'",
        )
