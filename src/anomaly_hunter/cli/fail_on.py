"""`--fail-on 'severity>=7'`: a gate for CI, exit code 3."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import Final

from anomaly_hunter.errors import UsageError
from anomaly_hunter.model import Hunt

FACTS: dict[str, Callable[[Hunt], float]] = {
    "severity": lambda hunt: hunt.severity,
    "confidence": lambda hunt: hunt.verdict.confidence if hunt.verdict else 0.0,
    "incidents": lambda hunt: len(hunt.incidents) + hunt.not_investigated,
    "anomalies": lambda hunt: len(hunt.anomalies),
    "quality": lambda hunt: hunt.dataset.quality.score,
}
SCALE: Final = {"severity": 10.0, "confidence": 1.0, "quality": 100.0}
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    ">": operator.gt,
    "<": operator.lt,
}


def condition(text: str) -> Callable[[Hunt], bool]:
    """A test on a hunt from text such as `severity>=7` or `quality < 90`.

    >>> condition("severity>=7")  # doctest: +ELLIPSIS
    <function ...>
    >>> condition("sev>7")
    Traceback (most recent call last):
    anomaly_hunter.errors.UsageError: --fail-on is 'sev>7'; expected NAME>=NUMBER with NAME one of \
severity, confidence, incidents, anomalies, quality. Cure: write --fail-on 'severity>=7'.
    """
    match = re.fullmatch(r"\s*(\w+)\s*(>=|<=|==|>|<)\s*([0-9.]+)\s*", text)
    if match is None or match[1] not in FACTS or match[3].count(".") > 1 or match[3] == ".":
        raise UsageError(
            f"--fail-on is {text!r}",
            f"NAME>=NUMBER with NAME one of {', '.join(FACTS)}",
            "write --fail-on 'severity>=7'",
        )
    fact, compare, limit = FACTS[match[1]], _COMPARE[match[2]], float(match[3])
    if limit > SCALE.get(match[1], limit):
        raise UsageError(
            f"--fail-on is {text!r}", f"a number up to {SCALE[match[1]]:g}: {match[1]} never is more",
            f"write --fail-on '{match[1]}{match[2]}{SCALE[match[1]] * 0.7:g}'",
        )  # fmt: skip
    return lambda hunt: compare(fact(hunt), limit)
