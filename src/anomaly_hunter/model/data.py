"""What is read: series, tables, and what stands around them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import partial
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from anomaly_hunter.errors import DataError
from anomaly_hunter.model.basics import (
    AnyArray,
    FloatArray,
    IntArray,
    Kind,
    Role,
    TimeArray,
    iso,
    read_only,
    stable_id,
)
from anomaly_hunter.model.logs import Logs


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Numbers over time: one metric, or several channels measured together.

    Attributes
    ----------
    name:
        What a person calls it.
    time:
        ``(n,)`` UTC, never decreasing (equal stamps are kept: they are reported, not merged).
        Without a clock (``clocked=False``) it is the position, one second per point from 1970.
    value:
        ``(n,)``, or ``(n, k)`` with one name per channel in ``channels``. NaN = missing.
    row:
        ``(n,)`` position of each point in what the user gave (0-based data rows).
    counts:
        True where each value is a number of records in an interval (tickets per day).

    Raises
    ------
    DataError
        Lengths differ, times run backwards, or a value is infinite.

    >>> s = Series.of([1.0, 2.0, 9.0], name="cpu")
    >>> len(s), s.when(2), s.channels
    (3, '#2', ())
    """

    name: str
    time: TimeArray
    value: FloatArray
    labels: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""
    channels: tuple[str, ...] = ()
    source: str = ""
    clocked: bool = True
    row: IntArray = field(default_factory=lambda: np.empty(0, np.int64))
    counts: bool = False
    tz: str = "UTC"

    def __post_init__(self) -> None:
        time = read_only(self.time, "datetime64[ns]")
        value = read_only(self.value, np.float64)
        row = self.row if len(self.row) else np.arange(len(time))
        if value.ndim not in (1, 2) or len(value) != len(time) or len(row) != len(time):
            raise DataError(
                f"series {self.name!r} has {len(time)} times, {len(row)} row numbers "
                f"and values of shape {value.shape}",
                "as many values as times, in one or two dimensions",
                "cut them to the same length",
            )
        if bool(np.isnat(time).any()):
            raise DataError(
                f"series {self.name!r} has points without a time",
                "a time for every point",
                "leave those points out",
            )
        if bool((time[1:] < time[:-1]).any()):
            raise DataError(
                f"the times of series {self.name!r} run backwards",
                "times that never decrease",
                "sort the points by time first",
            )
        if bool(np.isinf(value).any()):
            raise DataError(
                f"series {self.name!r} holds infinite values",
                "finite numbers, or NaN where a value is missing",
                "replace them by NaN",
            )
        channels = self.channels
        if value.ndim == 2 and len(channels) != value.shape[1]:
            channels = tuple(f"channel {i}" for i in range(value.shape[1]))
        object.__setattr__(self, "time", time)
        object.__setattr__(self, "value", value)
        object.__setattr__(self, "row", read_only(row, np.int64))
        object.__setattr__(self, "channels", channels)
        object.__setattr__(self, "labels", MappingProxyType(dict(self.labels)))

    @classmethod
    def of(
        cls, value: npt.ArrayLike, time: npt.ArrayLike | None = None, name: str = "value", **more: Any
    ) -> Series:
        """A series from plain arrays; without ``time`` the points are numbered."""
        array = np.asarray(value, dtype=np.float64)
        if time is None:
            seconds = np.arange(len(array), dtype=np.int64) * 1_000_000_000
            return cls(name, seconds.view("datetime64[ns]"), array, clocked=False, **more)
        return cls(name, np.asarray(time, dtype="datetime64[ns]"), array, **more)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled by its fields; read-only labels cannot be pickled themselves."""
        given = {field.name: getattr(self, field.name) for field in fields(self)}
        return partial(type(self), **given | {"labels": dict(self.labels)}), ()

    def __len__(self) -> int:
        return len(self.time)

    def __repr__(self) -> str:
        return f"<Series {self.title}: {len(self):,} points>"

    @property
    def id(self) -> str:
        """Hash of source, name and sorted labels."""
        return stable_id("series", self.source, self.name, sorted(self.labels.items()))

    @property
    def title(self) -> str:
        """Name with its labels: ``latency{host=a}``."""
        if not self.labels:
            return self.name
        inner = ", ".join(f"{k}={v}" for k, v in sorted(self.labels.items()))
        return f"{self.name}{{{inner}}}"

    def when(self, position: int) -> str:
        """A position as people read it: an ISO time in UTC, or ``#17`` without a clock."""
        if not self.clocked:
            return f"#{int(self.row[position])}"
        return iso(self.time[position])


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One column of a table.

    ``values`` is ``(n,)``: float64 for a measure (NaN = missing), datetime64[ns] for a time
    (NaT = missing), int32 codes into ``categories`` for a dimension (-1 = missing), ``str``
    objects for text and id ("" = missing).
    """

    name: str
    role: Role
    values: AnyArray
    categories: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        values = np.asarray(self.values).view()
        values.flags.writeable = False
        object.__setattr__(self, "values", values)

    def text(self, row: int) -> str:
        """The cell as people read it; "" when it is missing."""
        cell = self.values[row]
        if self.role == "dimension":
            return self.categories[int(cell)] if cell >= 0 else ""
        if self.role == "time":
            return "" if np.isnat(cell) else iso(cell)
        if self.role == "measure":
            return "" if np.isnan(cell) else f"{cell:g}"
        return str(cell)


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Records by row. Tickets are a table with a text, and mostly a time."""

    name: str
    columns: tuple[Column, ...]

    def __post_init__(self) -> None:
        if len({len(column.values) for column in self.columns}) > 1:
            raise DataError(
                f"the columns of table {self.name!r} differ in length", "equal lengths", "cut them"
            )

    def __len__(self) -> int:
        return len(self.columns[0].values) if self.columns else 0

    def __repr__(self) -> str:
        return f"<Table {self.name}: {len(self):,} rows, {len(self.columns):,} columns>"

    def by_role(self, role: Role) -> tuple[Column, ...]:
        """The columns with this role, in order."""
        return tuple(column for column in self.columns if column.role == role)

    def column(self, name: str) -> Column:
        """The column of this name; KeyError when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def measures(self) -> FloatArray:
        """``(n, k)`` the measures side by side."""
        columns = self.by_role("measure")
        if not columns:
            return np.empty((len(self), 0))
        return np.column_stack([column.values for column in columns]).astype(np.float64)

    @property
    def id(self) -> str:
        """Hash of the table's name."""
        return stable_id("table", self.name)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that changed: a deploy, a setting, a flag, an incident, a holiday."""

    time: np.datetime64
    kind: str
    title: str
    service: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Hash of time, kind, title and service."""
        return stable_id("event", self.time, self.kind, self.title, self.service)


