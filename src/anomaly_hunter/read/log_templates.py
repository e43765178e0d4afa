"""Templates of log messages: what stays the same when numbers, ids and names change.

A parse tree of fixed depth as in Drain (He, Zhu, Zheng & Lyu, ICWS 2017): messages of one service
with as many words and the same first word share a leaf; in a leaf a message joins the template
that agrees in most words, at least half of them, and words that differ become ``<*>``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from operator import eq
from typing import Final, TypeAlias

SIMILAR: Final = 0.5
MOST_TEMPLATES: Final = 1_000
MOST_WORDS: Final = 40
LONGEST: Final = 400
MOST_FIRSTS: Final = 100
MOST_REMEMBERED: Final = 50_000
GIVEN_UP: Final = 0.1
WILD: Final = "<*>"

Leaf: TypeAlias = tuple[str, int, str]
"""Service, number of words, first word."""

# Digits after a letter are part of a name (s3, x509, http2) unless they are many.
_VARIABLE: Final = re.compile(
    r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F-]{22}"
    r"|\b0x[0-9a-fA-F]+|\b(?=[a-f]*\d)[0-9a-f]{7,}\b|\d{4,}[\d.:]*"
    r"|(?<![A-Za-z\d])[-+]?\d[\d.,:]*(?:[eE][-+]?\d+)?(?:ns|us|ms|s|m|h|[kKMGT]i?B?|%)?(?![A-Za-z\d])"
)


@dataclass(slots=True)
class Mined:
    """A template while it grows; ``last_line`` is the number of the last line that joined."""

    row: int
    service: str
    level: str
    words: list[str]
    example: str
    leaf: Leaf
    count: int = 0
    last_line: int = 0


@dataclass(slots=True)
class Miner:
    """Templates from messages, one at a time, in bounded memory: at most 1,000 templates.

    When there are more, a tenth is given up: those that were not seen for longest, of the rarer half.

    >>> miner = Miner()
    >>> rows = [miner.add("api", "", f"user {name} paid {n} EUR") for n, name in enumerate(("ann", "bob"))]
    >>> rows, " ".join(miner.by_row[0].words)
    ([0, 0], 'user <*> paid <*> EUR')
    """

    most: int = MOST_TEMPLATES
    by_row: dict[int, Mined] = field(default_factory=dict)
    rare: int = 0
    _leaves: dict[Leaf, list[Mined]] = field(default_factory=dict)
    _firsts: dict[tuple[str, int], int] = field(default_factory=dict)
    _known: dict[tuple[str, str], Mined] = field(default_factory=dict)
    _line: int = 0
    _rows: int = 0

    def add(self, service: str, level: str, message: str) -> int:
        """The row of the template that the message belongs to; a row is never used twice."""
        self._line += 1
        masked = _VARIABLE.sub(WILD, message[:LONGEST])
        found = self._known.get((service, masked))
        if found is None:
            found = self._find(service, level, masked, message)
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            self._known[service, masked] = found
        found.count += 1
        found.last_line = self._line
        return found.row

    def _find(self, service: str, level: str, masked: str, message: str) -> Mined:
        words = masked.split()[:MOST_WORDS]
        leaf = self._leaf(service, words)
        best = max(self._leaves.get(leaf, ()), key=lambda m: _agreeing(m.words, words), default=None)
        if best is not None and _agreeing(best.words, words) >= SIMILAR * len(words):
            best.words = [a if a == b else WILD for a, b in zip(best.words, words, strict=True)]
            return best
        if len(self.by_row) >= self.most:
            self._give_up()
        new = Mined(self._rows, service, level, words, message[:LONGEST], leaf)
        self._rows += 1
        self.by_row[new.row] = new
        if leaf not in self._leaves:
            self._leaves[leaf] = []
            self._firsts[leaf[:2]] = self._firsts.get(leaf[:2], 0) + 1
        self._leaves[leaf].append(new)
        return new

    def _leaf(self, service: str, words: list[str]) -> Leaf:
        """Where to look; first words beyond a hundred per length are names, and share a leaf."""
        first = words[0] if words and WILD not in words[0] else WILD
        leaf = (service, len(words), first)
        if leaf in self._leaves or self._firsts.get(leaf[:2], 0) < MOST_FIRSTS:
            return leaf
        return (service, len(words), WILD)

    def _give_up(self) -> None:
        rarer = sorted(self.by_row.values(), key=lambda m: m.count)[: max(1, self.most // 2)]
        gone = sorted(rarer, key=lambda m: m.last_line)[: max(1, int(GIVEN_UP * self.most))]
        for one in gone:
            del self.by_row[one.row]
            self.rare += one.count
            self._leaves[one.leaf].remove(one)
            if not self._leaves[one.leaf]:
                del self._leaves[one.leaf]
                self._firsts[one.leaf[:2]] -= 1
        self._known.clear()


def _agreeing(a: list[str], b: list[str]) -> int:
    return sum(map(eq, a, b))
