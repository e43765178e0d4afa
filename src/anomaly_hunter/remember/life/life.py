"""What people do with an incident: from open to resolved, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from sqlalchemy import RowMapping, update

from anomaly_hunter.errors import ConflictError, UsageError
from anomaly_hunter.model import iso
from anomaly_hunter.remember import schema
from anomaly_hunter.remember.life.history import Step, incident_row, lines_of, settled, unknown, write_down
from anomaly_hunter.remember.plain import text as sayable
from anomaly_hunter.remember.recollecting import feedback_by_incident, kept_of
from anomaly_hunter.remember.records import ACTIVE, Action, Happened, Kept, State
from anomaly_hunter.remember.store import Store, now

MOST_TEXT: Final = 10_000
"""Characters of a comment or a reason."""

MOST_NAME: Final = 200
"""Characters of the name of a person or team."""

FROM: Final[Mapping[str, tuple[State, ...]]] = {
    "acknowledge": ("open", "reopened"),
    "assign": ACTIVE,
    "resolve": (*ACTIVE, "muted"),
    "reopen": ("resolved", "muted"),
    "mute": ACTIVE,
}
"""In which states an incident must be for it."""


@dataclass(frozen=True, slots=True)
class Life:
    """The life of incidents among people; each call is one transaction with its line of history.

    Every call raises UnknownError where there is no incident of this id, ConflictError where it does not
    fit the state that the incident is in; the id of a merged incident means the one that took it in.
    ``by`` is who does it, as it will be shown.

    >>> import tempfile
    >>> import anomaly_hunter as ah
    >>> found = ah.hunt([10.0, 11, 10, 9, 10, 11, 10, 9, 10, 11, 10, 9, 60, 10, 11, 10, 9, 10, 11, 10])
    >>> with tempfile.TemporaryDirectory() as folder, Store.open(folder + "/memory.db") as memory:
    ...     (name,) = memory.keep(found)
    ...     life = Life(memory)
    ...     states = [life.acknowledge(name, "ann").state, life.resolve(name, "ann", "rolled back").state]
    ...     states, [one.action for one in life.history(name)]
    (['acknowledged', 'resolved'], ['opened', 'acknowledged', 'resolved'])
    """

    store: Store
    clock: Callable[[], np.datetime64] = now

    def acknowledge(self, name: str, by: str) -> Kept:
        """Somebody has seen it: open or reopened becomes acknowledged."""
        return self._go(name, "acknowledge", Step("acknowledged", self.clock(), by, after="acknowledged"))

    def assign(self, name: str, to: str, by: str) -> Kept:
        """It is ``to``'s now, whoever had it."""
        to = sayable(to).strip()
        if not 0 < len(to) <= MOST_NAME:
            raise UsageError(
                f"it was to be assigned to {to[:20]!r}", f"a name of 1 to {MOST_NAME} characters", "say whose"
            )
        return self._go(name, "assign", Step("assigned", self.clock(), by, after=to), owner=to)

    def resolve(self, name: str, by: str, why: str = "") -> Kept:
        """It is over. Data that go on beyond what is known now reopen it."""
        return self._go(name, "resolve", Step("resolved", self.clock(), by, after="resolved", text=why))

    def reopen(self, name: str, by: str, why: str = "") -> Kept:
        """It is not over, or not to be quiet."""
        return self._go(name, "reopen", Step("reopened", self.clock(), by, after="reopened", text=why))

    def mute(self, name: str, by: str, until: np.datetime64 | None = None, why: str = "") -> Kept:
        """Nobody wants to hear of it: until then (None: for good), or until it is 2 severity worse."""
        at = self.clock()
        if until is not None and not until > at:
            raise UsageError(
                f"it was to be muted until {until}", "a time that is still to come", "say a later one"
            )
        said = iso(until) if until is not None else ""
        step = Step("muted", at, by, after=said, text=why)
        return self._go(name, "mute", step, muted_until=until)

    def comment(self, name: str, text: str, by: str) -> Kept:
        """Say something; the state stays."""
        said = sayable(text).strip()
        if not said:
            raise UsageError("the comment is empty", "a text", "write something")
        return self._go(name, "", Step("commented", self.clock(), by, text=said))

    def history(self, name: str) -> tuple[Happened, ...]:
        """All that happened to it and to those it took in, oldest first."""
        with self.store.reading() as (connection, owner):
            if owner is None:
                raise unknown(name)
            row = incident_row(connection, owner, name)
            return lines_of(connection, owner, row["id"])

    def _go(self, name: str, verb: str, step: Step, **columns: Any) -> Kept:
        if len(step.text) > MOST_TEXT:
            raise UsageError(
                f"the text has {len(step.text):,} characters", f"at most {MOST_TEXT:,}", "shorten it"
            )
        with self.store.writing() as (connection, owner):
            row = incident_row(connection, owner, name)
            if verb and row["state"] not in FROM[verb]:
                raise _unfit(row, verb)
            if verb:
                table = schema.incident
                here = (table.c.organisation_id == owner, table.c.id == row["id"])
                values = settled(row, step.action, step.at) | columns
                connection.execute(update(table).where(*here).values(values))
            write_down(connection, owner, row["id"], _from(row, step))
            said = feedback_by_incident(connection, owner, [row["id"]])
            return kept_of(incident_row(connection, owner, row["id"]), said.get(row["id"], ()))


def _from(row: RowMapping, step: Step) -> Step:
    """The step with what was before."""
    action: Action = (
        "unmuted" if step.action == "reopened" and row["state"] == "muted" else step.action
    )  # fmt: skip
    before = {"assigned": row["owner"], "commented": None}.get(action, row["state"])
    return Step(action, step.at, step.by, before=before, after=step.after, text=step.text)


def _unfit(row: RowMapping, verb: str) -> ConflictError:
    return ConflictError(
        f"incident {row['id']} is {row['state']}, one cannot {verb} it",
        f"one that is {' or '.join(FROM[verb])}",
        "look at its history; somebody else may have been faster",
    )
