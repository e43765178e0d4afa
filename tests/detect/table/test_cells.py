"""Cells that stand apart: several outliers alike must not hide each other."""

import numpy as np
import pytest

import anomaly_hunter as ah
from anomaly_hunter.detect.cells import apart_cells


def outlying(n, k, bad, seed):
    rng = np.random.default_rng(seed)
    value = rng.normal(50.0, 2.0, (n, k))
    rows = np.sort(rng.choice(n, bad, replace=False))
    value[np.ix_(rows, rng.choice(k, 2, replace=False))] += 20.0
    return value, rows


@pytest.mark.parametrize(("n", "k", "bad"), [(200, 30, 10), (300, 4, 6), (1000, 10, 50)])
def test_rows_that_are_odd_alike_do_not_hide_each_other(n, k, bad):
    told = 0
    for seed in range(5):
        value, rows = outlying(n, k, bad, seed)
        found = {row for anomaly in ah.hunt(value).anomalies for row in anomaly.rows}
        assert found <= set(rows.tolist())
        told += len(found)
    assert told >= 0.8 * 5 * bad


@pytest.mark.parametrize("draw", ["normal", "exponential", "lognormal"])
def test_the_tail_of_a_column_does_not_stand_apart(draw):
    found = [
        bool(apart_cells(getattr(np.random.default_rng(seed), draw)(size=(300, 8))).any())
        for seed in range(20)
    ]
    assert sum(found) <= 1


def test_columns_of_few_values_and_missing_cells_are_no_gap():
    rng = np.random.default_rng(0)
    flags = (rng.random((500, 2)) < 0.03).astype(float)
    holes = np.where(rng.random((500, 1)) < 0.5, np.nan, rng.normal(size=(500, 1)))
    assert not apart_cells(np.column_stack([flags, holes, np.full(500, 7.0)])).any()


def test_numbers_at_the_ends_of_float64_are_compared_too():
    value = np.random.default_rng(0).normal(size=(100, 2))
    value[:3, 0] = 1.7e308
    value[3, 1] = -1.7e308
    assert np.flatnonzero(apart_cells(value)).tolist()[:3] == [0, 1, 2]
