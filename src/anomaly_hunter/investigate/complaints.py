"""What people write: themes that grew, words that rose, mood. Texts are quoted as data, never obeyed."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from typing import Final

import numpy as np

from anomaly_hunter.investigate.ticket_window import Window
from anomaly_hunter.investigate.wording import counted, number, percent
from anomaly_hunter.model import Column, Evidence, IntArray, Number, Table
from anomaly_hunter.stats.divergence import benjamini_hochberg, lift, share_p
from anomaly_hunter.stats.text import (
    MAX_CHARS,
    Reading,
    clean,
    read_texts,
    sentences,
    shorten,
    telling,
    words,
)
from anomaly_hunter.stats.themes import Theme, Themes, find_themes

MAX_TEXTS: Final = 3_000  # of each side of a comparison, spread evenly over time
MAX_OVERVIEW: Final = 50_000
QUOTES: Final = 3

_LONG: Final = 60.0  # mean characters of a text that people write, not of a subject line
_MAX_WORDS: Final = 8
_SURE: Final = 0.01
_MUCH: Final = 1.5  # lift


def texts_of(table: Table, rows: IntArray) -> list[str]:
    """What was written in these rows: subject and body, not the answer that somebody gave.

    These are the short text columns (under 60 characters on average) and the first long one.
    """
    columns = _written(table)
    return [
        "\n".join(part for c in columns if (part := str(c.values[row])[:MAX_CHARS])) for row in rows.tolist()
    ]


def _written(table: Table) -> list[Column]:
    length = {c.name: sum(map(len, c.values)) / max(1, len(table)) for c in table.by_role("text")}
    short = [c for c in table.by_role("text") if length[c.name] < _LONG]
    long = [c for c in table.by_role("text") if length[c.name] >= _LONG]
    return short + long[:1]


def grown_themes(table: Table, window: Window, most: int = 3) -> tuple[Evidence, ...]:
    """The themes that take a larger share inside the window than in the days before, with quotes.

    Themes are found on both sides together; a theme grew when its share is 1.5 times as large and
    p < 1% after Benjamini-Hochberg correction. When none did, one Evidence says so.
    """
    inside, before = _both(table, window)
    if not inside or not before:
        return ()
    found = find_themes(read_texts(inside + before))
    k = len(found.themes)
    is_in = np.arange(len(inside) + len(before)) < len(inside)
    after, earlier = (np.bincount(found.of[side & (found.of >= 0)], minlength=k) for side in (is_in, ~is_in))
    p = benjamini_hochberg(share_p(earlier, len(before), after, len(inside)))
    more = lift(earlier, len(before), after, len(inside))
    grown = [i for i in range(k) if p[i] < _SURE and more[i] >= _MUCH]
    grown.sort(key=lambda i: (-(after[i] / len(inside) - earlier[i] / len(before)), found.themes[i].id))
    if not grown:
        statement = f"no theme grew: what is written in {window.subject} is what was written before"
        return (Evidence(f"theme:{window.subject}", _THEMES, statement, {"themes": k}),)
    return tuple(
        _grown(found, i, inside, (int(earlier[i]), len(before)), (float(more[i]), float(p[i])))
        for i in grown[:most]
    )


_THEMES: Final = "which complaints grew"


def _grown(
    found: Themes, theme: int, inside: list[str], before: tuple[int, int], how: tuple[float, float]
) -> Evidence:
    more, p = how
    shown = found.themes[theme]
    members = [i for i in found.nearest(theme, len(found.of)) if i < len(inside)]
    quotes = representatives(shown, [inside[i] for i in members])
    share, was = len(members) / len(inside), before[0] / before[1]
    said = " · ".join(f"“{quote}”" for quote in quotes)
    statement = (
        f"theme “{shown.name}”: {percent(share)} of {counted(len(inside), 'text')}, {percent(was)} of "
        f"{before[1]:,} before ({factor(more, before[0])}): {said}"
    )
    numbers: dict[str, Number] = {
        "theme": shown.id, "terms": ", ".join(shown.terms[:6]), "language": shown.language or "other",
        "count": len(members), "share": share, "share_before": was, "lift": more, "p": p,
    }  # fmt: skip
    numbers |= {f"quote_{i}": quote for i, quote in enumerate(quotes, 1)}
    return Evidence(f"theme:{shown.id}", _THEMES, statement, numbers)


def factor(more: float, before: float) -> str:
    """A lift in words.

    >>> factor(2.84, 12), factor(0.31, 12), factor(431.0, 0)
    ('2.8 times as often', '0.31 times as often', 'new')
    """
    return f"{number(float(f'{more:.2g}'))} times as often" if before else "new"


def representatives(theme: Theme, texts: Iterable[str], most: int = QUOTES) -> list[str]:
    """Different sentences, verbatim but shortened, that hold most of a theme's terms.

    ``texts`` come nearest to the theme first; each gives one sentence, no two the same words.
    """
    quotes: dict[frozenset[str], str] = {}
    for text in texts:
        sentence = _best_sentence(clean(text), theme.terms)
        key = frozenset(telling(words(sentence)))
        if key and all(len(key & other) < 0.6 * max(len(key), len(other)) for other in quotes):
            quotes[key] = shorten(sentence)
        if len(quotes) == most:
            break
    return list(quotes.values())


def _best_sentence(text: str, terms: tuple[str, ...]) -> str:
    parts = sentences(text)[:40]
    weight = {term: 1.0 / (i + 1) for i, term in enumerate(terms)}

    def fit(sentence: str) -> float:
        tokens = set(words(sentence))
        hits = sum(weight.get(token, 0.0) for token in tokens)
        return hits * min(1.0, len(tokens) / 6)

    return max(parts, key=fit, default="")


def risen_words(table: Table, window: Window) -> Evidence | None:
    """Words and pairs of words that more texts hold inside the window than before.

    Counted per text, not per use; p < 1% after Benjamini-Hochberg correction and twice the
    share. They name the product, the service or the place that people complain about.
    """
    inside, before = _both(table, window)
    if not inside or not before:
        return None
    after, earlier = _document_frequency(inside), _document_frequency(before)
    both = after + earlier  # choosing by the count inside alone would choose chance
    least = max(5, (len(inside) + len(before)) // 200)
    known = sorted(word for word, count in both.items() if count >= least)
    if not known:
        return None
    a = np.array([after[word] for word in known], np.float64)
    b = np.array([earlier[word] for word in known], np.float64)
    p = benjamini_hochberg(share_p(b, len(before), a, len(inside)))
    more = lift(b, len(before), a, len(inside))
    risen = [i for i in range(len(known)) if p[i] < _SURE and more[i] >= 2]
    risen.sort(key=lambda i: (p[i], -a[i], known[i]))
    chosen = _without_parts([known[i] for i in risen], after)[:_MAX_WORDS]
    if not chosen:
        return None
    parts, numbers = [], dict[str, Number]()
    for place, word in enumerate(chosen, 1):
        share, was = after[word] / len(inside), earlier[word] / len(before)
        parts.append(f"“{word}” {percent(share)} ({percent(was)} before)")
        numbers |= {f"word_{place}": word, f"share_{place}": share, f"share_before_{place}": was}
    return Evidence(
        f"words:{window.subject}",
        "what is mentioned more often",
        "mentioned more often: " + ", ".join(parts),
        numbers,
    )


def _document_frequency(texts: list[str]) -> Counter[str]:
    seen: Counter[str] = Counter()
    for text in texts:
        tokens = telling(words(text))
        seen.update(set(tokens) | {f"{a} {b}" for a, b in pairwise(tokens)})
    return seen


def _without_parts(risen: list[str], count: Counter[str]) -> list[str]:
    """A pair and its words say the same: keep the pair where it is nearly as frequent as the word."""
    kept: list[str] = []
    pairs = [word for word in risen if " " in word]
    for word in risen:
        inside_pair = any(word in pair.split() and count[pair] >= 0.7 * count[word] for pair in pairs)
        weak_pair = " " in word and any(
            part in risen and count[word] < 0.7 * count[part] for part in word.split()
        )
        # "invoices" and "invoice", "billing" and "billed" are one thing to the reader.
        told = any(
            part[:5] == other[:5] for part in word.split() for kept_ in kept for other in kept_.split()
        )
        if not (inside_pair or weak_pair or told):
            kept.append(word)
    return kept


def mood_change(table: Table, window: Window) -> Evidence | None:
    """Share of negative, neutral and positive texts inside and before (a coarse word list)."""
    inside, before = _both(table, window)
    if not inside or not before:
        return None
    now, was = _moods(read_texts(inside)), _moods(read_texts(before))
    p = float(
        share_p([was["negative"] * len(before)], len(before), [now["negative"] * len(inside)], len(inside))[0]
    )
    change = now["negative"] - was["negative"]
    verdict = "as before" if p >= _SURE else "more negative" if change > 0 else "less negative"
    statement = (
        f"mood is {verdict}: {percent(now['negative'])} negative, {percent(now['positive'])} positive "
        f"({percent(was['negative'])} and {percent(was['positive'])} before; "
        "coarse word list, English and German)"
    )
    numbers: dict[str, Number] = {key: now[key] for key in now}
    numbers |= {f"{key}_before": was[key] for key in was} | {"p": p, "change": verdict}
    return Evidence(f"mood:{window.subject}", "how did the mood change", statement, numbers)


def _moods(readings: list[Reading]) -> dict[str, float]:
    count = Counter(reading.mood for reading in readings)
    return {mood: count[mood] / max(1, len(readings)) for mood in ("negative", "neutral", "positive")}


def _both(table: Table, window: Window) -> tuple[list[str], list[str]]:
    if not table.by_role("text") or not window.comparable:
        return [], []
    return texts_of(table, _spread(window.inside)), texts_of(table, _spread(window.before))


def _spread(rows: IntArray) -> IntArray:
    if len(rows) <= MAX_TEXTS:
        return rows
    return rows[np.linspace(0, len(rows) - 1, MAX_TEXTS).astype(np.int64)]


# ---------------------------------------------------------------- without a time


def all_themes(table: Table, most: int = 8) -> tuple[Evidence, ...]:
    """The themes of a whole table, largest first, and its mood: what can be said without a time.

    At most 50,000 texts are read, chosen by their own hash so that the order of rows is nothing.
    """
    if not table.by_role("text") or not len(table):
        return ()
    texts = texts_of(table, np.arange(len(table)))
    if len(texts) > MAX_OVERVIEW:
        texts = sorted(texts, key=_hash)[:MAX_OVERVIEW]
    readings = read_texts(texts)
    found = find_themes(readings)
    answers = [_whole_theme(found, i, texts) for i in range(min(most, len(found.themes)))]
    other = float((found.of < 0).mean())
    rest = sum(theme.size for theme in found.themes[most:])
    statement = (
        f"{counted(len(texts), 'text')} in {counted(len(found.themes), 'theme')}; "
        f"{rest:,} in smaller themes than those shown, {percent(other)} in none (“other”)"
    )
    numbers: dict[str, Number] = {"texts": len(texts), "themes": len(found.themes), "share_other": other}
    moods = _moods(readings)
    mood = (
        f"mood: {percent(moods['negative'])} negative, {percent(moods['neutral'])} neutral, "
        f"{percent(moods['positive'])} positive (coarse word list, English and German)"
    )
    return (
        Evidence(f"themes:{table.name}", "what is written about", statement, numbers),
        *answers,
        Evidence(f"mood:{table.name}", "what is the mood", mood, dict[str, Number](moods)),
    )


def _hash(text: str) -> bytes:
    return hashlib.blake2b(text[:4_000].encode(errors="replace"), digest_size=8).digest()


def _whole_theme(found: Themes, theme: int, texts: list[str]) -> Evidence:
    shown = found.themes[theme]
    quotes = representatives(shown, (texts[i] for i in found.nearest(theme, 30)), 2)
    share = shown.size / len(texts)
    said = " · ".join(f"“{quote}”" for quote in quotes)
    numbers: dict[str, Number] = {
        "theme": shown.id, "terms": ", ".join(shown.terms[:6]), "language": shown.language or "other",
        "count": shown.size, "share": share,
    }  # fmt: skip
    numbers |= {f"quote_{i}": quote for i, quote in enumerate(quotes, 1)}
    statement = f"theme “{shown.name}”: {percent(share)} ({shown.size:,}): {said}"
    return Evidence(f"theme:{shown.id}", "what is written about", statement, numbers)
