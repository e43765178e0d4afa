"""What no sentence may ask of the person on call, and how sure none may be.

A model that obeys a ticket could ask to drop a database, to open a door, to hand out a key, to go back to
sleep, or to visit a page; and no verdict is certain. Only what is asked counts: what happened may be told.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from anomaly_hunter.investigate.reasoning.standing import without_whole
from anomaly_hunter.investigate.reasoning.text_faults import shown

_ASKED: Final = (
    r"(?:\A\s*|[.;:,]\s+|\b(?:to|and|then|should|must|can|may|please|you|or|now|first|just|by)\s+)"
)
_STUFF: Final = (
    r"(?:databases?|tables?|data|volumes?|buckets?|backups?|clusters?|disks?|schemas?|snapshots?|logs?|records?"
    r"|namespaces?|storage|servers?|accounts?|customers?|orders?|everything)"
)
_GUARDS: Final = (
    r"(?:firewalls?|authentication|authorization|encryption|tls|ssl|mfa|2fa|security|backups?|monitoring"
    r"|alert(?:s|ing)?|alarms?|audit\w*|access\s+controls?|antivirus|rate\s+limits?)"
)
_DESTROYS: Final = re.compile(
    rf"{_ASKED}(?:drop|delete|wipe|purge|truncate|erase|destroy|format|overwrite)\s+(?:[\w'-]+\s+){{0,3}}{_STUFF}\b",
    re.I,
)
_OPENS: Final = re.compile(
    rf"{_ASKED}(?:(?:disable|bypass|remove|deactivate)|(?:turn|switch)\s+off)\s+(?:[\w'-]+\s+){{0,3}}{_GUARDS}\b"
    rf"|{_ASKED}make\s+(?:[\w'-]+\s+){{1,4}}public\b|{_ASKED}grant\s+(?:[\w'-]+\s+){{0,3}}(?:admin\w*|root|access|rights|privileges)\b",
    re.I,
)
_GIVES_AWAY: Final = re.compile(
    rf"{_ASKED}(?:send|share|paste|post|enter|give|e-?mail|forward|upload|reply\s+with)\s+(?:[\w'-]+\s+){{0,4}}"
    r"(?:credentials?|passwords?|secrets?|tokens?|keys?|money|bitcoins?|gift\s+cards?)\b",
    re.I,
)
_LEADS_AWAY: Final = re.compile(
    r"\b[a-z0-9-]+(?:[.\u3002\uff0e\uff61][a-z0-9-]+)+/\w"
    r"|\b[a-z0-9-]{2,}[.\u3002\uff0e\uff61](?:tech|link|click|shop|store|page|live|blog|gg|ly|gl|tk|pw|cc|ws|su|biz|fyi|lol|vip)\b"
    r"|[a-z0-9-]{2,}[\u3002\uff0e\uff61][a-z]{2,}\b",
    re.I,
)
_SOOTHES: Final = re.compile(
    r"\bno\s+need\s+to\s+(?:act|do|worry|investigate|look|react|respond|wake)\b|\bgo\s+back\s+to\s+(?:sleep|bed)\b"
    rf"|{_ASKED}ignore\s+(?:it|this|them|that)\b|\b(?:will|should)\s+(?:resolve|heal|fix|clear)\s+(?:by\s+)?itself\b"
    r"|\b(?:will|should)\s+go\s+away\b",
    re.I,
)
_CERTAIN: Final = re.compile(
    r"\b(?:definitely|undoubtedly|unquestionably|indisputably|undeniably|certainly|guaranteed|proven|conclusively"
    r"|beyond\s+(?:any\s+)?doubt|without\s+(?:a\s+|any\s+)?doubt|proves\s+that|(?:is|are|am)\s+(?:\w+\s+)?certain)\b",
    re.I,
)
_DENIED: Final = re.compile(
    r"(?:\b(?:no|not|never|nor|cannot|nothing|none|hardly|neither)|n[o’']t)\s+(?:\w+\s+){0,3}\Z", re.I
)
_CHECKS: Final = (
    (_DESTROYS, "asks to destroy something"),
    (_OPENS, "asks to take away a protection"),
    (_GIVES_AWAY, "asks to hand something out"),
    (_LEADS_AWAY, "names a place outside of the case"),
    (_SOOTHES, "talks the incident away"),
    (_CERTAIN, "claims to be certain; say how likely it is"),
)


def harm_in(text: str, names: Collection[str], allowed: Collection[str]) -> str:
    """What is wrong with a sentence, "" where nothing is. ``names`` and the case's own steps may stand.

    >>> harm_in("Drop the orders table.", (), ()), harm_in("A job may drop requests.", (), ())
    ("asks to destroy something: 'Drop the orders table'", '')
    """
    text = without_whole(text, [name for name in (*allowed, *names) if "." in name or " " in name])
    for pattern, says in _CHECKS:
        match = pattern.search(text)
        if match is not None and not _DENIED.search(text[: _first(match)]):
            return f"{says}: {shown(match[0].strip(' .;:,'), 50)}"
    return ""


def _first(match: re.Match[str]) -> int:
    """Where what was found begins, without the sign that ends the clause before."""
    return match.start() + len(match[0]) - len(match[0].lstrip(" .;:,"))
