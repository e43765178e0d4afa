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
from typing import Final

import numpy as np

from anomaly_hunter.model import FloatArray
from anomaly_hunter.remember.learning.answers import Answer, ages

LOWEST: Final = 0.7
HIGHEST: Final = 2.0
STEP: Final = 1.15
"""Most that one answer may move a boundary, as a factor."""

LAPSES: Final = 0.1
WIDTH: Final = 0.15
"""How gradually alarms become wanted, in units of ln(score)."""

USUAL: Final = 0.25
"""Scale of the prior around a factor of 1, in units of ln(factor)."""

FAR: Final = 12.0
TRUSTED: Final = math.e
"""Odds before any answer that answers tell something: against tossing a coin."""

_GRID: Final[FloatArray] = np.linspace(math.log(0.5), math.log(FAR), 128)


def _prior() -> FloatArray:
    """Half near 1 (Laplace), half anywhere on the grid."""
    near = np.exp(-np.abs(_GRID) / USUAL)
    prior: FloatArray = 0.5 * near / near.sum() + 0.5 / len(_GRID)
    return prior


_PRIOR: Final = _prior()
_FACTORS: Final = np.clip(_GRID, math.log(LOWEST), math.log(HIGHEST))


def boundary_factors(answers: Sequence[Answer]) -> dict[str, float]:
    """What the boundary of each series is multiplied by; series without an answer are left out.

    For a series with answers on leads of scores ``s``, a prior over the wanted boundary ``t`` (half of
    it Laplace around 1 with scale 0.25 in ln t, half flat from 0.5 to 12) is multiplied by

        P(wanted | s, t) = 0.1 + 0.8 / (1 + exp(-(ln s - ln t) / 0.15))

    for each alarm that was wanted ("real"), by its complement for each that was not ("expected"),
    each to the power of what the answer still counts. The factor is ``exp(w E[ln t])``, ln t taken
    within [ln 0.7, ln 2], with ``w`` the probability that the answers of all series tell anything:
    their likelihood against a coin's, prior odds e to 1. It is no farther from 1 than ``1.15^n``.

    >>> from anomaly_hunter.remember.learning.answers import Seen
    >>> said = [Answer(str(i), str(i), "expected", (Seen("cpu", 1.3),)) for i in range(4)]
    >>> {name: round(factor, 2) for name, factor in boundary_factors(said).items()}
    {'cpu': 1.49}
    """
    likelihood, count, coin = _likelihoods(answers)
    if not likelihood:
        return {}
    known = {name: float(math.log(_PRIOR @ np.exp(part))) for name, part in likelihood.items()}
    evidence = math.fsum(known.values()) - coin + math.log(TRUSTED)
    worth = 1.0 / (1.0 + math.exp(-min(max(evidence, -30.0), 30.0)))
    return {
        name: _factor(likelihood[name], worth, count[name]) for name in sorted(likelihood)
    }


def _likelihoods(answers: Sequence[Answer]) -> tuple[dict[str, FloatArray], dict[str, int], float]:
    """Per series the log likelihood on the grid and the answers; and the log likelihood of a coin."""
    found: dict[str, FloatArray] = {}
    count: dict[str, int] = {}
    coins = []
    for answer, counts in zip(answers, ages(tuple(answers)), strict=True):
        if answer.word == "ignore" or not answer.seen:
            continue
        lead = answer.seen[0]
        wanted = wanted_share(lead.score)
        told = np.log(wanted if answer.word == "real" else 1.0 - wanted)
        found[lead.series_id] = found.get(lead.series_id, 0.0) + counts * told
        count[lead.series_id] = count.get(lead.series_id, 0) + 1
        coins.append(counts * math.log(0.5))
    return found, count, math.fsum(coins)


def wanted_share(score: float) -> FloatArray:
    """``(128,)`` P(wanted | score, t) for every boundary t of the grid."""
    place = math.log(min(max(score, 0.5), FAR)) if math.isfinite(score) else math.log(FAR)
    share: FloatArray = LAPSES + (1.0 - 2.0 * LAPSES) / (1.0 + np.exp(-(place - _GRID) / WIDTH))
    return share


def _factor(likelihood: FloatArray, worth: float, count: int) -> float:
    posterior = _PRIOR * np.exp(likelihood - float(likelihood.max()))
    middle = worth * float(posterior @ _FACTORS) / float(posterior.sum())
    prior_mean = float(_PRIOR @ _FACTORS)
    shifted = middle - worth * prior_mean  # no answer, no move
    most = count * math.log(STEP)
    return math.exp(min(max(shifted, -most, math.log(LOWEST)), most, math.log(HIGHEST)))


def unmoved(factors: Mapping[str, float]) -> dict[str, float]:
    """Without the factors that change nothing that anybody could see (under half a percent)."""
    return {name: factor for name, factor in factors.items() if abs(math.log(factor)) >= 0.005}
