"""Seasons are found where they are, and not invented."""

import numpy as np
import pytest

from anomaly_hunter.stats.robust import standard
from anomaly_hunter.stats.season import autocorrelation, explained, find_period, phase_course


def wandering(n, share, seed):
    noise = np.random.default_rng(seed).normal(size=n)
    for i in range(1, n):
        noise[i] += share * noise[i - 1]
    return noise


def wave(n, period, noise, seed=0):
    return np.sin(np.arange(n) * 2 * np.pi / period) + noise * np.random.default_rng(seed).normal(size=n)


def test_autocorrelation_is_the_sum_of_products_by_pairs():
    value = np.random.default_rng(0).normal(size=50)
    slow = [value[: 50 - k] @ value[k:] / (50 - k) for k in range(6)]
    assert autocorrelation(value, 5) == pytest.approx(np.array(slow) / slow[0])


@pytest.mark.parametrize("period", [5, 24, 37, 96])
def test_a_clear_season_is_found(period):
    assert find_period(standard(wave(period * 12, period, 0.4)))[0] == period


def test_a_day_and_a_week_are_found_from_the_clock():
    hours = np.arange(24 * 7 * 8)
    day = np.sin(hours * 2 * np.pi / 24) + 0.3 * np.random.default_rng(0).normal(size=len(hours))
    assert find_period(standard(day), (24, 168))[0] == 24
    weekend = np.where((hours // 24) % 7 >= 5, -3.0, 0.0)
    assert find_period(standard(day + weekend), (24, 168))[0] == 168


@pytest.mark.parametrize("share", [0.0, 0.7, 0.95, 1.0])
@pytest.mark.parametrize("n", [60, 300, 1000])
def test_noise_and_wandering_have_no_season(share, n):
    found = sum(find_period(standard(wandering(n, share, seed)), (24, 168))[0] > 0 for seed in range(20))
    assert found <= 2


def test_a_longer_season_needs_to_have_been_seen_twice():
    assert find_period(standard(wave(300, 24, 0.3)), (24, 168))[0] == 24


def test_out_of_sample_a_wrong_period_explains_nothing():
    value = wave(480, 24, 0.2)
    assert explained(value, 24) > 0.8
    assert explained(value, 17) < 0.1


def test_one_incident_does_not_become_part_of_the_season():
    value = wave(240, 24, 0.0)
    spoilt = value.copy()
    spoilt[100:110] += 50
    assert phase_course(spoilt, 24) == pytest.approx(phase_course(value, 24), abs=0.15)


def test_too_few_points_have_no_season():
    assert find_period(np.zeros(5)) == (0, 0.0)
