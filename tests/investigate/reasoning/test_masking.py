"""What is private never leaves, comes back as it was, and nothing else is touched."""

import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_hunter.investigate.reasoning.masking import Mask
from anomaly_hunter.investigate.reasoning.sensitive.accounts import passes_luhn
from anomaly_hunter.samples import services, tickets
from anomaly_hunter.samples.cases import sample_cases
from tests.investigate.cases import case_of, verdict_of
from tests.investigate.reasoning.values import KEY, NAMED, PLAIN, PRIVATE

NAMES = ("Ann Lee", "José Müller", "Ann-Marie O'Neil", "Ann")
AROUND = ("the", "checkout", "failed,", "at", "2026-01-05 14:00", "12,000", "v1.2.3", "(p95)", "é", "-", "\n")
WORDS = st.lists(st.sampled_from(AROUND), max_size=5).map(" ".join)  # fmt: skip


def mask():
    return Mask(KEY, NAMES)


def every_private():
    yield from ((kind, value, value) for kind, values in PRIVATE.items() for value in values)
    yield from (("", said, value) for said, value in NAMED.items())


@pytest.mark.parametrize(("kind", "said", "value"), [*every_private()])
def test_what_is_private_leaves_as_a_pseudonym_and_comes_back(kind, said, value):
    one = mask()
    for text in (said, f"from {said}, please", f"<{said}>", f'["{said}"]', f"a\n{said}\nb"):
        masked = one.mask(text)
        assert value not in masked
        assert re.search(r"<[A-Z]+_[A-Z2-7]{6,}>", masked)
        assert one.restore(masked) == text
        assert one.mask(masked) == masked
        assert (one.leaks(text) != (), one.leaks(masked)) == (True, ())
    assert kind in ("", *one.counts)


@pytest.mark.parametrize("said", PLAIN)
def test_numbers_times_versions_and_ids_stay(said):
    assert mask().mask(said) == said
    assert mask().leaks(said) == ()


@settings(derandomize=True, max_examples=150, deadline=None)
@given(st.lists(st.tuples(WORDS, st.sampled_from([*every_private()])), min_size=1, max_size=6), WORDS)
def test_planted_values_never_survive_whatever_stands_around_them(planted, end):
    one = mask()
    text = " ".join(f"{words} {said}" for words, (_, said, _) in planted) + f" {end}"
    masked = one.mask(text)
    assert [value for _, (_, _, value) in planted if len(value) > 5 and value in masked] == []
    assert (one.restore(masked), one.mask(masked), one.leaks(masked)) == (text, masked, ())


@settings(derandomize=True, max_examples=150, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.text(max_size=12),
            st.sampled_from([*NAMED, "<EMAIL_ABCDEFGH>", "name_abcdefgh", "@", "://", "password="]),
        )
    )
)
def test_any_text_comes_back(pieces):
    one = mask()
    text = "".join(pieces)
    masked = one.mask(text)
    assert (one.restore(masked), one.mask(masked), one.leaks(masked)) == (text, masked, ())


@settings(derandomize=True, max_examples=50, deadline=None)
@given(st.integers(0, 10**14 - 1), st.sampled_from(["", " ", "-"]))
def test_every_card_number_is_found(number, gap):
    digits = f"4{number:014}"
    digits += next(d for d in "0123456789" if passes_luhn(digits + d))
    said = gap.join(digits[i : i + 4] for i in range(0, 16, 4))
    assert mask().mask(f"paid by {said}.").startswith("paid by <CARD_")


# ------------------------------------------------------------ pseudonyms


def test_a_value_has_one_pseudonym_whatever_was_met_before():
    first, second = mask(), mask()
    values = [value for values in PRIVATE.values() for value in values]
    forward = {value: first.mask(value) for value in values}
    assert {value: second.mask(value) for value in reversed(values)} == forward
    assert len(set(forward.values())) == len(values)
    assert Mask(b"another key").mask("ann@example.com") != forward["ann@example.com"]


def test_spellings_of_one_value_share_the_beginning_and_come_back_apart():
    one = mask()
    small, large = one.mask("ann@example.com"), one.mask("Ann@Example.com")
    assert large.startswith(small.removesuffix(">"))
    assert one.restore(f"{large} {small}") == "Ann@Example.com ann@example.com"
    assert one.counts == {"email": 1}


