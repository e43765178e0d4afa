"""A query that a database answers: SQLite, DuckDB, PostgreSQL."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np

from anomaly_hunter.errors import UsageError
from anomaly_hunter.model import Dataset
from anomaly_hunter.read.options import ReadOptions

_TEXT: Final = re.compile(r"sql:(.+?)[?&]query=(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class SqlQuery:
    """One SELECT, and where it is asked.

    Attributes
    ----------
    url:
        ``sqlite:///FILE``, ``duckdb:///FILE`` or ``postgresql://USER:PASSWORD@HOST/NAME``.
    query:
        ``:begin`` and ``:end`` in it are filled in, as moments of UTC.
    begin, end:
        The first moment that is wanted, and the first after it; None: whatever there is.
    name:
        What the data are called, and their series are told apart by; "": the query itself.
    """

    url: str
    query: str
    begin: np.datetime64 | None = None
    end: np.datetime64 | None = None
    name: str = ""


class Sql:
    """Reads what one SELECT gives; the database is opened to be read and never changed.

    From a command line: ``hunter detect 'sql:sqlite:///shop.db?query=SELECT at, total FROM orders'``.
    """

    name: ClassVar[str] = "sql"

    @classmethod
    def accepts(cls, data: object) -> bool:
        """A :class:`SqlQuery`, or its text."""
        return isinstance(data, SqlQuery) or (isinstance(data, str) and data.startswith("sql:"))

    def __init__(self, data: Any, options: ReadOptions) -> None:
        self._data = data
        self._options = options

    def read(self) -> Dataset:
        """The rows of the answer, understood like those of a file."""
        from anomaly_hunter.read.databases import answer
        from anomaly_hunter.read.dataset import to_dataset

        query = _of_text(self._data) if isinstance(self._data, str) else self._data
        return to_dataset([answer(query)], self._options, query.name or "sql")


def _of_text(text: str) -> SqlQuery:
    found = _TEXT.fullmatch(text)
    if found is None:
        raise UsageError(f"{text[:60]!r}", "sql:URL?query=SELECT ...", "write the query last")
    return SqlQuery(found[1], found[2])
