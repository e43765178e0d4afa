"""`hunter mcp`: the questions of a case as tools of an assistant."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from anomaly_hunter.cli.options import Config
from anomaly_hunter.config import load_settings
from anomaly_hunter.errors import MissingExtraError, UsageError


def command(
    *,
    folder: Annotated[
        list[Path] | None,
        typer.Option("--folder", metavar="DIR", help="Files below may be read (repeatable; this folder)."),
    ] = None,
    allow_feedback: Annotated[
        bool, typer.Option("--allow-feedback", help="Answers of people may be kept in the memory.")
    ] = False,
    http: Annotated[
        bool, typer.Option("--http", help="Streamable HTTP instead of stdin and stdout.")
    ] = False,
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0: any that is free.")] = 8765,
    token_env: Annotated[
        str,
        typer.Option("--token-env", metavar="NAME", help="Variable with the token that clients must show."),
    ] = "",
    allow_host: Annotated[
        list[str] | None,
        typer.Option(
            "--allow-host", metavar="NAME", help="Name that clients call this server by (repeatable)."
        ),
    ] = None,
    config: Config = None,
) -> None:
    """Answer assistants (Claude, Cursor, VS Code, ...) by the Model Context Protocol.

    They can hunt in files below --folder and ask what the evidence says. Read-only: nothing is written
    or sent, except answers of people with --allow-feedback.

    hunter mcp --folder ./data

    hunter mcp --http --port 8765 --token-env HUNTER_TOKEN
    """
    if not http and (token_env or allow_host):
        raise UsageError("--token-env and --allow-host came without --http", "--http", "add it")
    if find_spec("mcp") is None:
        raise MissingExtraError(
            "the package mcp is not installed", "the extra mcp", "pip install 'anomaly-hunter[mcp]'"
        )
    from anomaly_hunter.serve.mcp.desk import Desk
    from anomaly_hunter.serve.mcp.folders import Folders

    settings = load_settings(config)
    desk = Desk(settings, Folders.of(folder or [Path()]), may_answer=allow_feedback)
    if http:
        from anomaly_hunter.serve.mcp.http import Address, serve_http, token_of

        serve_http(desk, Address(host, port, token_of(token_env), tuple(allow_host or ())))
        return
    from anomaly_hunter.serve.mcp.server import serve_stdio

    if sys.stdin.isatty():
        print("hunter: waiting for an assistant on standard input; see docs/mcp.md", file=sys.stderr)
    serve_stdio(desk)