@dataclass(frozen=True, slots=True)
class Graph:
    """Who calls whom: ``edges`` are (caller, callee) pairs.

    >>> g = Graph((("web", "api"), ("api", "db")))
    >>> g.callees("web"), g.callers("db"), g.distance("web", "db")
    (('api',), ('api',), 2)
    """

    edges: tuple[tuple[str, str], ...]
    _below: dict[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)
    _above: dict[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)
    _nodes: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_below", _onward(self.edges))
        object.__setattr__(self, "_above", _onward((b, a) for a, b in self.edges))
        object.__setattr__(self, "_nodes", tuple(dict.fromkeys(name for edge in self.edges for name in edge)))

    def __contains__(self, node: str) -> bool:
        return node in self._below or node in self._above

    @property
    def nodes(self) -> tuple[str, ...]:
        """All services, in order of first mention."""
        return self._nodes

    def callees(self, node: str) -> tuple[str, ...]:
        """Services that ``node`` calls."""
        return self._below.get(node, ())

    def callers(self, node: str) -> tuple[str, ...]:
        """Services that call ``node``."""
        return self._above.get(node, ())

    def steps_below(self, node: str) -> dict[str, int]:
        """Number of calls from ``node`` down to every service that it reaches, itself left out.

        >>> Graph((("web", "api"), ("api", "db"), ("db", "web"))).steps_below("web")
        {'api': 1, 'db': 2}
        """
        return _steps(self._below, node)

    def steps_above(self, node: str) -> dict[str, int]:
        """Number of calls from every service that reaches ``node`` down to it."""
        return _steps(self._above, node)

    def distance(self, caller: str, callee: str) -> int | None:
        """Number of calls from ``caller`` down to ``callee``; None when it is not reachable."""
        return 0 if caller == callee else self.steps_below(caller).get(callee)


def _onward(edges: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """Each node and those that its edges lead to, without itself, in order."""
    found: dict[str, dict[str, None]] = {}
    for a, b in edges:
        onward = found.setdefault(a, {})
        if a != b:
            onward[b] = None
    return {node: tuple(onward) for node, onward in found.items()}


def _steps(onward: Mapping[str, tuple[str, ...]], start: str) -> dict[str, int]:
    steps, front, far = {start: 0}, [start], 0
    while front:
        far += 1
        front = [b for b in dict.fromkeys(b for a in front for b in onward.get(a, ())) if b not in steps]
        steps.update(dict.fromkeys(front, far))
    del steps[start]
    return steps


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing that is wrong with the data, counted.

    ``kind`` is one of: gap, duplicate time, disorder, mixed types, constant, missing, infinite,
    clock change, mixed time zones, irregular interval, short, unreadable row.
    """

    kind: str
    where: str
    count: int
    statement: str


@dataclass(frozen=True, slots=True)
class Quality:
    """What is wrong with the data; nothing of it was repaired.

    ``score`` runs from 0 (unusable) to 100 (nothing found); ``points`` counts cells looked at.
    """

    score: float
    points: int
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """What one read gave.

    ``reading`` is the guess in one line ("120 points every 1h, time=ts, value=cpu");
    ``roles`` maps column names to roles.
    """

    name: str
    kind: Kind
    quality: Quality
    reading: str
    series: tuple[Series, ...] = ()
    table: Table | None = None
    events: tuple[Event, ...] = ()
    graph: Graph | None = None
    roles: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    logs: Logs | None = None

    def __repr__(self) -> str:
        return f"<Dataset {self.name}: {self.reading}>"
