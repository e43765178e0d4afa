"""Column quantiles against numpy's slow nan-functions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_hunter.stats.columns import column_counts, column_means, column_quantiles

cells = st.floats(-1e3, 1e3) | st.just(float("nan"))


@given(st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=20))
@settings(derandomize=True, max_examples=60, deadline=None)
def test_quantiles_and_means_are_those_of_the_numbers_that_are_there(rows):
    matrix = np.array(rows)
    found = column_quantiles(matrix, (0.05, 0.5, 0.95))
    for k in range(3):
        known = matrix[:, k][~np.isnan(matrix[:, k])]
        assert column_counts(matrix)[k] == len(known)
        if not len(known):
            assert np.isnan(found[:, k]).all()
            assert np.isnan(column_means(matrix)[k])
            continue
        assert found[:, k] == pytest.approx(np.quantile(known, (0.05, 0.5, 0.95)), abs=1e-9)
        assert column_means(matrix)[k] == pytest.approx(known.mean(), abs=1e-9)


def test_no_rows_give_nan():
    assert np.isnan(column_quantiles(np.empty((0, 2)), (0.5,))).all()
