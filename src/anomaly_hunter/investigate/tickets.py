"""Questions about tickets and other counted records: what shifted, who carries it, what people say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from anomaly_hunter.investigate.complaints import all_themes, factor, grown_themes, mood_change, risen_words
from anomaly_hunter.investigate.ticket_window import Window, narrowed, window_of
from anomaly_hunter.investigate.wording import change, clip, counted, number, percent
from anomaly_hunter.model import Anomaly, Evidence, FloatArray, IntArray, Number, Series, Table
from anomaly_hunter.stats.divergence import benjamini_hochberg, category_test, lift, share_p
from anomaly_hunter.stats.facets import Facet, facets

MAX_FACETS: Final = 8
MAX_PARTS: Final = 12  # values of one facet that are named

_SURE: Final = 0.01
_SMALL: Final = 0.02  # of all records: a smaller change of share is not worth a line
_NONE: Final = "(none)"
_REST: Final = "(other values)"


def questions(
    table: Table, series: Series, anomaly: Anomaly, expected: float | None = None
) -> tuple[Evidence, ...]:
    """Everything that the records say about one anomaly of their number, the weightiest first.

    Empty when the series does not count records of this table. ``expected`` is the number of
    records that the detector expected in the whole span, where the caller knows it.
    """
    window = window_of(table, series, anomaly, expected)
    if window is None:
        return ()
    table, window = narrowed(table, window)
    words, mood = risen_words(table, window), mood_change(table, window)
    return (
        volume(table, window),
        *carried_by(table, window),
        *category_shift(table, window),
        *grown_themes(table, window),
        *(answer for answer in (words, mood) if answer is not None),
    )


def overview(table: Table) -> tuple[Evidence, ...]:
    """What can be said about a table of tickets without a time: shares, themes, mood, and what cannot."""
    statement = "no rate question can be answered: there is no time column"
    no_rate = Evidence(
        f"no-rate:{table.name}", "did the number of tickets change", statement, {"records": len(table)}
    )
    shares = tuple(_shares(facet, len(table)) for facet in _facets(table))
    return (no_rate, *shares, *all_themes(table))


def _shares(facet: Facet, n: int) -> Evidence:
    count = facet.counts(np.ones(n))
    largest = facet.largest(MAX_PARTS)
    parts = [f"{facet.values[c]} {percent(count[c] / n)}" for c in largest[:5]]
    more = len(facet.values) - 5
    statement = (
        f"{facet.name}: " + ", ".join(parts) + (f" and {counted(more, 'more value')}" if more > 0 else "")
    )
    numbers: dict[str, Number] = {facet.values[c]: float(count[c] / n) for c in largest}
    return Evidence(f"shares:{facet.name}", "how are the categories shared out", statement, numbers)


def _facets(table: Table) -> tuple[Facet, ...]:
    written = {column.name for column in table.by_role("text")}
    usable = [f for f in facets(table) if f.name not in written or not f.single]
    return tuple(replace(f, name=clip(f.name), values=_printable(f.values)) for f in usable[:MAX_FACETS])


def _printable(values: tuple[str, ...]) -> tuple[str, ...]:
    """Foreign names on one short line each, still all different."""
    shown: dict[str, None] = {}
    for position, value in enumerate(values):
        name = clip(value, 60)
        shown[f"{name} ({position})" if name in shown or not name else name] = None
    return tuple(shown)


def volume(table: Table, window: Window) -> Evidence:
    """How many records there are in the window, against how many were usual."""
    count, noun = len(window.inside), "ticket" if table.by_role("text") else "record"
    pct = 100.0 * window.increase / window.usual if window.usual > 0 else None
    told = f" ({change(pct)})" if pct is not None else ""
    statement = f"{counted(count, noun)} where {number(window.usual)} were usual{told}, by {window.usual_of}"
    return Evidence(
        f"volume:{window.subject}", "how many more records",
        statement,
        {"count": count, "usual": window.usual, "increase": window.increase, "increase_pct": pct,
         "basis": window.usual_of},
    )  # fmt: skip


# ---------------------------------------------------------------- which categories shifted


def category_shift(table: Table, window: Window) -> tuple[Evidence, ...]:
    """For each facet, the values whose share in the window differs from that of the 7 days before.

    Each value: chi-square with Yates' correction, then Benjamini-Hochberg over all values of all
    facets; told when p < 1% and the share moved by 2 points or more. Each facet as a whole:
    G-test and Cramér's V. Facets come with the largest effect first; when nothing shifted, one
    Evidence says so.
    """
    sides = [(f, *_sides(f, window, len(table))) for f in _facets(table)]
    if not sides or not window.comparable:
        return ()
    n, m = len(window.before), len(window.inside)
    corrected = benjamini_hochberg(np.concatenate([share_p(b, n, a, m) for _, b, a in sides]))
    edge = np.cumsum([0, *(len(f.values) for f, _, _ in sides)])
    told = []
    for (facet, before, after), start in zip(sides, edge, strict=False):
        p = corrected[start : start + len(facet.values)]
        moved = np.flatnonzero((p < _SURE) & (np.abs(after / m - before / n) >= _SMALL))
        if len(moved):
            told.append(_shift(facet, moved, (before, n), (after, m), p))
    if told:
        return tuple(answer for _, answer in sorted(told, key=lambda pair: (-pair[0], pair[1].id)))
    names = ", ".join(facet.name for facet, _, _ in sides)
    least = float(corrected.min(initial=1.0))
    statement = f"the mix of {names} is as in the 7 days before (smallest corrected p {least:.2g})"
    return (Evidence(f"category-shift:{window.subject}", _SHIFT, statement, {"p": least}),)


_SHIFT: Final = "which categories shifted"


def _sides(facet: Facet, window: Window, n: int) -> tuple[FloatArray, FloatArray]:
    before, after = np.zeros(n), np.zeros(n)
    before[window.before], after[window.inside] = 1.0, 1.0
    return facet.counts(before), facet.counts(after)


def _shift(
    facet: Facet,
    moved: IntArray,
    before: tuple[FloatArray, int],
    after: tuple[FloatArray, int],
    p: FloatArray,
) -> tuple[float, Evidence]:
    (b, n), (a, m) = before, after
    change_of = a / m - b / n
    order = sorted(moved.tolist(), key=lambda c: (-change_of[c], facet.values[c]))
    lead = order[0] if change_of[order[0]] > 0 else order[-1]
    more = lift(b, n, a, m)
    test = category_test(b, a)
    strongest = sorted(order, key=lambda c: -abs(change_of[c]))[:3]
    parts = [f"{facet.values[c]} {percent(b[c] / n)} → {percent(a[c] / m)}" for c in order if c in strongest]
    statement = (
        f"{facet.name} shifted: {', '.join(parts)} of all (7 days before → now; "
        f"{facet.values[lead]} {factor(float(more[lead]), b[lead])}, {_chance(float(p[lead]))})"
    )
    numbers: dict[str, Number] = {
        "facet": facet.name, "value": facet.values[lead], "share": float(a[lead] / m),
        "share_before": float(b[lead] / n), "lift": float(more[lead]), "p": float(p[lead]),
        "g": test.g, "df": test.df, "p_facet": test.p, "effect": test.effect, "n": m, "n_before": n,
    }  # fmt: skip
    return test.effect, Evidence(f"category-shift:{facet.name}", _SHIFT, statement, numbers)


def _chance(p: float) -> str:
    return f"p {p:.2g}" if p >= 1e-12 else "p < 1e-12"


# ---------------------------------------------------------------- who carries the increase


def contributions(facet: Facet, window: Window, n: int) -> dict[str, float]:
    """Records of each value beyond its usual number; the parts sum to ``window.increase``.

    ``count inside - usual * share in the days before``, for a facet with one value per record;
    records without a value are "(none)".

    >>> row = np.arange(8)
    >>> facet = Facet("queue", ("a", "b"), row, np.array([0, 0, 1, 1, 1, 1, 1, 0]))
    >>> contributions(facet, Window("tickets", row[4:], row[:4], 2.0, "a guess"), 8)
    {'b': 2.0, '(none)': 0.0, 'a': 0.0}
    """
    before, inside = (
        np.append(side, len(rows) - side.sum())
        for side, rows in zip(_sides(facet, window, n), (window.before, window.inside), strict=True)
    )
    part = inside - window.usual * before / max(1.0, before.sum())
    names = (*facet.values, _NONE)
    return {names[c]: float(part[c]) for c in sorted(range(len(names)), key=lambda c: (-part[c], names[c]))}


def carried_by(table: Table, window: Window) -> tuple[Evidence, ...]:
    """Which values carry the increase (or the drop): parts that sum to all of it, per facet.

    Told when the number itself moved (by three Poisson standard deviations), and one value carries
    clearly more than its usual share: by 20 points, at least a third of the change, p < 1%. The
    clearest facet comes first. Tags are left out: their parts would not add up.
    """
    total = window.increase
    if not window.comparable or total**2 < 9 * max(1.0, window.usual):
        return ()
    told = []
    for facet in (f for f in _facets(table) if f.single):
        part = contributions(facet, window, len(table))
        value = max(part, key=lambda name: part[name] / total)
        has = _has(facet, value, len(table))
        before, after = int(has[window.before].sum()), int(has[window.inside].sum())
        share, usual = part[value] / total, before / len(window.before)
        p = float(share_p([before], len(window.before), [after], len(window.inside))[0])
        if share >= max(1 / 3, usual + 0.2) and p < _SURE:
            told.append((share - usual, _carrier(facet.name, value, part, usual, p)))
    return tuple(answer for _, answer in sorted(told, key=lambda pair: (-pair[0], pair[1].id)))


def _rounded(records: float) -> int:
    return int(round(abs(records), 6) + 0.5)


def _has(facet: Facet, value: str, n: int) -> npt.NDArray[np.bool_]:
    none = value == _NONE
    found = np.full(n, none)
    found[facet.row if none else facet.row[facet.code == facet.values.index(value)]] = not none
    return found


def _carrier(facet: str, value: str, part: Mapping[str, float], usual: float, p: float) -> Evidence:
    total = sum(part.values())
    share = part[value] / total
    whole = f"{_rounded(total):,} {'more' if total > 0 else 'fewer'}"
    carries = (
        f"all {whole}" if share >= 0.995 else f"{_rounded(part[value]):,} of the {whole} ({percent(share)})"
    )
    statement = f"{facet}={value} carries {carries}; it was {percent(usual)} of all before"
    ordered = sorted(part, key=lambda name: (-abs(part[name]), name))
    named, rest = ordered[:MAX_PARTS], ordered[MAX_PARTS:]
    numbers: dict[str, Number] = {
        "facet": facet, "value": value, "share": share, "share_before": usual, "increase": total, "p": p,
    }  # fmt: skip
    numbers |= {f"part:{name}": part[name] for name in named}
    if rest:
        numbers[f"part:{_REST}"] = sum(part[name] for name in rest)
    return Evidence(f"carried-by:{facet}", "which segment carries the change", statement, numbers)
