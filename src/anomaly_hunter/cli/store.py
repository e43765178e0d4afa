"""`hunter store`: what is old goes; everything in a file, and back; is it whole?"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from anomaly_hunter.cli.memory import asking
from anomaly_hunter.config import load_settings
from anomaly_hunter.errors import StoreError

app = typer.Typer(help="The memory itself: backup, restore, check, prune.", no_args_is_help=True)

Config = Annotated[Path | None, typer.Option("--config", metavar="FILE", help="Settings (./hunter.yaml).")]
File = Annotated[Path, typer.Argument(metavar="FILE", help="For example memory-2026-11-21.gz.")]


@app.command("backup")
def backup(file: File, config: Config = None) -> None:
    """Write the whole memory, of every organisation, into one file; others go on using it meanwhile.

    The file can be restored into SQLite and into PostgreSQL, whichever it came from. It holds what the
    memory holds (also digests of passwords and keys): only its owner can read it.
    """
    from anomaly_hunter.remember.upkeep.backup import backup as write

    with asking(load_settings(config)) as store:
        made = write(store, file)
    typer.echo(f"{file}: {_rows(made.rows)}, {file.stat().st_size / 1e6:.1f} MB")


@app.command("restore")
def restore(file: File, config: Config = None) -> None:
    """Bring back a backup into an empty memory: whole, or not at all."""
    from anomaly_hunter.remember.upkeep.checking import check as look
    from anomaly_hunter.remember.upkeep.restoring import restore as bring_back

    with asking(load_settings(config)) as store:
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
    config: Config = None,
) -> None:
    """Is the memory whole, or a backup? Nothing is changed; exit code 1 where it is not."""
    if file is not None:
        from anomaly_hunter.remember.upkeep.backup import read

        made = read(file)
        typer.echo(f"{file} is whole: {_rows(made.rows)}, made {made.made_at}")
        return
    from anomaly_hunter.remember.upkeep.checking import check as look

    with asking(load_settings(config)) as store:
        found = look(store)
    if found.wrong:
        raise StoreError(
            f"the memory is not whole: {'; '.join(found.wrong)}", "nothing of the kind", "restore a backup"
        )
    typer.echo(f"the memory is whole: {_rows(found.rows)}")


@app.command("prune")
def prune(config: Config = None) -> None:
    """Let go what is beyond remember.keep_days, keep_incidents, keep_hunts and keep_mb.

    Incidents that people work on or answered on stay.
    """
    from anomaly_hunter.remember.upkeep.retention import Retention

    settings = load_settings(config)
    with asking(settings) as store:
        gone = Retention(store, settings.remember).prune()
    typer.echo(
        f"gone: {gone.incidents:,} incidents, {gone.hunts:,} hunts ({gone.mb:.1f} MB of recordings), "
        f"{gone.happenings:,} lines of the feed, {gone.jobs:,} jobs, {gone.replies:,} replies, "
        f"{gone.sessions:,} ended sessions"
    )


def _rows(rows: Mapping[str, int]) -> str:
    told = {"incident": "incidents", "anomaly": "anomalies", "hunt": "hunts", "feedback": "answers"}
    return ", ".join(f"{rows.get(name, 0):,} {words}" for name, words in told.items())
