""" "Ignore like this": a narrow rule from one anomaly. It keeps quiet and never deletes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

from anomaly_hunter.model import IgnoreRule
from anomaly_hunter.remember.learning.answers import Answer, Seen

LARGER: Final = 1.25
"""How much stranger and larger than the one answered on is still like it."""

REACH_MIN: Final = 90.0
MOST_OF_ONE: Final = 20
"""Rules that one answer makes: one per anomaly of its incident, the first ones."""


def rules_from(answers: Sequence[Answer]) -> tuple[IgnoreRule, ...]:
    """Rules of all answers "ignore", without those that a later "real" takes back.

    Like it is: the same series, shape and direction; score and deviation at most 1.25 times its own;
    within 90 minutes of its time of the day; a row of a table strange by the same column. What is
    larger is news, and alarms. An incident that is "real" takes back the earlier rules that would have
    kept its lead quiet.
    """
    kept: dict[str, IgnoreRule] = {}
    for answer in answers:
        if answer.word == "ignore":
            kept.update((rule.id, rule) for rule in _rules(answer))
        elif answer.word == "real" and answer.seen:
            kept = {name: rule for name, rule in kept.items() if not is_like(rule, answer.seen[0])}
    return tuple(kept[name] for name in sorted(kept))


def _rules(answer: Answer) -> Iterator[IgnoreRule]:
    for place, seen in enumerate(answer.seen[:MOST_OF_ONE]):
        if not math.isfinite(seen.score):
            continue  # nothing can be said to be no larger
        yield IgnoreRule(
            id=f"{answer.id}.{place}",
            series_id=seen.series_id,
            shape=seen.shape,
            direction=seen.direction,
            most_score=LARGER * seen.score,
            most_sigmas=LARGER * abs(seen.sigmas),
            minute=seen.minute,
            reach=REACH_MIN,
            reason=answer.why,
            column=seen.column,
        )


def is_like(rule: IgnoreRule, seen: Seen) -> bool:
    """Whether the rule keeps this quiet.

    >>> rule = IgnoreRule("1.0", "cpu", "spike", "up", 2.5, 10.0, minute=120.0)
    >>> is_like(rule, Seen("cpu", 2.0, "spike", "up", 8.0, 150.0))
    True
    >>> is_like(rule, Seen("cpu", 9.0, "spike", "up", 40.0, 150.0))
    False
    """
    what = seen.series_id, seen.shape, seen.direction
    return rule.covers(what, seen.score, abs(seen.sigmas), seen.column, seen.minute)
