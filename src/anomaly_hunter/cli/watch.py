"""`hunter watch`: look again and again at what hunter.yaml names, without a server."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TYPE_CHECKING, Annotated, Final

import typer

from anomaly_hunter.cli.memory import minute, printable
from anomaly_hunter.cli.options import Config
from anomaly_hunter.cli.stored import USUAL
from anomaly_hunter.config import Settings, load_settings, override
from anomaly_hunter.errors import UsageError
from anomaly_hunter.model.saying import counted

if TYPE_CHECKING:
    from anomaly_hunter.remember.store import Store
    from anomaly_hunter.remember.watches.watching import Watch
    from anomaly_hunter.watch.schedule import Outcome

LIST: Final = "list"


def command(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME]...", help="Only these; `list` shows all and how they are."),
    ] = None,
    *,
    once: Annotated[bool, typer.Option("--once", help="Look at what is complete now, then stop.")] = False,
    config: Config = None,
) -> None:
    """Run the watches of hunter.yaml: hunt each window once, keep what is found, go on after a restart.

    Several programs, also servers, can run the watches of one memory: each window is hunted by one of them.
    Without a memory in hunter.yaml it is kept in .hunter/memory.db. With --once a failure is exit code 1.

    hunter watch

    hunter watch checkout --once

    hunter watch list
    """
    settings = load_settings(config)
    if not settings.remember.memory:
        settings = override(settings, memory=USUAL)
    from anomaly_hunter.remember.store import Store

    with Store.open(settings.remember.memory, settings.remember.organisation) as store:
        if names == [LIST]:
            _show(settings, store)
        else:
            failed = _run(settings, store, tuple(names or ()), once=once)
            if failed:
                raise typer.Exit(1)


def _run(settings: Settings, store: Store, names: tuple[str, ...], *, once: bool) -> bool:
    """Whether a look failed; without ``once`` it ends with Ctrl-C."""
    from anomaly_hunter.remember.watches.watching import Watches
    from anomaly_hunter.watch.data import Rules
    from anomaly_hunter.watch.people import Allowed
    from anomaly_hunter.watch.schedule import Schedule

    rules = Rules(dict(os.environ), Allowed.of(settings.serve.folders, settings.remember.memory))
    schedule = Schedule(settings, store, rules, told=_tell, names=names)
    for taken in schedule.settle():
        print(f"hunter: warning: people made a watch {printable(taken)} already; that of hunter.yaml waits",
              file=sys.stderr)  # fmt: skip
    watches = Watches(store)
    for name in names:
        watches.one(name)
    if not watches.all():
        raise UsageError(
            "there is no watch",
            "a section `watches` in hunter.yaml",
            "write one: docs/watches.md has examples",
        )
    if once:
        return any(one.error for one in asyncio.run(schedule.once()))
    print(f"hunter: watching {len(names) or len(watches.all())}; Ctrl-C stops", file=sys.stderr)
    try:
        asyncio.run(schedule.run())
    except KeyboardInterrupt:
        print("hunter: stopped; nothing is lost, the next start goes on here", file=sys.stderr)
    return False


def _tell(outcome: Outcome) -> None:
    """One look in one line, as it comes."""
    window = f"{minute(outcome.run.begin)} to {minute(outcome.run.end)} UTC"
    line = f"{printable(outcome.watch)}  {window}  "
    kept = outcome.kept
    if kept is None:
        print(line + f"failed: {printable(outcome.error)}", file=sys.stderr, flush=True)
        return
    what = (
        f"severity {kept.severity:.1f}: {', '.join(kept.incident_ids)}"
        if kept.incident_ids
        else "nothing new"
    )
    print(line + f"{what}  ({kept.points:,} points, {kept.took_ms / 1e3:.1f} s)", flush=True)


def _show(settings: Settings, store: Store) -> None:
    from anomaly_hunter.remember.watches.watching import Watches

    found = {one.name: one for one in Watches(store).all()}
    for name in settings.watches:
        if name not in found:
            print(f"{printable(name)}  in hunter.yaml, never run")
    for watch in found.values():
        print("\n".join(_lines(watch)))
    if not found and not settings.watches:
        print(
            "there is no watch: they stand in the section `watches` of hunter.yaml, or are made in the server"
        )


def _lines(watch: Watch) -> list[str]:
    definition = watch.definition
    seen = "never" if watch.seen_until is None else f"until {minute(watch.seen_until)} UTC"
    state = "" if watch.enabled else "  paused"
    lines = [f"{printable(watch.name)}  every {definition.get('every', '')}  seen {seen}{state}"]
    last = watch.last
    if last is not None and last.state == "failed":
        lines.append(f"    failed {counted(watch.failures, 'time')}: {printable(last.error)}")
    elif last is not None:
        took = f" in {last.took_ms / 1e3:.1f} s" if last.took_ms is not None else ""
        lines.append(f"    last run {last.state}{took}, {counted(len(last.incident_ids), 'incident')}")
    return lines
