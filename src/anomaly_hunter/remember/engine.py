"""Opening the database: SQLite in a file, or PostgreSQL by URL; and what its errors mean."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    DisconnectionError,
    NoSuchModuleError,
)
from sqlalchemy.exc import (
    TimeoutError as NoConnectionError,
)
from sqlalchemy.pool import NullPool, QueuePool

from anomaly_hunter.errors import (
    HunterError,
    MissingExtraError,
    StoreBusyError,
    StoreError,
    StoreReadOnlyError,
    UsageError,
)

WAIT_S: Final = 10.0
"""How long a locked store is waited for."""

KEPT_OPEN: Final = 8
"""Connections that stay open between calls: opening one takes longer than most calls."""

MORE_OPEN: Final = 24
"""Connections to a server that are opened beyond these for a moment; who needs one more waits."""

_NO_ROOM: Final = ("disk is full", "disk full", "disk i/o error", "no space left", "could not extend file")
_TAKEN: Final = ("locked", "lock timeout", "busy", "deadlock")
_TORN: Final = ("not a database", "malformed", "could not decode to utf-8")

WRITING: Final = "writing"
"""Execution option of a connection that will write: SQLite takes the lock at once, not in the middle."""


def url_of(place: str | os.PathLike[str]) -> URL:
    """A path or URL as a database URL.

    >>> url_of("memory.db").render_as_string()
    'sqlite:///memory.db'
    >>> url_of("postgresql://me@db/hunter").drivername
    'postgresql+psycopg'
    """
    text = os.fspath(place)
    if "://" not in text:
        return URL.create("sqlite", database=text)
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise UsageError(
            "the store's URL cannot be read", "a path, or postgresql://USER@HOST/NAME", "mend it"
        ) from error
    if url.drivername in ("postgres", "postgresql"):
        return url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise UsageError(
            f"the store's URL begins with {url.drivername!r}", "a path, sqlite or postgresql", "change it"
        )
    return url


def open_engine(url: URL, wait_s: float = WAIT_S) -> tuple[Engine, bool]:
    """An engine, and whether the store can only be read."""
    if url.get_backend_name() == "sqlite":
        return _open_sqlite(Path(url.database or "memory.db"), wait_s)
    try:
        options = {
            "connect_timeout": max(1, round(wait_s)),
            "options": f"-c lock_timeout={round(wait_s * 1e3)}",
        }
        room = {"pool_size": KEPT_OPEN, "max_overflow": MORE_OPEN, "pool_timeout": wait_s}
        # Asked first whether it still stands: a database that was started anew is taken up without an error.
        return create_engine(url, connect_args=options, pool_pre_ping=True, **room), False
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        raise MissingExtraError(
            "the store is a PostgreSQL database, and its driver is not installed",
            "the package psycopg",
            "pip install 'anomaly-hunter[postgres]'",
        ) from error


def _open_sqlite(path: Path, wait_s: float) -> tuple[Engine, bool]:
    exists = _exists(path)
    frozen = exists and not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK))
    if not frozen and not path.parent.is_dir():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreReadOnlyError(
                f"the folder `{path.parent}` cannot be made ({error.strerror})",
                "a folder that can be written",
                "choose another place for the memory",
            ) from error

    if not exists and not os.access(path.parent, os.W_OK):
        raise StoreReadOnlyError(
            f"the folder `{path.parent}` cannot be written", "a folder that can be", "choose another place"
        )

    if not exists:
        _make(path)

    def connect() -> sqlite3.Connection:
        # A store that cannot be written has no helper files to share: it is read as it lies there.
        name = f"{path.absolute().as_uri()}?immutable=1" if frozen else str(path)
        return sqlite3.connect(
            name, timeout=wait_s, uri=frozen, isolation_level=None, check_same_thread=False
        )

    if frozen:  # every connection reads the file as it is then
        engine = create_engine("sqlite://", creator=connect, poolclass=NullPool)
        event.listen(engine, "connect", _prepare_frozen)
    else:
        engine = create_engine(
            "sqlite://", creator=connect, poolclass=QueuePool, pool_size=KEPT_OPEN, max_overflow=-1
        )
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "checkout", _only_here)
    event.listen(engine, "begin", _begin)
    return engine, frozen


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError as error:
        raise StoreError(
            f"the memory {path} cannot be opened ({error.strerror})", "a file", "check path and rights"
        ) from error


def _make(path: Path) -> None:
    """An empty file that only its owner reads: what it will hold is nobody else's. So are its helpers."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise StoreReadOnlyError(
            f"the memory {path} cannot be made ({error.strerror})",
            "a folder that can be written and room on the disk",
            "choose another place for the memory, or free some room",
        ) from error


