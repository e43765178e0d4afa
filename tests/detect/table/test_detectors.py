"""Each table detector on its own: formulas against slow twins, and what holds for all of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from anomaly_hunter import registry
from anomaly_hunter.errors import DataError
from tests.detect.table import naive
from tests.detect.table.made import normal

OURS = tuple(kind for kind in registry.each("detectors") if kind.takes == "table")
IDS = [kind.name for kind in OURS]
ours = pytest.mark.parametrize("kind", OURS, ids=IDS)
cells = st.one_of(st.integers(-3, 3).map(float), st.floats(-1e3, 1e3).map(lambda x: round(x, 3)))
tables = st.tuples(st.integers(3, 25), st.integers(1, 4)).flatmap(
    lambda shape: arrays(float, shape, elements=cells)
)
few = settings(derandomize=True, max_examples=25, deadline=None)


def score(kind, rows):
    return kind().fit(rows).score(rows)


@pytest.mark.parametrize("name", ["ecod", "copod", "hbos"])
@few
@given(rows=tables)
def test_a_fast_detector_agrees_with_its_slow_twin(name, rows):
    expected = getattr(naive, name)(rows)
    np.testing.assert_allclose(score(registry.lookup("detectors", name), rows), expected, atol=1e-9)


@pytest.mark.parametrize("name", ["neighbours", "normal-neighbours"])
def test_neighbours_agree_with_distances_taken_one_by_one(name):
    rows = normal(60, 3)
    detector = registry.lookup("detectors", name)().fit(rows)
    np.testing.assert_allclose(detector.score(rows), naive.neighbours(detector, rows), rtol=1e-6)


def test_conditional_is_the_residual_of_a_regression_on_the_other_columns():
    rng = np.random.default_rng(4)
    rows = rng.normal(size=(2000, 3)) @ rng.normal(size=(3, 3))
    detector = registry.lookup("detectors", "conditional")().fit(rows)
    z = detector._margins(rows)
    others, target = z[:, 1:], z[:, 0]
    residual = target - others @ np.linalg.lstsq(others, target, rcond=None)[0]
    told = np.sqrt(detector.contributions(rows)[:, 0])
    assert np.corrcoef(told, np.abs(residual))[0, 1] > 0.99


@ours
@few
@given(rows=tables, seed=st.integers(0, 99))
def test_shuffling_the_rows_shuffles_the_scores(kind, rows, seed):
    order = np.random.default_rng(seed).permutation(len(rows))
    np.testing.assert_allclose(score(kind, rows[order]), score(kind, rows)[order], rtol=1e-6, atol=1e-6)


@ours
@few
@given(rows=tables)
def test_equal_rows_get_equal_scores(kind, rows):
    doubled = np.concatenate([rows, rows])
    got = score(kind, doubled)
    np.testing.assert_allclose(got[: len(rows)], got[len(rows) :], rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("name", ["ecod", "copod", "copula", "conditional"])
def test_units_of_a_column_do_not_matter_to_detectors_that_rank(name):
    rows = np.random.default_rng(2).lognormal(size=(200, 3))
    kind = registry.lookup("detectors", name)
    np.testing.assert_allclose(
        score(kind, rows * [1e3, 1.0, 0.01] + [0, 50, -3]), score(kind, rows), rtol=1e-6
    )


@ours
def test_units_of_a_column_hardly_matter_to_any(kind):
    rows = np.random.default_rng(2).lognormal(size=(400, 3))
    first, second = score(kind, rows), score(kind, rows * [1e3, 1.0, 0.01])
    assert np.corrcoef(first.argsort().argsort(), second.argsort().argsort())[0, 1] > 0.95


@ours
@pytest.mark.parametrize(
    "rows",
    [
        np.empty((0, 3)), np.empty((5, 0)), np.ones((1, 2)), np.ones((2, 2)), np.arange(6.0).reshape(3, 2),
        np.full((20, 2), 7.0), np.full((20, 2), np.nan), np.eye(20), np.full((20, 1), 1e308),
        np.array([[1e308], [-1e308], *([[0.0]] * 18)]), np.full((30, 2), 5e-324),
        np.where(np.eye(30, 40) > 0, np.nan, np.arange(40.0)), (normal(50, 2) > 1.5).astype(float),
    ],
    ids=lambda rows: f"{rows.shape}",
)  # fmt: skip
def test_odd_tables_give_finite_scores_and_contributions(kind, rows):
    before = rows.copy()
    detector = kind().fit(rows)
    got, parts = detector.score(rows), detector.contributions(rows)
    assert got.shape == (len(rows),)
    assert parts.shape == rows.shape
    assert np.isfinite(got).all()
    assert np.isfinite(parts).all()
    assert (parts >= 0).all()
    np.testing.assert_array_equal(rows, before)


@ours
def test_a_far_row_scores_highest_and_a_far_cell_is_carried_by_its_column(kind):
    row, cell = normal(200, 4), normal(200, 4)
    row[17], cell[30, 2] = -30.0, 40.0
    assert score(kind, row).argmax() == 17
    assert kind().fit(cell).contributions(cell)[30].argmax() == 2


@ours
def test_a_missing_cell_is_no_more_surprising_than_the_median(kind):
    rows = normal(200, 3)
    detector = kind().fit(rows)
    hole, middle = rows[:1].copy(), rows[:1].copy()
    hole[0, 1], middle[0, 1] = np.nan, np.median(rows[:, 1])
    np.testing.assert_allclose(detector.score(hole), detector.score(middle))


@ours
def test_new_rows_far_outside_score_among_the_highest(kind):
    rows = normal(200, 3)
    detector = kind().fit(rows)
    high = np.quantile(detector.score(rows), 0.95)
    assert (detector.score(np.array([[50.0] * 3, [1e308] * 3, [-1e308] * 3])) > high).all()


@ours
@pytest.mark.parametrize("wrong", [np.ones(5), np.ones((2, 2, 2)), np.array([[np.inf, 1.0]])])
def test_a_wrong_shape_or_an_infinite_cell_is_our_error(kind, wrong):
    with pytest.raises(DataError):
        kind().fit(wrong)
    with pytest.raises(DataError):
        kind().fit(np.eye(9)).score(np.ones((3, 2)))


def test_neighbours_see_a_row_between_two_groups():
    rows = normal(300, 2) + 12.0 * (np.arange(300) % 2)[:, None]
    rows[7] = 6.0
    assert score(registry.lookup("detectors", "neighbours"), rows).argmax() == 7


@pytest.mark.parametrize("name", ["copula", "conditional"])
def test_a_row_that_breaks_how_two_columns_move_together_stands_out(name):
    rng = np.random.default_rng(0)
    x = rng.normal(size=500)
    rows = np.column_stack([x, x + 0.05 * rng.normal(size=500), rng.normal(size=500)])
    rows[9, :2] = (1.0, -1.0)
    detector = registry.lookup("detectors", name)().fit(rows)
    assert detector.score(rows).argmax() == 9
    assert detector.contributions(rows)[9].argmin() == 2


def test_more_columns_than_a_block_are_taken_in_blocks():
    rows = normal(60, 600)
    rows[3, 599] = 30.0
    assert score(registry.lookup("detectors", "conditional"), rows).argmax() == 3
