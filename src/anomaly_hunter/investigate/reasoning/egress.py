"""What left this machine: when, to whom, and which words. Written before anything leaves."""

from __future__ import annotations

import errno
import json
import os
import stat
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final, Protocol

from anomaly_hunter.errors import DataError, UsageError

_FLAGS: Final = (
    os.O_WRONLY | os.O_APPEND | os.O_CREAT
    | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Departure:
    """One request on its way out.

    ``at`` is ISO-8601 in UTC; ``to`` the host or provider; ``body`` the text as it leaves, masked;
    ``masked`` counts the distinct values that were replaced so far, by kind.
    """

    at: str
    to: str
    model: str
    role: str
    incident: str
    body: str
    masked: Mapping[str, int] = field(default_factory=dict)


class EgressLog(Protocol):
    """Hears of everything before it leaves."""

    def left(self, departure: Departure) -> None:
        """Write it down; when this raises, nothing may leave."""
        ...


class NoEgressLog:
    """For those who want none."""

    def left(self, departure: Departure) -> None:
        """Nothing is written."""


@dataclass(frozen=True, slots=True)
class EgressFile:
    """A file of JSON lines, for its owner alone; several programs may write to it at once.

    A line is written whole, by one call, at the end of the file. A file that others may write, a link
    or a device is refused: who can change the log could hide in it what left.

    Raises
    ------
    UsageError
        The path is no file of ours to write, or its folder is missing.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     log = EgressFile(Path(folder) / "left.jsonl")
    ...     log.left(Departure("2026-11-21T08:00:00Z", "api.openai.com", "m", "root_cause", "4609", "hi"))
    ...     json.loads(log.path.read_text())["to"], oct(log.path.stat().st_mode & 0o777)
    ('api.openai.com', '0o600')
    """

    path: Path

    def __post_init__(self) -> None:
        object.__setattr__(self, "path", Path(self.path))
        os.close(self._opened())  # said before the first word is asked for, not in the middle

    def left(self, departure: Departure) -> None:
        """Append one line.

        Raises
        ------
        DataError
            It could not be written whole.
        """
        line = json.dumps(asdict(departure), ensure_ascii=True) + "\n"
        handle = self._opened()
        try:
            _write_line(handle, line.encode("ascii"), self.path)
        finally:
            os.close(handle)

    def _opened(self) -> int:
        try:
            handle = os.open(self.path, _FLAGS, 0o600)
        except OSError as error:
            raise _refused(self.path, error) from error
        except ValueError as error:
            raise UsageError(
                f"the egress log {str(self.path)!r} is no path ({error})",
                "a file of your own",
                "choose another",
            ) from error
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode) or (os.name == "posix" and found.st_mode & 0o022):
            os.close(handle)
            what = "can be written by others" if stat.S_ISREG(found.st_mode) else "is no file"
            raise UsageError(
                f"the egress log `{self.path}` {what}", "a file of your own", "choose another, or chmod 600"
            )
        return handle


def egress_log(path: str) -> EgressLog:
    """The log at this path; none for "".

    >>> type(egress_log("")).__name__
    'NoEgressLog'
    """
    return EgressFile(Path(path)) if path else NoEgressLog()


def _write_line(handle: int, line: bytes, path: Path) -> None:
    lock = _locked(handle)
    try:
        written = os.write(handle, line)
        if written != len(line):  # a full disk: half a line must not stand before the next one
            if lock:
                os.ftruncate(handle, os.fstat(handle).st_size - written)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    except OSError as error:
        raise DataError(
            f"the egress log `{path}` could not be written ({error.strerror}), so nothing was sent",
            "room and rights to write",
            "make room, or choose another file for egress_log",
        ) from error


def _locked(handle: int) -> bool:
    """Hold other writers off while this file is open, where the system knows how."""
    try:
        import fcntl
    except ImportError:
        return False
    fcntl.flock(handle, fcntl.LOCK_EX)
    return True


def _refused(path: Path, error: OSError) -> UsageError:
    if error.errno == errno.ELOOP:
        why, cure = "is a link", "name the file itself"
    elif error.errno == errno.ENOENT:
        why, cure = "lies in a folder that does not exist", f"make `{path.parent}` first"
    else:
        why, cure = f"cannot be opened ({error.strerror})", "choose another file for egress_log"
    return UsageError(f"the egress log `{path}` {why}", "a file that can be appended to", cure)
