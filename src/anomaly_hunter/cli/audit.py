"""`hunter audit`: who did what, and whether the log is whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from anomaly_hunter.cli.memory import printable
from anomaly_hunter.cli.stored import AsJson, Most, show_all, with_store
from anomaly_hunter.errors import StoreError
from anomaly_hunter.model import moment

if TYPE_CHECKING:
    from anomaly_hunter.remember.people.membership import Entry
    from anomaly_hunter.remember.store import Store

app = typer.Typer(
    help="The audit log: added to only, each entry chained to the one before.", no_args_is_help=True
)


@app.command("list")
@with_store(made=True)
def show(
    *,
    store: Store,
    most: Most = 50,
    search: Annotated[str, typer.Option("--search", metavar="TEXT", help="Part of who, what or about.")] = "",
    as_json: AsJson = False,
) -> None:
    """Entries, the newest first."""
    from anomaly_hunter.remember.people.audit import Audit
    from anomaly_hunter.serve.documents.admitted import entry_document

    found = Audit(store).page(most=most, search=search)
    show_all(found, entry_document, _line, "nothing was written down yet", as_json=as_json)


@app.command("verify")
@with_store()
def verify(
    *,
    store: Store,
    holds: Annotated[
        str, typer.Option("--holds", metavar="DIGEST", help="A digest that was noted down earlier.")
    ] = "",
) -> None:
    """Check the chain from the first entry on; exit 1 if an entry was changed, taken out or put in.

    Note the digest that it prints somewhere else: --holds DIGEST then also sees a log that was cut,
    or written anew from the start.
    """
    from anomaly_hunter.remember.people.audit import Audit

    found = Audit(store).verify(holds)
    if found.broken_at is not None:
        raise StoreError(
            f"entry {found.broken_at} of the audit log does not fit the {found.entries} before it",
            "the entries as they were written",
            "somebody changed the database past the program: compare with a backup",
        )
    typer.echo(f"{found.entries} entries, whole. The last has the digest {found.digest or '(none)'}")


def _line(one: Entry) -> str:
    said = "  ".join(f"{name}={value}" for name, value in one.detail.items() if value not in ("", None))
    where = f" from {one.address}" if one.address else ""
    who = f"{one.by or '(nobody)'}{where}"
    return printable(f"{one.id:>6}  {moment(one.at)[:19]}  {who}  {one.action} {one.about}  {said}".rstrip())
