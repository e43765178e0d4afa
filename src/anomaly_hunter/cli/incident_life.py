"""`hunter incidents ack|assign|resolve|reopen|mute|comment`: what people do about an incident."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Final

import numpy as np
import typer

from anomaly_hunter.cli.memory import account, minute, printable
from anomaly_hunter.cli.stored import with_store
from anomaly_hunter.errors import UsageError

if TYPE_CHECKING:
    from anomaly_hunter.remember.life.life import Life
    from anomaly_hunter.remember.records import Happened, Kept
    from anomaly_hunter.remember.store import Store

Name = Annotated[str, typer.Argument(metavar="ID", help="As `hunter incidents` shows it.")]
By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who does it (your account).")]
Why = Annotated[str, typer.Option("--why", metavar="TEXT", help="The reason, for those who ask.")]

_UNITS: Final = {"m": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400}


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("ack")(acknowledge)
    app.command("assign")(assign)
    app.command("resolve")(resolve)
    app.command("reopen")(reopen)
    app.command("mute")(mute)
    app.command("comment")(comment)


@with_store()
def acknowledge(*, store: Store, incident: Name, by: By = "") -> None:
    """Say that somebody has seen it."""
    _do(store, lambda life: life.acknowledge(incident, by or account()))


@with_store()
def assign(
    *,
    store: Store,
    incident: Name,
    to: Annotated[str, typer.Argument(metavar="NAME", help="A person or a team.")],
    by: By = "",
) -> None:
    """Say whose it is."""
    _do(store, lambda life: life.assign(incident, to, by or account()))


@with_store()
def resolve(*, store: Store, incident: Name, why: Why = "", by: By = "") -> None:
    """Say that it is over; data that go on reopen it."""
    _do(store, lambda life: life.resolve(incident, by or account(), why))


@with_store()
def reopen(*, store: Store, incident: Name, why: Why = "", by: By = "") -> None:
    """Say that it is not over, or not to be quiet."""
    _do(store, lambda life: life.reopen(incident, by or account(), why))


@with_store()
def mute(
    *,
    store: Store,
    incident: Name,
    until: Annotated[
        str, typer.Option("--until", metavar="TIME", help="2026-04-01T12:00, or in 2h, 3d.")
    ] = "",
    why: Why = "",
    by: By = "",
) -> None:
    """Hear no more of it: until then, for good, or until it is 2 severity worse."""
    end = moment_of(until, ahead=True)
    _do(store, lambda life: life.mute(incident, by or account(), end, why))


@with_store()
def comment(
    *,
    store: Store,
    incident: Name,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What you have to say.")],
    by: By = "",
) -> None:
    """Say something about it."""
    _do(store, lambda life: life.comment(incident, text, by or account()))


def listed(store: Store, asked: Mapping[str, Any], most: int) -> list[Kept]:
    """The first so many incidents of a list, page by page."""
    from anomaly_hunter.remember.lists.asked import MOST_ITEMS, Asked
    from anomaly_hunter.remember.lists.listing import Listing

    found: list[Kept] = []
    after = ""
    while len(found) < most:
        page = Listing(store).page(Asked(**asked, after=after, most=min(MOST_ITEMS, most - len(found))))
        found += page.items
        after = page.next
        if not after:
            break
    return found


def history_of(store: Store, incident: str) -> tuple[Happened, ...]:
    """All that happened to it."""
    from anomaly_hunter.remember.life.life import Life

    return Life(store).history(incident)


def states(given: Sequence[str]) -> tuple[str, ...]:
    """States by their names; `active` stands for those that need somebody."""
    from anomaly_hunter.remember.records import ACTIVE

    return tuple(dict.fromkeys(one for name in given for one in (ACTIVE if name == "active" else (name,))))


def moment_of(given: str, *, ahead: bool) -> np.datetime64 | None:
    """A time as people say it: a date with or without a time (UTC), or so long from now.

    >>> moment_of("2026-04-01T12:30", ahead=False)
    np.datetime64('2026-04-01T12:30:00.000000000')
    """
    if not given:
        return None
    if found := re.fullmatch(r"(\d{1,5})([mhdw])", given.strip()):
        span = np.timedelta64(int(found[1]) * _UNITS[found[2]], "s")
        now = np.datetime64("now", "ns")
        return now + span if ahead else now - span
    try:
        return np.datetime64(given.strip().removesuffix("Z"), "ns")
    except ValueError as error:
        raise UsageError(
            f"the time is {given!r}", "2026-04-01T12:00 (UTC), or 30m, 2h, 7d", "mend it"
        ) from error


def _do(store: Store, call: Callable[[Life], Kept]) -> None:
    from anomaly_hunter.remember.life.life import Life

    kept = call(Life(store))
    owner = f", owner {printable(kept.owner)}" if kept.owner else ""
    until = f" until {minute(kept.muted_until)} UTC" if kept.muted_until is not None else ""
    typer.echo(f"{kept.id} is {kept.state}{until}{owner}: {printable(kept.headline)}")
