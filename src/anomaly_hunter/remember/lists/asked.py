"""What is asked of the list of incidents: the filters as conditions on rows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import reduce
from typing import Any, Final, Literal, TypeAlias

import numpy as np
from sqlalchemy import ColumnElement, and_, func, or_, select

from anomaly_hunter.errors import UsageError
from anomaly_hunter.remember import schema
from anomaly_hunter.remember.plain import text
from anomaly_hunter.remember.records import STATES, Kept

Sort: TypeAlias = Literal["latest", "severity", "begin"]

MOST_ITEMS: Final = 500
"""Of one page."""

MOST_SEARCH: Final = 200
"""Characters of a search."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to the list; everything that is said must hold.

    Attributes
    ----------
    states:
        Any of these; () is all but merged ones.
    owner:
        Whose they are; "" is nobody's.
    search:
        Part of headline, subject, dataset, cause or owner; upper and lower case are the same.
    least_severity:
        0-10.
    since, until:
        They overlap this time of the data (of the hunt where there is no clock); ``until`` is not part of it.
    subject_id:
        They hold an anomaly of this series.
    cause:
        The name of the cause, in full.
    silenced:
        False: only those that are announced; True: only those that are not; None: both.
    sort:
        "latest" hunted, "severity" or latest "begin" first.
    after:
        The cursor that the page before gave.
    most:
        Items on a page, 1-500.
    """

    states: tuple[str, ...] = ()
    owner: str | None = None
    search: str = ""
    least_severity: float = 0.0
    since: np.datetime64 | None = None
    until: np.datetime64 | None = None
    subject_id: str | None = None
    cause: str | None = None
    silenced: bool | None = False
    sort: Sort = "latest"
    after: str = ""
    most: int = 50

    def __post_init__(self) -> None:
        strange = [state for state in self.states if state not in STATES]
        if strange:
            raise UsageError(f"the state is {strange[0]!r}", f"one of {', '.join(STATES)}", "choose one")
        if self.sort not in ("latest", "severity", "begin"):
            raise UsageError(f"sort is {self.sort!r}", "latest, severity or begin", "choose one")
        if not 1 <= self.most <= MOST_ITEMS:
            raise UsageError(f"most is {self.most}", f"1 to {MOST_ITEMS}", "ask for the next page")
        if len(self.search) > MOST_SEARCH:
            raise UsageError(
                f"the search has {len(self.search):,} characters", f"at most {MOST_SEARCH}", "shorten it"
            )


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list; ``next`` is the cursor of the part after it, "" at the end."""

    items: tuple[Kept, ...]
    next: str


def conditions(
    owner: int, asked: Asked, *, states: bool = True, quiet: bool = True
) -> list[ColumnElement[bool]]:
    """The question without its cursor; without states or silences, where they are counted themselves."""
    table = schema.incident
    found: list[ColumnElement[bool]] = [table.c.organisation_id == owner]
    if states and asked.states:
        found.append(table.c.state.in_(asked.states))
    else:
        found.append(table.c.state != "merged")
    if quiet and asked.silenced is not None:
        found.append(table.c.silence_id.is_not(None) if asked.silenced else table.c.silence_id.is_(None))
    if asked.least_severity > 0:
        found.append(table.c.severity >= asked.least_severity)
    return [*found, *_whose(asked), *_when(asked.since, asked.until), *_which(owner, asked)]


def _whose(asked: Asked) -> list[ColumnElement[bool]]:
    column = schema.incident.c.owner
    if asked.owner is None:
        return []
    return [column == text(asked.owner) if asked.owner else column.is_(None)]


def _when(since: np.datetime64 | None, until: np.datetime64 | None) -> list[ColumnElement[bool]]:
    if since is None and until is None:
        return []
    clocked, bare = during(since, until)
    return [or_(and_(*clocked), and_(*bare))]


def during(
    since: np.datetime64 | None, until: np.datetime64 | None
) -> tuple[list[ColumnElement[bool]], list[ColumnElement[bool]]]:
    """They overlap this time: those with a clock by their data, the others by when they were hunted."""
    table = schema.incident
    clocked: list[ColumnElement[bool]] = [table.c.begin_at.is_not(None)]
    bare: list[ColumnElement[bool]] = [table.c.begin_at.is_(None)]
    if until is not None:
        clocked.append(table.c.begin_at < until)
        bare.append(table.c.first_kept_at < until)
    if since is not None:
        clocked.append(table.c.end_at >= since)
        bare.append(table.c.last_kept_at >= since)
    return clocked, bare


def _which(owner: int, asked: Asked) -> list[ColumnElement[bool]]:
    table, part = schema.incident, schema.anomaly
    found: list[ColumnElement[bool]] = []
    if asked.cause is not None:
        found.append(table.c.cause_name == text(asked.cause))
    if asked.subject_id is not None:
        holding = select(part.c.incident_id).where(
            part.c.organisation_id == owner, part.c.series_id == text(asked.subject_id)
        )
        found.append(table.c.id.in_(holding))
    wanted = text(asked.search).strip()
    if wanted:
        found.append(_holding(wanted))
    return found


def _holding(wanted: str) -> ColumnElement[bool]:
    names = ("headline", "subject", "dataset", "cause_name", "owner")
    columns: list[Any] = [func.coalesce(schema.incident.c[name], "") for name in names]
    whole = reduce(lambda text, column: text + "\n" + column, columns)
    escaped = re.sub("([~%_])", r"~\1", wanted)
    found: ColumnElement[bool] = whole.ilike(f"%{escaped}%", escape="~")
    return found
