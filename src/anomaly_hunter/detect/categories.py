"""Rare categories, and rare combinations of common ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from anomaly_hunter.model import Column, FloatArray

MOST_PAIRED: Final = 50  # categories of a column that is still combined with others
PAIRED_COLUMNS: Final = 8  # columns that are combined, those of fewest categories first
ENOUGH: Final = 5.0  # rows expected of a combination before its absence says anything

Codes = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Rarity:
    """How surprising the categories of each row are.

    ``surprise`` is ``(n, m)`` in nats, >= 0, one column per dimension; ``seen`` and ``usual`` are
    ``(n, m)`` row counts: how many rows share the category (or, where that is more surprising,
    the combination) and how many would on average.
    """

    surprise: FloatArray
    seen: FloatArray
    usual: FloatArray

    @classmethod
    def nothing(cls, n: int) -> Self:
        """Of ``n`` rows without dimensions."""
        empty = np.zeros((n, 0))
        return cls(empty, empty, empty)


def rarity(columns: Sequence[Column]) -> Rarity:
    """Surprise of the categories, alone and in pairs.

    Alone: ``max(0, -ln p(a) - H)`` with ``p`` the share of the category and ``H = -sum p ln p``
    the entropy of its column: what is usual in that column is no surprise, so a column of names
    that are all different says nothing. Together: ``max(0, ln(e / c))`` for two columns of at most
    50 categories, with ``c`` the rows that hold both and ``e = n p(a) p(b)`` the number expected
    if they were independent, where ``e >= 5``. A column takes its own surprise plus half of the
    largest of its pairs. A missing category is no surprise.

    Aryal, Ting, Haffari, "Revisiting attribute independence assumption in probabilistic
    unsupervised anomaly detection", PAISI 2016 (SPAD), for the sum of log shares; taking the
    entropy away, and pairs instead of principal components, are ours.

    >>> column = Column("country", "dimension", np.array([0] * 9 + [1], np.int32), ("DE", "FR"))
    >>> rarity([column]).surprise[[0, 9], 0].round(2).tolist()
    [0.0, 1.98]
    """
    codes = [np.asarray(column.values, np.int64) for column in columns]
    n = len(codes[0]) if codes else 0
    found = Rarity(*(np.zeros((n, len(codes))) for _ in range(3)))
    counts = [np.bincount(code + 1, minlength=1)[1:] for code in codes]
    for place, (code, count) in enumerate(zip(codes, counts, strict=True)):
        known = code >= 0
        total = max(int(count.sum()), 1)
        share = count[count > 0] / total
        entropy = -float((share * np.log(share)).sum())
        of_row = count[code[known]]
        found.surprise[known, place] = np.maximum(-np.log(of_row / total) - entropy, 0.0)
        found.seen[known, place] = of_row
        found.usual[known, place] = total / max(len(share), 1)
    _add_pairs(found, codes, counts)
    return found


def _add_pairs(alone: Rarity, codes: list[Codes], counts: list[Codes]) -> None:
    places = [place for place, count in enumerate(counts) if 1 < (count > 0).sum() <= MOST_PAIRED]
    places = sorted(places, key=lambda place: int((counts[place] > 0).sum()))[:PAIRED_COLUMNS]
    largest = np.zeros(alone.surprise.shape)
    for a, b in combinations(places, 2):
        rows, together, expected = _pair(codes[a], codes[b])
        extra = np.where(expected >= ENOUGH, np.maximum(np.log(expected / together), 0.0), 0.0)
        for place in (a, b):
            better = extra > np.maximum(largest[rows, place], alone.surprise[rows, place])
            alone.seen[rows[better], place] = together[better]
            alone.usual[rows[better], place] = expected[better]
            largest[rows, place] = np.maximum(largest[rows, place], extra)
    alone.surprise[...] += largest / 2.0


def _pair(a: Codes, b: Codes) -> tuple[Codes, FloatArray, FloatArray]:
    rows = np.flatnonzero((a >= 0) & (b >= 0))
    left, right = a[rows], b[rows]
    width = int(right.max(initial=0)) + 1
    joint = np.bincount(left * width + right)
    n_left, n_right = np.bincount(left), np.bincount(right)
    expected = n_left[left] * n_right[right] / max(len(rows), 1)
    return rows, joint[left * width + right].astype(np.float64), expected
