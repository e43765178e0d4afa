"""Counts: normal scores against exact sums."""

import math
from statistics import NormalDist

import numpy as np
import pytest

from anomaly_hunter.stats.counts import count_scores, dispersion, looks_like_counts, typical_ratio


def exact(count, mean, wide):
    """The z of the exact tail of a Poisson or negative binomial count."""
    size = 1 / wide if wide else None

    def chance(k):
        if size is None:
            return math.exp(k * math.log(mean) - mean - math.lgamma(k + 1))
        share = mean / (mean + size)
        log = math.lgamma(k + size) - math.lgamma(size) - math.lgamma(k + 1)
        return math.exp(log + size * math.log(1 - share) + k * math.log(share))

    if count > mean:
        rest = sum(chance(k) for k in range(count, count + 400))
        return max(0.0, -NormalDist().inv_cdf(rest)) if rest < 1 else 0.0
    return min(0.0, NormalDist().inv_cdf(min(sum(chance(k) for k in range(count + 1)), 0.999999)))


@pytest.mark.parametrize(("mean", "wide"), [(0.2, 0), (3, 0), (40, 0), (3, 0.4), (40, 0.02), (0.5, 1.0)])
def test_scores_are_those_of_the_exact_tails(mean, wide):
    most = mean + 6 * math.sqrt(mean + wide * mean**2) + 2
    count = np.array(sorted({float(round(k)) for k in np.linspace(0, most, 12)}))
    wanted = [exact(int(k), mean, wide) for k in count]
    assert count_scores(count, np.full(len(count), float(mean)), wide) == pytest.approx(wanted, abs=0.05)


def test_dispersion_is_found_and_is_zero_for_poisson():
    rng = np.random.default_rng(0)
    mean = np.full(3_000, 50.0)
    assert dispersion(rng.poisson(mean).astype(float), mean) < 0.005
    wide = rng.negative_binomial(10, 10 / 60, 3_000).astype(float)
    assert dispersion(wide, mean) == pytest.approx(0.1, abs=0.03)
    assert dispersion(np.empty(0), np.empty(0)) == 0.0


def test_rare_counts_get_their_mean_back_from_a_median_of_zero():
    count = np.random.default_rng(1).poisson(0.3, 2_000).astype(float)
    assert 0.1 * typical_ratio(count, np.full(2_000, 0.1)) == pytest.approx(0.3, abs=0.04)


def test_only_whole_numbers_that_vary_like_counts_are_counts():
    rng = np.random.default_rng(2)
    assert looks_like_counts(rng.poisson(9, 200).astype(float), 3.0)
    assert looks_like_counts(np.array([0.0] * 20 + [1.0]), 0.0)
    assert not looks_like_counts(rng.normal(9, 3, 200), 3.0)
    assert not looks_like_counts(np.array([-1.0, 2.0]), 1.0)
    assert not looks_like_counts(np.full(20, 8.0), 0.0)
    assert not looks_like_counts(np.empty(0), 0.0)
