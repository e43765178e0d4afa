"""One log line to time, level, service and message: text with a leading time, or JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from anomaly_hunter.read.columns import cell_text

_TIME: Final = (
    "timestamp",
    "time",
    "ts",
    "@timestamp",
    "datetime",
    "date",
    "t",
    "eventtime",
    "time_unix_nano",
)
_MESSAGE: Final = ("message", "msg", "body", "log", "event", "text", "@message", "line")
_LEVEL: Final = (
    "level",
    "severity",
    "severity_text",
    "lvl",
    "loglevel",
    "log.level",
    "levelname",
    "severitytext",
)
_SERVICE: Final = ("service", "service.name", "service_name", "app", "application", "component", "container",
                   "pod", "host", "logger")  # fmt: skip
_MORE: Final = ("error", "err", "exception", "error.message", "exception.message", "reason", "cause")
LONGEST_LINE: Final = 4_000

_LEADING: Final = re.compile(
    r"\s*(?:<\d{1,3}>\d? ?)?[\[(\"']?"
    r"(?P<day>\d{4}[-/]\d\d[-/]\d\d)[T _](?P<clock>\d\d:\d\d:\d\d)(?:[.,]\d{1,9})?"
    r"\s?(?P<zone>Z|UTC|GMT|[+-]\d\d:?\d\d)?[\])\"']?[\s:|,;-]*"
)
_ACCESS: Final = re.compile(
    r"[^\[\n]{0,200}\[(?P<day>\d\d/[A-Z][a-z]{2}/\d{4}):(?P<clock>\d\d:\d\d:\d\d)"
    r" ?(?P<zone>[+-]\d{4})?\]\s*"
)
_EPOCH: Final = re.compile(r"\s*\[?(?P<seconds>\d{10})(?:\d{3}|\d{6}|\d{9}|\.\d+)?\]?[\s:|,;-]+")
_NUMBER: Final = re.compile(r"\d{10,19}(?:\.\d*)?")
_WORD: Final = re.compile(
    r"[\[<(]?\b(TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|ERR|CRITICAL|CRIT|FATAL|SEVERE|PANIC|ALERT|EMERG)\b[\])>]?:?\s*",
    re.IGNORECASE,
)
_MONTHS: Final = {m: f"{i:02}" for i, m in enumerate(
    ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), 1)}  # fmt: skip


class Line(NamedTuple):
    """``stamp`` is the time as text to the second ("" = none)."""

    stamp: str
    level: str
    service: str
    message: str


def read_line(text: str) -> Line:
    """A line of a log, whatever it looks like.

    >>> read_line("2026-03-01 10:00:00,123 ERROR pool exhausted")
    Line(stamp='2026-03-01T10:00:00', level='ERROR', service='', message='pool exhausted')
    >>> read_line('{"ts": "2026-03-01T10:00:00Z", "level": "warn", "service": "api", "msg": "slow"}')
    Line(stamp='2026-03-01T10:00:00Z', level='WARN', service='api', message='slow')
    """
    if text[:1] == "{":
        try:
            record = json.loads(text)
        except (ValueError, RecursionError):
            record = None
        if isinstance(record, dict):
            return read_record(record)
    return _read_text(text[:LONGEST_LINE])


def _read_text(text: str) -> Line:
    found = _LEADING.match(text)
    if found is not None:
        stamp = f"{found['day'].replace('/', '-')}T{found['clock']}{_zone(found['zone'])}"
        return _leveled(stamp, text[found.end() :])
    found = _EPOCH.match(text)
    if found is not None:
        return _leveled(found["seconds"], text[found.end() :])
    found = _ACCESS.match(text)
    if found is not None and found["day"][3:6] in _MONTHS:
        day, month, year = found["day"].split("/")
        stamp = f"{year}-{_MONTHS[month]}-{day}T{found['clock']}{_zone(found['zone'])}"
        return _leveled(stamp, text[found.end() :])
    return Line("", "", "", text)


def _zone(text: str | None) -> str:
    if not text:
        return ""
    return "Z" if text in ("Z", "UTC", "GMT") else text


def _leveled(stamp: str, rest: str) -> Line:
    found = _WORD.search(rest, 0, 60)
    if found is None:
        return Line(stamp, "", "", rest)
    return Line(stamp, found[1].upper(), "", (rest[: found.start()] + rest[found.end() :]).strip())


def read_record(record: Mapping[str, Any]) -> Line:
    """A line that came as fields; errors in fields of their own are added to the message."""
    fields = {str(key).lower(): value for key, value in record.items()}
    message = _field(fields, _MESSAGE)
    more = [_field(fields, (key,)) for key in _MORE]
    message = " ".join((message, *(text for text in more if text and text not in message))).strip()
    stamp = _field(fields, _TIME)
    if _NUMBER.fullmatch(stamp):
        stamp = stamp[:10]
    elif stamp:
        found = _LEADING.match(stamp)
        stamp = f"{found['day'].replace('/', '-')}T{found['clock']}{_zone(found['zone'])}" if found else stamp
    return Line(stamp, _field(fields, _LEVEL).upper(), _field(fields, _SERVICE), message[:LONGEST_LINE])


def _field(fields: Mapping[str, Any], names: tuple[str, ...]) -> str:
    for name in names:
        value = fields.get(name)
        if value is not None and value != "":
            return _text(value)
    return ""


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return " ".join(str(v) for v in value.values() if isinstance(v, str))
    return " ".join(cell_text(value).split())
