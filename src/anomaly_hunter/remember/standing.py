"""The answer that stands on each incident, for figures: a few columns of all rows, each table read once.

The same as :func:`~anomaly_hunter.remember.answering.answers_of` as far as figures look at it (a test
holds the two together); what no figure looks at stays empty.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast
from weakref import WeakKeyDictionary

from sqlalchemy import BigInteger, Connection, Engine, RowMapping, select, type_coerce

from anomaly_hunter.model import Learned
from anomaly_hunter.remember import schema
from anomaly_hunter.remember.among import among
from anomaly_hunter.remember.answering import CONFIDENCE, LINE, learned_of
from anomaly_hunter.remember.learning.answers import WORDS, Answer, Opinion, Seen, Word
from anomaly_hunter.remember.lists.timeline import leads
from anomaly_hunter.remember.recollecting import taken_in
from anomaly_hunter.remember.store import Store

MOST_KNOWN: Final = 50_000
"""Verdicts that a program remembers the opinions of; they never change."""


@dataclass(frozen=True, slots=True)
class Stated:
    """What a verdict said of the cause, and what each agent had named."""

    kind: str
    named: str
    confidence: float
    opinions: tuple[Opinion, ...]


_KNOWN: Final[WeakKeyDictionary[Engine, dict[tuple[int, str], Stated]]] = WeakKeyDictionary()
_UNSAID: Final = Stated("", "", 0.0, ())


@dataclass(frozen=True, slots=True)
class _Chosen:
    """Of several answers on one incident the last: its word, its moment, what was said of the cause."""

    word: Word
    at: int
    meant: str
    cause: str
    acted: bool


def standing_answers(store: Store) -> tuple[Answer, ...]:
    """One answer for each incident that people answered on."""
    with store.reading() as (connection, owner):
        if owner is None:
            return ()
        chosen = {name: _chosen(rows) for name, rows in _said(connection, owner).items()}
        shapes = _shapes(connection, owner, chosen)
        judged = [name for name, one in chosen.items() if one.cause]
        stated = _stated(connection, owner, judged)
        then = _then(connection, owner, judged)
    return tuple(
        _answer(name, one, shapes.get(name), stated.get(name, _UNSAID), then.get(name))
        for name, one in chosen.items()
    )


def _answer(name: str, one: _Chosen, shape: str | None, said: Stated, then: Learned | None) -> Answer:
    return Answer(
        id="", incident_id=name, word=one.word,
        seen=() if shape is None else (Seen("", 0.0, cast("Any", shape)),),
        at=one.at, named=said.named, kind=said.kind,
        confidence=said.confidence if then is None else then.before(said.confidence),
        cause=one.cause, opinions=said.opinions, acted=one.acted,
    )  # fmt: skip


def _said(connection: Connection, owner: int) -> dict[str, list[Any]]:
    """The answers that count, in order, where merged incidents went."""
    table = schema.feedback
    query = select(
        table.c.incident_id, table.c.id, type_coerce(table.c.at, BigInteger).label("at"), table.c.answer,
        table.c.anomaly_id, table.c.cause_name,
    ).where(table.c.organisation_id == owner, table.c.withdrawn_at.is_(None))  # fmt: skip
    went = taken_in(connection, owner, None)
    found: dict[str, list[Any]] = {}
    row: Any
    for row in connection.execute(query.order_by(table.c.id)).all():
        found.setdefault(went.get(row.incident_id, row.incident_id), []).append(row)
    return found


def _chosen(rows: Sequence[Any]) -> _Chosen:
    """As :func:`answering.answers_on` and :func:`learning.answers.standing` together choose it."""
    words = [row for row in rows if row.answer in WORDS]
    told = words or rows[-1:]
    one = told[0] if len(told) == 1 else max(told, key=lambda row: (row.at, str(row.id)))
    cause, acted = "", False
    if one is told[-1]:  # all that was said of the cause goes with the last word
        acted = any(row.answer == "led to action" for row in rows)
        cause = next((_of_cause(row) for row in reversed(rows) if row.answer.startswith("cause")), "")
    known = acted or cause not in ("", "wrong")
    word: Any = one.answer if words else "real" if known else "unsaid"
    return _Chosen(word, one.at, one.anomaly_id or "", cause, acted)


def _of_cause(row: Any) -> str:
    return "wrong" if row.answer == "cause wrong" else row.cause_name or "right"


def _shapes(connection: Connection, owner: int, chosen: Mapping[str, _Chosen]) -> dict[str, str]:
    """The shape of what was answered on: of what leads the incident, else of the anomaly that was meant."""
    table = schema.anomaly
    query = select(table.c.incident_id, table.c.id, table.c.shape).where(table.c.organisation_id == owner)
    led = query.where(leads(), among(connection, table.c.incident_id, chosen))
    lead = {name: (anomaly, shape) for name, anomaly, shape in connection.execute(led).all()}
    meant = {
        name: one.meant
        for name, one in chosen.items()
        if one.meant and one.meant != lead.get(name, ("", ""))[0]
    }
    found = {name: shape for name, (_, shape) in lead.items() if name not in meant}
    if meant:
        rows = connection.execute(query.where(among(connection, table.c.id, set(meant.values())))).all()
        found |= {name: shape for name, anomaly, shape in rows if meant.get(name) == anomaly}
    return found


def _stated(connection: Connection, owner: int, names: Collection[str]) -> dict[str, Stated]:
    """What the last verdict on each of these incidents said; each verdict is read once by a program."""
    table = schema.verdict
    known = _KNOWN.setdefault(connection.engine, {})
    if len(known) > MOST_KNOWN:
        known.clear()
    query = select(table.c.incident_id, table.c.id, table.c.digest).where(table.c.organisation_id == owner)
    wanted = set(names)
    ordered = query.order_by(table.c.incident_id, table.c.id)
    last = {
        name: (number, digest) for name, number, digest in connection.execute(ordered).all() if name in wanted
    }
    new = {number: key for key in last.values() if (number := key[0]) and key not in known}
    columns = (table.c.id, table.c.cause, table.c.confidence, table.c.findings)
    here = (table.c.organisation_id == owner, among(connection, table.c.id, new))
    for row in connection.execute(select(*columns).where(*here)).mappings() if new else ():
        known[new[row["id"]]] = _stated_in(row)
    return {name: known[key] for name, key in last.items()}


def _stated_in(row: RowMapping) -> Stated:
    cause = row["cause"] or {"kind": "", "name": ""}
    return Stated(cause["kind"], cause["name"], row["confidence"], tuple(_opinions(row["findings"])))


def _opinions(findings: Iterable[Mapping[str, Any]]) -> Iterable[Opinion]:
    """As :func:`answering.opinions_of`; figures do not look at how sure an agent was."""
    for one in findings:
        if not one.get("by"):
            yield Opinion(one["agent"], one["cause"]["name"] if one["cause"] else "", 0.0)


def _then(connection: Connection, owner: int, names: Collection[str]) -> dict[str, Learned]:
    """What was learned of confidence when these incidents were hunted last; {} where never anything was."""
    table, home = schema.change, schema.incident
    query = select(
        type_coerce(table.c.at, BigInteger), type_coerce(table.c.undone_at, BigInteger), table.c.after
    ).where(table.c.organisation_id == owner, table.c.scope == CONFIDENCE, table.c.name == LINE)
    changes = connection.execute(query.order_by(table.c.id)).all()
    if not changes:
        return {}
    wanted = set(names)
    kept = select(type_coerce(home.c.last_kept_at, BigInteger), home.c.id)
    rows = connection.execute(kept.where(home.c.organisation_id == owner)).all()
    moments = sorted((at, name) for at, name in rows if name in wanted)
    return dict(zip([name for _, name in moments], _sweep(changes, [at for at, _ in moments]), strict=True))


def _sweep(changes: Sequence[Any], moments: Iterable[int]) -> Iterable[Learned]:
    """What was in force at each moment, in order of time: the last change made and not undone by then."""
    made = sorted((at, i) for i, (at, _, _) in enumerate(changes))
    force: list[int] = []
    known: dict[int, Learned] = {}
    place = 0
    for moment in moments:
        while place < len(made) and made[place][0] <= moment:
            heapq.heappush(force, -made[place][1])
            place += 1
        while force and (gone := changes[-force[0]][1]) is not None and gone <= moment:
            heapq.heappop(force)
        last = -force[0] if force else -1
        if last not in known:
            after = changes[last][2] if force else None
            known[last] = learned_of({} if after is None else {(CONFIDENCE, LINE): after})
        yield known[last]
