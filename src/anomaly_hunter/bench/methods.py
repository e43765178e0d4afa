"""What can be measured: the product, one of its detectors, a detector of tables on windows, others.

A method is called with values and times, never with a label, and gives a score per point; the product
also gives alarms and a band. One that fails is reported and scores nothing: a run of hours goes on.
"""

from __future__ import annotations

import math
import os
import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final, Protocol

import numpy as np

from anomaly_hunter import registry
from anomaly_hunter.bench.limit import at_most
from anomaly_hunter.bench.memory import peak_of
from anomaly_hunter.bench.spans import Span
from anomaly_hunter.detect.options import DetectOptions
from anomaly_hunter.detect.series import detect_series
from anomaly_hunter.detect.table import detect_table
from anomaly_hunter.errors import UsageError
from anomaly_hunter.model import Column, FloatArray, Series, Table

AUTO: Final = "auto"


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """What a method said about ``n`` points.

    ``score`` is ``(n,)``, finite, higher is stranger; ``spans`` are its alarms (None: it raises none);
    the band is ``(n,)`` each, or None. ``seconds`` are CPU seconds, ``peak_mb`` the memory it
    added; ``error`` is what went wrong ("" = nothing).
    """

    score: FloatArray
    spans: tuple[Span, ...] | None = None
    expected: FloatArray | None = None
    lower: FloatArray | None = None
    upper: FloatArray | None = None
    seconds: float = math.nan
    peak_mb: float = math.nan
    error: str = ""


class Method(Protocol):
    """Anything that scores one series."""

    @property
    def name(self) -> str:
        """What the tables call it."""
        ...

    def __call__(self, value: FloatArray, time_s: FloatArray | None) -> Said:
        """What is strange about ``value``, ``(n,)`` or ``(n, k)``, at ``time_s`` unix seconds."""
        ...


@dataclass(frozen=True, slots=True)
class Product:
    """The product at default settings, or with one named detector."""

    name: str = AUTO

    def __call__(self, value: FloatArray, time_s: FloatArray | None) -> Said:
        """Score, alarms and band of ``detect_series``."""
        time = None if time_s is None else (time_s * 1e9).astype(np.int64).view("datetime64[ns]")
        options = DetectOptions(detectors=() if self.name == AUTO else (self.name,))
        found = detect_series(Series.of(value, time), options, _lookup)
        spans = tuple((anomaly.start, anomaly.stop) for anomaly in found.anomalies)
        return Said(found.score, spans, found.expected, found.lower, found.upper)


@dataclass(frozen=True, slots=True)
class OnWindows:
    """A detector of tables whose rows are the windows of a series."""

    name: str

    def __call__(self, value: FloatArray, time_s: FloatArray | None) -> Said:
        """Each point scores the mean of the windows that cover it."""
        from anomaly_hunter.bench.others.windows import on_windows

        return Said(on_windows(registry.lookup("detectors", self.name)(), value))


@dataclass(frozen=True, slots=True)
class Other:
    """A method of another package, or a simple one: a file of ``bench/others``."""

    name: str

    def __call__(self, value: FloatArray, time_s: FloatArray | None) -> Said:
        """Its score."""
        from anomaly_hunter.bench.others import load

        return Said(load(self.name)(value, time_s))


def _lookup(name: str) -> Any:
    return registry.lookup("detectors", name)


def method_of(name: str) -> Method:
    """The method of series with this name. UsageError when there is none."""
    from anomaly_hunter.bench.others import load, names

    plain = name.strip().lower().replace("-", "_")
    if plain == AUTO:
        return Product()
    if plain in names():
        load(plain)  # a package that is not installed is said before the work
        return Other(plain)
    try:
        kind = registry.lookup("detectors", name)
    except UsageError as error:
        known = f"auto, a detector (`hunter detectors`), or one of {', '.join(names())}"
        raise UsageError(error.came, known, "name one of these") from error
    return Product(name) if kind.takes == "series" else OnWindows(name)


def run(method: Method, value: FloatArray, time_s: FloatArray | None, most_s: float | None = None) -> Said:
    """``method`` on one series: what it said, with CPU seconds (children included) and memory.

    One that needs more than ``most_s`` seconds of this process fails.
    """
    if isinstance(method, Other):
        warm(method.name)
    before = cpu_s()
    failed = Said(np.zeros(len(value)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of other packages; ours raises none
        try:
            with at_most(most_s):
                said, peak_mb = peak_of(partial(method, value, time_s))
        except Exception as error:  # noqa: BLE001 - the rim around other people's methods
            return replace(failed, seconds=cpu_s() - before, error=f"{type(error).__name__}: {error}")
    seconds = cpu_s() - before
    score = np.asarray(said.score, dtype=np.float64)
    if score.shape != (len(value),):
        return replace(failed, seconds=seconds, error=f"{len(value)} points, scores of shape {score.shape}")
    return replace(said, score=finite(score), seconds=seconds, peak_mb=peak_mb)


def warm(name: str) -> None:
    """Import what a method needs, so that the import is not counted as its time."""
    from anomaly_hunter.bench.others import load

    load(name)


def cpu_s() -> float:
    """CPU seconds of this process and of its finished children."""
    times = os.times()
    return time.process_time() + times.children_user + times.children_system


def finite(score: FloatArray) -> FloatArray:
    """Without NaN and infinity: where a method says nothing it says 0, or its lowest score."""
    known = score[np.isfinite(score)]
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 0.0)
    return np.nan_to_num(score, nan=min(low, 0.0), posinf=high, neginf=low)


class RowMethod(Protocol):
    """Anything that scores the rows of a table."""

    @property
    def name(self) -> str:
        """What the tables call it."""
        ...

    def __call__(self, rows: FloatArray) -> FloatArray:
        """``(n,)`` score of ``(n, k)`` rows, higher is stranger."""
        ...


@dataclass(frozen=True, slots=True)
class ProductRows:
    """The product on a table, at default settings or with one named detector."""

    name: str = AUTO

    def __call__(self, rows: FloatArray) -> FloatArray:
        """The score of ``detect_table``."""
        columns = tuple(Column(f"x{i}", "measure", column) for i, column in enumerate(rows.T))
        options = DetectOptions(detectors=() if self.name == AUTO else (self.name,))
        return finite(np.asarray(detect_table(Table("rows", columns), options, _lookup).score))


def row_method_of(name: str) -> RowMethod:
    """The method of tables with this name. UsageError when there is none, or it takes series."""
    if name != AUTO and _lookup(name).takes != "table":
        raise UsageError(f"detector {name!r} takes series", "a detector of tables", "choose another one")
    return ProductRows(name)


def takes_tables(name: str) -> bool:
    """Whether this name is a method of tables."""
    from anomaly_hunter.bench.others import names

    return name == AUTO or (name not in names() and _lookup(name).takes == "table")


def distinct(names: Sequence[str], *more: str) -> tuple[str, ...]:
    """Names in order, each once, without the empty one."""
    return tuple(dict.fromkeys(name for name in (*names, *more) if name))
