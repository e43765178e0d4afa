"""Who lets people and programs in, and what they prove themselves by."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

from anomaly_hunter.cli.memory import account
from anomaly_hunter.errors import UsageError

if TYPE_CHECKING:
    from anomaly_hunter.remember.people.people import Doer


def doer() -> Doer:
    """Who types the command: the name of the account."""
    from anomaly_hunter.remember.people.people import Doer

    return Doer(f"cli:{account()}")


def new_password() -> str:
    """A password, asked for twice; of a pipe its first line."""
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        raise UsageError("no password came", "a line on standard input", "type it, or pipe it in")
    return line
