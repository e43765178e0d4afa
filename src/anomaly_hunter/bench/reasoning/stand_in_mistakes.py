"""Mistakes that the stand-in makes on purpose, at a known rate, so that the checks are seen at work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from anomaly_hunter.bench.reasoning.stand_in_reading import Read, fraction
from anomaly_hunter.bench.reasoning.stand_in_rules import inconclusive, naming, second

KEPT: Final = 1 / 3
"""The part of mistakes that it makes again when its answer is sent back."""


def with_mistake(answer: dict[str, Any], seen: Read) -> dict[str, Any]:
    """The answer, or one with a mistake; which one follows from what was read."""
    at = fraction(seen.role, seen.opening)
    mended = seen.sent_back and fraction("again", seen.role, seen.opening) >= KEPT
    for share, spoil in RATES:
        if at < share:
            return answer if mended else spoil(answer, seen)
        at -= share
    return answer


def _unknown_id(answer: dict[str, Any], seen: Read) -> dict[str, Any]:
    first, *rest = answer["claim"]
    return answer | {"claim": [first | {"evidence": ["expected:the moon"]}, *rest]}


def _made_up_number(answer: dict[str, Any], seen: Read) -> dict[str, Any]:
    first, *rest = answer["claim"]
    return answer | {"claim": [first | {"text": "It is 8317.25 times what it was."}, *rest]}


def _no_candidate(answer: dict[str, Any], seen: Read) -> dict[str, Any]:
    return answer | {"cause": {"kind": "service", "name": "the network team"}}


def _wrong_cause(answer: dict[str, Any], seen: Read) -> dict[str, Any]:
    other = second(seen)
    return answer if other is None else naming(seen, other, 0.8)


def _inconclusive(answer: dict[str, Any], seen: Read) -> dict[str, Any]:
    return inconclusive(seen, 0.2)


def _formless(answer: dict[str, Any], seen: Read) -> dict[str, Any]:
    return answer | {"confidence": 1.7}


RATES: Final[tuple[tuple[float, Callable[[dict[str, Any], Read], dict[str, Any]]], ...]] = (
    (0.06, _unknown_id),
    (0.06, _made_up_number),
    (0.05, _no_candidate),
    (0.05, _wrong_cause),
    (0.05, _inconclusive),
    (0.03, _formless),
)
"""Of a hundred answers 30 hold a mistake; 20 of these are for the checks, 10 are legal and wrong or weak."""
