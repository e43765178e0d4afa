from __future__ import annotations

import pytest

from anomaly_hunter.config import Settings
from anomaly_hunter.errors import UsageError
from anomaly_hunter.hunt import cases_of, hunt
from anomaly_hunter.serve.mcp.held import HeldHunts
from anomaly_hunter.serve.mcp.limits import Limits
from tests.serve.desks import SPIKE


def held_in(hunts, values):
    found = hunt(values)
    return hunts.hold(found, cases_of(found), Settings())


def test_a_case_is_found_by_the_id_of_its_incident():
    hunts = HeldHunts(Limits())
    held = held_in(hunts, SPIKE)
    assert hunts.case(held.hunt.incidents[0].id) == (held, held.cases[0])


def test_the_oldest_goes_first_and_the_error_says_what_there_is():
    hunts = HeldHunts(Limits(hunts=2))
    first = held_in(hunts, SPIKE)
    for lift in (1, 2):
        held_in(hunts, [value + lift for value in SPIKE])
    with pytest.raises(
        UsageError, match=r"no hunt 'hunt-1' here .* one of hunt-2, hunt-3\. Cure: hunt again"
    ):
        hunts.hunt("hunt-1")
    with pytest.raises(UsageError, match="no incident"):
        hunts.case(first.hunt.incidents[0].id + "x")


def test_large_hunts_push_others_out_and_the_newest_stays():
    hunts = HeldHunts(Limits(points=len(SPIKE)))
    held_in(hunts, SPIKE)
    held_in(hunts, SPIKE * 2)
    with pytest.raises(UsageError):
        hunts.hunt("hunt-1")
    assert hunts.hunt("hunt-2").points == 2 * len(SPIKE)


def test_without_a_hunt_the_cure_is_one():
    with pytest.raises(UsageError, match="a hunt first"):
        HeldHunts(Limits()).hunt("hunt-1")
