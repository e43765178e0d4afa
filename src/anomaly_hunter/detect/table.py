"""From a table to the rows that are strange, and the columns that make them so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np

from anomaly_hunter.detect.boundary import boundary
from anomaly_hunter.detect.categories import Rarity, rarity
from anomaly_hunter.detect.cells import apart_cells
from anomaly_hunter.detect.contract import Detector
from anomaly_hunter.detect.fusion import Fusion, Unit, shares
from anomaly_hunter.detect.options import DetectOptions
from anomaly_hunter.detect.outlying import Reading, judge_rows
from anomaly_hunter.errors import UsageError
from anomaly_hunter.model import Column, Detection, FloatArray, Table

DEFAULT: Final = ("neighbours", "normal-neighbours", "conditional")
FEWEST: Final = 8  # rows, below which nothing can be called unusual

Lookup = Callable[[str], type[Any]]


def detect_table(table: Table, options: DetectOptions, lookup: Lookup) -> Detection:
    """The outlying rows of a table.

    The measures go through the detectors (by default three that look at different things: gaps,
    skewed tails, single cells), the dimensions through the rarity of their categories. Each
    view is measured in units of its own body, the mean of all is divided by the boundary that the
    body promises (:func:`~anomaly_hunter.detect.boundary.boundary`), and a row at 1.0 or more is
    an alarm. A row over the boundary of a single view takes that score if it is the larger: what
    one view sees clearly, others that cannot see it do not
    average away. So does a row with cells that stand apart from all others of their column
    (:func:`~anomaly_hunter.detect.cells.apart_cells`). Text, id and time columns are not scored.

    Parameters
    ----------
    lookup:
        ``lookup(name)`` gives the class of a detector.

    Raises
    ------
    UsageError
        A detector that was named takes series, or the contamination is not within 0 to 0.5.
    """
    detectors = [table_detector(name, lookup) for name in options.detectors or DEFAULT]
    views = _Views.of(table)
    names = tuple(detector.name for detector in detectors) if views.measures else ()
    names += ("rarity",) if views.dimensions else ()
    if len(table) < FEWEST or not names:
        note = f"{len(table)} rows: too few to say what is usual, {FEWEST} are needed"
        notes = (note, *views.notes) if len(table) < FEWEST else views.notes
        return Detection(table.name, np.zeros(len(table)), (), names, table=table, note="; ".join(notes))
    scored = _score(views, detectors)
    reading = Reading.of(views.data, [column.name for column in views.measures], options, scored.rarity,
                         [column.name for column in views.dimensions])  # fmt: skip
    score = _on_common_scale(scored.fused, scored.each, options)
    if options.contamination is None and not options.detectors:
        score = np.maximum(score, _loud(apart_cells(views.data), options.sensitivity))
    score = np.where(reading.impossible.any(axis=1), np.maximum(score, 1.0), score)
    rows = np.flatnonzero(score >= 1.0)
    anomalies, quiet = judge_rows(
        table, rows, score, scored.carried(views.data, rows), reading=reading, options=options
    )
    return Detection(
        table.name, score, anomalies, names, table=table, quiet=quiet, note="; ".join(views.notes)
    )


def _loud(apart: FloatArray, sensitivity: float) -> FloatArray:
    """Cells that stand apart, where that is enough for an alarm; what is not leaves the order as it is."""
    return np.where(apart * sensitivity >= 1.0, apart * sensitivity, 0.0)


def table_detector(name: str, lookup: Lookup) -> Detector:
    """A new detector of this name; UsageError when it takes series."""
    kind = lookup(name)
    if kind.takes != "table":
        raise UsageError(
            f"detector {name!r} takes {kind.takes} and the data are a table",
            "a detector that takes tables",
            f"try one of {', '.join(DEFAULT)}; `hunter detectors` lists all",
        )
    detector: Detector = kind()
    return detector


def _on_common_scale(fused: FloatArray, each: FloatArray, options: DetectOptions) -> FloatArray:
    views = each.shape[1]
    looks = views + 1 if views > 1 and options.contamination is None else 1
    limit = boundary(fused, options.contamination, looks=looks)
    if limit > 0:
        score = np.maximum(fused / limit * options.sensitivity, 0.0)
        for view in each.T if looks > 1 else ():
            alone = view / boundary(view, looks=looks) * options.sensitivity
            score = np.where(alone >= 1.0, np.maximum(score, alone), score)
        return score
    # A contamination near a half puts the boundary at or below the usual, which is 0.
    return np.where(fused >= limit, 1.0 + fused - limit, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class _Views:
    """The columns that say something, and a note on those that do not."""

    measures: tuple[Column, ...]
    dimensions: tuple[Column, ...]
    data: FloatArray
    notes: tuple[str, ...]

    @classmethod
    def of(cls, table: Table) -> Self:
        measures, dimensions = table.by_role("measure"), table.by_role("dimension")
        flat = [column for column in (*measures, *dimensions) if _is_constant(column)]
        measures = tuple(column for column in measures if column not in flat)
        dimensions = tuple(column for column in dimensions if column not in flat)
        data = np.empty((len(table), len(measures)))
        for place, column in enumerate(measures):
            data[:, place] = np.where(np.isinf(column.values), np.nan, column.values)
        notes = []
        if not measures and not dimensions:
            notes.append("no measure and no dimension that varies: nothing to score")
        if flat:
            notes.append(f"not scored, as they hold one value or none: {_listed(flat)}")
        gaps = np.isnan(data).sum(axis=0)
        if gaps.any():
            where = _listed([column for column, gap in zip(measures, gaps, strict=True) if gap])
            notes.append(f"{gaps.sum()} missing cells count as usual: {where}")
        return cls(measures, dimensions, data, tuple(notes))


def _is_constant(column: Column) -> bool:
    values = column.values
    known = values[values >= 0] if column.role == "dimension" else values[np.isfinite(values)]
    return not len(known) or bool((known == known[0]).all())


def _listed(columns: list[Column]) -> str:
    names = ", ".join(column.name for column in columns[:5])
    return f"{names} and {len(columns) - 5} more" if len(columns) > 5 else names


@dataclass(frozen=True, slots=True, eq=False)
class _Scored:
    """The fused score of every row and what is needed to say which column carries it."""

    fused: FloatArray
    each: FloatArray
    fusion: Fusion | None
    rarity: Rarity
    rare: FloatArray

    def carried(self, data: FloatArray, rows: np.ndarray[tuple[int], np.dtype[np.int64]]) -> FloatArray:
        """``(len(rows), k + m)`` shares of measures, then dimensions."""
        parts = [np.zeros((len(rows), 0))]
        if self.fusion is not None and len(rows):
            weight = np.maximum(self.fusion.fitted[rows], 0.0) * len(self.fusion.detectors)
            parts.append(weight[:, None] * self.fusion.contributions(data[rows]))
        elif self.fusion is not None:
            parts.append(np.zeros((0, data.shape[1])))
        rare = np.maximum(self.rare[rows], 0.0)
        parts.append(rare[:, None] * shares(self.rarity.surprise[rows]))
        return np.column_stack(parts)


def _score(views: _Views, detectors: list[Detector]) -> _Scored:
    fusion = Fusion(detectors).fit(views.data) if views.measures else None
    found = rarity(views.dimensions) if views.dimensions else Rarity.nothing(len(views.data))
    raw = found.surprise.sum(axis=1)
    rare = Unit.of(raw)(raw) if views.dimensions else np.zeros(len(raw))
    if fusion is None:
        return _Scored(rare, rare[:, None], None, found, rare)
    blank = np.isnan(views.data).all(axis=1, keepdims=True)
    each = np.where(blank, 0.0, fusion.each)
    if not views.dimensions:
        return _Scored(each.mean(axis=1), each, fusion, found, rare)
    # The dimensions are one view among the detectors.
    each = np.column_stack([each, rare])
    return _Scored(each.mean(axis=1), each, fusion, found, rare)
