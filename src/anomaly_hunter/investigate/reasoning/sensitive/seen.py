"""Values that were private once are private everywhere, whatever stands around them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from anomaly_hunter.investigate.reasoning.sensitive.found import Found

_LEAST: Final = 6


class Seen:
    """Values to be found again, byte by byte: of 6 characters and more, with a digit or a sign.

    Plain words (a password "required") and names are not: a name is found as a word only. Linear in the
    text: each place is looked up by its first six characters.

    >>> seen = Seen()
    >>> seen.add("token", "hunter2-x")
    >>> [(one.kind, one.start) for one in seen.again("it was _hunter2-x_ once")]
    [('token', 8)]
    """

    def __init__(self) -> None:
        self._kinds: dict[str, str] = {}
        self._lengths: dict[str, set[int]] = {}

    def add(self, kind: str, value: str) -> None:
        """Remember a value."""
        if kind == "name" or len(value) < _LEAST or value.isalpha() or value in self._kinds:
            return
        self._kinds[value] = kind
        self._lengths.setdefault(value[:_LEAST], set()).add(len(value))

    def again(self, text: str) -> Iterator[Found]:
        """Where values stand in a text. A number counts only where no digit stands beside it."""
        if not self._lengths:
            return
        lengths = self._lengths
        for start in range(len(text) - _LEAST + 1):
            known = lengths.get(text[start : start + _LEAST])
            if known is None:
                continue
            for length in sorted(known, reverse=True):
                value = text[start : start + length]
                if value in self._kinds and not (_is_number(value) and _is_part(text, start, start + length)):
                    yield Found(start, start + length, self._kinds[value], value)
                    break


def _is_number(value: str) -> bool:
    return not any(sign.isalpha() for sign in value)


def _is_part(text: str, start: int, stop: int) -> bool:
    return text[start - 1 : start].isalnum() or text[stop : stop + 1].isalnum()