def _prepare(connection: Any, record: Any) -> None:
    """What was acknowledged is on the disk, also when the power fails: FULL waits for it, NORMAL does not."""
    _write_ahead(connection)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA cache_size = -16384")  # KiB
    record.info["process"] = os.getpid()
    _prepare_frozen(connection, record)


def _only_here(connection: object, record: Any, lent: Any) -> None:
    """A connection is not taken along into a forked process: SQLite's locks would be lost."""
    if record.info["process"] != os.getpid():
        record.dbapi_connection = lent.dbapi_connection = None
        raise DisconnectionError("opened by another process")


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Readers and one writer side by side; SQLite does not wait by itself while another switches to it."""
    for _ in range(200):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            time.sleep(0.05)
    connection.execute("PRAGMA journal_mode = WAL")


def _prepare_frozen(connection: Any, record: object) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
    connection.create_function("lower", 1, _lower, deterministic=True)


def _lower(value: object) -> object:
    """Small letters of every alphabet, as PostgreSQL has them: SQLite's own knows those of English."""
    if not isinstance(value, str):
        return value
    return value.replace("\u03a3", "\u03c3").lower()  # letter by letter: a sigma at the end is one too


def _begin(connection: Connection) -> None:
    writing = connection.get_execution_options().get(WRITING, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


@contextmanager
def in_our_words(url: URL) -> Iterator[None]:
    """Turn errors of the database into ours: what came, what was expected, the cure."""
    try:
        yield
    except DBAPIError as error:
        raise _ours(error.orig or error, url) from error
    except sqlite3.Error as error:
        raise _ours(error, url) from error
    except NoConnectionError as error:
        raise StoreBusyError(
            f"every connection to the memory {shown(url)} is in use",
            "one that is free",
            "try again; nothing was changed",
        ) from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:  # a torn page in the middle of a text
        raise damaged(url, "a text in it cannot be read") from error


def _ours(error: BaseException, url: URL) -> HunterError:
    text, name = str(error).strip().splitlines()[0] if str(error).strip() else "", shown(url)
    low = text.lower()
    if any(word in low for word in _TAKEN):
        return StoreBusyError(
            f"the memory {name} is locked by another program",
            f"it to be free within {WAIT_S:g} seconds",
            "try again when the other program is done; nothing was changed",
        )
    if any(word in low for word in _NO_ROOM):
        return StoreReadOnlyError(
            f"the memory {name} cannot be written ({text})",
            "room on a disk that works",
            "free some room, or choose another place; what was kept before is still there",
        )
    if any(word in low for word in ("readonly", "read-only", "permission denied")):
        return StoreReadOnlyError(
            f"the memory {name} cannot be written ({text})", "a place that can be written", "check its rights"
        )
    if url.get_backend_name() == "sqlite" and any(word in low for word in _TORN):
        return damaged(url, text)
    if "unable to open" in low:
        return StoreError(f"the memory {name} cannot be opened ({text})", "a file", "check path and rights")
    return StoreError(f"the memory {name} does not answer ({text})", "a database", "check that it runs")


def damaged(url: URL, why: str) -> StoreError:
    """The store is not one of ours, or no longer whole. Nothing is repaired or overwritten."""
    name = shown(url)
    return StoreError(
        f"the memory {name} is damaged or no memory of ours ({why}); it was left as it is",
        "a store that `hunter init` made",
        f"move it aside (mv {name} {name}.damaged) and a new one begins, or restore a copy",
    )


def shown(url: URL) -> str:
    """The place of a store for a message: a path, or a URL without its password."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return url.render_as_string(hide_password=True)
