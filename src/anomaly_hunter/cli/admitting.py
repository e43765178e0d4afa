"""What the commands about people, keys and the audit log share."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from anomaly_hunter.config import load_settings, override
from anomaly_hunter.errors import UsageError

if TYPE_CHECKING:
    from anomaly_hunter.remember.people.people import Doer
    from anomaly_hunter.remember.store import Store

Organisation: TypeAlias = Annotated[
    str | None,
    typer.Option("--organisation", metavar="NAME", help="Whose (remember.organisation of the settings)."),
]
Memory: TypeAlias = Annotated[
    str | None, typer.Option("--memory", metavar="PLACE", help="A file, or postgresql://USER@HOST/NAME.")
]
Config: TypeAlias = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help="Settings (./hunter.yaml).")
]
AsJson: TypeAlias = Annotated[bool, typer.Option("--json", help="For programs.")]


@contextmanager
def store_of(memory: str | None, organisation: str | None, config: Path | None) -> Iterator[Store]:
    """The store that `hunter serve` would use with the same options."""
    settings = load_settings(config)
    given = {"memory": memory or settings.remember.memory or ".hunter/memory.db"}
    if organisation is not None:
        given["organisation"] = organisation
    settings = override(settings, **given)
    from anomaly_hunter.remember.store import Store

    with Store.open(settings.remember.memory, settings.remember.organisation) as store:
        yield store


def doer() -> Doer:
    """Who types the command: the name of the account."""
    from anomaly_hunter.remember.people.people import Doer

    try:
        return Doer(f"cli:{getpass.getuser()}")
    except (OSError, KeyError, ImportError):  # some containers have no account
        return Doer("cli:")


def new_password() -> str:
    """A password, asked for twice; of a pipe its first line."""
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        raise UsageError("no password came", "a line on standard input", "type it, or pipe it in")
    return line


def as_json_text(document: Any) -> str:
    """For programs: JSON as reports have it."""
    from anomaly_hunter.tell.document import dump

    return dump(document, indent=2)
