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

KEY = b"k" * 32
PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA75\nq+/x==\n-----END RSA PRIVATE KEY-----"
PRIVATE = {
    "email": (
        "ann@example.com", "Ann.Lee+x@mail.example.co.uk", "jörg@bücher.example", "bob (at) b.com", "x[at]b[dot]org",
        "ann%40example.com", "ann at example dot com", "ann＠example.com", "o'neil@b.com",
    ),
    "phone": (
        "+49 30 1234567", "+1-212-555-0123", "+442079460958", "(212) 555-0123 ext. 12", "212.555.0123", "030/1234567",
        "0171 1234567", "020 7946 0958", "0049 30 123456", "01 23 45 67 89", "(030) 1234567",
    ),
    "card": ("4111 1111 1111 1111", "378282246310005", "5500-0000-0000-0004", "3782 822463 10005"),
    "iban": ("DE89370400440532013000", "GB82 WEST 1234 5698 7654 32", "nl91abna0417164300"),
    "ssn": ("123-45-6789",),
    "ip": ("10.0.0.7", "192.168.17.1", "2001:db8::8a2e:370:7334", "fe80::1", "10[.]0[.]0[.]7"),
    "mac": ("00:1A:2B:3C:4D:5E", "00-1a-2b-3c-4d-5e", "001a.2b3c.4d5e"),
    "name": ("Ann Lee", "ann lee", "ANN_LEE", "José Müller", "JOSÉ  MÜLLER", "Jose\u0301 Müller", "Ann-Marie O'Neil"),
    "token": (
        "AKIAIOSFODNN7EXAMPLE", "ghp_16C7e42F292c6912E7710c838347Ae178B4a", "github_pat_11ABCDEFG0abcdefgh",
        "xoxb-1234-abcdefgh", "sk-proj-abcd1234efgh5678", "sk-ant-api03-AbCdEf123456", "sk_live_abcdefgh1234",
        "AIzaSyA-1234567890abcdefghijklmnopqrstu", "eyJhbGciOi.eyJzdWIiOiIx.abc-_def", PEM,
        "8f14e45fceea167a5a36dedd4bea2543", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "q8Zr2LxT0vNp4KsW7yBd1HfJ",
    ),
}  # fmt: skip
NAMED = {  # what only the words before it tell
    "account 12345678": "12345678", "Konto: 1234567": "1234567", "customer no. 48213": "48213",
    "customer_id=48213": "48213", "Kundennummer K-48213": "K-48213", "tel: 5550123": "5550123",
    "ssn 123456789": "123456789", "tax id: 12 345 678 901": "12 345 678 901", "passport C01X00T47": "C01X00T47",
    "password=hunter2": "hunter2", '"password": "open sesame"': "open sesame", "DB_PASSWORD='x y z'": "x y z",
    "/x?token=abc&y=1": "abc", "api-key: Q1w2e3": "Q1w2e3", "password is hunter2": "hunter2",
    '{\\"secret\\": \\"a b\\"}': "a b", "Authorization: Bearer abc.def.ghi": "abc.def.ghi",
    "Basic dXNlcjpwYXNz": "dXNlcjpwYXNz", "postgres://me:p%40ss@db:5432/x": "p%40ss", "me:pa55word@db.example": "pa55word",
    "user: x, pwd: Sommer!": "Sommer!",
}  # fmt: skip
PLAIN = (
    "12,000 points of 4,200", "2026-01-05 14:00 to 2026-01-05T14:00:07.250Z", "1736085600 1736085600000",
    "05.01.2026 14:00, 01/05/2026", "version 1.2.3.4, v10.0.0.7, release 2.4.1.0 and 1.2.3", "checkout v2.4.1",
    "expected:latency{service=checkout} 46096cee957e", "3.14159265358979 0.4111111111111111 -4.7% +12,000",
    "token: expired; password: required; the secret is out", "tokens=4096 max_tokens: 200", "p95 5 @ 3",
    "123e4567-e89b-12d3-a456-426614174000 checkout-7d9f8b6c5d-x2x4z", "HttpServer2RequestHandlerFactory",
    "changed-before:search v7.0.1@2026-02-02T05:59:00Z left-pad@4.2.1", "std::vector a::b 14:00:00", "look at this dot",
    "Annual annotation by Annabelle", "api_latency_p95_checkout_service_eu_west_1", "account 2026-01-05",
    "081109 203615 148 INFO dfs", "[0.5, 0.25] (0) 7 of 9", "4111111111111112", "DE88370400440532013000",
)  # fmt: skip
NAMES = ("Ann Lee", "José Müller", "Ann-Marie O'Neil", "Ann")
WORDS = st.lists(
    st.sampled_from(["the", "checkout", "failed,", "at", "2026-01-05 14:00", "12,000", "v1.2.3", "(p95)", "é", "-", "\n", "\""]),
    max_size=5,
).map(" ".join)  # fmt: skip


def mask():
    return Mask(KEY, NAMES)


def every_private():
    yield from ((kind, value, value) for kind, values in PRIVATE.items() for value in values)
    yield from (("", said, value) for said, value in NAMED.items())


@pytest.mark.parametrize(("kind", "said", "value"), every_private())
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
@given(st.integers(0, 10**15 - 1), st.sampled_from(["", " ", "-"]))
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
    for said in (name, name.lower(), f"<{name.lower()}>", f"`{name}`", f"{name}'s"):
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


HOSTILE = ("a@a@a@", "1-1-1-", "\"'\"'", "a", "1 ", "+1", "(1", ":a", "://a:", "-----BEGIN A-----", "password=\"", "%40",
           "password=\\\"", "ann at ", "DE89", "01 ", "<EMAIL_AAAAAAAA>", "eyJaaaaa.", "/a", "1.1.1.", "1::", "a@b.com ")  # fmt: skip


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
    assert one.mask(text * 4).count("<NAME_") == 4 * 500 - 3  # where two copies meet, two names are one word
