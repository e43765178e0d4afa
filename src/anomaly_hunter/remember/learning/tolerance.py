"""Where the boundary of each series belongs, from which alarms were wanted.

The boundary is estimated as the threshold of a psychometric function: the share of alarms that
people want rises with their score, and half of those at the threshold are wanted. A share of the
answers is wrong whatever the score (lapses).

Sources: Watson & Pelli, "QUEST: a Bayesian adaptive psychometric method", Perception & Psychophysics
1983 (posterior of a threshold on a grid); Wichmann & Hill, "The psychometric function: I", ibid. 2001
(lapse rate); Lipton, Elkan & Naryanaswamy, "Optimal thresholding of classifiers to maximize F1",
ECML 2014 (why about one half).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from anomaly_hunter.model import FloatArray
from anomaly_hunter.model.learned import logistic
from anomaly_hunter.remember.learning.answers import DAY_NS, HALF_LIFE_DAYS, Answer

LOWEST: Final = 0.7
HIGHEST: Final = 2.0
STEP: Final = 1.15
"""Most that one answer may move a boundary, as a factor."""

LAPSES: Final = 0.1
WIDTH: Final = 0.15
"""How gradually alarms become wanted, in units of ln(score)."""

USUAL: Final = 0.25
"""Scale of the prior around a factor of 1, in units of ln(factor)."""

RAISED: Final = 0.3
"""A boundary goes up as far as it belongs with a probability of 70%,"""

LOWERED: Final = 0.1
"""and down as far as with 90%."""

SOMEWHERE: Final = 0.05
"""Prior probability that the wanted boundary lies anywhere from 0.5 to 12."""

FAR: Final = 12.0
TRUSTED: Final = math.e
"""Odds before any answer that answers tell something: against tossing a coin."""

_GRID: Final[FloatArray] = np.linspace(math.log(0.5), math.log(FAR), 128)
_BUILT_IN: Final = int(np.argmin(np.abs(_GRID)))


def _prior() -> FloatArray:
    near = np.exp(-np.abs(_GRID) / USUAL)
    prior: FloatArray = (1.0 - SOMEWHERE) * near / near.sum() + SOMEWHERE / len(_GRID)
    return prior


_PRIOR: Final = _prior()


def boundary_factors(answers: Sequence[Answer]) -> dict[str, float]:
    """What the boundary of each series is multiplied by; series without an answer are left out.

    For a series with answers on leads of scores ``s``, a prior over the wanted boundary ``t`` (Laplace
    around 1 with scale 0.25 in ln t; with probability 0.05 anywhere from 0.5 to 12) is multiplied by

        P(wanted | s, t) = 0.1 + 0.8 / (1 + exp(-(ln s - ln t) / 0.15))

    for each alarm that was wanted ("real"), by its complement for each that was not ("expected"),
    each to the power of what the answer still counts, ``2^(-age / 90 days)``. The target is

        w v (max(q30, 0) + min(q90, 0)), within [ln 0.7, ln 2],

    with ``q30, q90`` quantiles of ln t: no farther than answers make sure, and down with more care, as
    what lies below the boundary is never answered on. ``w`` is the probability that the answers of
    all series tell anything: their likelihood against a coin's, prior odds e to 1; ``v`` the probability
    that any boundary belongs elsewhere: the same likelihood against that of the built-in boundaries, odds
    1 to 1, so that people for whom these are right are left alone. The answers are
    walked through in the order of time, and each moves a factor towards its target by at most 1.15.
    Of several answers on one incident the last one counts.

    >>> from anomaly_hunter.remember.learning.answers import Seen
    >>> said = [Answer(str(i), str(i), "expected", (Seen("cpu", 1.3),), at=i) for i in range(6)]
    >>> {name: round(factor, 2) for name, factor in boundary_factors(said).items()}
    {'cpu': 1.71}
    """
    return tolerance(answers).factors


@dataclass(frozen=True, slots=True)
class Tolerance:
    """The factor of every series, and the probability that the answers tell more than a coin."""

    factors: dict[str, float]
    worth: float


def tolerance(answers: Sequence[Answer]) -> Tolerance:
    """:func:`boundary_factors`, and ``w`` after the last answer."""
    told = [answer for answer in sorted(answers, key=lambda a: (a.at, a.id)) if answer.seen]
    walk = _Walk(tuple(dict.fromkeys(answer.seen[0].series_id for answer in told)))
    for answer in told:
        walk.hear(answer)
    moves = sorted(zip(walk.names, walk.moves, strict=True))
    return Tolerance({name: float(math.exp(move)) for name, move in moves}, walk.worth)


@dataclass(slots=True)
class _Walk:
    """The log likelihoods ``(k, 128)`` of the series heard of so far, and how far each was moved."""

    names: tuple[str, ...]
    log: FloatArray = field(init=False)
    moves: FloatArray = field(init=False)
    coin: float = 0.0
    worth: float = TRUSTED / (1.0 + TRUSTED)
    now: int | None = None
    given: dict[str, tuple[int, FloatArray, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.log = np.zeros((len(self.names), len(_GRID)))
        self.moves = np.zeros(len(self.names))

    def hear(self, answer: Answer) -> None:
        """One more answer: time passes, a former one on the same incident falls, all move."""
        if self.now is not None:
            faded = _faded(answer.at - self.now)
            self.log *= faded
            self.coin *= faded
        self.now = answer.at
        former = self.given.pop(answer.incident_id, None)
        if former is not None:
            row, told, at = former
            self.log[row] -= told * _faded(answer.at - at)
            self.coin -= math.log(0.5) * _faded(answer.at - at)
        if answer.word in ("real", "expected"):
            row, wanted = self.names.index(answer.seen[0].series_id), wanted_share(answer.seen[0].score)
            told = np.log(wanted if answer.word == "real" else 1.0 - wanted)
            self.given[answer.incident_id] = (row, told, answer.at)
            self.log[row] += told
            self.coin += math.log(0.5)
        step = math.log(STEP)
        self.moves = np.clip(self._targets(), self.moves - step, self.moves + step)

    def _targets(self) -> FloatArray:
        top = self.log.max(axis=1)
        posterior = _PRIOR * np.exp(self.log - top[:, None])
        total = posterior.sum(axis=1)
        likelihood = math.fsum(np.log(total) + top)
        self.worth = logistic(likelihood - self.coin + math.log(TRUSTED))
        elsewhere = logistic(likelihood - math.fsum(self.log[:, _BUILT_IN]))
        middle = self.worth * elsewhere * _sure(posterior / total[:, None])
        targets: FloatArray = np.clip(middle, math.log(LOWEST), math.log(HIGHEST))
        return targets


def wanted_share(score: float) -> FloatArray:
    """``(128,)`` P(wanted | score, t) for every boundary t of the grid."""
    place = math.log(min(max(score, 0.5), FAR)) if math.isfinite(score) else math.log(FAR)
    share: FloatArray = LAPSES + (1.0 - 2.0 * LAPSES) / (1.0 + np.exp(-(place - _GRID) / WIDTH))
    return share


def _sure(posterior: FloatArray) -> FloatArray:
    """``(k,)`` how far ln t is surely from 0: the near end of its interval, 0 where that holds 0."""
    high = np.minimum(_quantiles(posterior, 1.0 - LOWERED), 0.0)
    low = np.maximum(_quantiles(posterior, RAISED), 0.0)
    sure: FloatArray = low + high
    return sure


def _quantiles(posterior: FloatArray, share: float) -> FloatArray:
    """``(k,)`` quantiles of ln t, interpolated between the points of the grid."""
    risen = np.cumsum(posterior, axis=1)
    at = np.minimum((risen < share).sum(axis=1), len(_GRID) - 1)
    rows = np.arange(len(posterior))
    inside = (share - (risen[rows, at] - posterior[rows, at])) / posterior[rows, at]
    found: FloatArray = _GRID[at] + (inside - 0.5) * (_GRID[1] - _GRID[0])
    return found


def _faded(nanoseconds: int) -> float:
    return float(0.5 ** (nanoseconds / DAY_NS / HALF_LIFE_DAYS))


def visible(factors: Mapping[str, float]) -> dict[str, float]:
    """Without the factors that change nothing that anybody could see (under half a percent)."""
    return {name: factor for name, factor in factors.items() if abs(math.log(factor)) >= 0.005}
