"""Fast kernels against their slow, obvious twins."""

import numpy as np
import pytest

from anomaly_hunter.stats import windows
from anomaly_hunter.stats.views import beat, in_units, straightened, strangeness, window_distance


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


def test_nearest_looks_at_some_windows_as_it_looks_at_all():
    value = np.random.default_rng(4).normal(size=400)
    starts, some = np.arange(0, 390, 7), np.array([3, 50, 51, 52, 300, 390])
    view = windows.view(value, 9)
    whole = windows.nearest(view, starts, 9, 0.5)
    assert windows.nearest(view, starts, 9, 0.5, some) == pytest.approx(whole[some])


def test_what_the_means_of_windows_count_can_be_chosen():
    value = np.r_[np.zeros(30), np.full(30, 8.0)]
    view, starts = windows.view(value, 5), np.array([0, 10])
    by_level = [windows.nearest(view, starts, 5, level)[40] for level in (1.0, 0.5, 0.0)]
    assert by_level == pytest.approx([8.0, 4.0, 0.0])


def test_the_farthest_window_of_a_long_series_is_as_far_as_from_nearly_all_windows():
    value = np.sin(np.arange(6_000) / 7) + np.random.default_rng(7).normal(0, 0.1, 6_000)
    value[4_000:4_010] += 2.0
    view = windows.view(value, 16)
    exact = windows.spread(windows.nearest(view, np.arange(len(view)), 16), 16)
    quick = window_distance(value, 16)
    assert int(quick.argmax()) in range(3_990, 4_020)
    assert exact[3_990:4_020].max() <= quick.max() <= 1.2 * exact.max()


def test_the_beat_of_a_series_is_its_shortest_clear_repetition():
    noise = np.random.default_rng(8).normal(0, 0.2, 5_000)
    assert beat(np.sin(np.arange(5_000) * 2 * np.pi / 53) + noise) in (52, 53, 54)
    assert beat(np.zeros(3_000)) == beat(np.zeros(3)) == beat(np.zeros(0)) == 128


def test_a_restless_score_says_less_with_the_same_peak():
    calm, restless = np.zeros(3_200), np.random.default_rng(9).random(3_200) * 4.0
    calm[::29] = 1.0
    calm[1_000] = restless[1_000] = 9.0
    assert in_units(calm)[1_000] > 2 * in_units(restless)[1_000]


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
