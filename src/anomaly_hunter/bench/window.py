"""The VUS window of a series for which nobody has written one down."""

from __future__ import annotations

import numpy as np

from anomaly_hunter.model import FloatArray

DEFAULT, BASE, LAGS, MOST_POINTS = 125, 3, 400, 20_000


def autocorrelation_window(value: FloatArray) -> int:
    """The lag, from 6 to 303 points, of the highest local maximum of the autocorrelation; else 125.

    The rule ``find_length_rank(rank=1)`` of TSB-AD (Liu & Paparrizos, NeurIPS 2024): at most the first
    20,000 points, lags 3 to 400, strict maxima. Missing values are interpolated here.

    >>> autocorrelation_window(np.sin(2 * np.pi * np.arange(2000) / 48))
    48
    >>> autocorrelation_window(np.zeros(50))
    125
    """
    known = np.isfinite(value)
    if not known.any():
        return DEFAULT
    place = np.arange(len(value))
    highest, exponent = np.frexp(np.abs(value[known]).max())  # a power of two, so that no square overflows
    x = np.ldexp(np.interp(place, place[known], value[known])[:MOST_POINTS], -exponent)
    x = x - x.mean()
    size = 1 << int(2 * len(x) - 1).bit_length()
    power = np.abs(np.fft.rfft(x, size)) ** 2
    correlation = np.fft.irfft(power, size)[: min(LAGS + 1, len(x))]
    if not correlation[0] > 1e-12 * max(float(highest) ** 2, 1e-300):
        return DEFAULT
    lagged = (correlation / correlation[0])[BASE:]
    tops = np.flatnonzero((lagged[1:-1] > lagged[:-2]) & (lagged[1:-1] > lagged[2:])) + 1
    if not len(tops):
        return DEFAULT
    top = int(tops[np.argmax(lagged[tops])])
    return top + BASE if 3 <= top <= 300 else DEFAULT
