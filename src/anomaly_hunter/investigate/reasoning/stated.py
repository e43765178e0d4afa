"""Every number that a text states, in whatever form: what it is, how precisely it was said, in which unit."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal, TypeAlias

from anomaly_hunter.investigate.reasoning.moments import Moment, moments_in
from anomaly_hunter.investigate.reasoning.spelled import in_digits

Kind: TypeAlias = Literal[
    "plain", "percent", "factor", "times", "duration", "size", "share", "moment", "word", "unreadable"
]
TIME_UNITS: Final = {
    unit: size
    for size, units in (
        (1e-9, "ns nanosecond nanoseconds"),
        (1e-6, "µs μs us microsecond microseconds"),
        (1e-3, "ms msec msecs millis millisecond milliseconds"),
        (1.0, "s sec secs second seconds sekunde sekunden"),
        (60.0, "m min mins minute minutes minuten"),
        (3600.0, "h hr hrs hour hours stunde stunden"),
        (86400.0, "d day days tag tage tagen"),
        (604800.0, "w week weeks woche wochen"),
        (2629800.0, "month months monat monate"),
        (31557600.0, "year years jahr jahre"),
    )
    for unit in units.split()
}
SIZE_UNITS: Final = {
    unit: size
    for size, units in (
        (1.0, "byte bytes"), (1e3, "kb"), (1e6, "mb"), (1e9, "gb"), (1e12, "tb"),
        (1024.0, "kib"), (1024.0**2, "mib"), (1024.0**3, "gib"), (1024.0**4, "tib"),
    )
    for unit in units.split()
}  # fmt: skip
_SCALES: Final = {"k": 1e3, "g": 1e9, "bn": 1e9, "mn": 1e6, "mio": 1e6}
_SHARES: Final = {"half": 2, "halves": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6,
                  "eighth": 8, "tenth": 10, "hälfte": 2, "drittel": 3, "viertel": 4}  # fmt: skip
_FACTORS: Final = (
    (re.compile(r"\b(?:twice|doubl(?:e[ds]?|ing)|two-?fold|verdoppelt\w*|doppelt\w*)\b"), 2.0),
    (re.compile(r"\b(?:thrice|tripl(?:e[ds]?|ing)|treble[ds]?|verdreifacht\w*)\b"), 3.0),
    (re.compile(r"\b(?:quadrupl(?:e[ds]?|ing)|vervierfacht\w*)\b"), 4.0),
    (re.compile(r"\b(?:quintupl(?:e[ds]?|ing))\b"), 5.0),
    (re.compile(r"\b(?:halv(?:ed|es|ing)|halbiert\w*)\b"), 0.5),
)
_VAGUE: Final = (
    (re.compile(r"\bdozens\b"), 24.0, 119.0), (re.compile(r"\bhundreds\b"), 100.0, 999.0),
    (re.compile(r"\bthousands\b"), 1e3, 999_999.0), (re.compile(r"\bmillions\b"), 1e6, 999e6),
    (re.compile(r"\bbillions\b"), 1e9, 999e9),
)  # fmt: skip
_COUNT_SHARE: Final = re.compile(
    rf"\b(?P<many>an?|one|two|three|four|five|\d+)[\s-]+(?P<part>{'|'.join(_SHARES)})s?\b(?![\s-]+(?:time|series|point|service|event|row|deploy|part))"
    r"|\b(?P<alone>half|hälfte)\b"
)
_HALF_HOUR: Final = re.compile(r"\b(?P<part>half|quarter)\s+(?:of\s+)?an?\s+(?P<unit>hour|minute|day)\b")
_MAGNITUDE: Final = re.compile(r"\b(?:an|one)\s+order\s+of\s+magnitude\b|\borders\s+of\s+magnitude\b")
_NUMERAL: Final = (
    r"(?:\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d{1,3}(?:[ '’_]\d{3})+(?![\d.])"
    r"|\d+,\d{1,2}(?![\d,])|\d+(?:\.\d+)?|\.\d+)(?:e[+-]?\d{1,3}(?![\w.])|\s?[x×*]\s?10\s?(?:\^|\*\*)\s?[+-]?\d{1,3}|(?:\^|\*\*)[+-]?\d{1,3})?"
)
_UNIT: Final = (
    r"\s?(?:%|‰)|[\s-]?(?:percentage\s+points?|per\s?cent|pct|prozent|pp)\b|\s?[x×](?![\w])|-?fold\b|\s+times\b|mal\b"
    rf"|[\s-]?(?:{'|'.join(sorted((*TIME_UNITS, *SIZE_UNITS), key=len, reverse=True))})\b|(?:st|nd|rd|th)\b"
    rf"|(?:{'|'.join(_SCALES)})\b"
)
_NUMBER: Final = re.compile(
    rf"(?P<sign>(?<![\w.,)%])[+-]\s?)?(?P<factor>(?<!\w)[x×]\s?)?(?P<number>{_NUMERAL})(?P<unit>{_UNIT})?(?P<plus>\+)?"
)
_WORD: Final = re.compile(
    r"(?<!\w)(?!x\d+(?:[.,]\d+)?(?!\w))[^\W\d][\w]*(?:[-./@#]+\w+)*|(?<![\w.])\d+(?:\.\d+){2,}(?:/\d+)?\b"
    r"|(?<![\w.,])(?!\d+e[+-]\d)\d[\w-]*[^\W\d_][\w-]*(?:[./]\w+)*"
)
_NO_WORD: Final = re.compile(
    rf"{_NUMERAL}(?:-?(?:{_UNIT}))?|(?:{_NUMERAL})-(?:{_NUMERAL})(?:{_UNIT})?|\d+-[^\W\d]+"
)
_ABOUT: Final = re.compile(
    r"(?:\b(?:about|around|roughly|approximately|approx\.?|some|circa|ca\.?|close\s+to|etwa|rund)\s+(?:an?\s+)?|[~≈∼]\s?)$"
)
_OVER: Final = re.compile(
    r"(?:\b(?:over|more\s+than|at\s+least|above|beyond|exceed(?:s|ed|ing)|greater\s+than|longer\s+than|über|mehr\s+als|more)\s+(?:an?\s+)?|[>≥]\s?)$"
)
_UNDER: Final = re.compile(
    r"(?:\b(?:under|less\s+than|below|fewer\s+than|at\s+most|up\s+to|nearly|almost|just\s+under|within|unter|weniger\s+als)\s+(?:an?\s+)?|[<≤]\s?)$"
)
_UP: Final = r"rose|risen|rises?|rising|grew|grown|grows?|increas\w+|climb\w*|jump\w*|surg\w+|gain\w*|up"
_DOWN: Final = (
    r"fell|fallen|falls?|falling|dropp?\w*|decreas\w+|declin\w+|shrank|sank|reduc\w+|lost|loses|down"
)
_BEFORE_UP: Final = re.compile(rf"\b(?:{_UP})(?:\s+by|\s+of)?\s*(?:\w+\s+){{0,2}}?$")
_BEFORE_DOWN: Final = re.compile(rf"\b(?:{_DOWN})(?:\s+by|\s+of)?\s*(?:\w+\s+){{0,2}}?$")
_LEVEL: Final = re.compile(r"\b(?:to|from|at|was|is|where|of\s+\d+)\s+(?:\w+\s+)?$")
_AFTER_UP: Final = re.compile(r"\s*(?:\w+\s+)?(?:higher|more|above|up\b|increase|rise|growth)")
_AFTER_DOWN: Final = re.compile(r"\s*(?:\w+\s+)?(?:lower|less|fewer|below|down\b|decrease|drop|decline)")
_STATISTIC: Final = re.compile(r"(?<!\w)[pr]\s*[=<>≈]?\s*$")
_RANGE: Final = re.compile(rf"\s*(?:-|–|—|to|and|or|→)\s*[+-]?{_NUMERAL}(?P<unit>{_UNIT})")
_SUPER: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")


@dataclass(frozen=True, slots=True)
class Stated:
    """A number as it was said.

    ``value`` is in percent, seconds or bytes where ``kind`` says so; what was said holds for values
    in [``low``, ``high``]. ``sign`` is that which was written (0 = none), ``direction`` that of the
    word beside it (fell by: -1). ``size`` is that of its unit; ``whole`` tells counts from fractions;
    ``statistic`` marks p and r, which are no shares; ``moment`` is set for times.
    """

    text: str
    start: int
    kind: Kind
    value: float = math.nan
    low: float = math.nan
    high: float = math.nan
    sign: int = 0
    direction: int = 0
    size: float = 1.0
    whole: bool = True
    statistic: bool = False
    moment: Moment | None = None


@lru_cache(maxsize=4096)
def plain_text(text: str) -> str:
    """Text in one form: compatibility characters resolved, all digits 0-9, lower case, one kind of minus.

    >>> plain_text("９０％, ½, 10³, ٤٢, −3, 5M")
    '90%, 0.5, 10^3, 42, -3, 5 million'
    """
    text = re.sub(r"(?<=\d)[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda m: "^" + m[0].translate(_SUPER), text)
    text = re.sub(r"(?:(\d+)\s?)?([¼-¾⅐-⅞])", _vulgar, text)
    text = "".join(_plain(char) if "Ⅰ" <= char <= "ↈ" else char for char in text)
    text = unicodedata.normalize("NFKC", text)
    text = "".join(_plain(char) for char in text if unicodedata.category(char) != "Cf")
    text = re.sub(r"(?<=\d)\s?M\b", " million", text)
    return text.casefold() if len(text.casefold()) == len(text) else text.lower()


def _vulgar(match: re.Match[str]) -> str:
    return f"{float(match[1] or 0) + unicodedata.numeric(match[2]):.4g}"


def _plain(char: str) -> str:
    if char.isascii():
        return char
    digit = unicodedata.decimal(char, None)
    if digit is not None:
        return str(digit)
    if "Ⅰ" <= char <= "ↈ":
        return f" {unicodedata.numeric(char):g} "
    return {"σ": " sigma", "−": "-", "‐": "-", "‑": "-", "٫": ".", "٬": ",", "٪": "%"}.get(
        char, " " if char.isspace() else char
    )


def stated_in(text: str) -> list[Stated]:
    """All numbers of a text (see :func:`plain_text`), and words that hold digits ("p95", "v2.3.1").

    >>> [(n.kind, n.value) for n in stated_in("ninety percent of 1.2k calls took 2 h 30 min, ×16")]
    [('percent', 90.0), ('plain', 1200.0), ('duration', 9000.0), ('factor', 16.0)]
    """
    text = in_digits(text)
    found: list[Stated] = []
    for find in (_moments, _in_words, _words, _numerals, _unreadable):
        for number, stop in list(find(text)):
            found.append(number)
            text = text[: number.start] + "¤" * (stop - number.start) + text[stop:]
    return sorted(_joined(found, text), key=lambda number: number.start)


def _moments(text: str) -> Iterator[tuple[Stated, int]]:
    for moment in moments_in(text):
        yield Stated(moment.text, moment.start, "moment", moment=moment), moment.stop


def _in_words(text: str) -> Iterator[tuple[Stated, int]]:
    """Halves, thirds, doubled, hundreds: what has no digits of its own."""
    for match in _HALF_HOUR.finditer(text):
        value = TIME_UNITS[match["unit"]] / _SHARES[match["part"]]
        yield Stated(match[0], match.start(), "duration", value, 0.9 * value, 1.1 * value), match.end()
        text = text[: match.start()] + "¤" * len(match[0]) + text[match.end() :]
    for pattern, value in _FACTORS:
        for match in pattern.finditer(text):
            low, high = _bounds(text[: match.start()], value, 0.05 * value, value / 2)
            yield Stated(match[0], match.start(), "factor", value, low, high, whole=False), match.end()
    for pattern, low, high in _VAGUE:
        for match in pattern.finditer(text):
            yield Stated(match[0], match.start(), "plain", low, low, high), match.end()
    for match in _MAGNITUDE.finditer(text):
        low, high = (7.0, 15.0) if match[0].startswith(("a", "one")) else (50.0, math.inf)
        yield Stated(match[0], match.start(), "factor", 10.0, low, high), match.end()
    for match in _COUNT_SHARE.finditer(text):
        yield _share(text, match), match.end()


def _share(text: str, match: re.Match[str]) -> Stated:
    many = match["many"] or "1"
    words = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
    value = words.get(many, 0) or float(many)
    share = value / _SHARES[match["part"] or match["alone"]]
    low, high = _bounds(text[: match.start()], share, 0.02, 0.1)
    return Stated(match[0], match.start(), "share", share, low, high, whole=False)


def _words(text: str) -> Iterator[tuple[Stated, int]]:
    """Words that hold digits: names of things, not numbers."""
    for match in _WORD.finditer(text):
        if any(char.isdigit() for char in match[0]) and not _NO_WORD.fullmatch(match[0]):
            yield Stated(match[0], match.start(), "word"), match.end()


def _numerals(text: str) -> Iterator[tuple[Stated, int]]:
    for match in _NUMBER.finditer(text):
        number = _number(text, match)
        if number is not None:
            yield number, match.end()


def _unreadable(text: str) -> Iterator[tuple[Stated, int]]:
    """Characters that mean a number and are no digits: 九, Ⅻ, ㊿ where nothing else has read them."""
    for place, char in enumerate(text):
        if not char.isascii() and unicodedata.numeric(char, None) is not None:
            yield Stated(char, place, "unreadable"), place + 1


def _number(text: str, match: re.Match[str]) -> Stated | None:
    said = match["number"]
    value, step = read_numeral(said)
    unit = (match["unit"] or "").strip(" -")
    if not unit and (ahead := _RANGE.match(text, match.end())):
        unit = (ahead["unit"] or "").strip(" -")
    kind, size = _kind(unit, bool(match["factor"]))
    before, after = text[: match.start()], text[match.end() :]
    sign = {"+": 1, "-": -1}.get((match["sign"] or "").strip(), 0)
    whole_step = step * (10 ** _zeros(said) if step == 1 else 1)
    if kind == "factor" and unit in ("x", "×") and said == "0":
        return None  # 0x1f: no factor
    low, high = _bounds(
        before, value, step / 2, whole_step, over=bool(match["plus"]), percent=kind == "percent"
    )
    signed = -1 if sign < 0 else 1
    low, high = sorted((signed * low * size, signed * high * size))
    return Stated(
        match[0].strip(), match.start(), kind, signed * value * size, low, high, sign,
        _direction(before, after), size, step >= 1, bool(_STATISTIC.search(before)),
    )  # fmt: skip


def read_numeral(said: str) -> tuple[float, float]:
    """The value of a numeral and one unit of its last digit.

    >>> read_numeral("12,000"), read_numeral("3.40"), read_numeral("1e-25"), read_numeral("3,4")
    ((12000.0, 1.0), (3.4, 0.01), (1e-25, 1e-25), (3.4, 0.1))
    """
    said = re.sub(r"\s?[x×*]\s?10\s?(?:\^|\*\*)\s?", "e", said)
    power = re.fullmatch(r"(.*?)(?:\^|\*\*)([+-]?\d+)", said)
    if power is not None:
        base = read_numeral(power[1])[0]
        value = _power(base, int(power[2]))
        return value, value if base == 10 else 1.0
    mantissa, _, exponent = said.partition("e")
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+,\d+|\d+,\d{1,2}", mantissa):
        mantissa = mantissa.replace(".", "").replace(",", ".")
    mantissa = re.sub(r"[ ,'’_]", "", mantissa)
    places = len(mantissa.partition(".")[2])
    size = _power(10.0, int(exponent or 0))
    return float(mantissa) * size, _power(10.0, -places) * size


def _power(base: float, exponent: int) -> float:
    try:
        return float(base) ** exponent
    except (OverflowError, ZeroDivisionError):
        return math.inf


def _zeros(said: str) -> int:
    """Zeros at the end of a whole numeral: they are rounding as a rule. At most all but one digit."""
    digits = re.sub(r"\D", "", said)
    return min(300, len(digits) - len(digits.rstrip("0"))) if digits.strip("0") else 0


def _kind(unit: str, factor: bool) -> tuple[Kind, float]:
    if factor or unit in ("x", "×", "fold", "-fold", "mal"):
        return "factor", 1.0
    if unit in ("%", "‰") or unit.startswith(("per", "pct", "proz", "pp")):
        return "percent", 0.1 if unit == "‰" else 1.0
    if unit == "times":
        return "times", 1.0
    if unit in TIME_UNITS:
        return "duration", TIME_UNITS[unit]
    if unit in SIZE_UNITS:
        return "size", SIZE_UNITS[unit]
    return "plain", _SCALES.get(unit, 1.0)


def _bounds(
    before: str, value: float, half: float, round_step: float, *, over: bool = False, percent: bool = False
) -> tuple[float, float]:
    """For which values a number was said rightly: rounding, and what "about" and "over" allow."""
    tail = before[-24:]
    if half == 0.5 and not percent and not _ABOUT.search(tail):
        half = min(half, 0.1 * value)  # "2" is not what 1.6 is called, and no count is
    low, high = value - half, value + half
    coarse = min(round_step / 2, 0.025 * value) if value >= 1000 else 0.0
    if _ABOUT.search(tail):
        coarse = min(round_step / 2, 0.05 * value)
    low, high = min(low, value - coarse), max(high, value + coarse)
    if over or _OVER.search(tail):
        high = max(high, min(value + round_step, 1.25 * value))
    if _UNDER.search(tail):
        low = min(low, max(value - round_step, 0.8 * value))
    return low, high


def _direction(before: str, after: str) -> int:
    tail, head = before[-40:], after[:24]
    if _AFTER_UP.match(head):
        return 1
    if _AFTER_DOWN.match(head):
        return -1
    if _LEVEL.search(tail):
        return 0
    return 1 if _BEFORE_UP.search(tail) else -1 if _BEFORE_DOWN.search(tail) else 0


def _joined(found: list[Stated], blanked: str) -> list[Stated]:
    """ "2 h 30 min" is one duration: parts that follow each other, each in a smaller unit."""
    result: list[Stated] = []
    for number in sorted(found, key=lambda n: n.start):
        last = result[-1] if result else None
        if last is not None and last.kind == number.kind == "duration" and _goes_on(last, number, blanked):
            value = last.value + number.value
            result[-1] = Stated(
                f"{last.text} {number.text}", last.start, "duration", value,
                last.value + number.low, last.value + number.high, last.sign, last.direction, number.size,
            )  # fmt: skip
        else:
            result.append(number)
    return result


def _goes_on(last: Stated, number: Stated, blanked: str) -> bool:
    between = blanked[last.start + len(last.text) : number.start]
    return (
        number.size < last.size
        and number.sign == 0
        and re.fullmatch(r"[\s,¤]*(?:and)?\s*", between) is not None
    )
