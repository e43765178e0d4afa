"""The time of day, as the store writes it."""

from __future__ import annotations

import time

import numpy as np


def now() -> np.datetime64:
    """Now, in UTC, as ``datetime64[ns]``."""
    return np.datetime64(time.time_ns(), "ns")
