"""Files that came with a request: written down under names that are safe, read, and gone."""

from __future__ import annotations

import errno
import os
import resource
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, get_args

from anomaly_hunter.config import Settings
from anomaly_hunter.errors import DataError, UsageError
from anomaly_hunter.model import Dataset
from anomaly_hunter.read.unpack import LargerError, Room, within
from anomaly_hunter.reading import Around, read_all
from anomaly_hunter.serve.pool.refused import RefusedError, within_the_disk

Role: TypeAlias = Literal["files", "events", "graph", "logs"]
ROLES: Final[tuple[str, ...]] = get_args(Role)

_LONGEST: Final = 200
_PARTS: Final = "/\\:*?[]"
_ARCHIVES: Final = {b"PK\x03\x04": "zip", b"7z\xbc\xaf": "7z", b"Rar!": "rar", b"PK\x05\x06": "zip"}
_PACKED_COUNTS: Final = 10
_LINES: Final = 4
"""Lines of a file for each value that a hunt may have: JSON that is printed nicely has brackets too."""


def checked_name(name: str) -> str:
    """The name of an uploaded file.

    Raises
    ------
    UsageError
        It would lead somewhere else, or cannot be a file's name.

    >>> checked_name("cpu.csv")
    'cpu.csv'
    """
    odd = name.startswith((".", "-", "~")) or not name.isprintable() or not set(name).isdisjoint(_PARTS)
    if odd or not name or len(name.encode("utf-8", "replace")) > _LONGEST:
        raise UsageError(
            f"the file name {name[:80]!r}", "a plain name such as cpu.csv, without a path", "rename the file"
        )
    return name


def check_content(name: str, head: bytes) -> None:
    """Raise where the first bytes are those of an archive."""
    kind = _ARCHIVES.get(head[:4])
    if kind:
        raise RefusedError(
            415, "Not read", f"{name!r} is a {kind} archive",
            "CSV, JSON, Parquet, or one of them as .gz or .zst", "unpack it and upload the files",
        )  # fmt: skip


def read_uploaded(files: Sequence[Mapping[str, Any]], body: bytes, settings: Settings) -> Dataset:
    """What the files hold, and what is known around them.

    Raises
    ------
    HunterError
        They cannot be read, or unpack to more than ten times the largest request, or to more lines than
        a hunt may have values.
    """
    here = Path.cwd()
    with within_the_disk(), tempfile.TemporaryDirectory(prefix="upload-") as folder:
        names = _written(files, body, Path(folder))
        os.chdir(folder)  # so that messages and ids hold the names alone
        try:
            size, lines = settings.serve.body_bytes * _PACKED_COUNTS, settings.serve.points * _LINES
            with _bounded(size), within(Room(size, lines)):
                around = {role: names[role][0] for role in ROLES[1:] if names[role]}
                data = names["files"]
                return read_all(data[0] if len(data) == 1 else data, Around(**around), settings.read)
        finally:
            os.chdir(here)


def _written(files: Sequence[Mapping[str, Any]], body: bytes, folder: Path) -> dict[str, list[str]]:
    names: dict[str, list[str]] = {role: [] for role in ROLES}
    start = 0
    for one in files:
        name, content = checked_name(one["name"]), body[start : start + one["bytes"]]
        start += one["bytes"]
        check_content(name, content)
        if (folder / name).exists():
            raise UsageError(f"two files are called {name!r}", "a name for each", "rename one")
        (folder / name).write_bytes(content)
        names[one["role"]].append(name)
    return names


@contextmanager
def _bounded(size: int) -> Iterator[None]:
    """No file may grow beyond this meanwhile: a small upload can unpack to a very large one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    bound = size if hard == resource.RLIM_INFINITY else min(size, hard)
    resource.setrlimit(resource.RLIMIT_FSIZE, (bound, hard))
    try:
        yield
    except OSError as error:
        if error.errno != errno.EFBIG:
            raise
        raise _too_large(size) from error
    except LargerError as error:
        raise _too_large(size, error.came) from error
    except DataError as error:  # the reader's words for the same
        if os.strerror(errno.EFBIG) not in error.came:
            raise
        raise _too_large(size) from error
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def _too_large(size: int, came: str = "what was uploaded unpacks to very much") -> RefusedError:
    return RefusedError(
        413, "Too large", came, f"at most {size / 1e6:,.0f} MB unpacked",
        "hunt in parts, or let the server take more (serve.body_bytes)",
    )  # fmt: skip
