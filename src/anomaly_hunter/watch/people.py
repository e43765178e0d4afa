"""What a watch may do that people made over the API or on a page: less than one of the settings file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from anomaly_hunter.errors import UsageError
from anomaly_hunter.read.addresses import check_named
from anomaly_hunter.read.paths import MOST_FILES
from anomaly_hunter.watch.options import WatchOptions

VARIABLES: Final = "WATCH_"
"""People can name variables that begin so, and no others: the server's own keys are not theirs to send."""
_NAMED: Final = re.compile(r"\$\{([^}:]*)")
_FILE_URL: Final = re.compile(r"^((?:sqlite|duckdb):///)(.*)$")
_SHOWN: Final = 80
_SERVER: Final = "postgresql://USER:${WATCH_PASSWORD}@HOST/NAME"
_SAID: Final = {"sslmode", "application_name"}


@dataclass(frozen=True, slots=True)
class Allowed:
    """The folders whose files people's watches may read, at their real places.

    ``closed`` is the memory itself: what other organisations keep is nobody's data.
    """

    roots: tuple[Path, ...]
    closed: str = ""

    @classmethod
    def of(cls, folders: Sequence[str], memory: str = "") -> Allowed:
        """These folders; none: where the program was started. ``memory`` is a path or a URL."""
        closed = str(Path(memory).resolve()) if memory and "://" not in memory else ""
        return cls(tuple(Path(folder).resolve() for folder in folders or (".",)), closed)

    def check(self, watch: WatchOptions) -> None:
        """Whether people may have it.

        Raises
        ------
        UsageError
            A file lies outside, a variable is not theirs, an address is nobody's, or an option is the
            server's own.
        """
        around = [path for path in (watch.events, watch.graph) if path]
        for asked in (*watch.files, *around):
            self.files(asked)
        for section, own in ((watch.read, "max_series"), (watch.detect, "")):
            if own in section:
                raise UsageError(f"{own} is set", "what the server sets", "leave it out")
        if watch.sql is not None:
            check_variables(watch.sql.url)
            self.url(watch.sql.url)
        if watch.prometheus is not None:
            check_variables(watch.prometheus.url, watch.prometheus.token)
            check_named(watch.prometheus.url)

    def files(self, asked: str) -> list[str]:
        """The files behind a path or pattern, each at its real place below a folder that may be read.

        Raises
        ------
        UsageError
            It leads out, is hidden, or there is none. Whether something exists outside is never told.
        """
        if not asked.isprintable() or not asked or ".." in Path(asked).parts or asked.startswith("~"):
            raise UsageError(
                f"{asked[:_SHOWN]!r} leads up or home", "a path below the folders", "write it so"
            )
        found: dict[str, None] = {}
        for root in self.roots:
            for place in _matching(root, Path(asked)):
                if self._holds(place):
                    found[str(place.resolve())] = None
                if len(found) > MOST_FILES:
                    raise UsageError(f"more than {MOST_FILES:,} files", "fewer", "watch them in parts")
        if not found:
            raise UsageError(
                f"{asked[:_SHOWN]!r} is no file below the folders that may be read",
                "a file, a folder or a pattern below them",
                "check the path; who runs the server can allow more with serve.folders",
            )
        return list(found)

    def url(self, url: str) -> str:
        """The address of a database; one in a file at its real place below a folder that may be read.

        One of PostgreSQL names a host and has a password of its own: without them the driver takes the
        server's socket and passwords, and the memory itself, with what other organisations keep, lies open.
        """
        found = _FILE_URL.match(url)
        if found is None:
            if url.startswith(("sqlite", "duckdb")):
                raise UsageError(f"sql.url is {url[:_SHOWN]!r}", "sqlite:///FILE", "name a file")
            _check_server(url)
            return url
        return found[1] + self.files(found[2].partition("?")[0])[0]

    def _holds(self, place: Path) -> bool:
        try:
            real = place.resolve()
            if not real.is_file() and not real.is_dir():
                return False
            if self.closed and str(real).startswith(self.closed):  # with its -wal and -shm
                return False
        except (OSError, RuntimeError):  # links in a circle, a name that is too long
            return False
        return any(
            real.is_relative_to(root) and not any(p.startswith(".") for p in real.relative_to(root).parts)
            for root in self.roots
        )


def _check_server(url: str) -> None:
    try:
        parts = urlsplit(url)
        host, named = parts.hostname or "", {name for name, _ in parse_qsl(parts.query, True)}
    except ValueError:
        host, named = "", set()
    if not host or not host.isprintable() or not set(host).isdisjoint("/%@,"):
        raise UsageError("sql.url names no host, or several", _SERVER, "name the one host of the data")
    if not parts.password:
        raise UsageError(
            "sql.url has no password", _SERVER, "give the reader one; the server's own are not used"
        )
    if unknown := sorted(named - _SAID):
        raise UsageError(f"sql.url says {unknown[0][:_SHOWN]}", " and ".join(sorted(_SAID)), "leave it out")


def _matching(root: Path, asked: Path) -> list[Path]:
    if asked.is_absolute():
        if not asked.is_relative_to(root):
            return []
        asked = asked.relative_to(root)
    if not asked.parts:
        return [root]
    try:
        return sorted(root.glob(str(asked)))
    except (OSError, ValueError, RuntimeError):  # ** inside a word, links in a circle
        return []


def check_variables(*texts: str) -> None:
    """Only variables that are meant for people's watches."""
    for name in (name for text in texts for name in _NAMED.findall(text)):
        if not name.startswith(VARIABLES):
            raise UsageError(
                f"the variable {name[:_SHOWN]}", f"one whose name begins with {VARIABLES}",
                f"ask who runs the server to set {VARIABLES}{name[:_SHOWN]}",
            )  # fmt: skip


def own_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that people's watches can name."""
    return {name: value for name, value in environment.items() if name.startswith(VARIABLES)}
