"""Whether the numbers of a sentence stand in the evidence that it cites."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from anomaly_hunter.investigate.reasoning.moments import Moment, moments_in
from anomaly_hunter.investigate.reasoning.standing import stands_whole
from anomaly_hunter.investigate.reasoning.stated import (
    SIZE_UNITS,
    TIME_UNITS,
    Stated,
    plain_text,
    stated_in,
)
from anomaly_hunter.investigate.wording import plainly
from anomaly_hunter.model import Evidence, Number

_UNIT_KEY: Final = {**TIME_UNITS, **SIZE_UNITS}
_PERCENT_KEY: Final = ("pct", "percent")
_RATIO_KEY: Final = ("lift", "ratio", "factor", "times")
_NO_SHARE: Final = ("p", "log10", "weight", "score", "effect", "delta", "likeness", "chance", "g", "df")
_CHANGE_KEY: Final = ("pct", "shift", "rate", "sigmas", "z", "r", "change", "increase")
_FOREIGN_KEY: Final = re.compile(
    r"(?:event|segment|value|facet|top|service|metric|theme|terms|title|template|example|level)$|(?:quote|word)_"
)
QUOTED: Final = re.compile(
    r"“([^“”]*)”|«([^«»]*)»|‘([^‘’]*)’|\"([^\"]*)\"|(?<!\w)'((?:[^']|(?<=\w)'(?=\w))*)'(?!\w)|`([^`]*)`"
)
_CLIPPED: Final = (30, 40, 60, 80, 100, 120, 200)  # where statements cut texts of others
_CELL_HEAD: Final = re.compile(r"^(?:row \d+|point \d+|\d{4}-\d{2}-\d{2} [\d:.]+ UTC):\s")
MOST_READ: Final = 2000  # characters of a statement; a model is shown fewer
_WORDS_OF_A_CELL: Final = 2
_WORDS_OF_A_NAME: Final = 4
_OWN_UNIT: Final = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)+")


@dataclass(frozen=True, slots=True)
class Facts:
    """What numbers a piece of evidence holds, by kind, and the units that its names tell."""

    numbers: tuple[Stated, ...]
    moments: tuple[Moment, ...]
    units: tuple[float, ...] = field(default=())


def numbers_in(sentence: str, names: Collection[str] = (), quotable: Collection[str] = ()) -> list[Stated]:
    """Every number that a sentence states, but for those in whole names of the case and in quotations.

    A name with a number of its own ("naptime 60 to 30 s") is a name only in quotation marks, since it
    reads as a statement elsewhere. ``quotable`` are texts of which a part may be quoted, in marks.

    >>> [n.value for n in numbers_in("payments v2.4.1 broke 5 of 7 pools", ["payments v2.4.1"])]
    [5.0, 7.0]
    >>> [n.value for n in numbers_in("42% of requests failed at 42", ["42"])]
    [42.0, 42.0]
    """
    text = plain_text(sentence)
    return stated_in(_without_names(_without_quotations(text, [*map(plain_text, quotable)], names), names))


def stands_in(number: Stated, evidence: Evidence, names: Collection[str] = ()) -> bool:
    """Whether a number stands in this evidence: as precisely as it was said, units converted.

    What stands there in quotation marks, or in a name of the case, was written by others: it is no
    number of the evidence.

    >>> beside = {"share": 0.784, "width_s": 90.0}
    >>> fact = Evidence("reach:web", "reach", "reached 3.41 on 4 of 7 services", beside)
    >>> said = "about 3.4", "3.5", "78%", "1.5 min", "four", "5"
    >>> [stands_in(numbers_in(text)[0], fact) for text in said]
    [True, False, True, True, True, False]
    """
    facts = facts_of(evidence, tuple(names))
    if number.kind == "word":
        return is_word_of(number.text, named_in((evidence.statement,), names))
    if number.moment is not None:
        return number.moment.stands_among(facts.moments)
    if number.kind == "plain" and 1900 <= number.value <= 2100 and len(number.text) == 4:
        years = {moment.day[0] for moment in facts.moments if moment.day}
        if int(number.value) in years:
            return True
    return any(
        _within(number, fact, value) for fact in facts.numbers for value in _readings(number, fact, facts)
    )


def speaks_of(name: str, statement: str) -> bool:
    """Whether a statement holds a whole name.

    >>> speaks_of("db", "the db was slow"), speaks_of("db", "mongodb was slow")
    (True, False)
    """
    return _is_part(" ".join(plain_text(name).split()), " ".join(plain_text(statement).split()))


def facts_of(evidence: Evidence, names: tuple[str, ...] = ()) -> Facts:
    """The numbers that a piece of evidence holds: in its statement, and beside it."""
    items = tuple(
        (key, value[:MOST_READ] if isinstance(value, str) else value)
        for key, value in evidence.numbers.items()
    )
    return _facts(evidence.id, evidence.statement[:MOST_READ], items, names)


@lru_cache(maxsize=512)
def _facts(id_: str, statement: str, items: tuple[tuple[str, Number], ...], names: tuple[str, ...]) -> Facts:
    foreign = [value for key, value in items if isinstance(value, str) and _FOREIGN_KEY.match(key)]
    own = _of_cells(statement) if id_.startswith("rows:") else statement
    subject, plain = id_.partition(":")[2], plain_text(own)
    near = _with_numbers(names if "…" in plain else _standing_in(plain, names))  # what is cut short ends so
    text = _without_foreign(plain, (*near, *foreign, subject, plainly(subject)))
    said = stated_in(text)
    told = [fact for key, value in items if (fact := _told(key, value)) is not None]
    texts = [plain_text(value) for key, value in items if isinstance(value, str) and value not in names]
    alone = [moment for text in texts for moment in moments_in(text) if _is_all(text, moment)]
    spans = [n for text in texts for n in stated_in(text) if n.kind == "duration" and n.text == text]
    units = {
        _UNIT_KEY[part]
        for part in _parts_of(f"{plain_text(id_)} {plain_text(statement)}")
        if part in _UNIT_KEY
    }
    return Facts(
        (*(n for n in said if n.moment is None), *told, *spans),
        (*(n.moment for n in said if n.moment is not None), *alone),
        tuple(sorted(units)),
    )


def _without_foreign(text: str, foreign: Sequence[str]) -> str:
    """A statement without names and texts of others: whole, cut short, as a value, or between marks."""
    for form in _with_numbers(tuple(foreign)):
        shapes = [form] if any(char.isalpha() for char in form) else [f"={form}", f"'{form}'"]
        shapes += [f"{form[: most - 1]}…" for most in _CLIPPED if len(form) > most]
        for shape in shapes:
            text = text.replace(shape, " ")
    return QUOTED.sub(" ", text)


@lru_cache(maxsize=512)
def _with_numbers(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the texts that hold numbers or words with digits, longest first, in plain form."""
    forms = {" ".join(plain_text(text).split()) for text in texts}
    return tuple(sorted((form for form in forms if stated_in(form)), key=lambda f: (-len(f), f)))


