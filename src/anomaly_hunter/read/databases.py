"""Asking a database one SELECT through its own driver: read-only, with limits of time and size."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from anomaly_hunter.errors import DataError, HunterError, MissingExtraError, UsageError
from anomaly_hunter.model.secret import without_password
from anomaly_hunter.read.addresses import resolved
from anomaly_hunter.read.columns import Columns, Raw, from_cells, unique_names

if TYPE_CHECKING:
    from anomaly_hunter.read.sources.sql import SqlQuery

_BLOCK: Final = 10_000
_MEMORY: Final = "768MB"
_PLACES: Final = re.compile(
    r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/|(?<![:\w]):(begin|end)\b", re.DOTALL
)
_KNOWN: Final = {
    "host", "hostaddr", "port", "dbname", "user", "password", "sslmode", "sslrootcert", "application_name",
}  # fmt: skip
_READING: Final = {
    sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE,
}  # fmt: skip
_EXPECTED: Final = "one SELECT that the database understands"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a query may give, and how long it may take."""

    rows: int = 2_000_000
    seconds: float = 60.0


def answer(query: SqlQuery, limits: Limits | None = None) -> Columns:
    """The columns of the answer.

    Raises
    ------
    DataError
        The database is not there, does not answer in a minute, refuses the query, or says too much.
    MissingExtraError
        The driver of PostgreSQL is not installed.
    UsageError
        The URL is none of the three, or the query is not one SELECT.
    """
    scheme = query.url.partition(":")[0].lower()
    ask = _BY_SCHEME.get(scheme)
    if ask is None:
        raise UsageError(
            f"the database {without_password(query.url)[:80]!r}",
            "sqlite:///FILE, duckdb:///FILE or postgresql://USER@HOST/NAME", "change the URL",
        )  # fmt: skip
    with _in_our_words(query, scheme):
        return ask(query, limits or Limits())


def placed(query: str, mark: Callable[[str], str]) -> tuple[str, tuple[str, ...]]:
    """The query with the places for ``begin`` and ``end`` as a driver wants them, and which there are.

    >>> placed("SELECT ':end', x::int FROM t WHERE at >= :begin", lambda name: "$" + name)
    ("SELECT ':end', x::int FROM t WHERE at >= $begin", ('begin',))
    """
    found: dict[str, None] = {}

    def put(match: re.Match[str]) -> str:
        if match[1] is None:
            return match[0]
        found[match[1]] = None
        return mark(match[1])

    return _PLACES.sub(put, query), tuple(found)


def _moments(query: SqlQuery, names: Sequence[str]) -> dict[str, dt.datetime]:
    """The values of the places, in UTC without a zone."""
    values: dict[str, dt.datetime] = {}
    for name in names:
        given = getattr(query, name)
        if given is None:
            given = np.datetime64("1970-01-01" if name == "begin" else "2200-01-01", "us")
        values[name] = given.astype("datetime64[us]").astype(dt.datetime)
    return values


# ------------------------------------------------------------------ the three databases


def _sqlite(query: SqlQuery, limits: Limits) -> Columns:
    path = _file(query)
    text, names = placed(query.query, lambda name: f":{name}")
    values = {name: moment.isoformat(" ", "seconds") for name, moment in _moments(query, names).items()}
    before = time.monotonic() + limits.seconds
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=10)
    with closing(connection):
        connection.set_authorizer(
            lambda action, *_: sqlite3.SQLITE_OK if action in _READING else sqlite3.SQLITE_DENY
        )
        connection.set_progress_handler(lambda: int(time.monotonic() > before), 10_000)
        return _columns(query, connection.execute(text, values), limits)


def _duckdb(query: SqlQuery, limits: Limits) -> Columns:
    import duckdb

    from anomaly_hunter.read.duck import from_relation

    config: dict[str, Any] = {"threads": 2, "memory_limit": _MEMORY, "enable_external_access": "false"}
    with closing(duckdb.connect(str(_file(query)), read_only=True, config=config)) as connection:
        text, names = placed(query.query, lambda name: f"${name}")
        statements = connection.extract_statements(text)
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise UsageError("the query is not one SELECT", _EXPECTED, "write one")
        late = Timer(limits.seconds, connection.interrupt)
        late.start()
        try:
            relation = connection.sql(text, params=_moments(query, names) or None)
            found = from_relation(relation.limit(limits.rows + 1), query.name or "sql", _source(query))
        finally:
            late.cancel()
    _check_size(len(found), limits)
    return found


