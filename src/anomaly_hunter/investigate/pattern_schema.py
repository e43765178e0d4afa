"""A failure pattern as it is written, checked key by key and made a record."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any, Final, get_args

from anomaly_hunter.errors import ConfigError
from anomaly_hunter.investigate.patterns import Calendar, Moves, Order, Pattern, Place, Sign, Symptom
from anomaly_hunter.investigate.semantics import MetricKind
from anomaly_hunter.model import Shape

PLACEHOLDERS: Final = ("service", "onset", "metric", "event", "rate", "countdown", "value", "expected")
"""What the steps of a pattern may hold in braces."""

SHAPES: Final = (*get_args(Shape), "ramp", "at zero")
ISSUES: Final = (
    "gap", "duplicate time", "disorder", "mixed types", "constant", "missing", "infinite", "clock change",
    "mixed time zones", "irregular interval", "short", "unreadable row",
)  # fmt: skip
SOURCES: Final[Mapping[str, tuple[str, ...]]] = {
    "a series": ("metric", "name", "shape", "moves", "when", "least_pct", "reaches"),
    "a change": ("event", "title"),
    "words": ("text",),
    "the data": ("issue",),
    "the calendar": ("calendar",),
}
_ID: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
PATTERN_KEYS: Final = (
    "id", "name", "domain", "meaning", "required", "supporting", "against", "steps", "references", "sample",
)  # fmt: skip
_MUST: Final = ("id", "name", "domain", "meaning", "required", "steps")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in which file something stands, for messages."""

    file: str
    path: str = ""

    def at(self, key: str | int) -> _Place:
        inner = f"[{key}]" if isinstance(key, int) else f".{key}" if self.path else str(key)
        return _Place(self.file, f"{self.path}{inner}")

    def wrong(self, came: object, expected: str, cure: str) -> ConfigError:
        shown = repr(came)
        shown = shown if len(shown) <= 60 else f"{shown[:60]}..."
        where = f"{self.path} is {shown}" if self.path else f"it holds {shown}"
        return ConfigError(f"`{self.file}`: {where}", expected, cure)


def pattern_from(document: object, file: str) -> Pattern:
    """The pattern that a document describes.

    Raises
    ------
    ConfigError
        A key is unknown, missing or of the wrong kind; the message names file and key.
    """
    place = _Place(file)
    given = _mapping(document, place, PATTERN_KEYS)
    for key in _MUST:
        if key not in given:
            raise ConfigError(f"`{file}`: the key {key!r} is missing", f"{', '.join(_MUST)}", f"add {key}")
    name = _text(given["id"], place.at("id"))
    if not _ID.fullmatch(name):
        raise place.at("id").wrong(name, "small letters, digits and dashes", "write it as disk-full")
    parts = {key: _symptoms(given.get(key), place.at(key)) for key in ("required", "supporting", "against")}
    if not parts["required"]:
        raise place.at("required").wrong([], "at least one symptom", "say what must be seen")
    _check_texts(parts, place)
    return Pattern(
        name,
        _text(given["name"], place.at("name")),
        _text(given["domain"], place.at("domain")),
        _text(given["meaning"], place.at("meaning")),
        parts["required"],
        parts["supporting"],
        parts["against"],
        steps=_steps(given["steps"], place.at("steps")),
        references=_texts(given.get("references"), place.at("references")),
        sample=tuple(_sample(given.get("sample"), place.at("sample"))),
    )


def _check_texts(parts: Mapping[str, tuple[Symptom, ...]], place: _Place) -> None:
    texts = [symptom.text for symptoms in parts.values() for symptom in symptoms]
    twice = next((text for text in texts if texts.count(text) > 1), None)
    if twice is not None:
        raise ConfigError(f"`{place.file}`: the sign {twice!r} stands twice", "each once", "reword one")


def _symptoms(given: object, place: _Place) -> tuple[Symptom, ...]:
    return tuple(_symptom(one, place.at(i)) for i, one in enumerate(_listed(given, place)))


def _symptom(given: object, place: _Place) -> Symptom:
    keys = ("sign", "weight", "any", *_READERS)
    document = dict(_mapping(given, place, keys))
    if "sign" not in document:
        raise place.wrong(document, "a `sign`: the symptom in words", "add `sign: latency up`")
    text = _text(document.pop("sign"), place.at("sign"))
    weight = _number(document.pop("weight", 1.0), place.at("weight"), least=0.01, most=100.0)
    if "any" not in document:
        return Symptom(text, (_sign(document, place),), weight)
    several = _listed(document.pop("any"), place.at("any"))
    if document or not several:
        raise place.wrong(
            sorted(document),
            "either `any:` with a list of signs, or one sign",
            "move all conditions below `any:`",
        )
    inner = place.at("any")
    return Symptom(
        text,
        tuple(
            _sign(_mapping(one, inner.at(i), tuple(_READERS)), inner.at(i)) for i, one in enumerate(several)
        ),
        weight,
    )


