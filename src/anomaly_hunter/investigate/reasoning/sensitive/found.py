"""Where a private value stands in a text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Found(NamedTuple):
    """A private value at ``text[start:stop]``; ``same`` is equal for two spellings of one value."""

    start: int
    stop: int
    kind: str
    same: str


def apart(found: Iterable[Found], text: str) -> list[Found]:
    """In order of the text, none on top of another: what overlaps becomes one, named by the first found.

    >>> apart([Found(4, 9, "email", "b"), Found(0, 5, "token", "a")], "0123456789abcdef")
    [Found(start=0, stop=9, kind='email', same='012345678')]
    """
    done: list[tuple[int, Found]] = []
    for rank, one in sorted(enumerate(found), key=lambda pair: (pair[1].start, -pair[1].stop, pair[0])):
        if done and one.start < done[-1][1].stop:
            done[-1] = _together(done[-1], (rank, one), text)
        else:
            done.append((rank, one))
    return [one for _, one in done]


def _together(a: tuple[int, Found], b: tuple[int, Found], text: str) -> tuple[int, Found]:
    rank, kept = min(a, b, key=lambda pair: pair[0])
    start, stop = min(a[1].start, b[1].start), max(a[1].stop, b[1].stop)
    if (start, stop) == (kept.start, kept.stop):
        return rank, kept
    return rank, Found(start, stop, kept.kind, text[start:stop])


def any_in(text: str, words: Iterable[str]) -> bool:
    """Whether one of the words stands anywhere in a text: a glance before a search with a pattern.

    >>> any_in("an account", ("konto", "account")), any_in("", ("a",))
    (True, False)
    """
    return any(word in text for word in words)


def lowered(text: str) -> str:
    """The text in small letters, each at its place: patterns of words search it several times as fast.

    >>> len(lowered("İstanbul ACCOUNT"))
    16
    """
    return text.replace("\u0130", "i").lower()


def begins_a_word(text: str, at: int) -> bool:
    """Whether no letter or digit stands before this place."""
    return at == 0 or not text[at - 1].isalnum()
