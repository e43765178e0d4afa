"""The slow, obvious twin of the downsampling."""

from __future__ import annotations

import math


def keep_spikes(signals, buckets):
    """First, last, earliest lowest and earliest highest point of every bucket, one by one."""
    n = len(signals[0])
    if n == 0:
        return []
    size = math.ceil(n / max(1, buckets))
    kept = set()
    for first in range(0, n, size):
        positions = range(first, min(first + size, n))
        kept |= {positions[0], positions[-1]}
        for signal in signals:
            known = [i for i in positions if not math.isnan(signal[i])]
            if known:
                kept.add(min(known, key=lambda i: (signal[i], i)))
                kept.add(min(known, key=lambda i: (-signal[i], i)))
    return sorted(kept)
