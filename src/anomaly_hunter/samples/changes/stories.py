"""What happened: the trouble that services show, what is logged, and the change that did it (or none)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

import numpy as np

from anomaly_hunter.samples.changes.code import FIELDS, Code
from anomaly_hunter.samples.changes.systems import System, Topic

Trouble: TypeAlias = Literal["errors", "latency", "leak", "busy", "surge", "queries"]
Record: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Story:
    """One incident.

    ``service`` shows the trouble first. ``lines`` are (service, level, text) that come from the onset on.
    ``culprit`` is the record of the change without its time (None: no change did it), ``commit`` the
    commit that it carries; ``told`` are further records that come with what happened: (minutes before the
    onset, record). ``lag`` is the range of minutes between change and onset.
    """

    service: str
    trouble: Trouble
    lines: tuple[tuple[str, str, str], ...]
    culprit: Record | None = None
    commit: Record | None = None
    told: tuple[tuple[float, Record], ...] = ()
    lag: tuple[float, float] = (1.0, 15.0)
    code: Code | None = field(default=None, repr=False)


def code_of(system: System, service: str, rng: np.random.Generator, but: Topic | None = None) -> Code:
    """A topic of a service, another one than ``but``."""
    topics = [t for t in system.topics[service] if t != but]
    topic = topics[int(rng.integers(len(topics)))]
    return Code(system, service, topic, FIELDS[int(rng.integers(len(FIELDS)))])


def _any(system: System, rng: np.random.Generator) -> Code:
    """Some topic of some service behind the entry."""
    behind = list(system.topics)[1:]
    return code_of(system, behind[int(rng.integers(len(behind)))], rng)


def deploy(service: str, rng: np.random.Generator) -> Record:
    """A deploy of a service with some version."""
    major, minor = int(rng.integers(1, 9)), int(rng.integers(40))
    return {"kind": "deploy", "service": service, "version": f"{major}.{minor}.{int(rng.integers(10))}"}


def commit(message: str, files: list[str], diff: str) -> Record:
    """A commit; its hash and time are added with those of its deploy."""
    return {"message": message, "files_changed": files, "diff": diff}


def _code(system: System, rng: np.random.Generator) -> Story:
    own = _any(system, rng)
    topic = own.topic
    message = (f"{own.told}: read {own.field} from the profile", f"Let partners {own.told}s",
               f"{topic.thing}: new path to {topic.action}")[int(rng.integers(3))]  # fmt: skip
    change = own.diff(f"{topic.thing}.profile.{own.field}.first()", f"{own.function}({topic.thing})")
    lines = ((own.service, "ERROR", own.failing(int(rng.integers(2)))),)
    return Story(own.service, "errors", lines, deploy(own.service, rng),
                 commit(message, [own.path, own.test], change), code=own)  # fmt: skip


def _queries(system: System, rng: np.random.Generator) -> Story:
    own = _any(system, rng)
    base = system.base_of(own.service)
    message = f"show {own.field} of every {own.topic.thing}"
    change = own.diff(f"for each {own.topic.thing}: load {own.field} from {own.table} where id = ?")
    lines = (
        (base, "WARN", f"slow statement, {{n}} ms: {own.field} of {own.table} with id {{n}}"),
        (own.service, "WARN", f"{own.function} took {{n}} ms, {{n}} statements"),
    )
    culprit = deploy(own.service, rng)
    return Story(own.service, "queries", lines, culprit, commit(message, [own.path], change), code=own)


def _setting(system: System, rng: np.random.Generator) -> Story:
    own = _any(system, rng)
    key = f"{own.topic.thing}.{own.topic.action}.max-{own.field}"
    record = {"kind": "config", "service": own.service, "setting": key, "change": "4000 -> 40"}
    text = f"{own.topic.thing} rejected: {own.field} {{n}} is over max-{own.field} of 40"
    return Story(own.service, "errors", ((own.service, "ERROR", text),), record, code=own)


def _pool(system: System, rng: np.random.Generator) -> Story:
    own = _any(system, rng)
    base = system.base_of(own.service)
    record = {
        "kind": "config",
        "service": own.service,
        "title": f"{own.service}: {base} connection pool from 60 to 6",
        "file": f"{own.service}/deploy/values.yaml",
    }
    text = f"{base}-pool-1 - Connection is not available, request timed out after {{n}}ms (active={{n}})"
    return Story(own.service, "busy", ((own.service, "WARN", text),), record, code=own)


def _flag(system: System, rng: np.random.Generator) -> Story:
    own = _any(system, rng)
    record = {"kind": "flag", "service": own.service, "flag": f"{own.snake}_early", "change": "off -> on"}
    lines = ((own.service, "ERROR", own.failing(int(rng.integers(2)))),)
    return Story(own.service, "errors", lines, record, code=own)


def _leak(system: System, rng: np.random.Generator) -> Story:
    own = _any(system, rng)
    message = f"remember every {own.topic.thing} to spare a lookup"
    change = own.diff(f"seen_{own.table}[{own.topic.thing}.id] = {own.topic.thing}")
    lines = ((own.service, "ERROR", "process killed: out of memory, resident set {n} MiB"),)
    culprit = deploy(own.service, rng)
    return Story(own.service, "leak", lines, culprit, commit(message, [own.path], change),
                 lag=(1.0, 6.0), code=own)  # fmt: skip


def _migration(system: System, rng: np.random.Generator) -> Story:
    own = _any(system, rng)
    base = system.base_of(own.service)
    title = f"migration 0{int(rng.integers(100, 999))}: rename {own.table}.{own.field}"
    record = {"kind": "migration", "service": base, "title": title,
              "statement": f"ALTER TABLE {own.table} RENAME {own.field} TO {own.field}_code"}  # fmt: skip
    text = f'column "{own.field}" of {own.table} does not exist at character {{n}}'
    return Story(own.service, "errors", ((own.service, "ERROR", text),), record, code=own)


def _restart(system: System, rng: np.random.Generator) -> Story:
    own = _any(system, rng)
    base = system.base_of(own.service)
    record = {"kind": "maintenance", "service": base, "title": f"restart {base} for kernel update",
              "end_time": 40.0}  # fmt: skip
    lines = (
        (own.service, "ERROR", f"{base}: connection reset by peer, attempt {{n}}"),
        (base, "INFO", "starting up, recovering from log position {n}"),
    )
    return Story(own.service, "errors", lines, record, lag=(0.5, 3.0), code=own)


def _bump(system: System, rng: np.random.Generator) -> Story:
    own = _any(system, rng)
    library = f"{system.company}-{own.topic.thing}-kit"
    manifest = {
        "typescript": "package-lock.json", "java": "pom.xml", "python": "requirements.txt",
        "rust": "Cargo.lock", "csharp": f"{own.service}.csproj",
    }[system.language]  # fmt: skip
    message = f"bump {library} from 3.9.2 to 4.0.0"
    change = f"@@ {manifest} @@\n-{library} 3.9.2\n+{library} 4.0.0\n"
    text = f"{library}: unsupported {own.topic.thing} layout {{n}} in {own.function}"
    return Story(own.service, "errors", ((own.service, "ERROR", text),), deploy(own.service, rng),
                 commit(message, [f"{own.service}/{manifest}"], change), code=own)  # fmt: skip


def _rotation(system: System, rng: np.random.Generator) -> Story:
    own = _any(system, rng)
    record = {"kind": "certificate", "service": own.service,
              "title": f"rotated the client certificate of {own.service}"}  # fmt: skip
    caller = next(a for a, b in system.calls if b == own.service)
    text = f"handshake with {own.service} failed: certificate signed by unknown authority (conn {{n}})"
    return Story(own.service, "errors", ((caller, "ERROR", text),), record, code=own)


def _firewall(system: System, rng: np.random.Generator) -> Story:
    own = _any(system, rng)
    base = system.base_of(own.service)
    record = {"kind": "network", "title": f"tighten firewall rules around {base}"}
    text = f"dial tcp 10.4.{{n}}: connect to {base} port 5432: i/o timeout"
    return Story(own.service, "errors", ((own.service, "ERROR", text),), record, code=own)


def _scale(system: System, rng: np.random.Generator) -> Story:
    own = _any(system, rng)
    record = {"kind": "scaling", "service": own.service, "title": f"{own.service} from 12 to 3 replicas"}
    text = f"worker queue is full, {own.topic.thing} waits {{n}} ms"
    return Story(own.service, "busy", ((own.service, "WARN", text),), record, code=own)


def _unseen(system: System, rng: np.random.Generator) -> Story:
    """The change lies at a service that nobody measures and that stands in no graph."""
    own = _any(system, rng)
    hidden = f"{own.topic.thing}-archive"
    message = f"{hidden}: answer in pages"
    change = f"@@ {hidden}/api @@\n-return all_{own.table}\n+return page_of_{own.table}\n"
    text = f"{hidden} answered {own.function} with an unexpected body, {{n}} bytes"
    return Story(own.service, "errors", ((own.service, "ERROR", text),), deploy(hidden, rng),
                 commit(message, [f"{hidden}/api/{own.table}"], change), code=own)  # fmt: skip


def _campaign(system: System, rng: np.random.Generator) -> Story:
    own = code_of(system, next(iter(system.topics)), rng)
    record = {"kind": "campaign", "title": f"{own.topic.thing} campaign goes out to all customers"}
    lines = ((own.service, "WARN", "accept queue is {n} deep"),)
    return Story(own.service, "surge", lines, record, lag=(1.0, 6.0), code=own)


# ------------------------------------------------------------------ no change did it


def _surge(system: System, rng: np.random.Generator) -> Story:
    own = code_of(system, next(iter(system.topics)), rng)
    return Story(own.service, "surge", ((own.service, "WARN", "accept queue is {n} deep"),), code=own)


def _provider_lines(system: System, rng: np.random.Generator) -> Story:
    own = code_of(system, system.uses, rng)
    _, host = system.provider
    status = ("503 Service Unavailable", "502 Bad Gateway", "504 Gateway Timeout")[int(rng.integers(3))]
    text = f"{own.function}: POST https://{host}/v2/{own.table} answered {status} after {{n}} ms"
    return Story(own.service, "errors", ((own.service, "ERROR", text),), code=own)


def _provider_reports(system: System, rng: np.random.Generator) -> Story:
    story = _provider_lines(system, rng)
    who, _ = system.provider
    report = {
        "kind": "status", "service": who, "title": f"{who}: elevated error rates on the API",
        "status": "investigating",
    }  # fmt: skip
    return Story(story.service, story.trouble, story.lines, told=((float(rng.uniform(-4, 3)), report),),
                 code=story.code)  # fmt: skip


def _expired(system: System, rng: np.random.Generator) -> Story:
    own = _any(system, rng)
    caller = next(a for a, b in system.calls if b == own.service)
    text = f"TLS error towards {own.service}: certificate has expired (depth {{n}})"
    report = {"kind": "certificate", "service": own.service, "title": f"certificate of {own.service} expires"}
    return Story(own.service, "errors", ((caller, "ERROR", text),), told=((0.0, report),), code=own)


def _hardware(system: System, rng: np.random.Generator) -> Story:
    own = _any(system, rng)
    base = system.base_of(own.service)
    lines = (
        (base, "ERROR", "blk_update_request: I/O error, dev nvme1n1, sector {n}"),
        (own.service, "ERROR", f"{base}: cannot write {own.topic.thing}, read-only file system ({{n}})"),
    )
    return Story(own.service, "errors", lines, code=own)


def _unexplained(system: System, rng: np.random.Generator) -> Story:
    """A rare input meets an old bug: nothing was changed, and nothing outside failed."""
    own = _any(system, rng)
    lines = ((own.service, "ERROR", own.failing(int(rng.integers(2)))),)
    return Story(own.service, "errors", lines, code=own)


CHANGED: Final[Mapping[str, Callable[[System, np.random.Generator], Story]]] = {
    "code": _code, "queries": _queries, "setting": _setting, "pool": _pool, "flag": _flag, "leak": _leak,
    "migration": _migration, "restart": _restart, "dependency": _bump, "certificate rotated": _rotation,
    "firewall": _firewall, "scaled down": _scale, "service nobody measures": _unseen, "campaign": _campaign,
}  # fmt: skip
"""Incidents that a change did."""

UNCHANGED: Final[Mapping[str, Callable[[System, np.random.Generator], Story]]] = {
    "traffic surge": _surge, "provider fails": _provider_lines, "provider reports": _provider_reports,
    "certificate expired": _expired, "hardware": _hardware, "old bug": _unexplained,
}  # fmt: skip
"""Incidents that no change did."""
