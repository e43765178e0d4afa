"""Numbers that are written in words, rewritten in digits: "ninety-five percent" -> "95 percent"."""

from __future__ import annotations

import re
from typing import Final

_SMALL: Final = {
    word: value
    for value, words in enumerate(
        (
            "zero null", "one ein eins eine", "two zwei", "three drei", "four vier", "five fünf", "six sechs",
            "seven sieben", "eight acht", "nine neun", "ten zehn", "eleven elf", "twelve zwölf",
            "thirteen dreizehn", "fourteen vierzehn", "fifteen fünfzehn", "sixteen sechzehn",
            "seventeen siebzehn", "eighteen achtzehn", "nineteen neunzehn",
        )
    )
    for word in words.split()
}  # fmt: skip
_TENS: Final = {
    word: 10 * value
    for value, words in enumerate(
        (
            "twenty zwanzig", "thirty dreißig dreissig", "forty fourty vierzig", "fifty fünfzig",
            "sixty sechzig", "seventy siebzig", "eighty achtzig", "ninety neunzig",
        ), 2,
    )
    for word in words.split()
}  # fmt: skip
_DOZEN: Final = {"dozen": 12, "dutzend": 12, "score": 20}
_SCALES: Final = {
    "hundred": 100, "hundert": 100, "thousand": 1000, "tausend": 1000, "million": 10**6, "millions": 10**6,
    "millionen": 10**6, "billion": 10**9, "trillion": 10**12,
}  # fmt: skip
_MOST: Final = 10**30
_NO_NUMBERS: Final = {"null", "ein", "eins", "eine", "one"}  # alone they are pronouns, articles, or no value
_UNIT_AFTER: Final = (
    r"(?=[\s-]+(?:percent|per\s+cent|pct|prozent|milliseconds?|seconds?|minutes?|hours?|days?|weeks?|months?|"
    r"sigmas?|times|in\s+(?:two|three|four|five|six|seven|eight|nine|ten|\d)))"
)
_GERMAN: Final = re.compile(
    r"\b(ein|zwei|drei|vier|fünf|sechs|sieben|acht|neun)und"
    rf"({'|'.join(w for w in _TENS if w.endswith('ig'))})\b"
)
_WORD: Final = "|".join(sorted({*_SMALL, *_TENS}, key=len, reverse=True))
_ANY: Final = "|".join(sorted({*_SMALL, *_TENS, *_SCALES, "dozen", "dutzend"}, key=len, reverse=True))
_RUN: Final = re.compile(
    rf"(?<![\w.,])(?:(?P<digits>\d+(?:[.,]\d+)?)\s+(?P<scale>{'|'.join(_SCALES)}|dozen)"
    rf"|(?:an?\s+)?(?:{_ANY})(?:(?:\s*-\s*|\s+and\s+|\s+)(?:{_ANY}))*)\b"
)
_POINT: Final = re.compile(rf"\b(\d+|{_WORD})\s+(?:point|komma)\s+((?:\d|{_WORD})(?:\s+(?:\d|{_WORD}))*)\b")
_FOLD: Final = re.compile(rf"\b({_ANY})fold\b")
_ONE_UNIT: Final = re.compile(rf"\b(?:one|eine?)\b{_UNIT_AFTER}")
_AN_HOUR: Final = re.compile(
    r"\b(?P<before>for|within|in|after|about|over|lasting|lasted|took|least|nearly|almost|than)\s+an?\s+"
    r"(?P<unit>minute|hour|day|week)\b|"
    r"\ban?\s+(?P<unit2>minute|hour|day|week)(?=\s+(?:later|earlier|before|after|ago|long))"
)


_AND_A_HALF: Final = re.compile(
    rf"\b(?:(?P<many>an?|\d+|{_WORD})\s+and\s+a\s+half\s+(?P<unit>seconds?|minutes?|hours?|days?|times)"
    r"|(?:an?|one)\s+(?P<unit2>second|minute|hour|day)\s+and\s+a\s+half)\b"
)


def in_digits(text: str) -> str:
    """The text (lower case) with spelled-out numbers as digits; "one" alone is a pronoun and stays.

    >>> [in_digits(text) for text in ("ninety-five percent", "two hundred and five", "one of a dozen")]
    ['95 percent', '205', 'one of 12']
    >>> [in_digits(text) for text in ("an hour later", "three point five", "1.2 million", "tenfold")]
    ['1 hour later', '3.5', '1200000', '10-fold']
    """
    text = _GERMAN.sub(lambda m: str(_SMALL[m[1]] + _TENS[m[2]]), text)
    text = _POINT.sub(_with_point, text)
    text = _AND_A_HALF.sub(_and_a_half, text)
    text = _AN_HOUR.sub(
        lambda m: f"{m['before'] + ' ' if m['before'] else ''}1 {m['unit'] or m['unit2']}", text
    )
    text = _FOLD.sub(r"\1-fold", text)
    return _ONE_UNIT.sub("1", _RUN.sub(_run, text))


def _and_a_half(match: re.Match[str]) -> str:
    many = match["many"] or "1"
    whole = many if many.isdigit() else _SMALL.get(many, _TENS.get(many, 1))
    return f"{whole}.5 {match['unit'] or match['unit2']}"


def _with_point(match: re.Match[str]) -> str:
    def digit(word: str) -> str:
        return word if word.isdigit() else str(_SMALL.get(word, _TENS.get(word, 0)))

    return f"{digit(match[1])}.{''.join(digit(word) for word in match[2].split())}"


def _run(match: re.Match[str]) -> str:
    """A row of number words as digits: its sum where it makes one number, else number by number."""
    if match["digits"]:
        size = _SCALES.get(match["scale"], 12)
        places = len(match["digits"].partition(".")[2])
        value = float(match["digits"].replace(",", "")) * size
        return f"{value:.{max(0, places - 12)}f}" if value < _MOST else match[0]
    text = match[0]
    words = re.findall(rf"\b(?:{_ANY})\b", text)
    if not words or (len(words) == 1 and words[0] in _NO_NUMBERS):
        return text
    total = part = 0
    said: list[str] = []
    last = 10**15
    for word in words:
        if word in _SCALES or word in _DOZEN:
            size = _SCALES.get(word, 12)
            part = min(max(part, 1) * size, _MOST)
            if size >= 1000:
                total, part = total + part, 0
            last = size
            continue
        value = _SMALL.get(word, _TENS.get(word, 0))
        if not _follows(value, last):
            said.append(str(total + part))
            total = part = 0
        part += value
        last = value
    return " and ".join([*said, str(total + part)])


def _follows(value: int, last: int) -> bool:
    """Whether a word goes on with the number: 5 after 20, 40 after 100, but not 3 after 2."""
    return last >= 100 or (last in _TENS.values() and 0 < value < 10)
