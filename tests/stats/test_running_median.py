"""Medians without sorting, against the slow and obvious ones."""

import numpy as np
import pytest

from anomaly_hunter.stats.robust import column_medians, median, row_medians
from anomaly_hunter.stats.running_median import running_median


@pytest.mark.parametrize("width", [3, 5, 7, 9, 11])
@pytest.mark.parametrize("n", [11, 12, 40])
def test_running_medians_are_those_of_each_window(width: int, n: int) -> None:
    rng = np.random.default_rng(width * n)
    for value in (rng.normal(size=n), rng.integers(0, 4, n).astype(float), np.full(n, 7.0)):
        slow = [float(np.median(value[i : i + width])) for i in range(n - width + 1)]
        assert running_median(value, width).tolist() == slow


def test_running_medians_of_nine_hold_for_all_zeros_and_ones() -> None:
    # By the zero-one principle a network that is right for these is right for all numbers.
    bits = (np.arange(512)[:, None] >> np.arange(9)) & 1
    for row in bits.astype(float):
        assert running_median(row, 9)[0] == float(row.sum() >= 5)


def test_running_medians_take_arrays_with_steps() -> None:
    value = np.random.default_rng(0).normal(size=60)
    assert np.array_equal(running_median(value[::2], 7), running_median(value[::2].copy(), 7))


@pytest.mark.parametrize("n", [1, 2, 3, 10, 64, 65, 66, 301])
def test_medians_are_those_of_numpy_and_leave_the_values_alone(n: int) -> None:
    value = np.random.default_rng(n).normal(size=n)
    before = value.copy()
    assert median(value) == pytest.approx(float(np.median(value)), rel=1e-15)
    assert np.array_equal(value, before)


@pytest.mark.parametrize("shape", [(1, 1), (3, 2), (4, 7), (9, 24), (10, 24)])
def test_medians_along_an_axis_are_those_of_numpy(shape: tuple[int, int]) -> None:
    rows = np.random.default_rng(sum(shape)).normal(size=shape)
    assert np.allclose(row_medians(rows), np.median(rows, axis=1), rtol=1e-15)
    holes = rows.copy()
    holes[-1, shape[1] // 2 :] = np.nan
    if len(rows) > 1:
        assert np.allclose(column_medians(holes), np.nanmedian(holes, axis=0), rtol=1e-15)
