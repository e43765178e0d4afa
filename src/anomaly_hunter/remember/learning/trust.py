"""How much each agent is to be listened to, from how often the causes that it named were right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from anomaly_hunter.remember.learning.answers import Answer, ages

LOWEST: Final = 0.5
HIGHEST: Final = 1.5
LAPSES: Final = 0.1
PRIOR: Final = 16.0
"""Answers that the agent's own statements count for."""

OTHERS: Final = 8.0
"""Answers that agents of which nothing is known count for, with weight 1, in the mean weight."""


@dataclass(frozen=True, slots=True)
class Record:
    """What answers say of an agent: named causes that were judged, right ones, and how sure it was.

    All three are sums in which old answers count less; ``stated`` sums the confidences.
    """

    named: float = 0.0
    right: float = 0.0
    stated: float = 0.0


def records(answers: Sequence[Answer]) -> dict[str, Record]:
    """The record of every agent that named a cause on which an answer tells something."""
    found: dict[str, Record] = {}
    for answer, counts in zip(answers, ages(tuple(answers)), strict=True):
        for opinion in answer.opinions:
            right = answer.says_right(opinion.cause)
            if right is None:
                continue
            old = found.get(opinion.agent, Record())
            sure = min(max(opinion.confidence, 0.05), 0.95)
            found[opinion.agent] = Record(
                old.named + counts, old.right + counts * right, old.stated + counts * sure
            )
    return found


def weights_of(answers: Sequence[Answer], worth: float = 1.0) -> dict[str, float]:
    """What the judge multiplies the confidence of each agent by, in [0.5, 1.5].

    With ``c`` the mean confidence of the agent, ``r`` right out of ``n`` named: the prior of its
    precision is Beta(16 c, 16 (1 - c)), "it is right as often as it says", and the factor the posterior
    mean over that, ``((16 c + r) / (16 + n)) / c``. An agent that is as good as its word keeps 1.0. ``r`` is
    corrected for one mistaken answer in ten, ``(r - 0.1 n) / 0.8``, and every answer counts ``worth`` times.
    The factors are divided by their mean ``m = (8 + sum of n factor) / (8 + sum of n)``: weights say whom to
    listen to; how sure to be is said by the line of the confidence, and counted once.

    Gelman et al., *Bayesian Data Analysis* (3rd ed. 2013), section 2.4 (binomial with a Beta prior).

    >>> from anomaly_hunter.remember.learning.answers import Opinion
    >>> said = [Answer(str(i), str(i), "real", (), named="api", cause="wrong",
    ...                opinions=(Opinion("guesser", "api", 0.8),)) for i in range(8)]
    >>> {name: round(weight, 3) for name, weight in weights_of(said).items()}
    {'guesser': 0.8}
    """
    found, known = {}, records(answers)
    for agent, record in sorted(known.items()):
        sure = record.stated / record.named
        right = min(max((record.right - LAPSES * record.named) / (1.0 - 2.0 * LAPSES), 0.0), record.named)
        mean = (PRIOR * sure + worth * right) / (PRIOR + worth * record.named)
        found[agent] = mean / sure
    named = {agent: worth * known[agent].named for agent in found}
    shared = OTHERS + sum(named[agent] * factor for agent, factor in found.items())
    middle = shared / (OTHERS + sum(named.values()))
    return {agent: min(max(factor / middle, LOWEST), HIGHEST) for agent, factor in found.items()}
