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
_WORD: Final = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f])*+")
_GAP: Final = re.compile(r"[^\w\n]{1,4}|_|\s{1,4}|%20|\+")

Names = Mapping[str, Mapping[int, frozenset[tuple[str, ...]]]]


def names_of(given: Iterable[str]) -> Names:
    """The names by their first word and number of words: at least 3 characters, with a letter.

    >>> sorted(names_of(["Ann Lee", "Ann", "Bo", "12345"]))
    ['ann']
    """
    by_first: dict[str, dict[int, set[tuple[str, ...]]]] = {}
    for name in islice(given, MOST_NAMES):
        words = tuple(_same(match[0]) for match in _WORD.finditer(name))[:_MOST_WORDS]
        if len(name.strip()) >= 3 and any(sign.isalpha() for sign in name):
            by_first.setdefault(words[0], {}).setdefault(len(words), set()).add(words)
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
    words = [(match.start(), match.end(), _same(match[0])) for match in _WORD.finditer(text)]
    after = 0
    for at, (start, _, word) in enumerate(words):
        counts = names.get(word)
        if counts is None or at < after:
            continue
        for count, some in counts.items():
            part = words[at : at + count]
            same = tuple(one[2] for one in part)
            if same in some and all(
                _GAP.fullmatch(text, a[1], b[0]) for a, b in zip(part, part[1:], strict=False)
            ):
                yield Found(start, part[-1][1], "name", " ".join(same))
                after = at + count
                break


def _same(word: str) -> str:
    return word.lower() if word.isascii() else unicodedata.normalize("NFKC", word).casefold()
