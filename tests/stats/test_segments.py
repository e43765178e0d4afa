"""Straight pieces: found where levels move, not where a series wanders."""

from itertools import pairwise

import numpy as np
import pytest

from anomaly_hunter.stats.segments import (
    MOST,
    _best_cuts,
    block_edges,
    block_medians,
    pieces,
    rolling_median,
)


def slow_line_error(part):
    place = np.arange(len(part))
    return float(np.sum((part - np.polyval(np.polyfit(place, part, 1), place)) ** 2))


def slow_best(level, count):
    m = len(level)
    best = {0: 0.0}
    for _ in range(count):
        best = {
            stop: min(
                error + slow_line_error(level[start:stop])
                for start, error in best.items()
                if stop - start >= 2
            )
            for stop in range(2, m + 1)
            if any(stop - start >= 2 for start in best)
        }
    return best[m]


def wandering(n, share, seed):
    noise = np.random.default_rng(seed).normal(size=n)
    for i in range(1, n):
        noise[i] += share * noise[i - 1]
    return noise


@pytest.mark.filterwarnings("ignore::numpy.exceptions.RankWarning")
@pytest.mark.parametrize("count", [1, 2, 3])
def test_the_dynamic_program_finds_the_least_error(count):
    level = np.random.default_rng(count).normal(size=14)
    assert _best_cuts(level)[0][count - 1] == pytest.approx(slow_best(level, count), abs=1e-9)


def test_a_step_is_cut_to_the_point():
    value = np.random.default_rng(0).normal(size=300) + np.where(np.arange(300) >= 203, 7.0, 0.0)
    assert [(p.start, p.stop) for p in pieces(value)] == [(0, 203), (203, 300)]


def test_a_ramp_begins_about_where_it_does():
    value = np.random.default_rng(1).normal(size=200)
    value[120:] += 0.2 * np.arange(80)
    cut = pieces(value)
    assert len(cut) == 2
    assert abs(cut[1].start - 120) <= 10


@pytest.mark.parametrize("share", [0.0, 0.7, 0.9])
def test_a_wandering_series_is_one_piece(share):
    assert sum(len(pieces(wandering(200, share, seed))) > 1 for seed in range(30)) <= 3


@pytest.mark.parametrize("n", [1, 5, 12, 49, 100, 511, 2_003])
def test_pieces_cover_the_series_without_overlap(n):
    value = np.random.default_rng(n).normal(size=n) + np.where(np.arange(n) > n // 2, 20.0, 0.0)
    cut = pieces(value)
    assert len(cut) <= MOST
    assert [p.start for p in cut] == [0, *(p.stop for p in cut[:-1])]
    assert cut[-1].stop == n
    assert sum(len(p.line()) for p in cut) == n


@pytest.mark.parametrize("width", [1, 3, 4, 9, 40])
def test_a_running_median_is_the_median_around_each_point(width):
    value = np.random.default_rng(2).normal(size=31)
    odd = min(width, 31) | 1
    half = odd // 2
    slow = [np.median(value[i - half : i + half + 1]) for i in range(half, 31 - half)]
    assert rolling_median(value, width)[half : 31 - half] == pytest.approx(np.array(slow))


@pytest.mark.parametrize("n", [200, 333, 1_001])
def test_block_medians_are_those_of_the_blocks(n):
    value = np.random.default_rng(3).normal(size=n)
    edges = block_edges(n)
    slow = [np.median(value[a:b]) for a, b in pairwise(edges)]
    assert block_medians(value, edges) == pytest.approx(np.array(slow))
