"""No change explains this: signs of a cause outside of what the team changed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from anomaly_hunter.investigate import wording as say
from anomaly_hunter.investigate.beginnings import beginning
from anomaly_hunter.investigate.signatures import ILL, SIGNATURES, WELL, Signature
from anomaly_hunter.investigate.surges import Surge, surges
from anomaly_hunter.model import Cause, Event, iso

if TYPE_CHECKING:
    from anomaly_hunter.investigate.case import Case

NONE_OF_THEM: Final = 0.12
"""Weight of "no recorded change did it" beside the events, without any sign of it."""

COUNTS: Final = 0.8
MARGIN: Final = 2.0
BEFORE_MIN: Final = 30.0
_FEED: Final = re.compile(r"status|provider|advisory|expir")


@dataclass(frozen=True, slots=True)
class Outside:
    """A sign of a cause that no change of the team explains; ``weight`` in [0, 1]."""

    name: str
    weight: float
    statement: str
    surge: Surge | None = None
    event: Event | None = None


def outside_signs(case: Case) -> tuple[Outside, ...]:
    """Signatures in log templates that surge, and feeds of others that report trouble; strongest first.

    A signature weighs what :data:`~.signatures.SIGNATURES` says, times twice the weight of the surge (1 at
    most). A report (kind status,
    outage, certificate, ...) that is not about a service of ours counts 1 where its text says that
    something is degraded or expired and it begins within 30 minutes before the earliest onset and
    the latest one.
    """

    def find() -> tuple[Outside, ...]:
        best: dict[str, Outside] = {}
        for sign in (*_from_logs(case), *_from_feeds(case)):
            if sign.name not in best or sign.weight > best[sign.name].weight:
                best[sign.name] = sign
        return tuple(sorted(best.values(), key=lambda sign: (-sign.weight, sign.name)))

    return case.once("outside signs", find)


def none_weight(case: Case) -> float:
    """Weight of "no recorded change did it": 0.12, and 0.8 for a sign beyond doubt, two at most.

    ``0.12 + 0.8 min(2, sum of weights)``.
    """
    return NONE_OF_THEM + COUNTS * min(2.0, sum(sign.weight for sign in outside_signs(case)))


def outside_cause(case: Case, best_change: float) -> Cause | None:
    """The cause that lies outside, where it weighs twice what the best change does; else None."""
    signs = outside_signs(case)
    weight = none_weight(case) - NONE_OF_THEM
    if not signs or signs[0].weight < 0.5 or weight < MARGIN * best_change:
        return None
    share = weight / (weight + NONE_OF_THEM + best_change)
    first = signs[0]
    return Cause("external", first.name, first.statement, share, evidence_ids(signs))


def evidence_ids(signs: tuple[Outside, ...]) -> tuple[str, ...]:
    """What these signs rest on."""
    return tuple(f"logs:{sign.surge.template.id}" for sign in signs if sign.surge is not None)


def is_report(event: Event) -> bool:
    """An entry of a status page, a provider's notice or a certificate's end: nothing that a team changed."""
    kind = event.kind.lower()
    return _FEED.search(kind) is not None or ("certificate" in kind and "expir" in event.title.lower())


def is_trouble(event: Event) -> bool:
    """Whether such a report says that something is wrong."""
    text = " ".join(
        (event.title, *(event.labels.get(key, "") for key in ("status", "state", "impact")))
    ).lower()
    if WELL.search(event.labels.get("status", "").lower()):
        return False
    return ILL.search(text) is not None or ILL.search(event.kind.lower()) is not None


def _from_logs(case: Case) -> list[Outside]:
    found = []
    for surge in surges(case):
        line = f"{surge.template.text} {surge.template.example}"
        for sign in SIGNATURES:
            if sign.pattern.search(line) and not _was_done(case, sign):
                text = f"{sign.name}: {_many(surge)} `{say.clip(surge.template.example, 90)}`"
                weight = sign.weight * min(1.0, 2.0 * surge.weight)
                found.append(Outside(sign.name, weight, text, surge=surge))
    return found


def _was_done(case: Case, sign: Signature) -> bool:
    """A change of the kind that does just that was made within half an hour before: nothing from outside."""
    times = beginning(case)
    if times is None or not sign.done_by:
        return False
    near = _between(case, times.earliest, times.latest)
    return any(re.search(sign.done_by, event.kind.lower()) for event in near if not is_report(event))


def _between(case: Case, earliest: np.datetime64, latest: np.datetime64) -> list[Event]:
    """Events from half an hour before the earliest onset to the latest."""
    early = earliest - np.timedelta64(round(BEFORE_MIN * 60e9), "ns")
    stamps = case.event_times
    return [case.events[i] for i in np.flatnonzero((stamps >= early) & (stamps <= latest)).tolist()]


def _many(surge: Surge) -> str:
    where = f" of {surge.template.service}" if surge.template.service else ""
    return f"{say.counted(surge.after, 'line')}{where} from the onset on ({surge.before:,} before) such as"


def _from_feeds(case: Case) -> list[Outside]:
    times = beginning(case)
    if times is None:
        return []
    found = []
    for event in _between(case, times.earliest, times.latest):
        if is_report(event) and is_trouble(event):
            about = f" ({say.clip(event.service, 50)})" if event.service else ""
            text = (
                f"{say.clip(event.kind, 30)} reports '{say.clip(event.title)}'{about} since {iso(event.time)}"
            )
            found.append(Outside(f"{say.clip(event.title)}{about}", 1.0, text, event=event))
    return found
