"""Names of people that are known from the data, found as whole words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Final

from anomaly_hunter.investigate.reasoning.sensitive.found import Found

MOST_NAMES: Final = 20_000
_MOST_WORDS: Final = 12
_FIRST_AND_LAST: Final = 2
_WORD: Final = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f])*")
_GAP: Final = re.compile(r"%20|[^\w\n]{1,4}|_|\s{1,4}")

Names = Mapping[str, Mapping[int, frozenset[tuple[str, ...]]]]


def names_of(given: Iterable[str]) -> Names:
    """The names by their first word and number of words: at least 3 characters, with a letter.

    First and last name count in both orders ("Lee, Ann").

    >>> sorted(names_of(["Ann Lee", "Ann", "Bo", "12345"]))
    ['ann', 'lee']
    """
    by_first: dict[str, dict[int, set[tuple[str, ...]]]] = {}
    for name in islice(given, MOST_NAMES):
        words = tuple(_same(match[0]) for match in _WORD.finditer(name))[:_MOST_WORDS]
        if len(name.strip()) >= 3 and any(sign.isalpha() for sign in name):
            for order in (words, words[::-1]) if len(words) == _FIRST_AND_LAST else (words,):
                by_first.setdefault(order[0], {}).setdefault(len(words), set()).add(order)
    return {
        first: {count: frozenset(some) for count, some in sorted(counts.items(), reverse=True)}
        for first, counts in by_first.items()
    }


def people(text: str, names: Names) -> Iterator[Found]:
    """The names that stand in a text, longest first, whatever their case and what parts their words.

    >>> names = names_of(["Ann Lee", "Ann", "Müller"])
    >>> [(one.start, one.same) for one in people("ANN  LEE and Annual ann, Frau MÜLLER, ann_lee", names)]
    [(0, 'ann lee'), (20, 'ann'), (30, 'müller'), (38, 'ann lee')]
    """
    if not names:
        return
    after = 0
    for match in _WORD.finditer(text.lower() if text.isascii() else text):
        counts = names.get(match[0] if text.isascii() else _same(match[0]))
        if counts is None or match.start() < after:
            continue
        words = _from(text, match.start(), max(counts))
        for count, some in counts.items():
            same = tuple(word for word, _ in words[:count])
            if same in some:
                after = words[count - 1][1]
                yield Found(match.start(), after, "name", " ".join(same))
                break


def _from(text: str, start: int, most: int) -> list[tuple[str, int]]:
    """At most so many words from here on and where they end, while no more than a sign or two parts them."""
    words: list[tuple[str, int]] = []
    match = _WORD.match(text, start)
    while match is not None and len(words) < most:
        words.append((_same(match[0]), match.end()))
        gap = _GAP.match(text, match.end())
        match = _WORD.match(text, gap.end()) if gap else None
    return words


def _same(word: str) -> str:
    return word.lower() if word.isascii() else unicodedata.normalize("NFKC", word).casefold()