def _sign(given: Mapping[str, Any], place: _Place) -> Sign:
    used = [source for source, keys in SOURCES.items() if any(key in given for key in keys)]
    if len(used) != 1:
        raise place.wrong(
            sorted(given),
            f"keys of one source ({'; '.join(', '.join(keys) for keys in SOURCES.values())})",
            "split them with `any:`, or write two symptoms" if used else "say what shows it",
        )
    if used[0] == "a series" and not any(key in given for key in ("metric", "name", "shape")):
        raise place.wrong(sorted(given), "one of metric, name, shape", "say which series")
    return Sign(**{key: _READERS[key](value, place.at(key)) for key, value in given.items()})


def _one_of(words: Iterable[str]) -> Callable[[object, _Place], str]:
    allowed = tuple(word for word in words if word)

    def read(given: object, place: _Place) -> str:
        if given not in allowed:
            raise place.wrong(given, f"one of {', '.join(allowed)}", _near(given, allowed))
        return str(given)

    return read


def _several_of(words: Iterable[str]) -> Callable[[object, _Place], tuple[str, ...]]:
    one = _one_of(words)

    def read(given: object, place: _Place) -> tuple[str, ...]:
        many = _texts(given, place)
        if not many:
            raise place.wrong(given, "at least one word", "name one, or leave the key out")
        return tuple(one(word, place) for word in many)

    return read


def _words(given: object, place: _Place) -> tuple[str, ...]:
    found = _texts(given, place)
    if not found or not all(re.search(r"[A-Za-z0-9]", word) for word in found):
        raise place.wrong(given, "words such as dns or retr*", "name at least one letter or digit each")
    return found


def _percent(given: object, place: _Place) -> float:
    return _number(given, place, least=0.0, most=1e6)


_READERS: Final[Mapping[str, Callable[[object, _Place], Any]]] = {
    "metric": _several_of(get_args(MetricKind)),
    "name": _words,
    "moves": _one_of(get_args(Moves)),
    "shape": _several_of(SHAPES),
    "at": _one_of(get_args(Place)),
    "when": _one_of(get_args(Order)),
    "least_pct": _percent,
    "reaches": _one_of(("limit",)),
    "event": _words,
    "title": _words,
    "text": _words,
    "issue": _several_of(ISSUES),
    "calendar": _one_of(get_args(Calendar)),
}

SIGN_KEYS: Final = tuple(_READERS)


def _steps(given: object, place: _Place) -> tuple[str, ...]:
    steps = _texts(given, place)
    if not steps:
        raise place.wrong(given, "at least one next step", "say what to do")
    for i, step in enumerate(steps):
        try:
            fields = [field for _, field, form, turn in Formatter().parse(step) if field is not None]
            plain = all(not (form or turn) for _, _, form, turn in Formatter().parse(step))
        except ValueError:
            fields, plain = [step], False
        unknown = [field for field in fields if field not in PLACEHOLDERS]
        if unknown or not plain:
            shown = ", ".join("{" + name + "}" for name in PLACEHOLDERS)
            raise place.at(i).wrong(
                step, f"only the placeholders {shown}", "correct it; a literal brace is written twice"
            )
    return steps


def _sample(given: object, place: _Place) -> Iterable[Mapping[str, object]]:
    for i, entry in enumerate(_listed(given, place)):
        if not isinstance(entry, dict) or not all(isinstance(key, str) for key in entry):
            raise place.at(i).wrong(entry, "keys and values", "see docs/patterns.md")
        yield entry


def _mapping(given: object, place: _Place, keys: tuple[str, ...]) -> Mapping[str, Any]:
    if not isinstance(given, dict):
        raise place.wrong(given, f"keys: {', '.join(keys)}", "write `key: value` lines")
    for key in given:
        if key not in keys:
            where = f" in {place.path}" if place.path else ""
            raise ConfigError(
                f"`{place.file}`: unknown key {key!r}{where}", f"one of {', '.join(keys)}", _near(key, keys)
            )
    return given


def _listed(given: object, place: _Place) -> list[object]:
    if given is None:
        return []
    if not isinstance(given, list):
        raise place.wrong(given, "a list", "put `- ` before each entry")
    return given


def _texts(given: object, place: _Place) -> tuple[str, ...]:
    many = [given] if isinstance(given, str) else _listed(given, place)
    return tuple(_text(one, place) for one in many)


def _text(given: object, place: _Place) -> str:
    if not isinstance(given, str) or not given.strip() or len(given) > 500:
        raise place.wrong(
            given, "text of up to 500 characters", "write words, in quotes where YAML sees a number"
        )
    return " ".join(given.split())


def _number(given: object, place: _Place, least: float, most: float) -> float:
    usable = isinstance(given, int | float) and not isinstance(given, bool) and math.isfinite(given)
    if not usable or not least <= float(str(given)) <= most:
        raise place.wrong(given, f"a number from {least:g} to {most:g}", "change it")
    return float(str(given))


def _near(given: object, known: Iterable[str]) -> str:
    import difflib

    close = difflib.get_close_matches(str(given), list(known), n=1)
    return f"did you mean {close[0]!r}?" if close else "use one of those"
