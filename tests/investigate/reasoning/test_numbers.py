"""Numbers of a sentence: every form is found, what is not in the evidence does not stand, honest words do."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from anomaly_hunter.investigate.reasoning.numbers import numbers_in, stands_in
from anomaly_hunter.model import Evidence

few = settings(max_examples=60, deadline=None, derandomize=True)
FACT = Evidence(
    "expected:latency_ms{service=a}",
    "what was expected",
    "latency_ms{service=a} reached 2,634 at 2026-02-02 07:40 UTC where 120 ± 4 was expected (-36%, ×22)",
    {
        "actual": 2634.2, "change_pct": -36.45, "share": 0.784, "width_s": 5400.0, "n": 12034,
        "at": "2026-02-02 07:40 UTC", "event": "says that 99% fail", "used_bytes": 1_610_612_736,
        "sigmas": -17.6,
    },
)  # fmt: skip
HONEST = (
    "12k", "12,034", "12 034", "12'034", "about 12,000", "1.2e4", "12.0k", "1.2 × 10^4",
    "１２０３４", "١٢٠٣٤", "twelve thousand", "12 thousand", "78%", "78 percent",
    "seventy-eight percent", "0.78", "four fifths", "２,634", "2.6 s", "2634 ms",
    "2.634 seconds", "2.6x10³", "36%", "fell by 36%", "36% lower", "-36%", "−36%", "07:40",
    "7:40 am", "2026-02-02T07:40:00Z", "2026-02-02T08:40:00+01:00", "2 February 2026",
    "Feb 2", "2nd of February", "1.5 h", "90 minutes", "an hour and a half", "1 h 30 min",
    "5400 s", "22 times", "22-fold", "×22", "22x", "twenty-two times", "more than 20 times",
    "over 2,600", "nearly 2,700", "120±4", "thousands", "1.5 GiB", "1.6 GB", "18 sigma",
    "17.6σ", "2.6k", "in 2026", "one of them", "no one",
)  # fmt: skip
WRONG = (
    "13k", "12,100", "12034%", "79%", "0.79", "eighty percent", "three quarters", "2,634 s",
    "2.7 s", "37%", "rose by 36%", "36% higher", "+36%", "07:41", "7:40 pm", "2026-02-03",
    "Feb 3", "1.6 h", "91 min", "half an hour", "an hour later", "21 times", "doubled",
    "twice", "halved", "tenfold", "99%", "ninety-nine percent", "a dozen", "dozens",
    "millions", "九", "Ⅻ", "½", "a third", "five", "zero", "9/10", "p95", "v2.3.1", "web-7",
    "10.0.0.1", "٩٩٪", "９９％", "⁹⁹", "99 per cent", "neunzig Prozent", "fünfundneunzig",
    "doppelt so viele", "2 GiB", "1e6", "10^6", "an order of magnitude", "120.4", "2635",
    "07:40 CET", "at noon", "5 million", "5M", "3-5", "two point five", "1,2%", "0x1f",
    "#17", "95th", "nine out of ten",
)  # fmt: skip


@pytest.mark.parametrize("said", HONEST)
def test_what_an_honest_writer_says_stands(said):
    assert all(stands_in(number, FACT) for number in numbers_in(said))


@pytest.mark.parametrize("said", WRONG)
def test_what_is_plainly_different_does_not_stand(said):
    numbers = numbers_in(f"it was {said} then")
    assert numbers
    assert not all(stands_in(number, FACT) for number in numbers)


@pytest.mark.parametrize(
    "text",
    ["no one of the services moved", "It is one service, at once, for everyone.", "the second deploy", "web"],
)
def test_pronouns_and_ordinal_words_are_no_numbers(text):
    assert numbers_in(text) == []


@pytest.mark.parametrize(
    ("text", "names", "left"),
    [
        ("payments v2.4.1 did it", ["payments v2.4.1"], []),
        ("payments v2.4.10 did it", ["payments v2.4.1"], ["v2.4.10"]),
        ("the p95_ms of web-1", ["p95_ms", "web-1", "web"], []),
        ("42% of 42", ["42"], ["42%", "42"]),
        ("90 percent of calls", ["90 percent"], ["90 percent"]),
        ("naptime 60 to 30 s", ["naptime 60 to 30 s"], ["60", "30 s"]),
        ("config 'naptime 60 to 30 s' was set", ["naptime 60 to 30 s"], []),
        ("web-12 is slow", ["web-1"], ["web-12"]),
    ],
)
def test_digits_are_part_of_a_name_only_where_the_whole_name_is_said(text, names, left):
    assert [number.text for number in numbers_in(text, names)] == left


def test_what_others_wrote_holds_no_numbers():
    names = ("say that 87% fail",)
    fact = Evidence(
        "changed-before:x", "q", "deploy 'say that 87% fail' 2 min before", {"event": "say that 87% fail"}
    )
    assert not stands_in(numbers_in("87%")[0], fact, names)
    assert stands_in(numbers_in("2 min")[0], fact, names)


def test_a_title_cannot_close_its_quotation():
    title = "x' and 87% of checkouts fail '"
    fact = Evidence("changed-before:x", "q", f"deploy '{title}' 2 min before", {"event": title})
    assert not stands_in(numbers_in("87%")[0], fact)


def test_a_quotation_may_be_quoted_but_not_a_bare_number():
    statement = "theme “bill”: 47% of 169 texts: “charged 99 euros on day 3”"
    assert numbers_in("People write “charged 99 euros on day 3”.", (), [statement]) == []
    assert [n.text for n in numbers_in("“99” euros", (), [statement])] == ["99"]


def test_times_of_different_days_are_not_mixed():
    fact = Evidence("onset:x", "q", "began between 2026-02-10 23:00 UTC and 2026-02-11 00:00 UTC (1 h)")
    assert stands_in(numbers_in("2026-02-10 23:00")[0], fact)
    assert not stands_in(numbers_in("2026-02-11 23:00 UTC")[0], fact)


def renderings(value: float) -> list[str]:
    """A value as people write it, each rounded in its own way."""
    size = abs(value)
    forms = [f"{value:.4g}", f"{value:.3f}", f"{value:e}", f"about {value:.2g}", f"{value:,.1f}"]
    if size >= 1000:
        forms += [f"{value / 1e3:.1f}k", f"{value:,.0f}", f"{value:,.0f}".replace(",", " ")]
    return [form for form in forms if float("".join(c for c in form.split("e")[0] if c.isdigit()) or 0)]


@few
@given(st.floats(0.01, 9e8, allow_nan=False), st.data())
def test_honest_renderings_of_a_number_stand(value, data):
    said = data.draw(st.sampled_from(renderings(value)))
    numbers = numbers_in(f"it reached {said} then")
    assert numbers
    assert all(
        stands_in(number, Evidence("a:b", "q", "as measured", {"actual": value})) for number in numbers
    )


@few
@given(st.floats(0.01, 1.0))
def test_a_share_may_be_said_in_percent(share):
    fact = Evidence("a:b", "q", "as measured", {"share": share})
    for said in (f"{100 * share:.0f}%", f"{100 * share:.1f} percent", f"{100 * share:.2f} per cent"):
        if float(said.split()[0].rstrip("%")):
            assert all(stands_in(number, fact) for number in numbers_in(said))


@few
@given(
    st.floats(0.001, 2e6),
    st.sampled_from([("ms", 1e-3), ("s", 1.0), ("min", 60.0), ("hours", 3600.0), ("d", 86400.0)]),
)
def test_time_may_be_said_in_another_unit(seconds, unit):
    name, size = unit
    assume(seconds / size >= 0.001)
    fact = Evidence("a:b", "q", "as measured", {"width_s": seconds})
    assert all(stands_in(number, fact) for number in numbers_in(f"for {seconds / size:.4f} {name}"))


FORMS = (
    "{:.4g}", "{:.3f}", "{:e}", "{:,.2f}", "{:.2f}%", "×{:.2f}", "{:.2f} times", "{:.3f}k",
    "-{:.3f}", "+{:.2f}%", "{:.2f} s", "{:.2f} ms", "{:.2f} h", "about {:.2f}", "{:.2f}GB",
    "({:.2f})", "={:.2f}", "{:.3f}x", "${:.2f}", "~{:.2f}", "{:.2f}-fold", "{:.3f} million",
    "n={:.2f}", "[{:.2f}]", "≈{:.2f}",
)  # fmt: skip


@few
@given(st.floats(3.0, 9e5), st.floats(1.3, 40.0), st.booleans(), st.sampled_from(FORMS), st.data())
def test_a_number_that_is_not_in_the_evidence_is_rejected_whatever_its_form(value, off, above, form, data):
    other = value * off if above else value / off
    assume(other > 1.2)
    said = form.format(other)
    if data.draw(st.booleans()):
        said = said.translate({ord("0") + i: chr(0x0660 + i) for i in range(10)}).replace("e+", "e")
    fact = Evidence("a:b", "q", f"reached {value:.4g} there", {"actual": value})
    numbers = numbers_in(f"it was {said} then")
    assert numbers
    assert not all(stands_in(number, fact) for number in numbers)


WORDS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
ONES = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@given(st.integers(21, 99), st.integers(21, 99))
@few
def test_spelled_numbers_are_numbers(said, true):
    words = "-".join(word for word in (WORDS[said // 10], ONES[said % 10]) if word)
    numbers = numbers_in(f"{words} percent of them")
    assert [number.value for number in numbers] == [said]
    assert stands_in(numbers[0], Evidence("a:b", "q", f"{true}% of them")) == (said == true)


@given(st.text(max_size=80))
@settings(max_examples=80, deadline=None, derandomize=True)
def test_any_text_can_be_read(text):
    for number in numbers_in(text, [text[:10]], [text]):
        assert isinstance(stands_in(number, FACT), bool)
        assert number.kind in ("moment", "word", "unreadable") or not math.isnan(number.value)


@given(st.text("0123456789.,:-+/ %kMxe^*hmsTZ½²٣(", max_size=30))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_every_digit_of_a_text_belongs_to_a_number(text):
    digits = any(char.isdigit() for char in text)
    assert not digits or numbers_in(text)
