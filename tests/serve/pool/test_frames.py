"""Frames arrive in pieces of any size and come out whole and in order."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_hunter.errors import DataError, UsageError
from anomaly_hunter.serve.pool.frames import DONE, PROGRESS, Unpacking, packed
from anomaly_hunter.serve.pool.refused import RefusedError, error_of, head_of

HEADS = st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5), max_size=3)


@given(st.lists(st.tuples(HEADS, st.binary(max_size=50)), max_size=5), st.integers(1, 40))
@settings(derandomize=True, max_examples=40)
def test_frames_come_out_as_they_went_in_however_they_are_cut(frames, size):
    whole = b"".join(packed(DONE, head, body) for head, body in frames)
    unpacking = Unpacking()
    found = [one for i in range(0, len(whole), size) for one in unpacking.feed(whole[i : i + size])]
    assert [(one.head, one.body) for one in found] == frames


def test_a_head_that_is_empty_takes_no_room():
    assert next(Unpacking().feed(packed(PROGRESS, {}))).head == {}


def test_an_error_keeps_its_kind_and_words_on_its_way():
    for error in (DataError("no rows", "rows", "add some"), UsageError("a", "b", "c")):
        again = error_of(head_of(error))
        assert type(again) is type(error)
        assert str(again) == str(error)


def test_a_refusal_keeps_its_status():
    again = error_of(head_of(RefusedError(413, "Too large", "much", "less", "cut it")))
    assert isinstance(again, RefusedError)
    assert (again.status, again.title) == (413, "Too large")
