"""Bringing a store to the form that this version reads and writes: Alembic, under a lock."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.engine import URL

from anomaly_hunter.errors import StoreError, StoreReadOnlyError
from anomaly_hunter.remember.engine import WRITING, damaged, shown
from anomaly_hunter.remember.schema import HEAD

FOLDER: Final = Path(__file__).parent / "migrations"
_LOCK: Final = 7_236_014  # an advisory lock of PostgreSQL, any number that is ours alone


def migrate(engine: Engine, url: URL, *, frozen: bool) -> None:
    """Make the tables, or bring them up to date; a store that is up to date is only looked at.

    Two programs that open a new store at once wait for each other. Everything or nothing is done.

    Raises
    ------
    StoreError
        The store is from a newer version, or no store of ours.
    StoreReadOnlyError
        It is older and cannot be written.
    """
    with engine.connect() as connection:
        if version(connection, url) == HEAD:
            return
    if frozen:
        raise StoreReadOnlyError(
            f"the memory {shown(url)} is older than this version and cannot be written",
            "rights to bring it up to date",
            "open it once where it can be written",
        )
    with engine.connect().execution_options(**{WRITING: True}) as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        if version(connection, url) != HEAD:
            _upgrade(connection, url)


def version(connection: Connection, url: URL) -> str | None:
    """The last migration that was applied; None for an empty database."""
    tables = inspect(connection).get_table_names()
    if "alembic_version" not in tables:
        if tables:
            raise damaged(url, f"it holds {', '.join(sorted(tables)[:3])} and no version")
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
    if len(found) != 1:
        raise damaged(url, "its version is missing")
    return str(found[0])


def _upgrade(connection: Connection, url: URL) -> None:
    from alembic.operations import Operations
    from alembic.runtime.migration import MigrationContext, MigrationStep
    from alembic.script import ScriptDirectory

    steps = ScriptDirectory(str(FOLDER))
    now = version(connection, url)
    if now is not None and now not in {step.revision for step in steps.walk_revisions()}:
        raise StoreError(
            f"the memory {shown(url)} is from a newer version (it is at {now}, this one knows {HEAD})",
            "a store of this version or an older one",
            "upgrade: pip install --upgrade anomaly-hunter",
        )
    missing = [*steps.iterate_revisions(HEAD, now or "base")][::-1]

    def todo(at: object, context: object) -> list[MigrationStep]:
        return [MigrationStep.upgrade_from_script(steps.revision_map, step) for step in missing]

    context = MigrationContext.configure(connection, opts={"fn": todo})
    with Operations.context(context):
        context.run_migrations()
