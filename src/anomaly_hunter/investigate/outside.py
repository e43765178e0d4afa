"""No change explains this: signs of a cause outside of what the team changed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from anomaly_hunter.investigate import wording as say
from anomaly_hunter.investigate.beginnings import beginning
from anomaly_hunter.investigate.surges import Surge, surges
from anomaly_hunter.model import Cause, Event, iso

if TYPE_CHECKING:
    from anomaly_hunter.investigate.case import Case

NONE_OF_THEM: Final = 0.12
"""Weight of "no recorded change did it" beside the events, without any sign of it."""

COUNTS: Final = 0.8
STRONG: Final = 1.0
WEAK: Final = 0.35
MARGIN: Final = 2.0
BEFORE_MIN: Final = 30.0
_HOST: Final = r"[\w-]+(?:\.[\w-]+)*\.(?:com|net|io|org|cloud|dev|app|ai|co|eu|de|uk)\b"
_DOWN: Final = (
    r"(?<!\d)5(?:00|02|03|04|29)(?!\d)|service ?unavailable|internal ?(?:server ?)?error|slow ?down|bad gateway"
    r"|gateway time-?out"
)

# (what it is, weight, pattern over the lines as they were written)
SIGNATURES: Final = tuple(
    (name, weight, re.compile(pattern, re.IGNORECASE))
    for name, weight, pattern in (
        ("an expired certificate", STRONG,
         r"certificate (?:has |is )?(?:expired|not yet valid)|cert(?:ificate)?[\w ]{0,20}expired|CERT_HAS_EXPIRED"
         r"|not[- ]?after[^a-z]{0,40}(?:passed|exceeded)"),
        ("a certificate or handshake that fails", WEAK,
         r"certificate[ _]verif\w+[ _]failed|x509:|tls: |ssl[ _]?error|handshake (?:failed|failure|error)|unknown authority"),
        ("an outside provider that fails", STRONG, rf"{_HOST}.{{0,200}}(?:{_DOWN})|(?:{_DOWN}).{{0,200}}{_HOST}"),
        ("names that do not resolve", WEAK,
         r"nxdomain|servfail|no such host|name or service not known|temporary failure in name resolution|ENOTFOUND"
         r"|EAI_AGAIN|could not resolve|unknownhost"),
        ("a quota or rate limit", STRONG,
         r"quota (?:was |has been |is )?(?:exceeded|exhausted)|(?:exceeded|out of) (?:\w+ ){0,3}quota|insufficient_?quota"
         r"|rate ?limit(?:ed)? (?:was |is )?(?:exceeded|reached|by)|resource_?exhausted|request ?limit ?exceeded"),
        ("a quota or rate limit", WEAK, r"too many requests|(?<!\d)429(?!\d)|throttl(?:ed|ing)"),
        ("credentials or a licence that ran out", STRONG,
         r"(?:token|credentials?|licen[cs]e|api key|subscription|password) (?:has |have |is |was )?expired|ExpiredToken"),
        ("hardware or the host", STRONG,
         r"\bi/o error|input/output error|read-only file ?system|hardware error|machine check|ecc error|node(?:not| is not )ready"
         r"|host (?:maintenance|is unreachable)|spot instance|preempt(?:ed|ion notice)"),
        ("a full disk", WEAK, r"no space left on device|ENOSPC|disk (?:is )?full|disk quota exceeded"),
        ("the network", WEAK,
         r"no route to host|network (?:is )?unreachable|EHOSTUNREACH|ENETUNREACH|link (?:is )?down|packet loss"),
        ("a peer that does not answer", 0.2, r"connection refused|ECONNREFUSED|connection reset|broken pipe"),
    )
)  # fmt: skip
_FEED: Final = re.compile(r"status|provider|advisory|expir")
_WELL: Final = re.compile(
    r"operat\w+[- ]normally|operational|available|resolved|healthy|\bok\b|no (?:known )?issues|informational|completed|renewed|issued"
)
_ILL: Final = re.compile(
    r"degrad|outage|disrupt|elevated|increased (?:error|latenc)|unavailable|investigating|identified|partial|major|expire|impair|down\b"
)


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

    A signature weighs what :data:`SIGNATURES` says, times the weight of the surge. A report (kind status,
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
    """Weight of "no recorded change did it": 0.12, and 0.8 of what the signs leave no doubt of.

    ``0.12 + 0.8 (1 - product of (1 - weight))``.
    """
    doubt = 1.0
    for sign in outside_signs(case):
        doubt *= 1.0 - sign.weight
    return NONE_OF_THEM + COUNTS * (1.0 - doubt)


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
    if _WELL.search(event.labels.get("status", "").lower()):
        return False
    return _ILL.search(text) is not None or _ILL.search(event.kind.lower()) is not None


def _from_logs(case: Case) -> list[Outside]:
    found = []
    for surge in surges(case):
        line = f"{surge.template.text} {surge.template.example}"
        for name, weight, pattern in SIGNATURES:
            if pattern.search(line):
                text = f"{name}: {_many(surge)} `{say.clip(surge.template.example, 90)}`"
                found.append(Outside(name, weight * min(1.0, 2.0 * surge.weight), text, surge=surge))
    return found


def _many(surge: Surge) -> str:
    where = f" of {surge.template.service}" if surge.template.service else ""
    return f"{say.counted(surge.after, 'line')}{where} from the onset on ({surge.before:,} before) such as"


def _from_feeds(case: Case) -> list[Outside]:
    times = beginning(case)
    if times is None:
        return []
    early = times.earliest - np.timedelta64(round(BEFORE_MIN * 60e9), "ns")
    found = []
    for event in case.events:
        if early <= event.time <= times.latest and is_report(event) and is_trouble(event):
            about = f" ({say.clip(event.service, 50)})" if event.service else ""
            text = (
                f"{say.clip(event.kind, 30)} reports '{say.clip(event.title)}'{about} since {iso(event.time)}"
            )
            found.append(Outside(f"{say.clip(event.title)}{about}", 1.0, text, event=event))
    return found
