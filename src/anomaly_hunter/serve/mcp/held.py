"""Finished hunts that can still be asked: few, the oldest go first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

from anomaly_hunter.config import Settings
from anomaly_hunter.errors import UsageError
from anomaly_hunter.investigate.case import Case
from anomaly_hunter.model import Hunt
from anomaly_hunter.serve.mcp.limits import Limits

_LISTED = 10


@dataclass(frozen=True, slots=True)
class HeldHunt:
    """A hunt under the name that outsiders use for it, with the cases behind its incidents.

    ``asking`` is held while a case answers: its answers are kept in the case.
    """

    name: str
    hunt: Hunt
    cases: Sequence[Case]
    settings: Settings
    asking: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def points(self) -> int:
        """How much of the memory it takes."""
        return sum(len(detection.score) for detection in self.hunt.detections)


@dataclass(slots=True)
class HeldHunts:
    """The hunts of one server, from several threads."""

    limits: Limits
    _hunts: OrderedDict[str, HeldHunt] = field(default_factory=OrderedDict)
    _counted: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def hold(self, hunt: Hunt, cases: Sequence[Case], settings: Settings) -> HeldHunt:
        """Keep it under a new name; the oldest go where there are too many or they are too large."""
        with self._lock:
            self._counted += 1
            held = HeldHunt(f"hunt-{self._counted}", hunt, cases, settings)
            self._hunts[held.name] = held
            while len(self._hunts) > 1 and not self._fits():
                self._hunts.popitem(last=False)
            return held

    def hunt(self, name: str) -> HeldHunt:
        """The hunt of this name.

        Raises
        ------
        UsageError
            There is none, or it was dropped.
        """
        with self._lock:
            if name in self._hunts:
                return self._hunts[name]
            known = list(self._hunts)
        raise UsageError(
            f"there is no hunt {name[:80]!r} here (the last {self.limits.hunts} are kept)",
            f"one of {', '.join(known)}" if known else "a hunt first",
            "hunt again, then ask with the new name",
        )

    def case(self, incident: str) -> tuple[HeldHunt, Case]:
        """The case behind an incident, of the newest hunt that has it.

        Raises
        ------
        UsageError
            No hunt that is kept has it.
        """
        with self._lock:
            hunts = list(reversed(self._hunts.values()))
        for held in hunts:
            for one, case in zip(held.hunt.incidents, held.cases, strict=True):
                if one.id == incident:
                    return held, case
        known = [one.id for held in hunts for one in held.hunt.incidents][:_LISTED]
        raise UsageError(
            f"there is no incident {incident[:80]!r} in the last {self.limits.hunts} hunts",
            f"one of {', '.join(known)}" if known else "a hunt that found one",
            "hunt again, then ask with the id it gives",
        )

    def _fits(self) -> bool:
        points = sum(held.points for held in self._hunts.values())
        return len(self._hunts) <= self.limits.hunts and points <= self.limits.points
