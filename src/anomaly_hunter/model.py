"""The nouns: what travels between the rooms. Frozen records, numpy only.

Arrays inside a record are read-only. Times are ``datetime64[ns]`` in UTC, values
``float64`` with NaN for "missing" (never infinite). Positions are 0-based; a span is
half-open, ``[start, stop)``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from anomaly_hunter.errors import DataError

SCHEMA_VERSION: Final = "1.0"

FloatArray: TypeAlias = npt.NDArray[np.float64]
IntArray: TypeAlias = npt.NDArray[np.int64]
TimeArray: TypeAlias = npt.NDArray[np.datetime64]
AnyArray: TypeAlias = npt.NDArray[Any]
Number: TypeAlias = float | int | str | bool | None

Kind: TypeAlias = Literal["series", "table", "tickets"]
Role: TypeAlias = Literal["time", "measure", "dimension", "text", "id"]
Direction: TypeAlias = Literal["up", "down", "both"]
Shape: TypeAlias = Literal[
    "spike",
    "dip",
    "level shift",
    "drift",
    "variance",
    "flat line",
    "gap",
    "season break",
    "odd shape",
    "outlying row",
    "volume",
]
Level: TypeAlias = Literal["information", "warning", "error", "critical"]
ConfidenceLevel: TypeAlias = Literal["low", "medium", "high", "very high"]


def stable_id(*parts: object) -> str:
    """Twelve hexadecimal digits that depend on ``parts`` alone, on every machine.

    >>> stable_id("cpu", "host=a")
    '46096cee957e'
    """
    text = "\x1f".join(str(part) for part in parts)
    return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()


def _read_only(array: npt.ArrayLike, dtype: npt.DTypeLike) -> AnyArray:
    view = np.asarray(array, dtype=dtype).view()
    view.flags.writeable = False
    return view


# ---------------------------------------------------------------- data in


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
        time = _read_only(self.time, "datetime64[ns]")
        value = _read_only(self.value, np.float64)
        row = self.row if len(self.row) else np.arange(len(time))
        if value.ndim not in (1, 2) or len(value) != len(time) or len(row) != len(time):
            raise DataError(
                f"series {self.name!r} has {len(time)} times, {len(row)} row numbers "
                f"and values of shape {value.shape}",
                "as many values as times, in one or two dimensions",
                "cut them to the same length",
            )
        if len(time) > 1 and bool((np.diff(time.view(np.int64)) < 0).any()):
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
        object.__setattr__(self, "row", _read_only(row, np.int64))
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

    def __len__(self) -> int:
        return len(self.time)

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


def iso(time: np.datetime64) -> str:
    """ISO-8601 in UTC with no more precision than needed.

    >>> iso(np.datetime64("2026-01-02T03:04:00.000000000"))
    '2026-01-02T03:04:00Z'
    >>> iso(np.datetime64("2026-01-02T03:04:00.250"))
    '2026-01-02T03:04:00.250Z'
    """
    text = str(time.astype("datetime64[ns]"))
    whole, _, fraction = text.partition(".")
    fraction = fraction.rstrip("0")
    fraction = fraction.ljust(-(-len(fraction) // 3) * 3, "0")
    return f"{whole}.{fraction}Z" if fraction else f"{whole}Z"


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

    @property
    def nodes(self) -> tuple[str, ...]:
        """All services, in order of first mention."""
        return tuple(dict.fromkeys(name for edge in self.edges for name in edge))

    def callees(self, node: str) -> tuple[str, ...]:
        """Services that ``node`` calls."""
        return tuple(dict.fromkeys(b for a, b in self.edges if a == node and b != node))

    def callers(self, node: str) -> tuple[str, ...]:
        """Services that call ``node``."""
        return tuple(dict.fromkeys(a for a, b in self.edges if b == node and a != node))

    def distance(self, caller: str, callee: str) -> int | None:
        """Number of calls from ``caller`` down to ``callee``; None when it is not reachable."""
        below: dict[str, list[str]] = {}
        for a, b in self.edges:
            below.setdefault(a, []).append(b)
        seen, front, steps = {caller}, [caller], 0
        while front:
            if callee in front:
                return steps
            front = list(dict.fromkeys(b for a in front for b in below.get(a, ()) if b not in seen))
            seen.update(front)
            steps += 1
        return None


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


# ---------------------------------------------------------------- what is strange


@dataclass(frozen=True, slots=True)
class Profile:
    """What a series is like, which decides how it is scored.

    ``interval_s`` is the usual step in seconds (NaN without a clock or with one point);
    ``period`` the season in points (0 = none), ``season_strength`` in [0, 1]; ``noise`` a robust
    standard deviation of what season and trend leave; ``trend_per_point`` a robust slope.
    """

    n: int
    interval_s: float
    missing: int
    period: int
    season_strength: float
    trend_per_point: float
    noise: float
    level: float
    counts: bool
    constant: bool


@dataclass(frozen=True, slots=True)
class Share:
    """How much of an anomaly a channel or column carries, in [0, 1]."""

    name: str
    share: float


@dataclass(frozen=True, slots=True)
class Anomaly:
    """A span of a series, or rows of a table, that is not as expected.

    Attributes
    ----------
    subject:
        Title of the series, or name of the table.
    start, stop:
        Half-open span of positions (for rows: first row and last row + 1).
    rows:
        Rows of a table (0-based); empty for a span of a series.
    begin, end:
        Times of the first and last abnormal point; None where there is no clock.
    onset:
        Positions between which it began, both inclusive: ``onset[0] <= start``.
    peak:
        Position of the strangest point; ``actual``, ``expected`` and ``spread`` (one robust
        standard deviation of what is normal) are read there.
    score:
        Common scale of all detectors: 1.0 is the alarm boundary, higher is stranger.
    ongoing:
        It still lasts at the end of the data.
    """

    id: str
    subject: str
    subject_id: str
    shape: Shape
    direction: Direction
    start: int
    stop: int
    peak: int
    score: float
    actual: float
    expected: float
    spread: float
    onset: tuple[int, int]
    begin: np.datetime64 | None = None
    end: np.datetime64 | None = None
    rows: tuple[int, ...] = ()
    carriers: tuple[Share, ...] = ()
    ongoing: bool = False

    @property
    def sigmas(self) -> float:
        """Deviation at the peak in robust standard deviations (signed, clipped to ±999)."""
        deviation = self.actual - self.expected
        if not self.spread > 0:
            return 999.0 * float(np.sign(deviation))
        return float(np.clip(deviation / self.spread, -999.0, 999.0))

    @property
    def change_pct(self) -> float | None:
        """Deviation at the peak in percent of what was expected; None when that is zero."""
        if self.expected == 0 or not np.isfinite(self.expected):
            return None
        return float(100.0 * (self.actual - self.expected) / abs(self.expected))


@dataclass(frozen=True, slots=True)
class Quiet:
    """A span that scored over the boundary and still is no alarm, and the rule that says so."""

    start: int
    stop: int
    score: float
    rule: str
    statement: str


@dataclass(frozen=True, slots=True, eq=False)
class Detection:
    """Everything detection knows about one series or table.

    ``score`` is ``(n,)`` on the common scale; the band ``expected, lower, upper`` is ``(n,)``
    (``(n, k)`` for many channels), None for tables. ``series`` is None for tables, ``table``
    None for series.
    """

    subject: str
    score: FloatArray
    anomalies: tuple[Anomaly, ...]
    detectors: tuple[str, ...]
    series: Series | None = None
    table: Table | None = None
    profile: Profile | None = None
    expected: FloatArray | None = None
    lower: FloatArray | None = None
    upper: FloatArray | None = None
    quiet: tuple[Quiet, ...] = ()
    note: str = ""


# ---------------------------------------------------------------- why


@dataclass(frozen=True, slots=True)
class Evidence:
    """One checked fact. ``id`` reads ``question:subject`` and is stable between runs."""

    id: str
    question: str
    statement: str
    numbers: Mapping[str, Number] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cause:
    """A candidate for "why".

    ``kind`` is one of: event, service, segment, column, pattern. ``share`` in [0, 1] is its part
    of the evidence among all candidates of the case.
    """

    kind: str
    name: str
    statement: str
    share: float
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """What one agent says: a claim, how sure it is, and the evidence it rests on.

    ``cause`` is None where the agent does not name one; ``steps`` are next steps that follow
    from the claim.
    """

    agent: str
    claim: str
    confidence: float
    evidence: tuple[str, ...]
    cause: Cause | None = None
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judge's word on one incident.

    ``severity`` 0-10 with its ``factors`` (each 0-1: effect, duration, breadth, persistence);
    ``cause`` None means inconclusive; ``agreement`` counts the agents at 70% or more;
    ``disagreement`` says in words where they differ ("" = they do not).
    """

    severity: float
    confidence: float
    headline: str
    summary: str
    findings: tuple[Finding, ...]
    evidence: tuple[Evidence, ...]
    cause: Cause | None = None
    candidates: tuple[Cause, ...] = ()
    disagreement: str = ""
    recommendations: tuple[str, ...] = ()
    factors: Mapping[str, float] = field(default_factory=dict)

    @property
    def level(self) -> Level:
        """information (below 4), warning (below 7), error (below 9), critical."""
        return severity_level(self.severity)

    @property
    def agreement(self) -> int:
        """How many agents are at 70% or more."""
        return sum(finding.confidence >= 0.7 for finding in self.findings)