def _of_cells(statement: str) -> str:
    """Rows without cells that hold words: a number in a text is no number of the row."""
    cells = re.split(r"(?<=[,;])\s", statement)
    return " ".join(cell for cell in cells if len(_CELL_HEAD.sub("", cell).split()) <= _WORDS_OF_A_CELL)


def _parts_of(text: str) -> Iterator[str]:
    """The parts of names with underscores: their units ("latency_ms")."""
    for match in _OWN_UNIT.finditer(text):
        yield from match[0].split("_")


def _is_all(text: str, moment: Moment) -> bool:
    return len(moment.text) >= len(text.strip()) - 1


def _told(key: str, value: Number) -> Stated | None:
    """A number beside the statement; its kind and unit are told by its name."""
    if isinstance(value, (bool, str)) or value is None:
        return None
    parts = re.split(r"[^a-z0-9]+", key.lower())
    last, number = parts[-1], float(value)
    sign = (number > 0) - (number < 0) if any(part in _CHANGE_KEY for part in parts) else 0
    whole = isinstance(value, int)
    if last in _PERCENT_KEY:
        return Stated(key, 0, "percent", number, number, number, sign, whole=False)
    if last in _RATIO_KEY:
        return Stated(key, 0, "times", number, number, number, whole=False)
    unit = last if last in _UNIT_KEY else parts[0] if len(parts) > 1 and parts[0] in _UNIT_KEY else ""
    if unit and len(parts) > 1:
        size = _UNIT_KEY[unit]
        kind = "duration" if unit in TIME_UNITS else "size"
        return Stated(key, 0, kind, number * size, number * size, number * size, sign, 0, size)  # type: ignore[arg-type]
    chance = any(part in _NO_SHARE for part in parts)
    return Stated(key, 0, "plain", number, number, number, sign, whole=whole, statistic=chance)


def _readings(number: Stated, fact: Stated, facts: Facts) -> Iterator[float]:
    """The values that a fact has in the kind in which the number was said."""
    same = number.kind == fact.kind
    if same or (number.kind, fact.kind) in _ALIKE:
        yield fact.value
    share = fact.kind == "plain" and not fact.whole and not fact.statistic and 0 <= abs(fact.value) <= 1
    if number.kind == "percent":
        if share or fact.kind == "share":
            yield 100 * fact.value
        elif fact.kind in ("factor", "times"):
            yield 100 * (fact.value - 1)
    elif (
        number.kind in ("share", "plain")
        and fact.kind == "percent"
        and not number.whole
        and abs(number.value) <= 1
    ):
        yield fact.value / 100
    elif number.kind == "share" and share:
        yield fact.value
    elif number.kind in ("factor", "times") and fact.kind == "percent":
        yield 1 + fact.value / 100
    elif number.kind in ("duration", "size"):
        yield from _measured(number, fact, facts)
    elif number.kind == "plain" and fact.kind in ("duration", "size") and fact.text.isidentifier():
        yield fact.value / fact.size