def _postgres(query: SqlQuery, limits: Limits) -> Columns:
    try:
        import psycopg
        from psycopg.conninfo import conninfo_to_dict
    except ImportError as error:
        raise MissingExtraError(
            "the data are in a PostgreSQL database, and its driver is not installed",
            "the package psycopg",
            "pip install 'anomaly-hunter[postgres]'",
        ) from error
    where = conninfo_to_dict(query.url)
    if unknown := sorted(where.keys() - _KNOWN):
        raise UsageError(f"the database URL says {unknown[0]}", ", ".join(sorted(_KNOWN)), "leave it out")
    text, names = placed(query.query.replace("%", "%%"), lambda name: f"%({name})s")
    utc = {name: moment.replace(tzinfo=dt.UTC) for name, moment in _moments(query, names).items()}
    late = f"-c statement_timeout={round(limits.seconds * 1e3)} -c timezone=UTC"
    own: dict[str, Any] = {"connect_timeout": 10, "options": late}
    with psycopg.connect(**{**where, **_pinned(where), **own}) as connection:
        connection.read_only = True
        with connection.cursor() as cursor:
            # With values (also none) it is sent as one statement: a second one is an error.
            return _columns(query, cursor.execute(text.encode(), utc, prepare=True), limits)


def _pinned(where: dict[str, Any]) -> dict[str, str]:
    """The address behind the host, so that what was checked is what is connected to."""
    host = str(where.get("hostaddr") or where.get("host") or "")
    if not host or host.startswith(("/", "@")) or "," in host:
        for one in filter(None, host.split(",")):
            if not one.startswith(("/", "@")):
                resolved(one, 5432)
        return {}
    return {"hostaddr": resolved(host, 5432)[0]}


_BY_SCHEME: Final[dict[str, Callable[[SqlQuery, Limits], Columns]]] = {
    "sqlite": _sqlite,
    "duckdb": _duckdb,
    "postgresql": _postgres,
    "postgres": _postgres,
}

# ------------------------------------------------------------------ answers


def _columns(query: SqlQuery, cursor: Any, limits: Limits) -> Columns:
    if cursor.description is None:
        raise UsageError("the query gives no rows", _EXPECTED, "write one")
    rows: list[Sequence[Any]] = []
    while block := cursor.fetchmany(_BLOCK):
        rows += block
        _check_size(len(rows), limits)
    names = unique_names([str(one[0]) for one in cursor.description])
    cells = zip(*rows, strict=True) if rows else [()] * len(names)
    raws = tuple(
        Raw(name, from_cells([_cell(c) for c in column])) for name, column in zip(names, cells, strict=True)
    )
    return Columns(query.name or "sql", raws, _source(query))


def _cell(given: Any) -> Any:
    if isinstance(given, Decimal):
        return float(given)
    return given.hex() if isinstance(given, bytes | memoryview) else given


def _check_size(rows: int, limits: Limits) -> None:
    if rows > limits.rows:
        raise DataError(
            f"the query gives more than {limits.rows:,} rows", "fewer",
            "group by time in the query, or ask for less with :begin and :end",
        )  # fmt: skip


def _source(query: SqlQuery) -> str:
    """What its series are told apart by from those of other queries: where it is asked is not part of it."""
    return query.name or "sql " + hashlib.blake2b(query.query.encode(), digest_size=3).hexdigest()


def _file(query: SqlQuery) -> Path:
    scheme, _, rest = query.url.partition(":")
    rest = rest.removeprefix("///")
    path = Path(rest.partition("?")[0])
    if not rest or not path.is_file():
        raise DataError(
            f"there is no {scheme} database `{path}`", f"{scheme}:///FILE, or {scheme}:////ABSOLUTE/FILE",
            "check the path",
        )  # fmt: skip
    return path.absolute()


@contextmanager
def _in_our_words(query: SqlQuery, scheme: str) -> Iterator[None]:
    try:
        yield
    except HunterError:
        raise
    except _errors_of(scheme) as error:
        lines = str(error).strip().splitlines() or [type(error).__name__]
        raise DataError(
            f"the database {without_password(query.url)[:80]} answered: {lines[0][:300]}", _EXPECTED,
            "check the address, the query and the rights of the user",
        ) from error  # fmt: skip


def _errors_of(scheme: str) -> type[Exception]:
    """What a driver raises; it is loaded by now."""
    if scheme == "sqlite":
        return sqlite3.Error
    found: type[Exception] = import_module("duckdb" if scheme == "duckdb" else "psycopg").Error
    return found
