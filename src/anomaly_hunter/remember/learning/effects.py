"""What an answer changes: which numbers move, and what would have become of past alarms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from anomaly_hunter.model import Learned
from anomaly_hunter.remember.learning.answers import Seen
from anomaly_hunter.remember.learning.ignoring import is_like


@dataclass(frozen=True, slots=True)
class Move:
    """A number or rule that changes; None: not there."""

    scope: str
    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Recalled:
    """A past anomaly: where it belongs, when it was, and how it is seen."""

    incident_id: str
    anomaly_id: str
    when: str
    seen: Seen


@dataclass(frozen=True, slots=True)
class Replay:
    """Past alarms that would no longer be, and past ones that would be again."""

    gone: tuple[Recalled, ...] = ()
    back: tuple[Recalled, ...] = ()
    kept: int = 0


def moves(before: Mapping[tuple[str, str], Any], after: Mapping[tuple[str, str], Any]) -> tuple[Move, ...]:
    """Rows that differ, in the order of their names; numbers that differ by rounding do not.

    >>> [(m.scope, m.before, m.after) for m in moves({("agent:A", "weight"): 1.0}, {})]
    [('agent:A', 1.0, None)]
    """
    found = []
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key), after.get(key)
        if old != new:
            found.append(Move(key[0], key[1], old, new))
    return tuple(found)


def alarms(seen: Seen, learned: Learned) -> bool:
    """Whether this would alarm: over the boundary of its series, and like nothing that is ignored."""
    if seen.score < learned.boundary(seen.series_id):
        return False
    return not any(is_like(rule, seen) for rule in learned.rules)


def replay(history: Iterable[Recalled], before: Learned, after: Learned) -> Replay:
    """What becomes of past anomalies, from their scores in units of the built-in boundary.

    Series of 2,000 points and more alarm by a score that is not kept; for those it is a close guess.
    """
    gone: list[Recalled] = []
    back: list[Recalled] = []
    kept = 0
    for one in history:
        was, now = alarms(one.seen, before), alarms(one.seen, after)
        kept += was and now
        if was != now:
            (gone if was else back).append(one)
    return Replay(tuple(gone), tuple(back), kept)


def in_words(moved: Sequence[Move], titles: Mapping[str, str]) -> tuple[str, ...]:
    """The moves as people read them.

    >>> in_words([Move("series:a", "boundary", None, 1.15)], {"a": "cpu"})
    ('alarm boundary of cpu: 1.00 -> 1.15 times the built-in one',)
    """
    return tuple(_in_words(move, titles) for move in moved)


def _in_words(move: Move, titles: Mapping[str, str]) -> str:
    of = move.scope.partition(":")[2]
    if move.name == "boundary":
        return f"alarm boundary of {titles.get(of, of)}: {_times(move)} times the built-in one"
    if move.name == "weight":
        return f"weight of {of}: {_times(move)}"
    if move.name == "ignore":
        rule = move.after or move.before
        what = f"{rule['shape']} {rule['direction']} on {titles.get(rule['series_id'], rule['series_id'])}"
        does = "keep quiet" if move.after else "no longer keep quiet"
        return f"{does}: {what} (answer {of.partition('.')[0]})"
    old, new = (f"{a:+.2f} + {b:.2f} logit" for a, b in (move.before or (0, 1), move.after or (0, 1)))
    return f"confidence: {old} -> {new}"


def _times(move: Move) -> str:
    old, new = (1.0 if value is None else value for value in (move.before, move.after))
    return f"{old:.2f} -> {new:.2f}"
