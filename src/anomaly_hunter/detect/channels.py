"""Many channels: one score for all of them, and what each contributes to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from anomaly_hunter.detect.channelwise import Channelwise
from anomaly_hunter.detect.choose import Lookup
from anomaly_hunter.detect.contract import Detector, Explains
from anomaly_hunter.detect.crowd import crowd_limit, limit_of
from anomaly_hunter.detect.fusion import shares
from anomaly_hunter.errors import PluginError
from anomaly_hunter.model import FloatArray
from anomaly_hunter.stats.channels import loudness, scaled
from anomaly_hunter.stats.robust import median, quantiles

DEFAULT = ("joint", "departure", "apart", "relation")
"""The detectors that look at all channels of a series together."""

FEWEST = 64
"""Below so many points only each channel by itself is looked at."""

LOOKED_AT = 64
"""So many channels, those that contribute most somewhere, get an expected course and a band."""

RISK = 0.03
"""The least number of false alarms that each of the five scores is allowed in a series."""


@dataclass(frozen=True, slots=True, eq=False)
class Together:
    """Scores on the common scale: 1.0 is the alarm boundary.

    ``score`` ``(n,)``; ``by_channel`` ``(n, k)``, of which the squares add up to the square of the
    fused score; ``parts`` what each detector says.
    """

    score: FloatArray
    by_channel: FloatArray
    parts: Mapping[str, FloatArray]

    def louder(self, factor: float) -> Self:
        """All scores times ``factor``."""
        if factor == 1.0:
            return self
        parts = {name: part * factor for name, part in self.parts.items()}
        return type(self)(self.score * factor, self.by_channel * factor, parts)

    def strangest(self, most: int = LOOKED_AT) -> tuple[int, ...]:
        """Positions of the channels that contribute most at their highest, in their own order."""
        peak = self.by_channel.max(axis=0, initial=0.0)
        return tuple(sorted(np.argsort(-peak, kind="stable")[:most].tolist()))


def score_together(value: FloatArray, names: Sequence[str], lookup: Lookup, expected: float) -> Together:
    """What detectors of channels say about ``(n, k)`` values, fused and on the common scale.

    Each detector in units of its own body, ``u = (s - median) / (q97 - median)``, above 0; fused

        score = sqrt(sum over detectors of weight u^2) / boundary

    (squares, so that one that is sure outweighs three that see nothing), over what chance lets it
    reach; and each detector by itself at the channel that stands out most, over what chance lets any
    channel reach at any time (:func:`~anomaly_hunter.detect.crowd.crowd_limit`): a few of many are
    hardly heard in a sum. Where one is over its boundary the score is, too. The five share
    ``expected`` false alarms. A detector's square is shared among the channels by its contributions.

    Raises
    ------
    PluginError
        A detector gave scores or contributions of a wrong shape.
    """
    detectors = [lookup(name)() for name in dict.fromkeys(names)]
    squares, by_channel = np.zeros(len(value)), np.zeros(value.shape)
    parts: dict[str, FloatArray] = {}
    each = max(expected / (len(detectors) + 1), RISK)
    flat = scaled(value) if any(isinstance(one, Channelwise) for one in detectors) else value
    for detector in detectors:
        raw, contributed = _asked(detector, value, flat)
        own = _units(raw) ** 2 * float(getattr(detector, "weight", 1.0))
        squares += own
        by_channel += shares(contributed) * own[:, None]
        if isinstance(detector, Channelwise):
            loud = loudness(contributed)
            parts[detector.name] = loud.max(axis=1) / crowd_limit(loud, each)
        else:
            parts[detector.name] = np.maximum(raw - median(raw), 0.0) / limit_of(raw - median(raw), each)
    whole = np.sqrt(squares)
    limit = limit_of(whole, each)
    np.sqrt(by_channel, out=by_channel)
    by_channel /= limit
    score, alone = whole / limit, np.maximum.reduce(list(parts.values()))
    # Over the boundary, but no farther: what one alone sees does not rank above what all see.
    score = np.where(alone >= 1.0, np.maximum(score, 1.0 + 1e-3 * score), score)
    return Together(score, by_channel, parts)


def _units(score: FloatArray) -> FloatArray:
    """The score above its median, in units of the distance from there to its 97% quantile."""
    middle, high = (float(q) for q in quantiles(score, (0.5, 0.97)))
    above: FloatArray = np.maximum(score - middle, 0.0)
    if high > middle:
        return above / (high - middle)
    return above / float(above[above > 0].mean()) if above.any() else above


def _asked(detector: Detector, value: FloatArray, flat: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Raw scores ``(n,)`` and contributions ``(n, k)``; even ones where it gives none."""
    if isinstance(detector, Channelwise):
        contributed = np.where(np.isnan(value), 0.0, detector.unusual(flat))
        return np.sqrt(contributed.sum(axis=1)), contributed
    raw = np.nan_to_num(np.asarray(detector.fit(value).score(value), dtype=np.float64))
    contributed = np.ones(value.shape)
    if isinstance(detector, Explains):
        contributed = np.nan_to_num(np.asarray(detector.contributions(value), dtype=np.float64))
    if raw.shape != (len(value),) or contributed.shape != value.shape:
        came = f"detector {detector.name!r} gave shapes {raw.shape} and {contributed.shape} for {value.shape}"
        raise PluginError(came, "one score per point, one contribution per value")
    return raw, contributed
