"""Values for the tests."""

import numpy as np


def steady(n=200, level=50.0, noise=1.0, seed=11):
    """Noise around a level."""
    return level + np.random.default_rng(seed).normal(0, noise, n)


def ramp(n=200, start=120, slope=1.0, level=50.0, noise=1.0):
    """Steady, then rising from ``start`` on."""
    value = steady(n, level, noise)
    value[start:] += slope * np.arange(1, n - start + 1)
    return value
