"""Feedback: what people say of an incident, what that changes, how it is taken back, how it all adds up."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from anomaly_hunter.errors import UnknownError, UsageError
from anomaly_hunter.model import Learned, iso

if TYPE_CHECKING:
    from anomaly_hunter.remember.learning.effects import Move, Recalled, Replay
    from anomaly_hunter.remember.learning.figures import Figures
    from anomaly_hunter.remember.records import Feedback, Remembered
    from anomaly_hunter.remember.store import Store

Memory: TypeAlias = "str | os.PathLike[str] | Store"
WORDS: Final = ("real", "expected", "ignore")


@dataclass(frozen=True, slots=True)
class Effect:
    """What an answer changed, or would change.

    Attributes
    ----------
    answers:
        Ids of what was kept or taken back; empty for a preview.
    moves:
        Numbers and rules that change.
    lines:
        The same in words.
    replay:
        What becomes of the anomalies that are remembered.
    note:
        Why less changes than one might expect, and what would; "" where nothing is to be said.
    """

    answers: tuple[int, ...]
    moves: tuple[Move, ...]
    lines: tuple[str, ...]
    replay: Replay
    note: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer with what it changed at the time, for the record."""

    said: Feedback
    lines: tuple[str, ...]


def feedback(
    incident: str,
    word: str = "",
    *,
    memory: Memory,
    cause: str = "",
    acted: bool = False,
    why: str = "",
    who: str = "",
    organisation: str = "default",
    preview: bool = False,
) -> Effect:
    """Say what an incident was; the next hunt with this memory is different.

    Parameters
    ----------
    incident:
        Its id, as the report and the memory show it.
    word:
        "real"; "expected" (it happened, no alarm is wanted for it); "ignore" (nor for the like of it:
        same series, shape, direction and time of the day, and no larger); "" where only the cause is told.
    memory:
        A path, a URL, or an open store.
    cause:
        "right", "wrong", or the name of the true cause.
    acted:
        It led somebody to do something.
    preview:
        Keep nothing, only say what would change.

    Raises
    ------
    UsageError
        There is no such incident or word, or nothing is said.
    """
    if word and word not in WORDS:
        raise UsageError(f"the answer is {word!r}", "real, expected or ignore", "use one of these")
    if not (word or cause or acted):
        raise UsageError("the answer says nothing", "real, expected, ignore, a cause or acted", "say one")
    from anomaly_hunter.remember.answering import Past, answers_of, answers_on, learned_of
    from anomaly_hunter.remember.judged import Judged
    from anomaly_hunter.remember.store import opened

    with opened(memory, organisation) as store:
        found = store.incident(incident)
        given = _rows(found, word, cause, acted=acted, why=why, who=who)
        if preview:
            told = [*(one for one in found.feedback if one.withdrawn_at is None), *given]
            others = [a for a in answers_of(store) if a.incident_id != found.kept.id]
            after = _learned((*others, *answers_on(Judged.of(found), told, Past(store.changes()))))
            return _with_note(_effect(store, (), after), found, word, after)
        with store.at_once() as writing:  # answer and what it teaches: both, or neither
            ids = tuple(writing.add_feedback(one) for one in given)
            effect = _learn(writing, ids, f"answer {ids[0]}: {_in_short(word, cause)} {why}".strip())
            return _with_note(effect, found, word, learned_of(writing.learned()))


def undo_feedback(
    answer: int | None = None, *, memory: Memory, organisation: str = "default", preview: bool = False
) -> Effect:
    """Take an answer back (the last one when none is named), with all that was said together with it.

    What is learned is then what the other answers teach, exactly as if it had never been given.
    ``preview``: keep nothing, only say what would change.

    Raises
    ------
    UsageError
        There is nothing to take back, or no answer of this number.
    """
    from anomaly_hunter.remember.answering import answers_of
    from anomaly_hunter.remember.store import opened

    with opened(memory, organisation) as store:
        standing = store.feedback()
        if not standing:
            raise UsageError("there is no answer to take back", "an answer", "give one: hunter feedback")
        chosen = next((one for one in standing if one.id == answer), standing[-1])
        if answer is not None and chosen.id != answer:
            known = ", ".join(str(one.id) for one in standing[-5:])
            raise UnknownError(f"there is no answer {answer} to take back", f"one of {known}", "check it")
        together = [
            o for o in standing if (o.at, o.incident_id, o.by) == (chosen.at, chosen.incident_id, chosen.by)
        ]
        ids = tuple(one.id for one in together)
        if preview:
            return _effect(store, ids, _learned(answers_of(store, without=ids)))
        with store.at_once() as writing:
            for one in together:
                writing.withdraw_feedback(one.id)
            return _learn(writing, ids, f"answer {ids[0]} was taken back", linked=False)


def answered(memory: Memory, organisation: str = "default") -> tuple[Answered, ...]:
    """Every answer ever given, those that were taken back too, with the numbers that each moved."""
    from anomaly_hunter.remember.judged import titles
    from anomaly_hunter.remember.learning.effects import Move, in_words
    from anomaly_hunter.remember.store import opened

    with opened(memory, organisation) as store:
        with store.reading() as (connection, owner):
            called = {} if owner is None else titles(connection, owner)
        moved: dict[int | None, list[Move]] = {}
        for one in store.changes():
            move = Move(one.scope, one.name, one.before, one.after)
            moved.setdefault(one.feedback_id, []).append(move)
        return tuple(
            Answered(said, in_words(moved.get(said.id, ()), called))
            for said in store.feedback(withdrawn=True)
        )


