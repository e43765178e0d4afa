"""Where a text stands whole in another, found without a pattern of its own: cases have many names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache


def stands_whole(inner: str, text: str, beside: str = "") -> bool:
    """Whether it stands there with no letter, digit, underscore or sign of ``beside`` next to it.

    >>> stands_whole("db", "the db was slow"), stands_whole("db", "mongodb"), stands_whole("db", "db-2", "-")
    (True, False, False)
    """
    return next(_places(inner, text, beside), None) is not None


def without_whole(text: str, parts: Iterator[str] | list[str] | tuple[str, ...]) -> str:
    """The text with a space for each of the parts that stands in it whole, in any case, one after another.

    >>> without_whole("API.example.com and api.example.community", ["api.example.com"])
    '  and api.example.community'
    """
    small = _small(text)
    for part in parts:
        low = _small(part)
        if not low or small is None:
            changed = _pattern(part).sub(" ", text)
        elif low not in small:
            continue
        else:
            changed = _cut(text, small, low)
        if changed != text:
            text, small = changed, _small(changed)
    return text


def _cut(text: str, small: str, low: str) -> str:
    kept, at = [], 0
    for start in _places(low, small):
        kept.append(text[at:start])
        at = start + len(low)
    return " ".join((*kept, text[at:]))


def _places(inner: str, text: str, beside: str = "") -> Iterator[int]:
    """From left to right, none on top of another."""
    at = text.find(inner)
    while at >= 0:
        stop = at + len(inner)
        if _is_apart(text[at - 1 : at], beside) and _is_apart(text[stop : stop + 1], beside):
            yield at
            at = text.find(inner, max(stop, at + 1))
        else:
            at = text.find(inner, at + 1)


def _is_apart(char: str, beside: str) -> bool:
    return not char or not (char.isalnum() or char == "_" or char in beside)


@lru_cache(maxsize=8192)
def _small(text: str) -> str | None:
    """In small letters, each at its place; None where a letter beyond ASCII has another case."""
    if text.isascii() or all(char.isascii() or char.lower() == char == char.upper() for char in text):
        return text.lower()
    return None


@lru_cache(maxsize=512)
def _pattern(part: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(part)}(?!\w)", re.IGNORECASE)
