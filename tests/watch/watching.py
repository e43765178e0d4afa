"""Watches to test with: a store, a time that stands still until it is moved, a file that grows."""

from __future__ import annotations

import numpy as np

NOON = np.datetime64("2026-04-01T12:00:00", "ns")
FILES = {"files": ["metrics.csv"], "every": "5m", "history": "1d", "delay": "0s"}


def later(*, seconds=0, minutes=0, hours=0, days=0):
    """So long after noon."""
    whole = seconds + 60 * minutes + 3_600 * hours + 86_400 * days
    return NOON + np.timedelta64(whole * 1_000_000_000, "ns")
