"""`hunter store`: what is old goes; everything in a file, and back; is it whole?"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from anomaly_hunter.cli.options import Config
from anomaly_hunter.cli.stored import Memory, opened, with_store
from anomaly_hunter.config import load_settings
from anomaly_hunter.errors import StoreError
from anomaly_hunter.model.saying import counted

if TYPE_CHECKING:
    from anomaly_hunter.remember.store import Store

app = typer.Typer(help="The memory itself: backup, restore, check, prune.", no_args_is_help=True)

File = Annotated[Path, typer.Argument(metavar="FILE", help="For example memory-2026-11-21.gz.")]


@app.command("backup")
@with_store(whole=True)
def backup(*, store: Store, file: File) -> None:
    """Write the whole memory, of every organisation, into one file; others go on using it meanwhile.

    The file can be restored into SQLite and into PostgreSQL, whichever it came from. It holds what the
    memory holds (also digests of passwords and keys): only its owner can read it.
    """
    from anomaly_hunter.remember.upkeep.backup import backup as write

    made = write(store, file)
    typer.echo(f"{file}: {_rows(made.rows)}, {file.stat().st_size / 1e6:.1f} MB")


@app.command("restore")
@with_store(made=True, whole=True)
def restore(*, store: Store, file: File) -> None:
    """Bring back a backup into an empty memory: whole, or not at all."""
    from anomaly_hunter.remember.upkeep.checking import check as look
    from anomaly_hunter.remember.upkeep.restoring import restore as bring_back

    made = bring_back(store, file)
    wrong = look(store).wrong  # whoever had the file could write it anew: its digest is its own
    if wrong:
        typer.echo(f"hunter: warning: what was restored is not whole: {'; '.join(wrong)}", err=True)
    typer.echo(f"restored what was kept until {made.made_at}: {_rows(made.rows)}")


@app.command("check")
def check(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="A backup; left out: the memory of this folder.")
    ] = None,
    memory: Memory = None,
    config: Config = None,
) -> None:
    """Is the memory whole, or a backup? Nothing is changed; exit code 1 where it is not."""
    if file is not None:
        from anomaly_hunter.remember.upkeep.backup import read

        made = read(file)
        typer.echo(f"{file} is whole: {_rows(made.rows)}, made {made.made_at}")
        return
    from anomaly_hunter.remember.upkeep.checking import check as look

    with opened(memory, config=config) as store:
        found = look(store)
    if found.wrong:
        raise StoreError(
            f"the memory is not whole: {'; '.join(found.wrong)}", "nothing of the kind", "restore a backup"
        )
    typer.echo(f"the memory is whole: {_rows(found.rows)}")


@app.command("prune")
def prune(memory: Memory = None, config: Config = None) -> None:
    """Let go what is beyond remember.keep_days, keep_incidents, keep_hunts and keep_mb.

    Incidents that people work on or answered on stay.
    """
    from anomaly_hunter.remember.upkeep.retention import Retention

    with opened(memory, config=config) as store:
        gone = Retention(store, load_settings(config).remember).prune()
    typer.echo(
        f"gone: {gone.incidents:,} incidents, {gone.hunts:,} hunts ({gone.mb:.1f} MB of recordings), "
        f"{gone.happenings:,} lines of the feed, {gone.jobs:,} jobs, {gone.replies:,} replies, "
        f"{gone.sessions:,} ended sessions"
    )


def _rows(rows: Mapping[str, int]) -> str:
    told = (("incident", "incidents"), ("anomaly", "anomalies"), ("hunt", "hunts"))
    words = [counted(rows.get(noun, 0), noun, plural) for noun, plural in told]
    return ", ".join((*words, counted(rows.get("feedback", 0), "answer")))
