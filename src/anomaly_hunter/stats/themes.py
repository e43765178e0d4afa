"""Themes of many short texts: TF-IDF, latent semantic analysis, spherical k-means. Deterministic.

Words of two languages hardly meet, so texts are grouped within their language. The result does
not depend on the order of the texts: they are sorted by their own hash first.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from anomaly_hunter.model import FloatArray, IntArray, stable_id
from anomaly_hunter.stats.text import Language, Reading

OTHER: Final = -1

_MAX_TERMS: Final = 2_000  # of one language
_MAX_FITTED: Final = 3_000  # texts of one language the themes are found on; the rest is assigned
_MAX_THEMES: Final = 12  # of one language
_MAX_WORDS: Final = 300  # of one text
_LEAST: Final = 8  # texts that make a theme
_FEWEST: Final = 20  # texts of a language that is grouped by itself
_NEAR: Final = 0.08  # cosine to the theme below which a text belongs to none
_ROUNDS: Final = 25
_ENDINGS: Final = ("s", "es", "n", "en", "e", "er")

Float32 = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Theme:
    """What a group of texts shares. ``terms`` are its telling words, the most telling first."""

    id: str
    name: str
    terms: tuple[str, ...]
    language: Language
    size: int


@dataclass(frozen=True, slots=True, eq=False)
class Themes:
    """``of`` is ``(n,)``: the theme of each text, -1 for "other". ``nearness`` is ``(n,)`` in [0, 1]."""

    themes: tuple[Theme, ...]
    of: IntArray
    nearness: FloatArray

    def nearest(self, theme: int, limit: int) -> list[int]:
        """Positions of the texts that are most typical of a theme, the most typical first."""
        members = np.flatnonzero(self.of == theme)
        order = np.argsort(-self.nearness[members].round(6), kind="stable")
        return [int(position) for position in members[order[:limit]]]


def find_themes(texts: Sequence[Reading]) -> Themes:
    """Groups the texts; about one theme per square root of two texts, at most 12 per language.

    A text is "other" when it has no telling word that two texts share, or is too far from every
    theme. Themes are sorted by size. Ids are a hash of language and top terms.
    """
    of = np.full(len(texts), OTHER, np.int64)
    nearness = np.zeros(len(texts))
    found: list[Theme] = []
    for language, positions in _by_language(texts).items():
        ordered = np.array(sorted(positions, key=lambda p: _key(texts[p])), dtype=np.int64)
        groups = _group([texts[p].words for p in ordered])
        if groups is None:
            continue
        terms, label, near = groups
        of[ordered] = np.where(label >= 0, label + len(found), OTHER)
        nearness[ordered] = near
        found += [_theme(names, language, int((label == i).sum())) for i, names in enumerate(terms)]
    order = sorted(range(len(found)), key=lambda i: (-found[i].size, found[i].id))
    place = np.full(len(found) + 1, OTHER, np.int64)
    place[order] = np.arange(len(order))
    return Themes(tuple(found[i] for i in order), place[of], nearness)


def _theme(terms: tuple[str, ...], language: Language, size: int) -> Theme:
    return Theme(
        stable_id("theme", language, *sorted(terms[:4])), ", ".join(terms[:4]), terms, language, size
    )


def _key(text: Reading) -> bytes:
    return hashlib.blake2b(" ".join(text.words).encode(errors="replace"), digest_size=8).digest()


def _by_language(texts: Sequence[Reading]) -> dict[Language, list[int]]:
    groups: dict[Language, list[int]] = {}
    for position, text in enumerate(texts):
        groups.setdefault(text.language, []).append(position)
    kept: dict[Language, list[int]] = {}
    biggest: Language = max(groups, key=lambda g: (len(groups[g]), g), default="")
    for language, positions in sorted(groups.items()):
        own: Language = language if language and len(positions) >= _FEWEST else biggest
        kept.setdefault(own, []).extend(positions)
    return kept


# ---------------------------------------------------------------- one language


def _group(texts: list[tuple[str, ...]]) -> tuple[list[tuple[str, ...]], IntArray, FloatArray] | None:
    """Terms of each theme, theme of each text, cosine of each text to its theme."""
    matrix = _Matrix(texts)
    if not matrix.terms or len(texts) < _LEAST:
        return None
    fitted = matrix.rows(0, min(len(texts), _MAX_FITTED))
    wanted = int(np.clip(np.sqrt(len(texts) / 8), 2, _MAX_THEMES))
    label = _cluster(fitted, min(wanted, len(texts) // _LEAST, *fitted.shape))
    centre = _centres(fitted, label)
    cosine = np.concatenate(
        [matrix.rows(i, i + _MAX_FITTED) @ centre.T for i in range(0, len(texts), _MAX_FITTED)]
    )
    label, near = cosine.argmax(axis=1), cosine.max(axis=1)
    label[near < _NEAR] = OTHER
    kept = [i for i in range(len(centre)) if (label == i).sum() >= _LEAST]
    place = np.full(len(centre) + 1, OTHER, np.int64)
    place[kept] = np.arange(len(kept))
    everywhere = fitted.mean(axis=0)
    return [_names(centre[i], everywhere, matrix.terms) for i in kept], place[label], near.astype(np.float64)


def _names(centre: Float32, everywhere: Float32, terms: list[str]) -> tuple[str, ...]:
    telling = (centre - everywhere / max(float(np.linalg.norm(everywhere)), 1e-9) * 0.5).round(5)
    order = np.argsort(-telling, kind="stable")[:10]
    return tuple(terms[i] for i in order if centre[i] > 0)


class _Matrix:
    """TF-IDF of the texts, rows of length one, built for as many rows as are asked for."""

    def __init__(self, texts: list[tuple[str, ...]]) -> None:
        texts = [text[:_MAX_WORDS] for text in texts]
        seen = Counter(word for text in texts for word in set(text))
        base = _folded(seen)
        count = Counter(term for text in texts for term in {base.get(w, w) for w in text})
        least = max(2, len(texts) // 500)
        usual = [t for t, c in count.items() if c >= least]
        self.terms = sorted(sorted(usual, key=lambda t: (-count[t], t))[:_MAX_TERMS])
        place = {term: i for i, term in enumerate(self.terms)}
        ids = [[place[t] for w in text if (t := base.get(w, w)) in place] for text in texts]
        self._first = np.concatenate(([0], np.cumsum([len(i) for i in ids])))
        self._id = np.fromiter((i for part in ids for i in part), np.int64, int(self._first[-1]))
        # The 0.1 keeps the words of texts that all say the same.
        holding = np.array([count[t] for t in self.terms], np.float64)
        self._idf = 0.1 + np.log((1 + len(texts)) / (1 + holding))

    def rows(self, start: int, stop: int) -> Float32:
        stop = min(stop, len(self._first) - 1)
        first = self._first[start : stop + 1]
        row = np.repeat(np.arange(stop - start), np.diff(first))
        cell = row * len(self.terms) + self._id[first[0] : first[-1]]
        dense = np.bincount(cell, minlength=(stop - start) * len(self.terms)).astype(np.float32)
        matrix = np.log1p(dense).reshape(stop - start, len(self.terms)) * self._idf.astype(np.float32)
        return _unit(matrix)


def _folded(count: Counter[str]) -> dict[str, str]:
    """Inflected form -> basic form ("invoices" -> "invoice") where the texts hold both."""
    base = {}
    for word in count:
        for ending in _ENDINGS:
            stem = word[: -len(ending)]
            if len(stem) > 3 and word.endswith(ending) and stem in count:
                base[word] = stem
                break
    return {word: base.get(stem, stem) for word, stem in base.items()}


def _unit(rows: Float32) -> Float32:
    norm = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(norm > 0, norm, 1), np.float32)


# ---------------------------------------------------------------- clustering


def _cluster(rows: Float32, k: int) -> IntArray:
    """Spherical k-means in the space of the first k latent dimensions."""
    if k < 2:
        return np.zeros(len(rows), np.int64)
    space = _unit(_latent(rows, k))
    centre = space[_seeds(space, k)]
    label = np.full(len(rows), OTHER, np.int64)
    for _ in range(_ROUNDS):
        cosine = space @ centre.T
        moved = cosine.round(5).argmax(axis=1)
        if (moved == label).all():
            break
        label = moved
        centre = np.where(np.isin(np.arange(k), label)[:, None], _centres(space, label, k), centre)
    return label


def _latent(rows: Float32, k: int) -> Float32:
    """``(n, k)`` left singular vectors times singular values, by subspace iteration (Halko 2011, 4.4)."""
    width = min(k + 8, *rows.shape)
    basis = np.random.default_rng(0).standard_normal((rows.shape[1], width)).astype(np.float32)
    for _ in range(5):
        basis, _upper = np.linalg.qr(rows.T @ (rows @ basis))
    left, size, _right = np.linalg.svd(rows @ basis, full_matrices=False)
    return np.asarray((left * size)[:, :k], np.float32)


def _seeds(space: Float32, k: int) -> list[int]:
    """k texts that point in different directions: pivots of a QR of the transposed space.

    Damle, Minden and Ying 2019 (section 3); no random start.
    """
    left = space.copy()
    seeds: list[int] = []
    for _ in range(k):
        size = np.einsum("ij,ij->i", left, left).round(5)
        pivot = int(size.argmax())
        seeds.append(pivot)
        if size[pivot] > 0:
            direction = left[pivot] / np.linalg.norm(left[pivot])
            left -= np.outer(left @ direction, direction)
    return seeds


def _centres(rows: Float32, label: IntArray, k: int = 0) -> Float32:
    k = k or int(label.max()) + 1
    member = (label[None, :] == np.arange(k)[:, None]).astype(np.float32)
    return _unit(member @ rows)
