"""`--sink file:PATH`: append each incident to a file, one JSON line (as in `-o jsonl`)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import ClassVar

from anomaly_hunter.errors import DataError, UsageError
from anomaly_hunter.model import Incident
from anomaly_hunter.tell.document import dump, incident_line


class File:
    """Appends to one file, which is made when it is not there.

    A line is written by one call on a file opened for appending, so several processes can share
    the file, and is forced to disk before :meth:`send` returns. Should the disk take only a
    part, that part is cut off again.

    Raises
    ------
    UsageError
        No path is given.
    """

    name: ClassVar[str] = "file"

    def __init__(self, target: str) -> None:
        if not target.strip():
            raise UsageError(
                "the sink `file` has no path", "`file:PATH`", "name the file, as in `file:incidents.jsonl`"
            )
        self.path = Path(target).expanduser()

    def send(self, incident: Incident) -> None:
        """Append one line, whole or not at all; DataError when it was not."""
        line = (dump(incident_line(incident)) + "\n").encode("utf-8")
        try:
            _append(self.path, line)
        except (OSError, ValueError) as error:  # ValueError: a NUL byte in the name
            reason = getattr(error, "strerror", None) or str(error)
            raise DataError(
                f"incident {incident.id} was not appended to `{self.path}` ({reason})",
                "a file in a writable folder with room",
                "make the folder, free some room, or name another file",
            ) from error


def _append(path: Path, line: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    try:
        written = os.write(handle, line)
        if written != len(line):
            end = os.lseek(handle, 0, os.SEEK_CUR)
            os.ftruncate(handle, end - written)
            raise OSError(None, f"only {written} of {len(line)} bytes fitted")
        os.fsync(handle)
    finally:
        os.close(handle)