_ALIKE: Final = {
    ("times", "factor"), ("factor", "times"), ("times", "plain"), ("plain", "times"), ("plain", "factor"),
}  # fmt: skip


def _measured(number: Stated, fact: Stated, facts: Facts) -> Iterator[float]:
    """A number without a unit in evidence on something whose name tells the unit: latency_ms."""
    if fact.kind == "plain":
        sizes = TIME_UNITS if number.kind == "duration" else SIZE_UNITS
        yield from (fact.value * size for size in facts.units if size in sizes.values() or size == 1.0)
    elif fact.kind == number.kind == "size":
        for power in range(1, 5):
            yield fact.value * (1000 / 1024) ** power


def _within(number: Stated, fact: Stated, value: float) -> bool:
    """Whether a value lies where the number says, and no word or sign says the contrary."""
    slack = 1e-9 * max(abs(value), abs(number.low))
    if number.low - slack <= value <= number.high + slack:
        return not (fact.sign > 0 and number.direction < 0 and number.sign == 0)
    if number.sign == 0 and value < 0 and number.direction <= 0:
        return number.low - slack <= -value <= number.high + slack
    return False


def is_word_of(word: str, texts: Iterable[str]) -> bool:
    """Whether a word that holds digits ("m-17", "p95") stands whole in one of the texts.

    >>> is_word_of("m-17", ["merchant=m-17"]), is_word_of("m-1", ["merchant=m-17"])
    (True, False)
    """
    pattern = re.compile(rf"(?<![\w.\-]){re.escape(plain_text(word))}(?!\w|[-./]\w)")
    return any(pattern.search(plain_text(text)) for text in texts)


def named_in(statements: Iterable[str], names: Collection[str]) -> tuple[str, ...]:
    """Texts whose words are names of things in the case: statements, and names that are no sentences.

    A title of many words, or a quotation of them, may say anything: its single words name nothing.
    """
    long = [name for name in names if not _is_short(name)]
    return (
        *(_without_sentences(statement, long) for statement in statements),
        *(name for name in names if _is_short(name)),
    )


def _is_short(name: str) -> bool:
    return len(name.split()) <= _WORDS_OF_A_NAME


def _without_sentences(statement: str, long: Iterable[str]) -> str:
    for name in long:
        statement = statement.replace(name, " ")
    return QUOTED.sub(lambda match: match[0] if _is_short(match[0]) else " ", statement)


@lru_cache(maxsize=256)
def _pattern_of(names: tuple[str, ...]) -> re.Pattern[str] | None:
    """Where a whole name with digits stands, longest first; None where no name has any."""
    found = []
    for name in _with_numbers(names):
        numbers = stated_in(name)
        inside = [n for n in numbers if n.kind != "word"]
        if inside and _is_number(name, inside):
            continue
        pattern = rf"(?<![\w.\-]){re.escape(name)}(?![\w%‰]|[.\-,:/]\w|\s*%)"
        if inside:
            pattern = rf"(?<=['\"“‘«`]){re.escape(name)}(?=['\"”’»`])"
        found.append(pattern)
    return re.compile("|".join(found)) if found else None


def _standing_in(text: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the names that stand somewhere in a text: a case has thousands, a sentence a few."""
    return tuple(form for form in _plain_forms(names) if form in text)


@lru_cache(maxsize=16)
def _plain_forms(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({" ".join(plain_text(name).split()) for name in names} - {""}))


def _without_names(text: str, names: Iterable[str]) -> str:
    """The text without whole names of the case, longest first."""
    pattern = _pattern_of(_standing_in(text, tuple(names)))
    return text if pattern is None else pattern.sub(lambda m: "¤" * len(m[0]), text)


def _is_number(name: str, inside: list[Stated]) -> bool:
    """Whether a name is nothing but a number and its unit: it is no licence for that number."""
    rest = name
    for number in inside:
        rest = rest.replace(number.text, " ")
    return not any(char.isalpha() for char in rest) or stated_in(name)[0].text == name


def _without_quotations(text: str, quotable: list[str], names: Collection[str]) -> str:
    """The text without quotations of what may be quoted; names stay for :func:`_without_names`."""

    def blank(match: re.Match[str]) -> str:
        inner = " ".join(next(group for group in match.groups() if group is not None).split())
        numbers = stated_in(inner)
        if not inner or (numbers and _is_number(inner, numbers) and not _is_whole_quote(inner, quotable)):
            return match[0]
        return "¤" * len(match[0]) if any(_is_part(inner, text) for text in quotable) else match[0]

    return QUOTED.sub(blank, text)


def _is_whole_quote(inner: str, quotable: list[str]) -> bool:
    """Whether a number word ("twice") is itself what the evidence quotes; digits never are."""
    quotes = (group for text in quotable for match in QUOTED.finditer(text) for group in match.groups())
    return not any(char.isdigit() for char in inner) and any(group == inner for group in quotes)


def _is_part(inner: str, text: str) -> bool:
    return stands_whole(inner, text)
