"""Fast kernels against their slow, obvious twins."""

import numpy as np
import pytest

from anomaly_hunter.stats import windows
from anomaly_hunter.stats.views import in_units, straightened, strangeness


def slow_spread(score, width):
    n = len(score) + width - 1
    return np.array([np.mean([score[s] for s in range(len(score)) if s <= i < s + width]) for i in range(n)])


def slow_nearest(value, width, starts, apart):
    rows = [value[s : s + width] for s in range(len(value) - width + 1)]
    result = []
    for i, row in enumerate(rows):
        far = [np.sqrt(np.mean((row - rows[s]) ** 2)) for s in starts if abs(s - i) >= apart]
        result.append(min(far) if far else 0.0)
    return np.array(result)


@pytest.mark.parametrize(("m", "width"), [(1, 4), (5, 1), (20, 7), (7, 20)])
def test_spread_is_the_mean_over_covering_windows(m, width):
    score = np.random.default_rng(m).random(m)
    assert windows.spread(score, width) == pytest.approx(slow_spread(score, width))


@pytest.mark.parametrize("apart", [1, 5, 50])
def test_nearest_is_the_smallest_distance_to_a_reference_that_is_not_near_in_time(apart):
    value = np.random.default_rng(2).normal(size=60)
    starts = np.array([0, 7, 20, 21, 40, 54])
    fast = windows.nearest(windows.view(value, 6), starts, apart)
    assert fast == pytest.approx(slow_nearest(value, 6, starts, apart), abs=1e-5)


def test_nearest_gives_the_same_in_chunks(monkeypatch):
    value = np.random.default_rng(3).normal(size=300)
    starts = np.arange(0, 280, 9)
    whole = windows.nearest(windows.view(value, 8), starts, 8)
    monkeypatch.setattr(windows, "CHUNK", 37)
    assert windows.nearest(windows.view(value, 8), starts, 8) == pytest.approx(whole)


def test_long_windows_are_described_by_block_means():
    value = np.arange(1_000.0)
    described = windows.view(value, 256)
    assert described.shape == (745, 64)
    assert described[0, :2].tolist() == [1.5, 5.5]
    assert described[10, 0] == pytest.approx(11.5)


def test_trimmed_centres_leave_rare_windows_alone():
    rng = np.random.default_rng(4)
    rows = np.concatenate([rng.normal(0, 0.1, (200, 4)), rng.normal(5, 0.1, (200, 4)), np.full((4, 4), 99.0)])
    middle = windows.centres(rows.astype(np.float32), 4, seed=0)
    distance = windows.to_centre(rows.astype(np.float32), middle)
    assert distance[:400].max() < 1.0
    assert distance[400:].min() > 50


def test_an_exactly_repeating_series_has_no_strange_window():
    value = np.tile([0.0, 1.0, 3.0, -2.0, 0.5], 60)
    assert not strangeness(value, (7, 16)).any()


def test_windows_that_were_mostly_filled_score_nothing():
    value = np.random.default_rng(5).normal(size=200)
    missing = np.zeros(200, bool)
    value[80:140], missing[80:140] = 9.0, True
    score = strangeness(value, (8,), missing)
    assert not score[85:135].any()


def test_a_series_too_short_for_any_window_scores_zero():
    assert strangeness(np.arange(6.0), (16, 64)).tolist() == [0.0] * 6


def test_units_of_scores_that_are_mostly_zero_are_those_of_the_rest():
    score = np.zeros(100)
    score[3] = 8.0
    assert in_units(score)[3] == 1.0
    assert not in_units(np.zeros(4)).any()


def test_only_a_series_that_is_nearly_all_trend_is_straightened():
    noise = np.random.default_rng(6).normal(size=300)
    assert straightened(noise) is noise
    assert abs(np.polyfit(np.arange(300), straightened(noise + np.arange(300)), 1)[0]) < 0.02
