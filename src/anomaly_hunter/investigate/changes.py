"""Recorded changes as they reached production: deploys with the commits that they carry."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from anomaly_hunter.model import Event

_KINDS: Final = (
    (1.0, r"deploy|release|rollout|rollback|version|upgrade|migration|schema|commit|push|merge"),
    (0.95, r"flag|feature|toggle|experiment|config|setting|parameter|policy|rule"),
    (0.8, r"scal|infra|failover|reboot|restart|maintenance|network|incident|outage|capacity|certificate"),
    (0.6, r"holiday|calendar|campaign|promotion|sale|marketing"),
)
_DEMAND: Final = re.compile(r"holiday|calendar|campaign|promotion|sale\b|marketing|launch|newsletter")
_OPERATED: Final = re.compile(
    r"scal|infra|failover|reboot|restart|maintenance|network|capacity|certificate|firewall|dns|job|backup"
)
_CONSEQUENCES: Final = (
    (
        r"reboot|restart|maintenance|failover",
        "connection reset refused closed broken pipe starting recovering",
    ),
    (r"scal|capacity|replica", "cpu queue pool worker thread full busy saturated exhausted"),
    (r"certificate|\bcert\b|\btls\b", "certificate handshake tls ssl x509 authority trust verify signed"),
    (r"network|firewall", "connect dial tcp timeout refused unreachable route host port"),
    (r"dns", "resolve resolution lookup host nxdomain servfail"),
)
_UPWARDS: Final = re.compile(r"from (\d+) to (\d+)")
# "Load comments", "copy the address" and "test payments in Peru" change what runs.
_HARMLESS: Final = re.compile(
    r"\b(?:docs?|documentation|readme|typo|lint|gofmt|css|restyle|changelog|codeowners)\b"
    r"|^\W*(?:tests?|styles?|ci)(?:\([^)]*\))?!?:"
    r"|\b(?:add|more|missing|fix|tidy|update|clarify|reword|improve|with|unit|integration|flaky|code)"
    r"[ -](?:tests?|comments?|styles?|copy)\b"
)
_UNDOING: Final = re.compile(r"\b(?:rollback|roll(?:ed)? back|reverts?|reverted)\b")
_DEPENDENCY: Final = re.compile(r"\b(?:bump(?:ed|s)?|dependenc(?:y|ies)|deps|renovate|dependabot)\b")
_HARMLESS_FILE: Final = re.compile(
    r"(?:^|/)(?:docs?|tests?|testdata|__tests__|spec|\.github|fixtures)/"
    r"|_test\.\w+$|\.test\.\w+$|\.spec\.\w+$|(?:^|/)test_[^/]*$|\.(?:md|rst|css|scss|less|svg|png)$"
    r"|(?:^|/)(?:codeowners|license|readme[^/]*|changelog[^/]*|\.gitignore|\.editorconfig)$",
    re.IGNORECASE,
)
_DEPENDENCY_FILE: Final = re.compile(
    r"(?:^|/)(?:go\.(?:mod|sum)|package(?:-lock)?\.json|yarn\.lock|pnpm-lock\.yaml"
    r"|requirements[^/]*\.txt|pyproject\.toml|poetry\.lock|uv\.lock|pipfile(?:\.lock)?"
    r"|cargo\.(?:toml|lock)|pom\.xml|build\.gradle(?:\.kts)?|gemfile(?:\.lock)?"
    r"|composer\.(?:json|lock)|[^/]*\.csproj)$",
    re.IGNORECASE,
)
_SHA: Final = re.compile(r"\b[0-9a-f]{7,40}\b")
_PACKAGE: Final = re.compile(r"@?[\w.-]+(?:/[\w.@-]+)+")
_SHA_LABELS: Final = ("sha", "commit", "commit_sha", "id", "hash", "revision", "rev")
_MESSAGES: Final = ("commit_message", "message", "description", "summary", "body", "notes")
_ENDS: Final = ("end", "end_time", "ended_at", "finished_at", "resolved_at", "until", "completed_at")
_FILES: Final = ("files_changed", "files", "paths", "changed_files", "path", "file")
_ISO: Final = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")
_ZONE: Final = re.compile(r"(?:[Zz]|[+-]\d\d:?\d\d)$")
SHORT: Final = 7
HARMLESS: Final = 0.05
BUMP: Final = 0.2
UNDONE: Final = 0.3
NOT_LIVE: Final = 0.05
CARRIED: Final = 0.8
CARRIED_FOR_H: Final = 24.0


@dataclass(frozen=True, slots=True)
class Change:
    """An event with what it carried: the commits that it names, and what brought it to production.

    ``live`` is the event that made it act: itself, or the deploy that bumped a dependency after it. ``kind``
    in [0, 1] says how often such a change breaks something. ``text`` is all that the change says of itself.
    """

    event: Event
    live: Event
    kind: float
    text: str
    commits: tuple[Event, ...] = ()


def changes(events: Sequence[Event]) -> tuple[Change, ...]:
    """Every event as a change; a commit that a deploy names is a part of that deploy.

    A commit that no deploy names, where deploys do name commits, is not known to be live: 0.05 of its
    weight.
    But where a deploy within the next 24 hours only bumps dependencies and names the package that the commit
    touches, it may have brought the commit in: then the commit acts from that deploy on, at its service,
    with 0.8 of its weight.
    """
    commits = _commits(events)
    carried = {id(event): _named_by(event, commits) for event in events if not is_commit(event)}
    named = {id(commit) for members in carried.values() for commit in members}
    found = [_change(event, event, carried[id(event)]) for event in events if not is_commit(event)]
    vehicles = [change for change in found if change.commits and only_bumps(change)]
    for event in events:
        if is_commit(event) and id(event) not in named:
            found += _lone(event, vehicles, known=bool(named))
    return tuple(found)


def is_commit(event: Event) -> bool:
    """A commit says what was written, not what runs."""
    return event.kind.strip().lower() in ("commit", "merge", "push")


def _commits(events: Sequence[Event]) -> dict[str, Event]:
    """Commits by the first seven letters of their hash."""
    found = {}
    for event in events:
        if is_commit(event):
            label = next((event.labels[key] for key in _SHA_LABELS if event.labels.get(key)), "")
            if _SHA.fullmatch(label.lower()):
                found[label.lower()[:SHORT]] = event
    return found


def _named_by(event: Event, commits: dict[str, Event]) -> tuple[Event, ...]:
    if not commits:
        return ()
    words = _SHA.findall(" ".join((event.title, *event.labels.values()))[:4_000].lower())
    return tuple(commits[sha] for sha in dict.fromkeys(word[:SHORT] for word in words) if sha in commits)


def _change(event: Event, live: Event, commits: tuple[Event, ...], factor: float = 1.0) -> Change:
    own = kind_weight(event.kind, _said(event), files_of(event))
    carried = [kind_weight("commit", _said(commit), files_of(commit)) for commit in commits]
    kind = own * max(carried) if carried else own
    texts = [_text(one) for one in (event, *commits)]
    return Change(event, live, factor * kind, " ".join(texts), commits)


def _lone(event: Event, vehicles: Sequence[Change], known: bool) -> list[Change]:
    """A commit that no deploy names."""
    if not known:
        return [_change(event, event, ())]
    longest = np.timedelta64(round(CARRIED_FOR_H * 3600), "s")
    after = [v for v in vehicles if event.time <= v.live.time <= event.time + longest]
    touched = [tuple(file.lower().split("/")[:-1]) for file in files_of(event)]
    brought = [_change(event, v.live, (), CARRIED) for v in after if _brings(v, touched)]
    return brought or [_change(event, event, (), NOT_LIVE)]


def _brings(vehicle: Change, folders: Sequence[tuple[str, ...]]) -> bool:
    """Whether a bumped dependency is what lies in one of these folders.

    The last two parts of its name (one where it has no more than two) stand in the path: ``pkg/schema`` of
    ``github.com/acme/pkg/schema`` in ``pkg/schema/envelope/``.
    """
    for name in dict.fromkeys(_PACKAGE.findall(vehicle.text.lower())):
        parts = tuple(name.strip("@/.").split("/"))
        end = parts[-2:] if len(parts) > 2 else parts[-1:]
        if any(end == folder[i : i + len(end)] for folder in folders for i in range(len(folder))):
            return True
    return False


def only_bumps(change: Change) -> bool:
    """Whether all that it carries are newer versions of what others wrote."""
    told = change.commits or (change.event,)
    return all(_is_bump(_said(commit).lower(), files_of(commit)) for commit in told)


def _said(event: Event) -> str:
    """What was done, in a line: what a message says, where there is one, else the title."""
    if is_commit(event):
        return event.title
    message = next((event.labels[key] for key in _MESSAGES if event.labels.get(key)), "")
    return message.strip().partition("\n")[0] or event.title


def brings_demand(event: Event) -> bool:
    """Campaigns, sales and holidays change what people ask for, and nothing that runs."""
    return _DEMAND.search(event.kind.lower()) is not None


def is_operated(event: Event) -> bool:
    """Restarts, scaling, maintenance, certificates, network: acts that say little of what they touch."""
    return brings_demand(event) or _OPERATED.search(event.kind.lower()) is not None


def consequences(event: Event) -> str:
    """Words of what an operation may do to others, in the words of log lines and metrics; else "".

    More of something starves nobody.

    >>> from anomaly_hunter.model import Event
    >>> at = np.datetime64("2026-03-01", "ns")
    >>> consequences(Event(at, "scaling", "from 9 to 3 replicas", "cart", {})).split()[:2]
    ['cpu', 'queue']
    >>> consequences(Event(at, "scaling", "from 3 to 9 replicas", "cart", {}))
    ''
    """
    if not is_operated(event) or any(int(b) > int(a) for a, b in _UPWARDS.findall(event.title[:200])):
        return ""
    kind = event.kind.lower()
    return " ".join(words for pattern, words in _CONSEQUENCES if re.search(pattern, kind))


def end_of(event: Event) -> np.datetime64 | None:
    """When something that lasts was over (a field such as ``end_time``); None when it does not say."""
    text = next((event.labels[key] for key in _ENDS if event.labels.get(key)), "").strip()
    if not _ISO.match(text):
        return None
    try:
        zone = _ZONE.search(text)
        end = np.datetime64(text[: zone.start()] if zone else text, "ns")
        return end - (_offset(zone[0]) if zone else np.timedelta64(0, "m"))
    except ValueError:
        return None


def _offset(zone: str) -> np.timedelta64:
    """
    >>> _offset("+02:00"), _offset("Z")
    (np.timedelta64(120,'m'), np.timedelta64(0,'m'))
    """
    digits = zone.replace(":", "")
    if digits in ("Z", "z"):
        return np.timedelta64(0, "m")
    minutes = 60 * int(digits[1:3]) + int(digits[3:] or 0)
    return np.timedelta64(-minutes if digits[0] == "-" else minutes, "m")


@lru_cache(maxsize=4096)
def kind_weight(kind: str, title: str, files: tuple[str, ...] = ()) -> float:
    """How often a change of this kind breaks something.

    Where files are known they decide (documentation, tests and styles; manifests of
    dependencies), else the words of the title.

    >>> kind_weight("deploy", "v2.4.1"), kind_weight("deploy", "fix typo in docs")
    (1.0, 0.05)
    >>> kind_weight("commit", "tidy tests", ("src/pool.py",)), kind_weight("commit", "x", ("docs/a.md",))
    (1.0, 0.05)
    """
    words, text = kind.lower(), title.lower()[:200]
    weight = next((w for w, pattern in _KINDS if re.search(pattern, words)), 0.6)
    if all(_HARMLESS_FILE.search(file) for file in files) if files else _HARMLESS.search(text):
        return HARMLESS * weight
    if _UNDOING.search(text):  # more often the cure
        return UNDONE * weight
    return BUMP * weight if _is_bump(text, files) else weight


def is_undoing(event: Event) -> bool:
    """Whether the title says that an earlier change is taken back."""
    return _UNDOING.search(event.title.lower()) is not None


def _is_bump(text: str, files: tuple[str, ...]) -> bool:
    if files:
        return all(_DEPENDENCY_FILE.search(file) for file in files)
    return _DEPENDENCY.search(text) is not None


def files_of(event: Event) -> tuple[str, ...]:
    """The paths that an event says it changed; () when it does not say."""
    text = next((event.labels[key] for key in _FILES if event.labels.get(key)), "")
    if text.startswith("["):
        try:
            listed = json.loads(text)
        except ValueError:
            return ()
        return tuple(_paths(listed))
    return tuple(part for part in re.split(r"[\s,;]+", text) if part)


def _paths(listed: object) -> Iterable[str]:
    for entry in listed if isinstance(listed, list) else ():
        if isinstance(entry, str):
            yield entry
        elif isinstance(entry, dict):
            path = entry.get("path") or entry.get("filename") or entry.get("file")
            if isinstance(path, str):
                yield path


_NOT_CONTENT: Final = frozenset(("author", "actor", "user", "by", "email", "url", "link", *_SHA_LABELS))


def _text(event: Event) -> str:
    """What an event says of what it changed; of a diff only the lines that changed count."""
    parts = [event.title]
    for key, value in event.labels.items():
        if key.lower() not in _NOT_CONTENT:
            parts.append(_changed_lines(value) if "\n" in value else value)
    return " ".join(parts)


def _changed_lines(text: str) -> str:
    """The lines of a diff that were added or removed; any other text as it is.

    >>> _changed_lines("@@ a.py @@\\n context\\n-old\\n+new")
    'a.py old new'
    """
    lines = text.split("\n")
    if not any(line.startswith(("+", "-", "@@")) for line in lines):
        return text
    kept = [
        line.strip("@ ") if line.startswith("@@") else line[1:]
        for line in lines
        if line[:1] in ("+", "-", "@")
    ]
    return " ".join(part.strip() for part in kept)
