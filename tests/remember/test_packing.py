"""Arrays and records become bytes and JSON and come back as what they were, bit by bit."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from anomaly_hunter.errors import StoreError
from anomaly_hunter.remember.hunts.exact import back, exact
from anomaly_hunter.remember.hunts.packing import pack, unpack

NUMBERS = st.one_of(
    arrays(np.float64, array_shapes(min_dims=1, max_dims=2, min_side=0, max_side=40)),
    arrays(np.int32, st.integers(0, 60)),
    arrays(np.int64, st.integers(0, 60)),
    arrays("datetime64[ns]", st.integers(0, 60)),
)
ANY_TEXT = st.text(st.characters(), max_size=12)  # with NUL and half surrogates
PLAIN = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-(2**60), 2**60), ANY_TEXT, st.floats(allow_nan=False),
        st.integers(-(2**60), 2**60).map(lambda ns: np.datetime64(ns, "ns")),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(tuple), st.dictionaries(ANY_TEXT, inner, max_size=3)
    ),
    max_leaves=8,
)  # fmt: skip


def same(a, b):
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


@settings(derandomize=True, max_examples=80, deadline=None)
@given(st.dictionaries(ANY_TEXT, NUMBERS, max_size=5))
def test_arrays_come_back_bit_by_bit(given):
    found = unpack(pack(given))
    assert list(found) == list(given)
    assert all(same(np.ascontiguousarray(given[name]), found[name]) for name in given)


@pytest.mark.parametrize("make", [
    lambda rng, n: rng.normal(size=n),
    lambda rng, n: np.round(rng.normal(size=n), 2),
    lambda rng, n: np.full(n, np.nan),
    lambda rng, n: rng.normal(size=(n // 4, 4)),
    lambda rng, n: rng.integers(0, 1 << 60, n).view("datetime64[ns]"),
    lambda rng, n: np.broadcast_to(np.float64(1.5), n),
    lambda rng, n: rng.normal(size=2 * n)[::2],
])  # fmt: skip
def test_long_arrays_come_back_bit_by_bit(make):
    array = make(np.random.default_rng(0), 50_000)
    assert same(np.ascontiguousarray(array), unpack(pack({"a": array}))["a"])


@settings(derandomize=True, max_examples=40, deadline=None)
@given(st.lists(ANY_TEXT, max_size=9))
def test_texts_come_back_whatever_they_hold(texts):
    array = np.empty(len(texts), dtype=object)
    array[:] = texts
    assert unpack(pack({"t": array}))["t"].tolist() == texts


def test_only_the_arrays_that_are_asked_for_are_unpacked():
    given = {"a": np.arange(5.0), "b": np.random.default_rng(0).normal(size=20_000), "c": np.arange(9)}
    assert list(unpack(pack(given), {"c", "b"})) == ["b", "c"]


def test_equal_steps_cost_no_room():
    minutes = np.datetime64("2026-01-01", "ns") + np.arange(1_000_000) * np.timedelta64(60_000_000_000, "ns")
    packed = pack({"time": minutes})
    assert len(packed) < 200
    assert (unpack(packed)["time"] == minutes).all()


@pytest.mark.parametrize("torn", [b"", b"AHP1", b"something else", pack({"a": np.arange(99) % 7 * 1.5})[:-9]])
def test_torn_bytes_are_an_error_of_ours(torn):
    with pytest.raises(StoreError, match="cannot be read"):
        unpack(torn)


@settings(derandomize=True, max_examples=120, deadline=None)
@given(PLAIN)
def test_records_come_back_from_json_that_every_database_takes(value):
    written = json.dumps(exact(value), allow_nan=False)
    assert "\x00" not in json.loads(json.dumps(written))
    json.dumps(json.loads(written), ensure_ascii=False).encode()  # fails on half a character
    assert back(json.loads(written)) == value
