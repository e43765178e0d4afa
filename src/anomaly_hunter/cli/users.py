"""`hunter users`: who comes in, with which role."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from anomaly_hunter.cli.admitting import doer, new_password
from anomaly_hunter.cli.memory import minute, printable
from anomaly_hunter.cli.stored import AsJson, show_all, with_store
from anomaly_hunter.errors import UnknownError

if TYPE_CHECKING:
    from anomaly_hunter.remember.people.membership import Member
    from anomaly_hunter.remember.people.people import People
    from anomaly_hunter.remember.store import Store

app = typer.Typer(help="People: who comes in, and what they may do.", no_args_is_help=True)


class Role(StrEnum):
    """See; act on incidents too; decide who comes in too."""

    viewer = "viewer"
    responder = "responder"
    admin = "admin"


Name = Annotated[str, typer.Argument(metavar="NAME", help="What they sign in with.")]


@app.command("add")
@with_store(made=True)
def add(
    *,
    store: Store,
    name: Name,
    role: Annotated[Role, typer.Option("--role", help="viewer: see; responder: act; admin: let in.")],
    title: Annotated[str, typer.Option("--title", metavar="TEXT", help="What others see (the name).")] = "",
) -> None:
    """Let somebody in; their password is asked for, or the first line of a pipe.

    hunter users add ann --role admin
    """
    from anomaly_hunter.remember.people.people import People
    from anomaly_hunter.serve.guard.passwords import hashed

    kept = hashed(new_password(), name)
    made = People(store).add(name, role.value, doer(), title=title, password=kept)
    typer.echo(f"{made.name} may come in as {made.role} of {made.organisation}.")


@app.command("list")
@with_store(made=True)
def show(*, store: Store, as_json: AsJson = False) -> None:
    """Everybody, by name."""
    from anomaly_hunter.remember.people.people import People
    from anomaly_hunter.serve.documents.admitted import member_document

    nobody = "nobody yet: hunter users add NAME --role admin"
    show_all(People(store).all(), member_document, _line, nobody, as_json=as_json)


@app.command("role")
@with_store()
def role(
    *,
    store: Store,
    name: Name,
    new: Annotated[Role, typer.Argument(metavar="ROLE", help="viewer, responder or admin.")],
) -> None:
    """Give somebody another role; it counts at once."""
    from anomaly_hunter.remember.people.people import People

    people = People(store)
    changed = people.change(_known(people, name).id, doer(), role=new.value)
    typer.echo(f"{changed.name} is a {changed.role} now.")


@app.command("disable")
@with_store()
def disable(
    *,
    store: Store,
    name: Name,
    again: Annotated[bool, typer.Option("--undo", help="Let them in again.")] = False,
) -> None:
    """Keep somebody out; their sessions end at once."""
    from anomaly_hunter.remember.people.people import People

    people = People(store)
    changed = people.change(_known(people, name).id, doer(), disabled=not again)
    typer.echo(f"{changed.name} {'may come in again' if again else 'does not come in any more'}.")


@app.command("password")
@with_store()
def password(*, store: Store, name: Name) -> None:
    """Set somebody's password; their sessions end at once."""
    from anomaly_hunter.remember.people.people import People
    from anomaly_hunter.serve.guard.passwords import hashed

    people = People(store)
    found = _known(people, name)
    people.set_password(found.id, hashed(new_password(), name), doer())
    typer.echo(f"{found.name} has a new password.")


def _known(people: People, name: str) -> Member:
    found = people.named(name)
    if found is None:
        raise UnknownError(
            f"there is nobody called {name!r} in {people.store.organisation}",
            "a name that `hunter users list` shows",
            "check the name, or --organisation",
        )
    return found


def _line(one: Member) -> str:
    state = f"disabled {minute(one.disabled_at)}" if one.disabled_at is not None else ""
    seen = f"here {minute(one.seen_at)}" if one.seen_at is not None else "never here"
    issuer = f"signs in at {one.issuer}" if one.issuer else ""
    facts = ", ".join(filter(None, (seen, issuer, state)))
    return printable(f"{one.name:<24} {one.role:<10} {facts}")
