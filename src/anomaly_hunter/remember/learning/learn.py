"""From all answers to all that is learned: a pure function, whatever their order."""

from __future__ import annotations

from collections.abc import Iterable

from anomaly_hunter.model import Learned
from anomaly_hunter.remember.learning.answers import Answer, standing
from anomaly_hunter.remember.learning.calibration import line_of
from anomaly_hunter.remember.learning.ignoring import rules_from
from anomaly_hunter.remember.learning.tolerance import tolerance, visible
from anomaly_hunter.remember.learning.trust import weights_of


def learn(answers: Iterable[Answer]) -> Learned:
    """What the answers teach. To undo one is to learn from the others.

    The same set of answers gives the same record, in whatever order they come; no answers give the
    empty record, with which nothing changes.

    >>> learn([]) == Learned()
    True
    """
    told = tuple(answers)
    said = standing(told)
    series = tolerance(told)
    offset, slope = line_of(said, series.worth)
    return Learned(
        boundaries=visible(series.factors),
        rules=rules_from(said),
        weights=weights_of(said, series.worth),
        offset=offset,
        slope=slope,
    )
