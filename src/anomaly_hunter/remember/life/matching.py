"""Which incidents a silence means, and when it holds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import numpy as np

from anomaly_hunter.errors import UsageError
from anomaly_hunter.remember.plain import text
from anomaly_hunter.remember.records import Matcher, Silence

PERIODS: Final[Mapping[str, np.timedelta64]] = {
    "daily": np.timedelta64(24 * 3600, "s"),
    "weekly": np.timedelta64(7 * 24 * 3600, "s"),
}
MOST_GLOB: Final = 200
MOST_LABELS: Final = 20


def matches(
    matcher: Matcher, *, subject: str, dataset: str, labels: Mapping[str, Any], severity: float
) -> bool:
    """Whether an incident is meant.

    >>> matches(Matcher("cpu *"), subject="CPU of [db]", dataset="a.csv", labels={}, severity=5.0)
    True
    """
    return (
        matcher.least_severity <= severity <= matcher.most_severity
        and _fits(matcher.subject, subject)
        and _fits(matcher.dataset, dataset)
        and all(name in labels and _fits(glob, str(labels[name])) for name, glob in matcher.labels.items())
    )


def holds(silence: Silence, at: np.datetime64) -> bool:
    """Whether it is in force at this time.

    >>> begin, end = np.datetime64("2026-04-01T22"), np.datetime64("2026-04-02T02")
    >>> day = Silence(Matcher(), begin, end, repeat="daily")
    >>> holds(day, np.datetime64("2026-05-09T01")), holds(day, np.datetime64("2026-05-09T03"))
    (True, False)
    """
    if at < silence.begins_at or (silence.ended_at is not None and at >= silence.ended_at):
        return False
    if not silence.repeat:
        return bool(at < silence.ends_at)
    into = (at - silence.begins_at) % PERIODS[silence.repeat]
    return bool(into < silence.ends_at - silence.begins_at)


def checked(silence: Silence) -> Silence:
    """The silence as it can be kept; UsageError where it makes no sense."""
    if silence.kind not in ("silence", "maintenance"):
        raise UsageError(f"the kind is {silence.kind!r}", "silence or maintenance", "choose one")
    if silence.repeat not in ("", *PERIODS):
        raise UsageError(f"it repeats {silence.repeat!r}", "daily, weekly or not at all", "choose one")
    span = silence.ends_at - silence.begins_at
    if np.isnat(span) or not span > np.timedelta64(0, "s"):
        raise UsageError("it ends before it begins", "a begin and a later end", "change one of them")
    if silence.repeat and span > PERIODS[silence.repeat]:
        raise UsageError(
            f"it repeats {silence.repeat} and is longer than that",
            "a shorter window",
            "shorten it, or repeat less",
        )
    check_matcher(silence.matcher)
    return silence


def check_matcher(matcher: Matcher) -> None:
    """UsageError where it is too long, or its severities are none."""
    globs = [matcher.subject, matcher.dataset, *matcher.labels, *matcher.labels.values()]
    if len(matcher.labels) > MOST_LABELS or any(len(glob) > MOST_GLOB for glob in globs):
        raise UsageError(
            "the matcher is too long",
            f"at most {MOST_LABELS} labels and {MOST_GLOB} characters each",
            "say it with *",
        )
    if not 0 <= matcher.least_severity <= matcher.most_severity <= 10:
        raise UsageError(
            f"severity from {matcher.least_severity} to {matcher.most_severity}", "from 0 to 10", "change it"
        )


def matcher_plain(matcher: Matcher) -> dict[str, Any]:
    """As JSON types."""
    return {
        "subject": text(matcher.subject), "dataset": text(matcher.dataset),
        "labels": {text(name): text(glob) for name, glob in matcher.labels.items()},
        "least_severity": matcher.least_severity, "most_severity": matcher.most_severity,
    }  # fmt: skip


def matcher_of(given: Mapping[str, Any]) -> Matcher:
    """From JSON types; what is not there means everything."""
    return Matcher(**{name: given[name] for name in Matcher.__dataclass_fields__ if name in given})


def _fits(glob: str, value: str) -> bool:
    return glob in ("", "*") or _parts(glob.casefold()).fullmatch(value.casefold()) is not None


@lru_cache(1024)
def _parts(glob: str) -> re.Pattern[str]:
    """``*`` takes as little as it can and never gives back: no glob is slow on any text."""
    first, *rest = (re.escape(part).replace(r"\?", ".") for part in re.sub(r"\*+", "*", glob).split("*"))
    if not rest:
        return re.compile(first, re.DOTALL)
    middle = "".join(f"(?>.*?{part})" for part in rest[:-1])
    return re.compile(f"{first}{middle}.*{rest[-1]}", re.DOTALL)