def test_a_model_may_lose_brackets_and_capitals():
    one = mask()
    name = one.mask("ann@example.com").strip("<>")
    for said in (name, name.lower(), f"<{name.lower()}>", f"`{name}`"):
        assert one.restore(f"ask {said} now") == f"ask {said} now".replace(f"<{name.lower()}>", name).replace(
            name.lower(), name
        ).replace(name, "ann@example.com")
    assert (
        one.restore(f"X{name} {name}X <EMAIL_ABCDEFGH> email_address")
        == f"X{name} {name}X <EMAIL_ABCDEFGH> email_address"
    )


def test_a_ticket_that_names_a_pseudonym_does_not_get_the_value():
    guess = mask().mask("ann@example.com")
    for written in (guess, guess.strip("<>"), guess.lower()):
        one = mask()
        ticket = f"tell me who {written} is; ask ann@example.com"
        masked = one.mask(ticket)
        assert one.restore(masked) == ticket
        again = f"and {written.strip('<>').lower()}?"
        assert one.restore(one.mask(again)) == again


def test_what_was_private_once_is_private_without_the_words_around_it():
    one = mask()
    one.mask("password=hunter2-x, account 12345678")
    assert one.leaks("login with hunter2-x") == ("token",)
    assert "hunter2-x" not in one.mask("_hunter2-x_")
    assert one.leaks("order 12345678") == ("account",)
    assert one.leaks("1234567890 points") == ()


def test_names_are_whole_words_and_the_longest_wins():
    one = Mask(KEY, ["Ann", "Ann Lee", "Al", "42", "Will"])
    assert one.mask("Ann Lee, ann; Annual Al 42 goodwill").count("<NAME_") == 2
    assert one.counts == {"name": 2}


# ------------------------------------------------------------ real texts


def said_in(verdict):
    yield from (verdict.headline, verdict.summary, verdict.disagreement, *verdict.recommendations)
    for evidence in verdict.evidence:
        yield from (evidence.id, evidence.statement, str(dict(evidence.numbers)))
    for finding in verdict.findings:
        yield from (finding.claim, *finding.steps)
    for cause in verdict.candidates:
        yield from (cause.name, cause.statement)


@pytest.mark.parametrize("sample", sample_cases().values(), ids=lambda sample: sample.name)
def test_nothing_in_the_evidence_of_the_samples_is_taken_for_private(sample):
    one = mask()
    said = [*said_in(verdict_of(case_of(sample)))]
    assert [text for text in said if one.mask(text) != text] == []


@pytest.mark.parametrize("sample", [services, tickets])
def test_nothing_in_the_files_of_the_samples_is_taken_for_private(sample, tmp_path):
    one = Mask(KEY)
    files = [file for file in sample.write(tmp_path) if file.is_file()]
    lines = [line for file in files for line in file.read_text("utf-8").splitlines()[:300]]
    assert [line for line in lines if one.mask(line) != line] == []


# ------------------------------------------------------------ cost


HOSTILE = (
    "a@a@a@",
    "1-1-1-",
    "\"'\"'",
    "a",
    "1 ",
    "+1",
    "(1",
    ":a",
    "://a:",
    "-----BEGIN A-----",
    'password="',
    "%40",
    'password=\\"',
    "ann at ",
    "DE89",
    "01 ",
    "<EMAIL_AAAAAAAA>",
    "eyJaaaaa.",
    "/a",
    "1.1.1.",
    "1::",
    "a@b.com ",
)


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_text_is_masked_in_linear_time(piece):
    one = Mask(KEY, ["a a a"])
    text = (piece * 200_000)[:60_000]
    masked = one.mask(text)  # a search that goes back and forth would not end in a lifetime
    assert one.restore(masked) == text
    assert one.leaks(masked) == ()


def test_twenty_thousand_names_are_one_look_at_each_word():
    drawn = random.Random(5)
    names = [
        "".join(drawn.choices("abcdefghij", k=6)) + " " + "".join(drawn.choices("klmnopq", k=6))
        for _ in range(20_000)
    ]
    one = Mask(KEY, names)
    text = " latency 12,000 ".join(names[::40])
    assert one.mask(text * 4).count("<NAME_") == 4 * 500 - 3 * 2  # where copies meet, two names are one


def test_a_name_is_hidden_in_both_orders():
    mask = Mask(b"key", names=["Ann Lee"])
    said = mask.mask("assigned to Lee, Ann and Ann Lee")
    assert "Lee" not in said
    assert mask.restore(said) == "assigned to Lee, Ann and Ann Lee"
