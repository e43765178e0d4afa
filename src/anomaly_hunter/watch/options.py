"""What a user may set about a watch: where it looks, how often, how far back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from anomaly_hunter.errors import UsageError
from anomaly_hunter.model.secret import PASSWORDS, VARIABLE, without_password

_DURATION: Final = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d|w)")
_SECONDS: Final = {"ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0, "w": 604_800.0}
LEAST_S: Final = 1.0
MOST_S: Final = 400 * 86_400.0


def seconds_of(text: str) -> float:
    """A length of time as Prometheus writes it.

    Raises
    ------
    UsageError
        It is none.

    >>> seconds_of("5m"), seconds_of("1h30m"), seconds_of("14d")
    (300.0, 5400.0, 1209600.0)
    """
    parts = _DURATION.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise UsageError(f"{text[:40]!r} is no length of time", "30s, 5m, 1h30m, 14d", "change it")
    return sum(float(number) * _SECONDS[unit] for number, unit in parts)


def _check_secret(url: str, what: str) -> None:
    """A secret stands in a file or a store only as the name of a variable."""
    for pattern in PASSWORDS:
        found = pattern.search(url)
        if found and found["secret"] and VARIABLE.fullmatch(found["secret"]) is None:
            raise UsageError(
                f"{what} holds a password", "${NAME} in its place, and the variable NAME set",
                "take the password out, it should not stand in a file",
            )  # fmt: skip


@dataclass(frozen=True, slots=True)
class SqlOptions:
    """A query that a database answers.

    Attributes
    ----------
    url:
        sqlite:///FILE, duckdb:///FILE or postgresql://USER:${PASSWORD}@HOST/NAME.
    query:
        One SELECT; ``:begin`` and ``:end`` in it are the first moment to read and the first after it.
    """

    url: str = ""
    query: str = ""

    def __post_init__(self) -> None:
        if not self.url.startswith(("sqlite:", "duckdb:", "postgresql:", "postgres:")):
            raise UsageError(
                f"sql.url is {without_password(self.url)!r}",
                "sqlite:///FILE, duckdb:///FILE or postgresql://USER@HOST/NAME",
                "change it",
            )
        if not self.query.strip():
            raise UsageError("sql.query is empty", "one SELECT", "write it")
        _check_secret(self.url, "sql.url")


@dataclass(frozen=True, slots=True)
class PrometheusOptions:
    """An expression that Prometheus evaluates over time (query_range).

    Attributes
    ----------
    url:
        http(s)://HOST:PORT, with the path in front of /api/v1 where there is one.
    query:
        An expression of PromQL.
    step:
        The time between two points.
    token:
        Sent as "Authorization: Bearer"; ${NAME}.
    """

    url: str = ""
    query: str = ""
    step: str = "1m"
    token: str = ""

    def __post_init__(self) -> None:
        if not self.url.startswith(("http://", "https://")):
            raise UsageError(
                f"prometheus.url is {without_password(self.url)!r}", "http://HOST:9090", "change it"
            )
        if not self.query.strip():
            raise UsageError("prometheus.query is empty", "an expression of PromQL", "write it")
        if seconds_of(self.step) < LEAST_S:
            raise UsageError(f"prometheus.step is {self.step!r}", "1s or more", "change it")
        _check_secret(self.url, "prometheus.url")
        if self.token and VARIABLE.fullmatch(self.token) is None:
            raise UsageError(
                "prometheus.token holds a token", "${NAME}, and the variable NAME set",
                "take the token out, it should not stand in a file",
            )  # fmt: skip


@dataclass(frozen=True, slots=True)
class WatchOptions:
    """What is looked at again and again. Exactly one of ``files``, ``sql`` and ``prometheus`` is given.

    Attributes
    ----------
    files:
        Paths, folders or patterns, from the folder of the settings file.
    sql:
        A query that a database answers.
    prometheus:
        An expression that Prometheus evaluates.
    every:
        The time from one look to the next.
    history:
        How far back each look reads: what is normal is learned from it.
    delay:
        How long data take to be complete; a look ends that much before now.
    read:
        Settings of the section ``read`` for this watch alone.
    detect:
        Settings of the section ``detect`` for this watch alone.
    events:
        A file of what changed (deploys, settings); markers that were told to the server count as well.
    graph:
        A file of who calls whom.
    enabled:
        False: it pauses.
    """

    files: tuple[str, ...] = ()
    sql: SqlOptions | None = None
    prometheus: PrometheusOptions | None = None
    every: str = "5m"
    history: str = "14d"
    delay: str = "1m"
    read: Mapping[str, Any] = field(default_factory=dict)
    detect: Mapping[str, Any] = field(default_factory=dict)
    events: str = ""
    graph: str = ""
    enabled: bool = True

    def __post_init__(self) -> None:
        for name, least in (("every", LEAST_S), ("history", LEAST_S), ("delay", 0.0)):
            given = getattr(self, name)
            if not least <= seconds_of(given) <= MOST_S:
                raise UsageError(f"{name} is {given!r}", f"{least:g}s to {MOST_S / 86_400:g}d", "change it")

    def check(self) -> WatchOptions:
        """Itself, where it looks at exactly one thing and further back than one interval."""
        given = [name for name in ("files", "sql", "prometheus") if getattr(self, name)]
        if len(given) != 1:
            raise UsageError(
                f"it looks at {' and '.join(given) or 'nothing'}", "one of files, sql and prometheus",
                "name one; a second one is another watch",
            )  # fmt: skip
        if seconds_of(self.history) < seconds_of(self.every):
            raise UsageError(
                f"it looks back {self.history} every {self.every}", "a history of one interval or more",
                "raise history",
            )  # fmt: skip
        return self

    @property
    def looks_at(self) -> str:
        """What it looks at, for people: never with a password."""
        if self.sql is not None:
            return f"{without_password(self.sql.url)}: {self.sql.query}"
        if self.prometheus is not None:
            return f"{without_password(self.prometheus.url)}: {self.prometheus.query}"
        return ", ".join(self.files)
