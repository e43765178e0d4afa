"""What past incidents say about a candidate cause: bounded support, bounded doubt.

A past incident speaks when a person told what its cause was or was not. It moves the odds of the
same cause now by a factor between 1/3 and 3, whatever the number of past incidents; a cause for which
today's data say nothing is not named because of yesterday's.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final

from anomaly_hunter.investigate.answers.past import past_id
from anomaly_hunter.model import Cause

if TYPE_CHECKING:
    from anomaly_hunter.investigate.case import Case

MOST_ODDS: Final = 3.0
SPEAKS_FROM: Final = 0.5
SPEAKS_FULLY: Final = 0.9
_VERSION: Final = re.compile(
    r"\d{2,4}[-/.]\d\d?[-/.]\d{2,4}"  # dates
    r"|\bv?\d+(?:\.\d+)+\S*|\bv\d+\b"  # 4.2, v4.2.1-rc1, v4
    r"|#\d+|\b[0-9a-f]{7,40}\b|\b\d{4,}\b"  # tickets, commits, build numbers
    r"|[^\w\s]|_"
)


def recalled(value: float, case: Case, cause: Cause) -> float:
    """A weight or confidence in [0, 1] with what past incidents say of this cause.

    ``logit(value) + log(3) (s - d)`` with ``s = 1 - product of (1 - voice)`` over past incidents whose
    cause a person said it was, ``d`` the same over those where a person ruled it out. The voice of a
    past incident rises from 0 at similarity 0.5 to 1 at 0.9.
    """
    said, denied = voices(case, cause)
    if said == denied or not 0.0 < value < 1.0:
        return value
    odds = value / (1.0 - value) * math.pow(MOST_ODDS, said - denied)
    return odds / (1.0 + odds)


def voices(case: Case, cause: Cause) -> tuple[float, float]:
    """How much speaks for and against this cause in past incidents, each in [0, 1]."""
    silent_for = silent_against = 1.0
    for past in case.past:
        voice = (past.similarity - SPEAKS_FROM) / (SPEAKS_FULLY - SPEAKS_FROM)
        voice = 0.0 if math.isnan(voice) else min(1.0, max(0.0, voice))
        if past.turned_out is not None and same_cause(past.turned_out, cause):
            silent_for *= 1.0 - voice
        if any(same_cause(other, cause) for other in past.not_it):
            silent_against *= 1.0 - voice
    return 1.0 - silent_for, 1.0 - silent_against


def speaking(case: Case, cause: Cause) -> tuple[str, ...]:
    """Ids of the evidence on past incidents that speak for or against this cause."""
    return tuple(
        past_id(past)
        for past in case.past
        if past.similarity > SPEAKS_FROM
        and any(same_cause(one, cause) for one in (*past.not_it, past.turned_out) if one is not None)
    )


def same_cause(known: tuple[str, str], cause: Cause) -> bool:
    """Whether a cause of the past is this one: the same kind and name; of events, but for the version.

    A kind that is not known ("") fits every kind.

    >>> same_cause(("event", "deploy checkout v4.2"), Cause("event", "Deploy checkout v4.3", "", 0.5))
    True
    >>> same_cause(("service", "cart-1"), Cause("service", "cart-2", "", 0.5))
    False
    """
    kind, name = known
    if kind not in ("", cause.kind):
        return False
    same = name.casefold().strip() == cause.name.casefold().strip()
    return same or (cause.kind == "event" and _bare(name) == _bare(cause.name))


def _bare(name: str) -> tuple[str, ...]:
    """Words of a title without versions, numbers of tickets, hashes and signs; without those, as it is.

    >>> _bare("Deploy checkout-api v4.3 (#812)"), _bare("4.3.1")
    (('deploy', 'checkout', 'api'), ('4.3.1',))
    """
    return tuple(_VERSION.sub(" ", name.casefold()).split()) or (name.casefold().strip(),)
