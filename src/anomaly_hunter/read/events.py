"""Change events: deploys, flags, commits, settings, incidents, holidays."""

from __future__ import annotations

import json
import reprlib
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, Final

import numpy as np

from anomaly_hunter.errors import DataError
from anomaly_hunter.model import Event
from anomaly_hunter.read.columns import cell_text, from_cells, text_array
from anomaly_hunter.read.json_text import parse
from anomaly_hunter.read.numbers import looks_number, read_numbers
from anomaly_hunter.read.paths import expand
from anomaly_hunter.read.times import Times, read_epoch, read_times

_TIME: Final = (
    "time", "timestamp", "ts", "date", "datetime", "at", "when", "started_at", "start", "start_time",
    "begin", "deployed_at", "created_at", "committed_at", "merged_at", "changed_at", "occurred_at", "ds",
)  # fmt: skip
_KIND: Final = ("kind", "type", "event_type", "category")
_TITLE: Final = ("title", "message", "name", "summary", "description", "event", "holiday", "text", "detail")
_SERVICE: Final = ("service", "component", "app", "application", "service_name", "system", "target")
_LISTS: Final = (
    "events", "deploys", "deployments", "flags", "commits", "incidents", "changes", "items", "data",
    "results", "holidays",
)  # fmt: skip
_KINDS: Final = {
    "deploys": "deploy", "deployments": "deploy", "flags": "flag", "commits": "commit",
    "incidents": "incident", "feed": "status", "status": "status", "certificates": "certificate",
    "holidays": "holiday", "configs": "config", "releases": "release", "alerts": "alert",
}  # fmt: skip


def read_events(given: object, tz: str = "") -> tuple[Event, ...]:
    """Events in order of time, from files or from what is in memory.

    ``given`` is a path, folder or pattern (CSV, JSON, JSON lines), a list of them, a dictionary
    or a list of dictionaries or of :class:`Event`. An entry needs a time (``time``,
    ``timestamp``, ``date``, ``started_at``, ``deployed_at`` ...); ``kind`` falls back to the file's
    name (deploys.json holds deploys), the title to the version or flag and the service. All other
    fields become labels. Times without a zone are local times of ``tz`` (UTC when empty).

    Raises
    ------
    DataError
        An entry has no time that can be read, or no title; it is named.

    >>> given = [{"time": "2026-03-01T10:00:00Z", "type": "deploy", "service": "api", "version": "v2"}]
    >>> e = read_events(given)[0]
    >>> e.kind, e.title, e.service
    ('deploy', 'api v2', 'api')
    """
    found: list[Event] = []
    for records, where, kind in _sources(given):
        ready = [one for one in records if isinstance(one, Event)]
        raw = [one for one in records if not isinstance(one, Event)]
        found += [*ready, *_from_records(raw, where, kind, tz)]
    return tuple(sorted(found, key=lambda event: (event.time, event.kind, event.title, event.service)))


def _sources(given: object) -> list[tuple[Sequence[Any], str, str]]:
    """Lists of entries, each with the words for messages and the kind that its file is named for."""
    if isinstance(given, str | PathLike):
        return [_from_file(path) for path in expand(given)]
    if isinstance(given, Event):
        return [([given], "the events", "")]
    if isinstance(given, Mapping):
        return [(_entries(given, "the events"), "the events", "")]
    if isinstance(given, list | tuple):
        paths = [one for one in given if isinstance(one, str | PathLike)]
        rest = [one for one in given if not isinstance(one, str | PathLike)]
        return [_from_file(path) for path in expand(paths)] + ([(rest, "the events", "")] if rest else [])
    raise DataError(
        f"events came as a {type(given).__name__}",
        "a path, or a list of dictionaries or Events",
        "convert them",
    )


def _from_file(path: Path) -> tuple[Sequence[Any], str, str]:
    from anomaly_hunter.read.one_file import read_file, stem, text_of

    kind = _kind_of(stem(path))
    if any(suffix.lower() in (".json", ".jsonl", ".ndjson") for suffix in path.suffixes):
        return _entries(_parse(text_of(path), path.name), path.name), path.name, kind
    columns = read_file(path)
    texts = [raw.values if raw.is_text else text_array(map(cell_text, raw.values)) for raw in columns.columns]
    rows = [dict(zip(columns.names, cells, strict=True)) for cells in zip(*texts, strict=True)]
    return rows, path.name, kind


def _parse(text: str, shown: str) -> Any:
    try:
        return parse(text, shown)
    except json.JSONDecodeError as whole:
        try:
            return [parse(line, shown) for line in text.split("\n") if line.strip()]
        except json.JSONDecodeError:
            raise DataError(
                f"{shown} is not JSON: {whole.msg} in line {whole.lineno}",
                "an array of events, or one per line",
                "correct that place",
            ) from whole  # fmt: skip


