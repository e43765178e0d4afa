"""From scores to alarms."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from anomaly_hunter.detect.boundary import boundary
from anomaly_hunter.detect.contract import Takes
from anomaly_hunter.detect.fusion import Fusion, Unit, shares
from anomaly_hunter.errors import UsageError

scores = arrays(float, st.integers(8, 200), elements=st.floats(0, 1e6))


@settings(derandomize=True, max_examples=60)
@given(score=scores)
def test_at_most_five_percent_or_three_rows_pass(score):
    assert (score >= boundary(score)).sum() <= max(0.05 * len(score), 3)


@settings(derandomize=True, max_examples=40)
@given(score=scores, factor=st.floats(0.01, 100))
def test_the_unit_of_the_score_does_not_matter(score, factor):
    assert boundary(score * factor) == pytest.approx(boundary(score) * factor, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("share", [0.01, 0.1, 0.5])
def test_a_contamination_gives_that_share(share):
    score = np.random.default_rng(0).permutation(200.0 + np.arange(200))
    assert (score >= boundary(score, share)).sum() == round(200 * share)


def test_a_contamination_over_a_half_is_refused():
    with pytest.raises(UsageError, match=r"from 0 to 0\.5"):
        boundary(np.arange(10.0), 0.7)


@pytest.mark.parametrize("draw", ["exponential", "lognormal", "chisquare"])
def test_clean_scores_pass_now_and_then_only(draw):
    passed = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        score = rng.chisquare(5, 1000) if draw == "chisquare" else getattr(rng, draw)(size=1000)
        passed.append(int((score >= boundary(score)).sum()))
    assert np.mean(passed) < 4
    assert np.median(passed) <= 3


def test_eight_percent_of_outliers_do_not_hide_themselves():
    score = np.random.default_rng(0).exponential(size=1000)
    score[:30] = 60.0
    assert (score[:30] >= boundary(score)).all()


def test_scores_that_are_all_alike_pass_nowhere():
    assert (np.zeros(50) < boundary(np.zeros(50))).all()
    assert (np.full(50, 3.0) < boundary(np.full(50, 3.0))).all()
    assert boundary(np.empty(0)) == np.inf


def test_one_row_that_differs_from_all_others_passes_and_a_tenth_does_not():
    one, many = np.zeros(1000), np.zeros(1000)
    one[5], many[:100] = 2.0, 2.0
    assert np.flatnonzero(one >= boundary(one)).tolist() == [5]
    assert not (many >= boundary(many)).any()


def test_a_unit_keeps_magnitudes_where_ranks_would_not():
    raw = np.append(np.arange(100.0), [500.0, 5000.0])
    unit = Unit.of(raw)
    assert unit(raw)[-1] > 8 * unit(raw)[-2]


class Level:
    """Scores the first column; says nothing about which carries it."""

    name: ClassVar[str] = "level"
    takes: ClassVar[Takes] = "table"

    def fit(self, data):
        return self

    def score(self, data):
        return data[:, 0]


def test_a_detector_that_cannot_explain_itself_leaves_it_to_the_distance_of_the_cells():
    rows = np.random.default_rng(0).normal(size=(100, 3))
    rows[4] = (20.0, 0.0, 3.0)
    parts = Fusion([Level()]).fit(rows).contributions(rows[4:5])
    assert parts[0].argmax() == 0
    assert parts.sum() == pytest.approx(1.0)


def test_shares_of_nothing_are_zero():
    assert shares(np.zeros((2, 3))).tolist() == [[0.0] * 3] * 2
