"""What a user may override when data are read. Every guess has one option."""

from __future__ import annotations

import math
from dataclasses import dataclass

from anomaly_hunter.errors import UsageError
from anomaly_hunter.model import Kind


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """Overrides of what the reader recognises by itself. Empty means: find out.

    Attributes
    ----------
    kind:
        "series", "table" or "tickets".
    time:
        Column of the time stamps.
    text:
        Column that holds the text of a ticket.
    value:
        Columns to look at as measures.
    by:
        Columns that split one long table into many series (host, service, queue).
    ignore:
        Columns to leave out (a label, a comment).
    tz:
        Zone of times that carry none ("Europe/Berlin"); UTC when empty.
    day_first:
        01/02/2026 is 1 February (True) or 2 January (False); None: decide from the data.
    decimal_comma:
        "1.234,5" is 1234.5; None: decide from the data.
    every_s:
        Interval in seconds when records are counted into series; None: choose.
    counters:
        Look at series that only ever rise (requests served, bytes sent) by their increase per step.
    max_series:
        Refuse to read more series than this.
    """

    kind: Kind | None = None
    time: str = ""
    value: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    text: str = ""
    ignore: tuple[str, ...] = ()
    tz: str = ""
    day_first: bool | None = None
    decimal_comma: bool | None = None
    every_s: float | None = None
    counters: bool = True
    max_series: int = 100_000

    def __post_init__(self) -> None:
        if self.kind not in (None, "series", "table", "tickets"):
            raise UsageError(f"kind is {self.kind!r}", "series, table or tickets", "leave it out to find out")
        if self.every_s is not None and not 0 < self.every_s < math.inf:
            raise UsageError(f"every_s is {self.every_s!r}", "seconds above 0", "set 3600 for an hour")
        if self.max_series < 1:
            raise UsageError(f"max_series is {self.max_series!r}", "1 or more", "leave it out")
        if self.tz:
            _check_zone(self.tz)


def _check_zone(name: str) -> None:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise UsageError(
            f"there is no time zone {name!r}", "an IANA name", "write it like Europe/Berlin or UTC"
        ) from error