def _kind_of(name: str) -> str:
    """deploys -> deploy, feature_flags -> flag: what a file's name says its entries are."""
    word = name.lower().replace("-", "_").split("_")[-1]
    return _KINDS.get(word, word if word in _KINDS.values() else "")


def _entries(data: Any, where: str) -> Sequence[Any]:
    if isinstance(data, list):
        return data
    if isinstance(data, Mapping):
        inner = [data[key] for key in _LISTS if isinstance(data.get(key), list)]
        if inner:
            return [entry for entries in inner for entry in entries]
        if any(key in data for key in _TIME):
            return [data]
    raise DataError(
        f"{where} holds no list of events", "a list of objects with a time", "wrap them in a list"
    )


def _from_records(records: Sequence[Any], where: str, kind: str, tz: str) -> list[Event]:
    keys = [_time_key(record, position, where) for position, record in enumerate(records, 1)]
    cells = [record[key] for record, key in zip(records, keys, strict=True)]
    times = _times_of([cell_text(cell) for cell in cells], tz, where)
    whole = zip(records, keys, times, strict=True)
    return [
        _event({k: v for k, v in record.items() if k != key}, time, kind, f"entry {position} of {where}")
        for position, (record, key, time) in enumerate(whole, 1)
    ]


def _time_key(record: Any, position: int, where: str) -> str:
    if not isinstance(record, Mapping):
        raise DataError(
            f"entry {position} of {where} is {reprlib.repr(record)[:40]!r}",
            "an object with a time",
            "correct it",
        )
    lowered = {str(key).lower(): str(key) for key in record if record[key] not in (None, "")}
    key = next((lowered[name] for name in _TIME if name in lowered), "")
    if not key:
        shown = ", ".join(map(str, list(record)[:6]))
        raise DataError(
            f"entry {position} of {where} has no time (fields: {shown})",
            f"one of {', '.join(_TIME[:8])}, ...",
            "add the time when it happened",
        )  # fmt: skip
    return key


def _times_of(cells: list[str], tz: str, where: str) -> list[np.datetime64]:
    """Every time, all of one notation or each in its own."""
    together = _read(cells, tz)
    if together is not None and not together.bad.any() and not together.doubtful:
        return list(together.values)
    result = []
    for position, cell in enumerate(cells, 1):
        alone = _read([cell], tz)
        if alone is None or alone.bad.any() or np.isnat(alone.values[0]) or alone.doubtful:
            raise DataError(
                f"the time of entry {position} of {where} is {cell[:40]!r}",
                "ISO-8601 (2026-03-01T12:00:00Z) or seconds since 1970, in the years 1678 to 2261",
                "rewrite it",
            )  # fmt: skip
        result.append(alone.values[0])
    return result


def _read(cells: list[str], tz: str) -> Times | None:
    array = text_array(cells)
    if cells and all(map(looks_number, cells)):
        numbers = read_numbers(array)
        whole = from_cells([int(cell) for cell in cells]) if all(c.isdigit() for c in cells) else None
        exact = (
            np.array([int(c) for c in cells], np.int64)
            if whole is not None and whole.dtype == object and max(map(int, cells)) < 2**63
            else None
        )
        return read_epoch(numbers.values, exact, anyhow=True)
    return read_times(array, tz)


def _event(record: Mapping[str, Any], time: np.datetime64, kind: str, where: str) -> Event:
    fields = {str(key): cell_text(value) for key, value in record.items()}
    service = _take(fields, _SERVICE)
    own_kind = _take(fields, _KIND) or kind or "change"
    title = _take(fields, _TITLE) or _made_title(fields, service)
    if not title:
        raise DataError(
            f"{where} has no title", f"one of {', '.join(_TITLE[:5])}, version, flag", "say what changed"
        )
    first, _, body = title.strip().partition("\n")
    if body.strip():
        fields = {"body": body.strip()} | fields
    return Event(time, own_kind, first.strip(), service, {k: v for k, v in fields.items() if v})


def _take(fields: dict[str, str], names: Sequence[str]) -> str:
    """The first filled field of these names, which is then no label."""
    lowered = {key.lower(): key for key in fields if fields[key]}
    key = next((lowered[name] for name in names if name in lowered), "")
    return fields.pop(key) if key else ""


def _made_title(fields: Mapping[str, str], service: str) -> str:
    """``api v2`` for a deploy, ``new_cart off->on`` for a flag; fields stay labels too."""
    lowered = {key.lower(): value for key, value in fields.items()}
    flag = lowered.get("flag") or lowered.get("key") or lowered.get("setting") or ""
    if flag:
        return f"{flag} {lowered.get('change', '')}".strip()
    version = lowered.get("version") or lowered.get("tag") or ""
    version = version or (lowered.get("commit_sha") or lowered.get("sha") or "")[:8]
    return f"{service} {version}".strip() if version else ""
