"""What log lines say when the cause lies outside of what a team changed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

STRONG: Final = 1.0
WEAK: Final = 0.35
FAINT: Final = 0.2

_HOST: Final = r"[\w-]+(?:\.[\w-]+)*\.(?:com|net|io|org|cloud|dev|app|ai|co|eu|de|uk)\b"
_DOWN: Final = (
    r"(?<!\d)5(?:00|02|03|04|29)(?!\d)|service ?unavailable|internal ?(?:server ?)?error"
    r"|slow ?down|bad gateway|gateway time-?out"
)


@dataclass(frozen=True, slots=True)
class Signature:
    """A cause outside, how much a line that matches says for it, and the pattern.

    Weak ones can as well be the work of a change: a wrong host name in a setting does not resolve, a broken
    deploy refuses connections. ``done_by`` names the kinds of changes that do just that.
    """

    name: str
    weight: float
    pattern: re.Pattern[str]
    done_by: str = ""


def _any(name: str, weight: float, *patterns: str, done_by: str = "") -> Signature:
    return Signature(name, weight, re.compile("|".join(patterns), re.IGNORECASE), done_by)


SIGNATURES: Final = (
    _any(
        "an expired certificate", STRONG,
        r"certificate (?:has |is )?(?:expired|not yet valid)", r"cert(?:ificate)?[\w ]{0,20}expired",
        r"CERT_HAS_EXPIRED",
    ),
    _any(
        "a certificate or handshake that fails", WEAK,
        r"certificate[ _]verif\w+[ _]failed", r"x509:", r"\btls: ", r"ssl[ _]?error", r"unknown authority",
        r"handshake (?:failed|failure|error)", done_by=r"certificate|\btls\b",
    ),
    _any(
        "an outside provider that fails", STRONG,
        rf"{_HOST}.{{0,200}}(?:{_DOWN})", rf"(?:{_DOWN}).{{0,200}}{_HOST}",
    ),
    _any(
        "names that do not resolve", WEAK,
        r"nxdomain", r"servfail", r"no such host", r"name or service not known", r"ENOTFOUND", r"EAI_AGAIN",
        r"temporary failure in name resolution", r"could not resolve", r"unknownhost", done_by=r"dns|network",
    ),
    _any(
        "a quota or rate limit", STRONG,
        r"quota (?:was |has been |is )?(?:exceeded|exhausted)", r"(?:exceeded|out of) (?:\w+ ){0,3}quota",
        r"insufficient_?quota", r"rate ?limit(?:ed)? (?:was |is )?(?:exceeded|reached|by)",
        r"resource_?exhausted", r"request ?limit ?exceeded",
    ),
    _any(
        "a quota or rate limit", WEAK,
        r"too many requests", r"(?<!\d)429(?!\d)", r"throttl(?:ed|ing)",
    ),
    _any(
        "credentials or a licence that ran out", STRONG,
        r"(?:token|credentials?|licen[cs]e|api key|subscription|password) (?:has |have |is |was )?expired",
        r"ExpiredToken",
    ),
    _any(
        "hardware or the host", STRONG,
        r"\bi/o error", r"input/output error", r"read-only file ?system", r"hardware error", r"ecc error",
        r"machine check", r"node ?(?:is )?not ?ready", r"host (?:maintenance|is unreachable)",
        r"spot instance", r"preempt(?:ed|ion notice)",
    ),
    _any("a full disk", WEAK, r"no space left on device", r"ENOSPC", r"disk (?:is )?full"),
    _any(
        "the network", WEAK,
        r"no route to host", r"network (?:is )?unreachable", r"EHOSTUNREACH", r"ENETUNREACH",
        r"link (?:is )?down", r"packet loss", done_by=r"network|firewall",
    ),
    _any(
        "a peer that does not answer", FAINT,
        r"connection refused", r"ECONNREFUSED", r"connection reset", r"broken pipe",
        done_by=r"reboot|restart|maintenance|failover|network|firewall",
    ),
)  # fmt: skip

WELL: Final = re.compile(
    r"operat\w+[- ]normally|operational|available|resolved|healthy|\bok\b|no (?:known )?issues"
    r"|informational|completed|renewed|issued"
)
ILL: Final = re.compile(
    r"degrad|outage|disrupt|elevated|increased (?:error|latenc)|unavailable|investigating|identified"
    r"|partial|major|expire|impair|down\b"
)
"""What reports of status pages and providers say."""
