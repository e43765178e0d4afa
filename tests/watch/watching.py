"""Watches to test with: a store, a time that stands still until it is moved, a file that grows."""

from __future__ import annotations

import numpy as np

NOON = np.datetime64("2026-04-01T12:00:00", "ns")
FILES = {"files": ["metrics.csv"], "every": "5m", "history": "1d", "delay": "0s"}


def later(*, seconds=0, minutes=0, hours=0, days=0):
    """So long after noon."""
    whole = seconds + 60 * minutes + 3_600 * hours + 86_400 * days
    return NOON + np.timedelta64(whole * 1_000_000_000, "ns")


class Clock:
    """A time that stands still until it is moved."""

    def __init__(self, at=NOON):
        self.at = at

    def __call__(self):
        return self.at

    def move(self, **parts):
        self.at += later(**parts) - NOON


def write_metrics(path, until, *, days=2, spikes=(), skip=()):
    """A CSV of one value a minute before ``until``; raised for ten minutes at each of ``spikes``."""
    minutes = np.arange(until - np.timedelta64(days, "D"), until, np.timedelta64(60, "s"))
    value = 100 + np.random.default_rng(7).normal(0, 2, len(minutes))
    for begin in spikes:
        value[(minutes >= begin) & (minutes < begin + np.timedelta64(600, "s"))] += 60
    rows = [
        f"{t}Z,{v:.3f}" for t, v in zip(minutes.astype("datetime64[s]"), value, strict=True) if t not in skip
    ]
    path.write_text("timestamp,latency_ms\n" + "\n".join(rows) + "\n")
