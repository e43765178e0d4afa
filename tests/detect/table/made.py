"""Tables made for tests."""

from __future__ import annotations

import numpy as np

from anomaly_hunter import registry
from anomaly_hunter.detect.options import DetectOptions
from anomaly_hunter.detect.table import detect_table
from anomaly_hunter.model import Column, Table


def table_of(data, *codes, time=None) -> Table:
    """Measures a, b, c ... of ``data``, dimensions x0, x1 ... of ``codes``, maybe a time."""
    columns = [
        Column(chr(97 + j) if j < 26 else f"m{j}", "measure", column) for j, column in enumerate(data.T)
    ]
    for j, given in enumerate(codes):
        code = np.asarray(given, np.int32)
        categories = tuple(f"k{i}" for i in range(code.max(initial=0) + 1))
        columns.append(Column(f"x{j}", "dimension", code, categories))
    if time is not None:
        columns.append(Column("at", "time", time))
    return Table("made.csv", tuple(columns))


def detect(table, **options):
    return detect_table(table, DetectOptions(**options), lambda name: registry.lookup("detectors", name))


def alarmed(detection) -> list[int]:
    return [anomaly.rows[0] for anomaly in detection.anomalies]


def normal(n=300, k=4, seed=0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, k))
