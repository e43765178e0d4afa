"""Where the services of a graph stand."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_hunter.serve.pictures.layers import places

NAMES = "abcdefgh"
EDGES = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=24)


@settings(derandomize=True, max_examples=80, deadline=None)
@given(EDGES)
def test_no_two_services_stand_at_one_place(edges):
    found = places(NAMES, edges)
    assert set(found) == set(NAMES)
    assert len(set(found.values())) == len(NAMES)


@settings(derandomize=True, max_examples=80, deadline=None)
@given(EDGES)
def test_without_circles_every_caller_stands_left_of_what_it_calls(edges):
    onward = [(a, b) for a, b in edges if a < b]
    found = places(NAMES, onward)
    assert all(found[a][0] < found[b][0] for a, b in onward)


def test_neighbours_are_put_beside_each_other():
    edges = [("a", "x"), ("b", "y"), ("c", "z")]
    found = places(["a", "b", "c", "z", "y", "x"], edges)
    assert all(found[caller][1] == found[callee][1] for caller, callee in edges)


def test_a_long_chain_needs_no_recursion():
    names = [str(i) for i in range(5_000)]
    found = places(names, list(itertools.pairwise(names)))
    assert found["4999"] == (4999, 0.0)
