"""Small folders laid out like benchmark data."""

from __future__ import annotations

import csv
import json

import numpy as np

SPIKE = slice(300, 306)


def spiky(seed, n=400):
    """Noise around 100 with one spike."""
    value = np.random.default_rng(seed).normal(100, 1, n)
    value[SPIKE] += 30
    return value


def labels(n=400):
    """1 inside the spike."""
    label = np.zeros(n, dtype=np.uint8)
    label[SPIKE] = 1
    return label


def write_series(root, source, name, *, value=None, label=None, **more):
    """One npz, with a clock of a minute unless ``t0`` is None."""
    place = root / "series" / source
    place.mkdir(parents=True, exist_ok=True)
    value = spiky(len(name)) if value is None else value
    label = labels(len(value)) if label is None else label
    arrays = {"train_len": np.int64(100), "t0": np.int64(600), "interval_s": np.int64(60)} | more
    arrays = {key: array for key, array in arrays.items() if array is not None}
    np.savez(place / f"{name}.npz", value=value, label=label, **arrays)


def write_rows(path, head, rows):
    """A CSV."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([head.split(","), *rows])


def write_protocol(root, rows):
    """``series/baselines.csv`` with k-means at 0.5 for (set, series, start, end, window, quick)."""
    head = "set,series,start,end,window,n,anomaly_ratio,method,vus_pr,vus_roc,auc_pr,seconds,quick"
    full = [[*row[:5], 400, 0.01, "kmeans10", 0.5, 0.6, 0.4, 0.01, row[5]] for row in rows]
    write_rows(root / "series" / "baselines.csv", head, full)


def write_all(root):
    """Two unknown sets, many channels, tables and scenarios; no baselines."""
    for source in ("alpha", "beta"):
        for i in range(2):
            write_series(root, source, f"{source}{i}")
    write_series(root, "alpha", "calm", value=np.random.default_rng(9).normal(0, 1, 400), label=np.zeros(400))
    many = np.column_stack([spiky(i) for i in range(3)])
    write_series(root, "many", "m0", value=many)
    (root / "tables").mkdir()
    rows = np.random.default_rng(0).normal(0, 1, (60, 3))
    rows[:4] += 40
    np.savez(root / "tables" / "own.npz", X=rows, y=(np.arange(60) < 4).astype(int))
    stamps = np.datetime64("2026-01-01T00:00:00") + np.arange(400) * np.timedelta64(3600, "s")
    write_rows(root / "scenarios" / "hot" / "a.csv", "timestamp,value", zip(stamps, spiky(1), strict=True))
    (root / "scenarios" / "truth.json").write_text(json.dumps({"hot/a.csv": [[300, 305]]}))
    return root