def stats(memory: Memory, organisation: str = "default") -> Figures:
    """How good the verdicts have been, by what people answered: see `hunter stats`."""
    from anomaly_hunter.remember.learning.figures import figures
    from anomaly_hunter.remember.lists.listing import Asked, Listing
    from anomaly_hunter.remember.standing import standing_answers
    from anomaly_hunter.remember.store import opened

    with opened(memory, organisation) as store:
        return figures(standing_answers(store), Listing(store).counts(Asked(silenced=None))["all"])


def _rows(
    found: Remembered, word: str, cause: str, *, acted: bool, why: str, who: str
) -> tuple[Feedback, ...]:
    """One row per thing that is said, all of the same moment."""
    from anomaly_hunter.remember.records import ANSWERS, Feedback

    named = found.incident.verdict.cause
    if cause in ("right", "wrong") and named is None:
        raise UsageError(
            f"the verdict on {found.kept.id} names no cause", "the name of the true cause", "--cause NAME"
        )
    said: list[tuple[str, str, str]] = [(word, "", "")] if word else []
    if cause in ("right", "wrong") and named is not None:
        said.append((f"cause {cause}", named.kind, named.name))
    elif cause:
        said.append(("cause is", _kind(found, cause), cause))
    if acted:
        said.append(("led to action", "", ""))
    at = np.datetime64(time.time_ns(), "ns")
    by_name = {name: name for name in ANSWERS}
    return tuple(
        Feedback(found.kept.id, by_name[answer], at, who, kind, name, why)  # type: ignore[arg-type]
        for answer, kind, name in said
    )


def _kind(found: Remembered, name: str) -> str:
    """The kind of a candidate of this name; "" where it was none."""
    return next((c.kind for c in found.incident.verdict.candidates if c.name == name), "")


def _learn(store: Store, ids: tuple[int, ...], reason: str, *, linked: bool = True) -> Effect:
    """Learn from all answers that count now, and write down every number that moves."""
    from anomaly_hunter.remember.answering import answers_of
    from anomaly_hunter.remember.records import Change

    effect = _effect(store, ids, _learned(answers_of(store)))
    at = np.datetime64(time.time_ns(), "ns")
    link = ids[0] if linked else None
    store.learn([Change(m.scope, m.name, m.before, m.after, reason, at, link) for m in effect.moves])
    return effect


def _learned(answers: Sequence[object]) -> Learned:
    from anomaly_hunter.remember.learning.learn import learn

    return learn(answers)  # type: ignore[arg-type]


def _effect(store: Store, ids: tuple[int, ...], after: Learned) -> Effect:
    """What changes from what is learned now to ``after``."""
    from anomaly_hunter.remember.answering import learned_of, own_rows, rows_of
    from anomaly_hunter.remember.learning.effects import in_words, moves, replay

    now = own_rows(store.learned())
    moved = moves(now, rows_of(after))
    history = _history(store)
    titles = {one.seen.series_id: one.seen.subject for one in history}
    return Effect(ids, moved, in_words(moved, titles), replay(history, learned_of(now), after))


def _history(store: Store) -> tuple[Recalled, ...]:
    """Every anomaly that is remembered."""
    from anomaly_hunter.remember.answering import Past, seen_of
    from anomaly_hunter.remember.learning.effects import Recalled

    past = Past(store.changes())
    return tuple(
        Recalled(
            incident,
            anomaly.id,
            iso(anomaly.begin) if anomaly.begin is not None else f"#{anomaly.start}",
            seen_of(anomaly, past.at(kept_at)),
        )
        for incident, kept_at, anomaly in store.anomalies()
    )


def _with_note(effect: Effect, found: Remembered, word: str, after: Learned) -> Effect:
    """Say why the like of it alarms all the same, where one would expect otherwise."""
    from anomaly_hunter.remember.answering import seen_of
    from anomaly_hunter.remember.learning import effects, tolerance

    lead, then = found.incident.lead, Learned()
    seen = seen_of(lead, then)
    quiet = not effects.alarms(seen, after)
    note = ""
    if word == "real" and not any(move.name == "boundary" for move in effect.moves):
        note = f"{lead.subject} keeps its boundary: it alarmed without help, and still does."
    if word in ("expected", "ignore") and not quiet:
        note = f"The like of it still alarms: its score is {seen.score:.1f} times the built-in boundary, and "
        note += (
            f"answers raise a boundary to {tolerance.HIGHEST:g} times at most."
            if seen.score >= tolerance.HIGHEST
            else f"one answer raises a boundary by {tolerance.STEP - 1:.0%} at most."
        )
        if word == "expected":
            note += f" To keep the like of it quiet at once: hunter feedback {found.kept.id} ignore"
    return replace(effect, note=note)


def _in_short(word: str, cause: str) -> str:
    return ", ".join(part for part in (word, f"cause {cause}" if cause else "") if part) or "led to action"
