"""`hunter audit`: who did what, and whether the log is whole."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from anomaly_hunter.cli.admitting import AsJson, Config, Memory, Organisation, as_json_text, store_of
from anomaly_hunter.cli.memory import printable
from anomaly_hunter.errors import StoreError
from anomaly_hunter.model import moment

if TYPE_CHECKING:
    from anomaly_hunter.remember.people.membership import Entry

app = typer.Typer(
    help="The audit log: added to only, each entry chained to the one before.", no_args_is_help=True
)


@app.command("list")
def show(
    *,
    most: Annotated[int, typer.Option("--most", min=1, metavar="COUNT", help="Show at most so many.")] = 50,
    search: Annotated[str, typer.Option("--search", metavar="TEXT", help="Part of who, what or about.")] = "",
    organisation: Organisation = None,
    as_json: AsJson = False,
    memory: Memory = None,
    config: Config = None,
) -> None:
    """Entries, the newest first."""
    from anomaly_hunter.remember.people.audit import Audit

    with store_of(memory, organisation, config) as store:
        found = Audit(store).page(most=most, search=search)
    if as_json:
        from anomaly_hunter.serve.documents.admitted import entry_document

        typer.echo(as_json_text([entry_document(one) for one in found]))
        return
    typer.echo("\n".join(_lines(found)) or "nothing was written down yet")


@app.command("verify")
def verify(
    holds: Annotated[
        str, typer.Option("--holds", metavar="DIGEST", help="A digest that was noted down earlier.")
    ] = "",
    organisation: Organisation = None,
    memory: Memory = None,
    config: Config = None,
) -> None:
    """Check the chain from the first entry on; exit 1 if an entry was changed, taken out or put in.

    Note the digest that it prints somewhere else: --holds DIGEST then also sees a log that was cut,
    or written anew from the start.
    """
    from anomaly_hunter.remember.people.audit import Audit

    with store_of(memory, organisation, config) as store:
        found = Audit(store).verify(holds)
    if found.broken_at is not None:
        raise StoreError(
            f"entry {found.broken_at} of the audit log does not fit the {found.entries} before it",
            "the entries as they were written",
            "somebody changed the database past the program: compare with a backup",
        )
    typer.echo(f"{found.entries} entries, whole. The last has the digest {found.digest or '(none)'}")


def _lines(found: Iterable[Entry]) -> Iterable[str]:
    for one in found:
        said = "  ".join(f"{name}={value}" for name, value in one.detail.items() if value not in ("", None))
        where = f" from {one.address}" if one.address else ""
        who = f"{one.by or '(nobody)'}{where}"
        line = f"{one.id:>6}  {moment(one.at)[:19]}  {who}  {one.action} {one.about}  {said}"
        yield printable(line.rstrip())
