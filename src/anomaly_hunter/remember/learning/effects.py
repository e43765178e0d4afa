"""What an answer changes: which numbers move, and what would have become of past alarms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from anomaly_hunter.model import Learned
from anomaly_hunter.model.learned import DAY_MINUTES
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
    told = [(move, _in_words(move, titles)) for move in moved]
    return tuple(line for move, line in told if not _too_small_to_see(move))


def _too_small_to_see(move: Move) -> bool:
    if move.name in ("boundary", "weight"):
        old, new = (1.0 if value is None else value for value in (move.before, move.after))
        return f"{old:.2f}" == f"{new:.2f}"
    return move.name == "line" and _told_as(move.before) == _told_as(move.after)


def _in_words(move: Move, titles: Mapping[str, str]) -> str:
    of = move.scope.partition(":")[2]
    if move.name == "boundary":
        return f"alarm boundary of {titles.get(of, of)}: {_times(move)} times the built-in one"
    if move.name == "weight":
        return f"weight of {of}: {_times(move)}"
    if move.name == "ignore":
        rule = move.after or move.before
        what = f"{rule['shape']} {rule['direction']} on {titles.get(rule['series_id'], rule['series_id'])}"
        what += f" by {rule['column']}" if rule.get("column") else ""
        what += _at(rule["minute"], rule["reach"]) + f", up to {rule['most_sigmas']:.3g} sigma"
        does = "keep quiet" if move.after else "no longer keep quiet"
        number = of.partition(".")[0]
        return f"{does}: {what}" + (f" (answer {number})" if number.isdecimal() else "")
    told = f"{_told_as(move.before)} -> {_told_as(move.after)}"
    return f"confidence: a cause that looks 80% sure is told as {told}"


def _told_as(line: Sequence[float] | None) -> str:
    offset, slope = line or (0.0, 1.0)
    return f"{Learned(offset=offset, slope=slope).calibrated(0.8):.1%}"


def _at(minute: float | None, reach: float) -> str:
    if minute is None:
        return ""
    begin, end = ((minute + side) % DAY_MINUTES for side in (-reach, reach))
    return " from {:02}:{:02} to {:02}:{:02} UTC".format(*divmod(int(begin), 60), *divmod(int(end), 60))


def _times(move: Move) -> str:
    old, new = (1.0 if value is None else value for value in (move.before, move.after))
    return f"{old:.2f} -> {new:.2f}"
