"""Thinning keeps what people look for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from anomaly_hunter.stats.thinning import keep_spikes, thin
from tests.tell.html import naive

NUMBERS = st.one_of(st.floats(allow_infinity=False, width=64), st.sampled_from([0.0, 1e308, -1e308, 5e-324]))
SIGNALS = st.integers(1, 120).flatmap(
    lambda n: st.lists(arrays(np.float64, n, elements=NUMBERS), min_size=1, max_size=3)
)


@settings(derandomize=True, max_examples=60, deadline=None)
@given(SIGNALS, st.integers(1, 30))
def test_it_gives_what_the_naive_twin_gives(signals, buckets):
    assert keep_spikes(signals, buckets).tolist() == naive.keep_spikes(signals, buckets)


@settings(derandomize=True, max_examples=60, deadline=None)
@given(SIGNALS, st.integers(1, 30))
def test_the_lowest_and_highest_of_every_bucket_survive(signals, buckets):
    kept = keep_spikes(signals, buckets)
    n = len(signals[0])
    size = -(-n // buckets)
    for signal in signals:
        for first in range(0, n, size):
            inside = kept[(kept >= first) & (kept < first + size)]
            part = signal[first : first + size]
            if not np.isnan(part).all():
                assert np.nanmin(signal[inside]) == np.nanmin(part)
                assert np.nanmax(signal[inside]) == np.nanmax(part)


@settings(derandomize=True, max_examples=60, deadline=None)
@given(SIGNALS, st.integers(20, 200), st.data())
def test_peaks_survive_and_positions_rise(signals, limit, data):
    n = len(signals[0])
    peaks = data.draw(st.lists(st.integers(0, n - 1), max_size=5))
    kept = thin(signals, limit, [(peak, peak + 1) for peak in peaks], peaks)
    assert set(peaks) <= set(kept.tolist())
    assert (np.diff(kept) > 0).all()
    assert len(kept) <= limit + len(peaks)
    assert kept[0] == 0
    assert kept[-1] == n - 1


def test_no_points_give_no_positions():
    assert keep_spikes([np.empty(0)], 5).tolist() == []
    assert thin([np.empty(0)], 5).tolist() == []


def test_a_run_of_missing_values_keeps_its_ends():
    value = np.ones(1000)
    value[300:500] = np.nan
    kept = keep_spikes([value], 10)
    assert np.isnan(value[kept]).any()


def test_the_neighbourhood_of_an_anomaly_is_kept_whole():
    value = np.random.default_rng(0).normal(size=200_000)
    kept = set(thin([value], 3000, [(90_000, 90_200)]).tolist())
    assert set(range(89_800, 90_400)) <= kept


def test_a_neighbourhood_that_finds_no_room_is_thinned_with_its_spikes():
    value = np.zeros(200_000)
    value[[60_000, 110_000]] = 9.0, -9.0
    kept = thin([value], 1000, [(50_000, 120_000)])
    assert len(kept) <= 1000
    assert {60_000, 110_000} <= set(kept.tolist())


@pytest.mark.parametrize("n", [1, 2, 7, 60])
def test_few_points_are_all_kept(n):
    assert thin([np.arange(float(n))], 60).tolist() == list(range(n))


def test_a_million_points_become_a_few_thousand():
    value = np.random.default_rng(1).normal(size=1_000_000)
    value[123_456] = 40
    kept = thin([value, np.abs(value)], 6000, [(5_000, 5_010)])
    assert len(kept) <= 6000
    assert 123_456 in kept
