"""The hypergeometric tail against counting."""

from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_hunter.stats.enrichment import log_tail


@given(st.integers(1, 30), st.data())
@settings(derandomize=True, max_examples=60, deadline=None)
def test_it_is_the_sum_of_all_cases_at_least_as_extreme(total, data):
    chosen, members = data.draw(st.integers(1, total)), data.draw(st.integers(1, total))
    hits = data.draw(st.integers(0, min(chosen, members)))
    ways = sum(
        comb(members, k) * comb(total - members, chosen - k) for k in range(hits, min(chosen, members) + 1)
    )
    assert 10 ** log_tail(hits, chosen, members, total) == pytest.approx(ways / comb(total, chosen))


def test_more_hits_are_rarer_and_never_underflow():
    tails = [log_tail(hits, 1000, 1000, 1_000_000) for hits in (1, 10, 100, 1000)]
    assert tails == sorted(tails, reverse=True)
    assert tails[-1] < -2000
