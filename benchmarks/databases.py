"""Both databases, empty: a file, and a private PostgreSQL server that is gone afterwards."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path

from tests.remember.servers import binary, server

NOTES = (
    "SQLite and PostgreSQL wait for the disk at every write (synchronous = FULL, fsync = on); PostgreSQL is "
    "as Debian installs it, on the same machine, reached by a socket.",
)


@contextmanager
def databases(postgres: str | None = None) -> Iterator[dict[str, str]]:
    """Name and place of each; PostgreSQL at ``postgres``, else where Debian's packages are installed."""
    with ExitStack() as open_:
        folder = open_.enter_context(tempfile.TemporaryDirectory(prefix="hunter-bench-"))
        found = {"SQLite": str(Path(folder) / "memory.db")}
        if postgres:
            found["PostgreSQL"] = postgres
        elif binary("initdb") and find_spec("psycopg"):  # type: ignore[no-untyped-call]
            apart = open_.enter_context(tempfile.TemporaryDirectory(prefix="hunter-pg-"))
            found["PostgreSQL"] = open_.enter_context(server(Path(apart), durable=True))
        yield found
