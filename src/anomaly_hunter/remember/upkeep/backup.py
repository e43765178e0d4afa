"""The whole store in one file, of every organisation, and back: between SQLite and PostgreSQL too.

The file is gzip; its lines are JSON. The first says what it is; each table begins with a line of its
name and columns, and has one line per row; the last has the number of rows and the SHA-256 of all
lines before it. Times are whole nanoseconds, bytes are base64. Sign-in sessions and kept replies of
the REST API are not in it: they are short-lived.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from gzip import BadGzipFile, GzipFile
from pathlib import Path
from typing import Any, Final

from sqlalchemy import BigInteger, Column, Connection, LargeBinary, Table, select, type_coerce

from anomaly_hunter import __version__
from anomaly_hunter.errors import DataError, StoreError, UsageError
from anomaly_hunter.model import iso
from anomaly_hunter.remember import schema
from anomaly_hunter.remember.engine import in_our_words
from anomaly_hunter.remember.store import Store, now

FORMAT: Final = "anomaly-hunter store"
VERSION: Final = 1
PASSING: Final = ("session", "reply")
"""Tables that are left out."""

TABLES: Final[tuple[Table, ...]] = tuple(t for t in schema.metadata.sorted_tables if t.name not in PASSING)
_AT_ONCE: Final = 1_000


@dataclass(frozen=True, slots=True)
class Backup:
    """What is in a backup: when it was made, by which version, and the number of rows of each table."""

    made_at: str
    made_by: str
    revision: str
    rows: dict[str, int]


@dataclass(slots=True)
class _Lines:
    """Lines to a file, with their digest."""

    file: GzipFile
    digest: Any = field(default_factory=hashlib.sha256)

    def add(self, value: Any) -> None:
        line = json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"
        self.digest.update(line)
        self.file.write(line)


def backup(store: Store, file: Path) -> Backup:
    """Write everything as it is at one moment; others go on reading and writing meanwhile.

    The file appears when it is whole and on the disk, and only its owner can read it.

    Raises
    ------
    UsageError
        There is a file of this name: it is not overwritten.
    StoreError
        The store cannot be read, or the file cannot be written.
    """
    if file.exists():
        raise UsageError(f"there is a file `{file}` already", "a new name", "choose another")
    part = file.with_name(f"{file.name}.part")
    try:
        raw = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(raw, "wb") as out:
            with GzipFile(fileobj=out, mode="wb", compresslevel=5, filename="", mtime=0) as packed:
                made = _write(store, _Lines(packed))
            out.flush()
            os.fsync(out.fileno())
        part.replace(file)
    except OSError as error:
        raise StoreError(
            f"the backup `{file}` cannot be written ({error.strerror})",
            "a folder with room",
            "choose another",
        ) from error
    finally:
        part.unlink(missing_ok=True)
    return made


def _write(store: Store, lines: _Lines) -> Backup:
    head: dict[str, Any] = {
        "format": FORMAT, "version": VERSION, "revision": schema.HEAD, "made_at": iso(now()),
        "made_by": __version__,
    }  # fmt: skip
    lines.add(head)
    counts: dict[str, int] = {}
    with in_our_words(store.url), store.engine.connect() as plain:
        connection = plain
        if connection.dialect.name == "postgresql":  # one moment for all tables, as SQLite has by itself
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        for table in TABLES:
            lines.add({"table": table.name, "columns": [column.name for column in table.c]})
            counts[table.name] = 0
            for row in _rows(connection, table):
                lines.add(row)
                counts[table.name] += 1
    digest = lines.digest.hexdigest()
    lines.add({"rows": counts, "sha256": digest})
    return Backup(head["made_at"], head["made_by"], head["revision"], counts)


def _rows(connection: Connection, table: Table) -> Iterator[list[Any]]:
    columns = [type_coerce(c, BigInteger) if isinstance(c.type, schema.Moment) else c for c in table.c]
    packed = [i for i, c in enumerate(table.c) if isinstance(c.type, LargeBinary)]
    query = select(*columns).order_by(*table.primary_key.columns)
    for found in connection.execute(query, execution_options={"yield_per": _AT_ONCE}):
        row = list(found)
        for i in packed:
            row[i] = None if row[i] is None else base64.b64encode(row[i]).decode()
        yield row


def read(file: Path) -> Backup:
    """Read a backup to its end and check it: nothing is missing, nothing was changed.

    Raises
    ------
    DataError
        It is no backup, or not whole.
    StoreError
        It was made by another version of the program.
    """
    found = [made for _, made in parts(file) if made is not None]
    if not found:
        raise _not_whole(file, "it ends too early")
    return found[0]


def parts(file: Path) -> Iterator[tuple[tuple[Table, list[Column[Any]], list[Any]] | None, Backup | None]]:
    """Every row with its table and columns; in the end what the backup is, once it proved to be whole."""
    try:
        with GzipFile(file, "rb") as lines:
            yield from _parts(file, lines)
    except (EOFError, BadGzipFile, zlib.error) as error:
        raise _not_whole(file, str(error)) from error
    except OSError as error:
        raise DataError(
            f"`{file}` cannot be read ({error.strerror or error})",
            "a backup that `hunter store backup` made",
            "check the path",
        ) from error  # fmt: skip


def _parts(
    file: Path, lines: GzipFile
) -> Iterator[tuple[tuple[Table, list[Column[Any]], list[Any]] | None, Backup | None]]:
    digest, counts = hashlib.sha256(), dict[str, int]()
    head = _head(file, first := lines.readline())
    digest.update(first)
    table: Table | None = None
    columns: list[Column[Any]] = []
    for line in lines:
        value = _json(file, line)
        if isinstance(value, list):
            if table is None or len(value) != len(columns):
                raise _not_whole(file, "a row belongs to no table")
            counts[table.name] += 1
            yield (table, columns, value), None
        elif isinstance(value, dict) and "table" in value:
            table, columns = _table(file, value)
            counts[table.name] = 0
        else:
            if value != {"rows": counts, "sha256": digest.hexdigest()} or lines.read(1):
                raise _not_whole(file, "its checksum is another")
            yield None, Backup(head["made_at"], head["made_by"], head["revision"], counts)
            return
        digest.update(line)


def _head(file: Path, line: bytes) -> dict[str, str]:
    head = _json(file, line)
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise _not_whole(file, "it does not begin like one")
    if head.get("version") != VERSION or head.get("revision") != schema.HEAD:
        raise StoreError(
            f"the backup `{file}` was made by version {head.get('made_by')} (at {head.get('revision')}, this "
            f"one is at {schema.HEAD})",
            "a backup of this version",
            f"restore it with that version (pip install anomaly-hunter=={head.get('made_by')}), then upgrade",
        )
    return {name: str(head.get(name)) for name in ("made_at", "made_by", "revision")}


def _table(file: Path, value: dict[str, Any]) -> tuple[Table, list[Column[Any]]]:
    table = next((one for one in TABLES if one.name == value["table"]), None)
    names = value.get("columns")
    if table is None or not isinstance(names, list) or set(names) != set(table.c.keys()):
        raise _not_whole(file, "it has a table that this version does not know")
    return table, [table.c[name] for name in names]


def _json(file: Path, line: bytes) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        raise _not_whole(file, "a line is no JSON") from error


def _not_whole(file: Path, why: str) -> DataError:
    return DataError(
        f"`{file}` is no whole backup ({why})", "a file that `hunter store backup` made", "take another one"
    )
