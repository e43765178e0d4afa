"""Write a file whole, or leave what was there."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from anomaly_hunter.errors import DataError


def write_whole(path: str | Path, text: str) -> None:
    """Write ``text`` as UTF-8 to ``path``: all of it, or nothing.

    The text goes to a new file in the same folder, is forced to disk and then takes the name.
    Whoever reads ``path`` sees the old file or the new one, never a part. A file that is
    replaced keeps its permissions; a new one gets those of the umask. A link is followed; what
    is not a plain file (``/dev/stdout``, a pipe) is written to directly.

    Raises
    ------
    DataError
        The folder is not there, not writable, or the disk is full; nothing is left behind.
    """
    target = Path(path)
    content = text.encode("utf-8", "replace")
    try:
        if target.exists() and not target.is_file() and not target.is_dir():
            target.write_bytes(content)
        else:
            _replace(target.resolve(), content)
    except (OSError, ValueError, RuntimeError) as error:  # a NUL byte in the name; links in a circle
        reason = getattr(error, "strerror", None) or str(error)
        raise DataError(
            f"`{path}` cannot be written ({reason})",
            "a folder that exists, is writable and has room",
            "make the folder, or name another file",
        ) from error


def _replace(target: Path, content: bytes) -> None:
    if target.is_dir():
        raise IsADirectoryError(None, "it is a folder")
    handle, name = tempfile.mkstemp(prefix=f".{target.name[:64]}.", suffix=".part", dir=target.parent)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.chmod(_mode(target))
        part.replace(target)
    except BaseException:  # also when it is interrupted: nothing half-written stays
        part.unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


def _mode(target: Path) -> int:
    if target.exists():
        return target.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _sync_folder(folder: Path) -> None:
    """Force the new name to disk, where a folder can be opened (not on Windows)."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