def severity_level(severity: float) -> Level:
    """0-3 information, 4-6 warning, 7-8 error, 9-10 critical (rounded to the nearest).

    >>> [severity_level(s) for s in (0, 3.4, 3.5, 6.6, 8.4, 8.5)]
    ['information', 'information', 'warning', 'error', 'error', 'critical']
    """
    whole = int(severity + 0.5)
    return "information" if whole <= 3 else "warning" if whole <= 6 else "error" if whole <= 8 else "critical"


def confidence_level(confidence: float) -> ConfidenceLevel:
    """Below 50% low, 50-70% medium, 70-85% high, above very high.

    >>> [confidence_level(c) for c in (0.49, 0.5, 0.7, 0.85, 0.86)]
    ['low', 'medium', 'high', 'high', 'very high']
    """
    if confidence < 0.5:
        return "low"
    return "medium" if confidence < 0.7 else "high" if confidence <= 0.85 else "very high"


@dataclass(frozen=True, slots=True)
class Incident:
    """Anomalies that belong together, with one verdict. The first anomaly leads."""

    id: str
    anomalies: tuple[Anomaly, ...]
    verdict: Verdict
    begin: np.datetime64 | None = None
    end: np.datetime64 | None = None

    @property
    def lead(self) -> Anomaly:
        """The anomaly that the verdict speaks of."""
        return self.anomalies[0]


