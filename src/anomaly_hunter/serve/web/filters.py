"""What the address of the list of incidents says: it is all there is, so that every list has a permalink."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import Final, get_args
from urllib.parse import urlencode

import numpy as np

from anomaly_hunter.errors import UsageError
from anomaly_hunter.remember.lists.listing import Asked, Sort
from anomaly_hunter.remember.records import ACTIVE, STATES
from anomaly_hunter.serve.rest.moments import typed

ON_A_PAGE: Final = 40
CHIPS: Final = (
    ("", "Active"), ("open,reopened", "Waiting"), ("acknowledged", "Acknowledged"), ("assigned", "Assigned"),
    ("resolved", "Resolved"), ("muted", "Muted"), ("all", "All"),
)  # fmt: skip
LEVELS: Final = (
    ("", "Any severity"), ("3.5", "Warning or worse"), ("6.5", "Error or worse"), ("8.5", "Critical"),
)  # fmt: skip
TIMES: Final = (("", "Any time"), ("24h", "Last 24 hours"), ("7d", "Last 7 days"), ("30d", "Last 30 days"))
SORTS: Final = (("", "Last hunted first"), ("severity", "Worst first"), ("begin", "Latest begin first"))
QUIET: Final = (("", "Without silenced"), ("shown", "With silenced"), ("only", "Only silenced"))
_LENGTH: Final = re.compile(r"(\d{1,4})(h|d)")
_SECONDS: Final = {"h": 3_600, "d": 86_400}


@dataclass(frozen=True, slots=True)
class Filters:
    """What the address says after its ?; defaults are not written."""

    state: str = ""
    q: str = ""
    severity: str = ""
    owner: str = ""
    cause: str = ""
    since: str = ""
    until: str = ""
    silenced: str = ""
    sort: str = ""
    after: str = ""

    @property
    def query(self) -> str:
        """The same as an address, without the cursor: what a saved view keeps."""
        return self.but(after="").removeprefix("?")

    def but(self, **other: str) -> str:
        """The address with something else in it.

        >>> Filters(q="web 1", after="x").but(state="all", after="")
        '?state=all&q=web+1'
        """
        values = {name: getattr(self, name) for name in self.__slots__} | other
        given = {name: value for name, value in values.items() if value}
        return f"?{urlencode(given)}" if given else ""

    def asked(self, most: int = ON_A_PAGE) -> Asked:
        """The question to the list; UsageError where it makes no sense."""
        return Asked(
            states=_states(self.state),
            owner=None if not self.owner else ("" if self.owner == "nobody" else self.owner),
            search=self.q,
            least_severity=_number(self.severity),
            since=_moment(self.since),
            until=_moment(self.until),
            cause=self.cause or None,
            silenced={"only": True, "shown": None}.get(self.silenced, False),
            sort=_sort(self.sort),
            after=self.after,
            most=most,
        )


def _states(text: str) -> tuple[str, ...]:
    """The states of a filter.

    >>> _states(""), _states("all"), _states("open,muted")
    (('open', 'acknowledged', 'assigned', 'reopened'), (), ('open', 'muted'))
    """
    if text == "all":
        return ()
    return tuple(text.split(",")[: len(STATES)]) if text else ACTIVE


def _sort(text: str) -> Sort:
    found: tuple[Sort, ...] = tuple(each for each in get_args(Sort) if each == (text or "latest"))
    if not found:
        raise UsageError(f"sort is {text[:40]!r}", "latest, severity or begin", "change the address")
    return found[0]


def _number(text: str) -> float:
    try:
        return float(text or 0)
    except ValueError:
        raise UsageError(
            f"severity is {text[:40]!r}", "a number from 0 to 10", "change the address"
        ) from None


def _moment(text: str) -> np.datetime64 | None:
    """A moment, or how long ago: "24h", "7d".

    >>> _moment("2026-11-21T10:00:00Z"), _moment("")
    (np.datetime64('2026-11-21T10:00:00.000000000'), None)
    """
    if not text:
        return None
    length = _LENGTH.fullmatch(text)
    if length:
        ago = int(length[1]) * _SECONDS[length[2]]
        return np.datetime64(time.time_ns() - ago * 1_000_000_000, "ns")
    return typed(text, "24h, 7d, or 2026-11-21T10:00:00Z")
