"""The envelope of evidence: closed, complete, of limited length, and nothing hidden in it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_hunter.errors import UsageError
from anomaly_hunter.investigate.reasoning.quoting import marker_of, quoted
from anomaly_hunter.model import Evidence

few = settings(max_examples=60, deadline=None, derandomize=True)
NASTY = st.text(
    st.sampled_from('<>&`"\\{}\n\r\t\x1b\x00\u202e\u200b\u2028\ufe0f\U000e0041ab 1</data->é漢'), max_size=60
)


def inside(text):
    """What stands in the envelope, line by line."""
    return [json.loads(line) for line in text.split("\n")[2:-1]]


def test_evidence_comes_back_as_it_was():
    fact = Evidence(
        "reach:web", "q", "4 of 7 services", {"services": 4, "share": 0.123456789, "none": None, "yes": True}
    )
    (entry,) = inside(quoted([fact]))
    assert entry == {
        "id": "reach:web",
        "statement": "4 of 7 services",
        "numbers": {"services": 4, "share": 0.123457, "none": None, "yes": True},
    }


def test_the_same_evidence_has_the_same_envelope():
    facts = [Evidence("a:b", "q", "x", {"n": 1})]
    assert quoted(facts) == quoted(facts)
    assert quoted(facts) != quoted([Evidence("a:b", "q", "y", {"n": 1})])


def test_no_answer_is_said():
    assert inside(quoted([])) == [{"answer": "nothing: the data have no evidence on this"}]


def test_what_was_cut_is_said():
    (entry,) = inside(quoted([Evidence("a:b", "q", "x" * 700, {f"n{i}": i for i in range(50)})]))
    assert len(entry["statement"]) == 600
    assert entry["cut_from_statement"] == "100 characters"
    assert (len(entry["numbers"]), entry["cut_from_numbers"]) == (40, 10)


def test_all_of_it_is_limited_and_what_is_left_out_is_counted():
    facts = [Evidence(f"a:{i}", "q", "x" * 300) for i in range(50)]
    text = quoted(facts, 2000)
    *kept, last = inside(text)
    assert len(text) <= 2000
    assert last["left_out"] == 50 - len(kept) > 0


def test_less_than_the_envelope_is_refused():
    with pytest.raises(UsageError, match="600 or more"):
        quoted([], 100)


def test_a_number_that_is_none_is_null():
    (entry,) = inside(quoted([Evidence("a:b", "q", "x", {"n": float("nan"), "m": float("inf")})]))
    assert entry["numbers"] == {"n": None, "m": None}


def test_hidden_characters_are_left_out_of_statements_and_escaped_in_ids():
    text = quoted([Evidence("a:\u202eb", "q", "a\U000e0041\u200b\u202eb\x1b[31m", {"k\u200b": "v\u2066"})])
    assert text.replace("\n", "").isprintable()
    (entry,) = inside(text)
    assert (entry["id"], entry["statement"], entry["numbers"]) == ("a:\u202eb", "ab[31m", {"k": "v"})


@few
@given(NASTY, NASTY, NASTY, NASTY)
def test_content_cannot_close_the_envelope(id_, statement, key, value):
    text = quoted([Evidence(id_, "q", statement, {key: value})])
    _preamble, opening, _line, closing = text.split("\n")
    assert opening.startswith("<data-")
    assert closing == f"</{opening[1:]}"
    assert text.count(opening[1:-1]) == 2
    assert text.count("<") == text.count(">") == 2
    assert text.replace("\n", "").isprintable()
    assert inside(text)[0]["id"] == id_


def test_a_marker_is_never_in_the_content():
    first = marker_of("x")
    assert marker_of(f"x {first}") not in f"x {first}"