@dataclass(frozen=True, slots=True, eq=False)
class Hunt:
    """What one call gives back.

    ``incidents`` are sorted worst first; ``not_investigated`` counts groups of anomalies beyond
    the limit; ``took_ms`` maps each step (read, detect, investigate) to milliseconds.
    """

    dataset: Dataset
    detections: tuple[Detection, ...]
    incidents: tuple[Incident, ...]
    not_investigated: int = 0
    took_ms: Mapping[str, float] = field(default_factory=dict)

    @property
    def anomalies(self) -> tuple[Anomaly, ...]:
        """All anomalies, investigated or not, in the order of the data."""
        return tuple(anomaly for detection in self.detections for anomaly in detection.anomalies)

    @property
    def verdict(self) -> Verdict | None:
        """The verdict on the worst incident; None when nothing is abnormal."""
        return self.incidents[0].verdict if self.incidents else None

    @property
    def severity(self) -> float:
        """Severity of the worst incident, 0 when there is none."""
        return self.incidents[0].verdict.severity if self.incidents else 0.0

    def __iter__(self) -> Iterator[Incident]:
        return iter(self.incidents)

    def detection_of(self, anomaly: Anomaly) -> Detection:
        """The detection that holds this anomaly; KeyError when it is from another hunt."""
        for detection in self.detections:
            if detection.subject == anomaly.subject and anomaly in detection.anomalies:
                return detection
        raise KeyError(anomaly.id)
