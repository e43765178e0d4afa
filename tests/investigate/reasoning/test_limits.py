"""What may be spent: every limit refuses before the call."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_hunter.investigate.reasoning.keeping import KeptInProcess
from anomaly_hunter.investigate.reasoning.limits import LimitReachedError, Purse, RoleSpent
from anomaly_hunter.investigate.reasoning.options import BUILT_IN, Price, ReasoningOptions, RoleOptions
from anomaly_hunter.model import Spent

OPTIONS = RoleOptions(
    model="openai:a", max_output_tokens=100, requests=1000, tool_calls=1000, seconds=1000.0
).over(BUILT_IN)
PRICED = {"openai:*": Price(input=1.0, output=10.0)}


class Clock:
    """Time that passes when it is told to."""

    def __init__(self, at: str = "2026-11-21T12:00:00") -> None:
        self.at = datetime.fromisoformat(at).replace(tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def passes(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


def purse_with(keep=None, clock=None, **limits) -> Purse:
    return Purse(ReasoningOptions(prices=PRICED, **limits), keep or KeptInProcess(), clock or Clock())


def spend(purse: Purse, role: str = "root_cause", tokens: int = 50, seconds: float = 1.0) -> None:
    reservation = purse.before_request(role, OPTIONS, tokens)
    purse.after_request(reservation, tokens, 10, seconds)


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        ({"limit_requests": 1}, "the limit of 1 requests for an investigation is reached"),
        (
            {"limit_tokens": 200},
            "the limit of 200 tokens for an investigation leaves no room for another one",
        ),
        (
            {"limit_usd": 0.0011},
            "the limit of 0.0011 USD for an investigation leaves no room for another one",
        ),
        ({"day_requests": 1}, "the limit of 1 requests for a day is reached"),
        ({"day_tokens": 200}, "the limit of 200 tokens for a day leaves no room for another one"),
        ({"day_usd": 0.0011}, "the limit of 0.0011 USD for a day leaves no room for another one"),
        ({"day_seconds": 1.0}, "the limit of 1 seconds for a day is reached"),
    ],
)
def test_a_second_request_is_refused_where_the_first_one_used_the_limit(limits, reason):
    purse = purse_with(**limits)
    spend(purse)
    with pytest.raises(LimitReachedError) as refused:
        purse.before_request("root_cause", OPTIONS, 50)
    assert refused.value.reason == reason


@pytest.mark.parametrize("limit", [{"limit_tool_calls": 1}, {"day_tool_calls": 1}])
def test_a_second_question_is_refused(limit):
    purse = purse_with(**limit)
    purse.before_tool_call("root_cause", OPTIONS)
    with pytest.raises(LimitReachedError, match="the limit of 1 tool calls"):
        purse.before_tool_call("root_cause", OPTIONS)


def test_questions_come_into_the_account_of_the_day_with_the_next_request():
    keep = KeptInProcess()
    purse = purse_with(keep, day_tool_calls=3)
    spend(purse)
    for _ in range(2):
        purse.before_tool_call("root_cause", OPTIONS)
    spend(purse)
    assert keep.days["2026-11-21"].tool_calls == 2
    purse.before_tool_call("root_cause", OPTIONS)
    with pytest.raises(LimitReachedError, match="3 tool calls for a day"):
        purse.before_tool_call("root_cause", OPTIONS)
    spend(purse)
    with pytest.raises(LimitReachedError, match="3 tool calls for a day"):
        purse_with(keep, day_tool_calls=3).before_tool_call("root_cause", OPTIONS)


def test_a_role_has_limits_of_its_own():
    purse, options = purse_with(), RoleOptions(model="openai:a", requests=1, tool_calls=1).over(OPTIONS)
    purse.before_request("root_cause", options, 1)
    purse.before_tool_call("root_cause", options)
    with pytest.raises(LimitReachedError, match="1 requests for root_cause"):
        purse.before_request("root_cause", options, 1)
    with pytest.raises(LimitReachedError, match="1 tool calls for root_cause"):
        purse.before_tool_call("root_cause", options)
    purse.before_request("synthesizer", options, 1)


def test_the_time_of_an_investigation_runs_from_its_start():
    clock = Clock()
    purse = purse_with(clock=clock, limit_seconds=10.0)
    clock.passes(7)
    assert purse.before_request("root_cause", OPTIONS, 1).seconds == 3.0
    clock.passes(3)
    with pytest.raises(LimitReachedError, match="10 seconds for an investigation is reached"):
        purse.before_request("root_cause", OPTIONS, 1)
    with pytest.raises(LimitReachedError, match="10 seconds for an investigation is reached"):
        purse.before_tool_call("root_cause", OPTIONS)
    assert purse.seconds_left("root_cause", OPTIONS) == 0.0


def test_the_time_of_a_role_runs_from_its_first_request():
    clock, options = Clock(), RoleOptions(model="openai:a", seconds=5.0).over(OPTIONS)
    purse = purse_with(clock=clock)
    clock.passes(20)
    assert purse.seconds_left("root_cause", options) == 5.0
    purse.before_request("root_cause", options, 1)
    clock.passes(5)
    with pytest.raises(LimitReachedError, match="5 seconds for root_cause is reached"):
        purse.before_request("root_cause", options, 1)


def test_requests_that_are_under_way_count_with_the_most_that_they_can_cost():
    purse = purse_with(limit_tokens=400)
    purse.before_request("root_cause", OPTIONS, 50)
    purse.before_request("pattern_analyst", OPTIONS, 50)
    with pytest.raises(LimitReachedError):
        purse.before_request("change_detective", OPTIONS, 50)


def test_two_investigations_at_the_same_time_share_the_day():
    keep = KeptInProcess()
    one, other = purse_with(keep, day_tokens=200), purse_with(keep, day_tokens=200)
    one.before_request("root_cause", OPTIONS, 50)
    with pytest.raises(LimitReachedError, match="for a day"):
        other.before_request("root_cause", OPTIONS, 50)


class Overtaken(KeptInProcess):
    """A memory in which another program pays right after we looked."""

    def __init__(self, other: Spent) -> None:
        super().__init__()
        self.other = other

    def spent(self, day):
        before = super().spent(day)
        other, self.other = self.other, Spent()
        self.days[day] = before + other
        return before


@pytest.mark.parametrize(
    ("other", "limits"),
    [
        (Spent(requests=1), {"day_requests": 1}),
        (Spent(tokens=100), {"day_tokens": 200}),
        (Spent(usd=0.0005), {"day_usd": 0.0015}),
    ],
)
def test_two_programs_that_look_at_the_same_moment_do_not_both_spend_the_last_of_a_day(other, limits):
    keep = Overtaken(other)
    purse = purse_with(keep, **limits)
    with pytest.raises(LimitReachedError, match="for a day leaves no room"):
        purse.before_request("root_cause", OPTIONS, 50)
    assert keep.spent("2026-11-21") == other
    assert purse.of("root_cause").requests == 0


def test_a_new_day_begins_with_nothing():
    clock, keep = Clock("2026-11-21T23:59:59"), KeptInProcess()
    spend(purse_with(keep, clock, day_requests=1))
    with pytest.raises(LimitReachedError):
        purse_with(keep, clock, day_requests=1).before_request("root_cause", OPTIONS, 1)
    clock.passes(1)
    spend(purse_with(keep, clock, day_requests=1))
    assert set(keep.days) == {"2026-11-21", "2026-11-22"}


def test_a_request_over_midnight_is_settled_on_the_day_that_it_began():
    clock, keep = Clock("2026-11-21T23:59:59"), KeptInProcess()
    purse = purse_with(keep, clock)
    reservation = purse.before_request("root_cause", OPTIONS, 50)
    clock.passes(2)
    purse.after_request(reservation, 40, 10, 2.0)
    assert {day: spent.tokens for day, spent in keep.days.items()} == {"2026-11-21": 50}


@pytest.mark.parametrize("limit", [{"limit_usd": 1.0}, {"day_usd": 1.0}])
def test_a_model_without_a_price_is_not_asked_where_money_is_limited(limit):
    purse = Purse(ReasoningOptions(**limit), KeptInProcess(), Clock())
    with pytest.raises(LimitReachedError) as refused:
        purse.before_request("root_cause", OPTIONS, 1)
    assert refused.value.reason == "the price of openai:a is not known, and there is a limit of money"
    assert purse.of("root_cause") == RoleSpent()


def test_an_unknown_price_makes_the_cost_unknown_and_not_zero():
    keep = KeptInProcess()
    purse = Purse(ReasoningOptions(), keep, Clock())
    spend(purse)
    assert purse.of("root_cause").cost_usd is None
    assert keep.days["2026-11-21"].unpriced == 1


def test_a_settled_request_costs_what_it_took():
    keep = KeptInProcess()
    purse = purse_with(keep)
    spend(purse, tokens=1000, seconds=2.5)
    assert purse.of("root_cause") == RoleSpent(1, 0, 1000, 10, pytest.approx(0.0011), 2.5)
    day = keep.days["2026-11-21"]
    assert (day.requests, day.tokens, day.unpriced) == (1, 1010, 0)
    assert day.seconds == pytest.approx(2.5)
    assert day.usd == pytest.approx(0.0011)


@settings(derandomize=True, max_examples=40)
@given(
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 100), st.booleans()), max_size=30),
    st.integers(100, 3000),
)
def test_no_order_of_requests_goes_beyond_a_limit(asked, limit):
    """Nothing takes more than it reserved, so what was taken and what is open stay within the limit."""
    keep = KeptInProcess()
    purse, waiting = purse_with(keep, limit_tokens=limit), []
    for tokens, output, at_once in asked:
        with suppress(LimitReachedError):
            waiting.append((purse.before_request("root_cause", OPTIONS, tokens), tokens, output))
        if at_once and waiting:
            reservation, came, said = waiting.pop(0)
            purse.after_request(reservation, came, said, 0.1)
        assert sum(day.tokens for day in keep.days.values()) <= limit
