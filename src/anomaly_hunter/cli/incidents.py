"""`hunter incidents`: what is remembered, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from anomaly_hunter.cli import incident_life
from anomaly_hunter.cli.incident_life import history_of, listed, moment_of, states
from anomaly_hunter.cli.memory import minute, printable
from anomaly_hunter.cli.stored import AsJson, Most, as_json_text, show_all, with_store
from anomaly_hunter.model import moment
from anomaly_hunter.tell import models

if TYPE_CHECKING:
    from anomaly_hunter.remember.records import Feedback, Happened, Kept, Remembered
    from anomaly_hunter.remember.store import Store

app = typer.Typer(help="What is remembered, with what the cause turned out to be, and what is done about it.")
incident_life.add_to(app)


@app.callback(invoke_without_command=True)
def _default(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        show_list()


@app.command("list")
@with_store()
def show_list(
    *,
    store: Store,
    state: Annotated[
        list[str], typer.Option("--state", help="open, acknowledged, assigned, ...; `active`; repeatable.")
    ] = [],  # noqa: B006 - Typer makes a new one
    owner: Annotated[
        str | None, typer.Option("--owner", metavar="NAME", help="Whose they are; '' = nobody's.")
    ] = None,
    search: Annotated[
        str, typer.Option("--search", metavar="TEXT", help="Part of headline, series, dataset, cause, owner.")
    ] = "",
    least: Annotated[float, typer.Option("--severity", min=0, max=10, help="At least so severe.")] = 0.0,
    since: Annotated[str, typer.Option("--since", metavar="TIME", help="2026-04-01T12:00, or 7d ago.")] = "",
    until: Annotated[str, typer.Option("--until", metavar="TIME", help="Before this time.")] = "",
    sort: Annotated[str, typer.Option("--sort", help="latest, severity or begin.")] = "latest",
    silenced: Annotated[
        bool | None, typer.Option("--silenced/--announced", help="Only those that are kept quiet, or not.")
    ] = None,
    most: Most = 20,
    as_json: AsJson = False,
) -> None:
    """The incidents, the last hunted first.

    hunter incidents list --state active --severity 7 --since 7d
    """
    asked: dict[str, Any] = {
        "states": states(state), "owner": owner, "search": search, "least_severity": least,
        "since": moment_of(since, ahead=False), "until": moment_of(until, ahead=False), "sort": sort,
        "silenced": silenced,
    }  # fmt: skip
    from anomaly_hunter.remember.lists.asked import Asked
    from anomaly_hunter.serve.documents.remembered import kept_document

    found = listed(store, asked, most)
    none = "nothing is remembered yet: hunts that find something are kept"
    if Asked(**asked) != Asked(silenced=None):
        none = "no incident is like this"
    show_all(found, kept_document, lambda kept: "\n".join(_lines(kept)), none, as_json=as_json)
    if found and not as_json:
        typer.echo("\nMore: hunter incidents show ID. What it was: hunter feedback ID real|expected|ignore")


@app.command("show")
@with_store()
def show(
    *,
    store: Store,
    incident: Annotated[str, typer.Argument(metavar="ID", help="As `hunter incidents` shows it.")],
    as_json: AsJson = False,
) -> None:
    """One incident: verdict, evidence, what was said before, what people said."""
    found = store.incident(incident)
    if as_json:
        from anomaly_hunter.serve.documents.remembered import remembered_document

        typer.echo(as_json_text(remembered_document(found)))
        return
    happened = [_happened(one) for one in history_of(store, incident)]
    typer.echo("\n".join((*_page(found), *_section("History", happened))))


def _lines(kept: Kept) -> Iterator[str]:
    when = (
        f"{moment(kept.begin)} UTC" if kept.begin is not None else f"hunted {minute(kept.last_kept_at)} UTC"
    )
    yield f"{kept.id}  {when}  severity {kept.severity:.1f}  in {printable(kept.dataset)}"
    yield f"    {printable(kept.headline.partition('; ')[0])}"  # the cause, as it stands now, is below
    yield f"    {became(kept)}"
    if kept.state != "open" or kept.owner or kept.silenced:
        yield f"    {stands(kept)}"


def stands(kept: Kept) -> str:
    """Where it stands among people."""
    text: str = kept.state
    if kept.muted_until is not None:
        text += f" until {minute(kept.muted_until)} UTC"
    text += f", owner {kept.owner}" if kept.owner else ""
    return printable(text + (f", kept quiet by silence {kept.silenced}" if kept.silenced else ""))


def became(kept: Kept) -> str:
    """What the cause turned out to be, was said to be, or that it is open; and other answers."""
    text = "cause: inconclusive"
    if kept.turned_out is not None:
        text = f"cause: {kept.turned_out[1]} (a person said so)"
    elif kept.cause is not None and kept.cause not in kept.not_it:
        text = f"cause: {kept.cause[1]} (the verdict; nobody has confirmed it)"
    if kept.not_it:
        text += f"; not {' or '.join(name for _, name in kept.not_it)}"
    others = [answer for answer in dict.fromkeys(kept.answers) if not answer.startswith("cause")]
    return printable(text + (f"; said: {', '.join(others)}" if others else ""))


def _page(found: Remembered) -> Iterator[str]:
    yield from _lines(found.kept)
    verdict = found.incident.verdict
    yield ""
    by = models.note(verdict)
    yield printable(verdict.summary + (f" ({by})" if by else ""))
    yield from _section("Evidence", [f"{e.statement}  [{e.id}]" for e in verdict.evidence])
    yield from _section(
        "Agents", [f"{models.title(f)} ({f.confidence:.0%}): {f.claim}" for f in verdict.findings]
    )
    asked = [f"{names} · {role.model}: {models.line(role)}" for names, role in models.rows(verdict.reasoned)]
    yield from _section("Language models", asked)
    yield from _section("What to do", verdict.recommendations)
    yield from _section("What people said", [_said(one) for one in found.feedback])
    yield from _section(
        "Verdicts",
        [f"{minute(one.at)}  severity {one.severity:.1f}  {one.headline}" for one in found.history],
    )


def _section(title: str, lines: Any) -> Iterator[str]:
    if lines:
        yield f"\n{title}"
        yield from (f"  {printable(line)}" for line in lines)


def _happened(one: Happened) -> str:
    change = f" {one.after}" if one.after and one.after != one.action else ""
    by = f" by {one.by}" if one.by else ""
    return f"{minute(one.at)}  {one.action}{change}{by}{'  ' + one.text if one.text else ''}"


def _said(one: Feedback) -> str:
    cause = f": {one.cause_name}" if one.cause_name else ""
    by = f" ({one.by})" if one.by else ""
    return f"answer {one.id}  {minute(one.at)}  {one.answer}{cause}{by}{'  ' + one.note if one.note else ''}"
