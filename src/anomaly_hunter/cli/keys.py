"""`hunter keys`: how programs come in."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from anomaly_hunter.cli.admitting import doer
from anomaly_hunter.cli.memory import minute, printable
from anomaly_hunter.cli.stored import AsJson, show_all, with_store

if TYPE_CHECKING:
    from anomaly_hunter.remember.people.membership import Key
    from anomaly_hunter.remember.store import Store

app = typer.Typer(help="API keys: how programs come in.", no_args_is_help=True)


class Scope(StrEnum):
    """What a key may do."""

    read = "read"
    detect = "detect"
    respond = "respond"
    admin = "admin"


@app.command("add")
@with_store(made=True)
def add(
    *,
    store: Store,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is for.")],
    scope: Annotated[
        list[Scope],
        typer.Option("--scope", help="read, detect (have data hunted in), respond, admin (repeatable)."),
    ],
    days: Annotated[
        int | None,
        typer.Option("--days", min=1, max=36_500, metavar="COUNT", help="Ends after so many days."),
    ] = None,
) -> None:
    """Make a key and print it, once: only its digest is kept.

    hunter keys add "checkout pipeline" --scope detect --days 90
    """
    import numpy as np

    from anomaly_hunter.remember.moments import now
    from anomaly_hunter.remember.people.keys import Keys

    ends_at = None if days is None else now() + np.timedelta64(days, "D")
    made, secret = Keys(store).add(name, [one.value for one in scope], doer(), ends_at)
    typer.echo(f"key {made.id}, shown this once; send it as `Authorization: Bearer ...`", err=True)
    typer.echo(secret)


@app.command("list")
@with_store(made=True)
def show(*, store: Store, as_json: AsJson = False) -> None:
    """Every key that was ever made, the newest first."""
    from anomaly_hunter.remember.people.keys import Keys
    from anomaly_hunter.serve.documents.admitted import key_document

    none = "no keys yet: hunter keys add NAME --scope detect"
    show_all(Keys(store).all(), key_document, _line, none, as_json=as_json)


@app.command("revoke")
@with_store()
def revoke(
    *, store: Store, key: Annotated[str, typer.Argument(metavar="ID", help="As `hunter keys list` shows it.")]
) -> None:
    """The key opens nothing from now on."""
    from anomaly_hunter.remember.people.keys import Keys

    gone = Keys(store).revoke(key, doer())
    typer.echo(printable(f"{gone.id} ({gone.name}) opens nothing any more."))


def _line(one: Key) -> str:
    facts = [
        f"used {minute(one.used_at)}" if one.used_at is not None else "never used",
        f"ends {minute(one.ends_at)}" if one.ends_at is not None else "",
        f"revoked {minute(one.revoked_at)}" if one.revoked_at is not None else "",
    ]
    return printable(f"{one.id}  {','.join(one.scopes):<14} {one.name}  ({', '.join(filter(None, facts))})")
