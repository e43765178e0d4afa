"""Spectral residual: what stands out after the usual frequencies are flattened."""

from __future__ import annotations

from typing import ClassVar, Self

import numpy as np

from anomaly_hunter.detect.checks import blank_missing, one_series
from anomaly_hunter.detect.contract import Takes
from anomaly_hunter.model import FloatArray
from anomaly_hunter.stats.robust import fill, standard

SMOOTH = 3
AHEAD = 5


class Spectral:
    """Saliency of each point by the spectral residual of Ren et al. 2019 (KDD, section 3.2).

    The log amplitude spectrum minus its mean over three frequencies, back in time; five points
    are extrapolated at the end, as in the paper, so that the last ones can be scored.

    >>> x = np.sin(np.arange(200) / 5)
    >>> x[120] += 3
    >>> int(Spectral().fit(x).score(x).argmax())
    120
    """

    name: ClassVar[str] = "spectral"
    takes: ClassVar[Takes] = "series"

    def fit(self, data: FloatArray) -> Self:
        """Nothing is kept: the spectrum is that of what is scored."""
        one_series(data, self.name)
        return self

    def score(self, data: FloatArray) -> FloatArray:
        """``(n,)`` saliency over its mean; 0 below 12 values and where the series is constant."""
        value = one_series(data, self.name)
        n = len(value)
        whole = standard(fill(value))
        if n < 12 or not whole.any():
            return np.zeros(n)
        slopes = (whole[-1] - whole[-AHEAD - 1 : -1]) / np.arange(AHEAD, 0, -1)
        guess = whole[-AHEAD] + slopes.mean() * AHEAD
        spectrum = np.fft.fft(np.concatenate([whole, np.full(AHEAD, guess)]))
        amplitude = np.maximum(np.abs(spectrum), 1e-8)
        log = np.log(amplitude)
        usual = np.convolve(np.concatenate([log[-1:], log, log[:1]]), np.full(SMOOTH, 1 / SMOOTH), "valid")
        saliency = np.abs(np.fft.ifft(spectrum / amplitude * np.exp(log - usual)))[:n]
        return blank_missing(saliency / max(float(saliency.mean()), 1e-12), value)
