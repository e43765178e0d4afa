"""Watches to test with: a store, a time that stands still until it is moved, a file that grows."""

from __future__ import annotations

import numpy as np

NOON = np.datetime64("2026-04-01T12:00:00", "ns")
FILES = {"files": ["metrics.csv"], "every": "5m", "history": "1d", "delay": "0s"}


def later(**parts):
    """So long after noon: ``later(minutes=5)``."""
    units = {"seconds": "s", "minutes": "m", "hours": "h", "days": "D"}
    return NOON + sum((np.timedelta64(n, units[unit]) for unit, n in parts.items()), np.timedelta64(0, "s"))
