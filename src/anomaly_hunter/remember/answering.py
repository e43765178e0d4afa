"""Between the store and the rules of learning: kept answers become records, what is learned becomes rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, Final

import numpy as np

from anomaly_hunter.model import Anomaly, Finding, IgnoreRule, Learned
from anomaly_hunter.model.learned import column_of, minute_of, size_of
from anomaly_hunter.remember.judged import Judged, judged
from anomaly_hunter.remember.learning.answers import WORDS, Answer, Opinion, Seen, Word
from anomaly_hunter.remember.records import Change, Feedback
from anomaly_hunter.remember.store import Store

BOUNDARY: Final = "boundary"
WEIGHT: Final = "weight"
LINE: Final = "line"
IGNORE: Final = "ignore"
CONFIDENCE: Final = "confidence"
"""The scope of the line."""


def learned_of(values: Mapping[tuple[str, str], Any]) -> Learned:
    """What the rows of the store say is learned; rows of others are left alone.

    >>> learned_of({("series:a", "boundary"): 1.5}).boundaries
    {'a': 1.5}
    """
    of: dict[str, dict[str, Any]] = defaultdict(dict)
    for (scope, name), value in values.items():
        of[name][scope.partition(":")[2]] = value
    offset, slope = of[LINE].get("", (0.0, 1.0))
    return Learned(
        boundaries={key: float(value) for key, value in sorted(of[BOUNDARY].items())},
        rules=tuple(IgnoreRule(**value) for _, value in sorted(of[IGNORE].items())),
        weights={key: float(value) for key, value in sorted(of[WEIGHT].items())},
        offset=float(offset),
        slope=float(slope),
    )


def own_rows(values: Mapping[tuple[str, str], Any]) -> dict[tuple[str, str], Any]:
    """The rows that answers are learned into, without those of others."""
    return {key: value for key, value in values.items() if key[1] in (BOUNDARY, WEIGHT, LINE, IGNORE)}


def rows_of(learned: Learned) -> dict[tuple[str, str], Any]:
    """The rows of what is learned: the inverse of :func:`learned_of`."""
    rows: dict[tuple[str, str], Any] = {}
    rows |= {(f"series:{key}", BOUNDARY): value for key, value in learned.boundaries.items()}
    rows |= {(f"agent:{key}", WEIGHT): value for key, value in learned.weights.items()}
    rows |= {(f"rule:{rule.id}", IGNORE): asdict(rule) for rule in learned.rules}
    if (learned.offset, learned.slope) != (0.0, 1.0):
        rows[CONFIDENCE, LINE] = [learned.offset, learned.slope]
    return rows


class Past:
    """What was learned at any moment, from the changes that are written down."""

    def __init__(self, changes: Sequence[Change]) -> None:
        self._changes = changes
        self._known: dict[np.datetime64, Learned] = {}

    def at(self, moment: np.datetime64) -> Learned:
        """What a hunt of this moment was told."""
        if moment not in self._known:
            self._known[moment] = self._at(moment)
        return self._known[moment]

    def _at(self, moment: np.datetime64) -> Learned:
        values = {}
        for change in self._changes:
            undone = change.undone_at is not None and change.undone_at <= moment
            if change.at <= moment and not undone:
                values[change.scope, change.name] = change.after
        return learned_of({key: value for key, value in values.items() if value is not None})


def answers_of(store: Store, without: Container[int] = ()) -> tuple[Answer, ...]:
    """Every answer that counts, with what it was given on; ``without`` those of these ids."""
    standing = [one for one in store.feedback() if one.id not in without]
    with store.reading() as (connection, owner):
        found = {} if owner is None else judged(connection, owner, {one.incident_id for one in standing})
    given: dict[str, list[Feedback]] = defaultdict(list)
    for one in standing:
        given[found[one.incident_id].id].append(one)  # what was merged counts where it went
    past = Past(store.changes())
    by_id = {one.id: one for one in found.values()}
    return tuple(answer for name, said in given.items() for answer in answers_on(by_id[name], said, past))


def answers_on(found: Judged, given: Sequence[Feedback], past: Past) -> list[Answer]:
    """The answers on one incident: one per word (real, expected, ignore), the last with all on the cause.

    Who tells the cause, or acted, has a real incident before them.
    """
    words = [one for one in given if one.answer in ("real", "expected", "ignore")]
    cause = next((one for one in reversed(given) if one.answer.startswith("cause")), None)
    acted = any(one.answer == "led to action" for one in given)
    told = words or [given[-1]]
    result = []
    for one in told:
        last = one is told[-1]
        word = _word(one) if one in words else "real" if acted or _is_known(cause) else "unsaid"
        plain = _answer(found, one, word, past)
        result.append(replace(plain, cause=_said_of_cause(cause), acted=acted) if last else plain)
    return result


def _word(one: Feedback) -> Word:
    return next((word for word in WORDS if word == one.answer), "unsaid")


def _is_known(cause: Feedback | None) -> bool:
    return cause is not None and cause.answer in ("cause right", "cause is")


def _answer(found: Judged, one: Feedback, word: Word, past: Past) -> Answer:
    then = past.at(found.last_kept_at)
    concerned = [a for a in found.anomalies if one.anomaly_id in ("", a.id)]
    return Answer(
        id=str(one.id) if one.id else "new",
        incident_id=found.id,
        word=word,
        seen=tuple(seen_of(a, then) for a in concerned),
        at=int(one.at.astype("datetime64[ns]").astype(np.int64)),
        named=found.cause.name if found.cause is not None else "",
        kind=found.cause.kind if found.cause is not None else "",
        confidence=then.before(found.confidence),
        opinions=opinions_of(found.findings),
        who=one.by,
        why=one.note,
    )


def _said_of_cause(cause: Feedback | None) -> str:
    if cause is None:
        return ""
    if cause.answer == "cause wrong":
        return "wrong"
    return cause.cause_name or "right"


def opinions_of(findings: Sequence[Finding]) -> tuple[Opinion, ...]:
    """What each agent had named itself: what a language model said teaches nothing of the agent."""
    return tuple(
        Opinion(f.agent, f.cause.name if f.cause is not None else "", f.confidence)
        for f in findings
        if not f.by
    )


def seen_of(anomaly: Anomaly, then: Learned) -> Seen:
    """An anomaly for learning: its score in units of the boundary before anything was learned."""
    return Seen(
        anomaly.subject_id,
        anomaly.score * then.boundary(anomaly.subject_id),
        anomaly.shape,
        anomaly.direction,
        size_of(anomaly),
        minute_of(anomaly),
        anomaly.subject,
        column_of(anomaly),
    )
