"""Packed files and pipes to a plain file that can be read twice."""

from __future__ import annotations

import gzip
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from anomaly_hunter.errors import DataError
from anomaly_hunter.read.scan import LONGEST_LINE
from anomaly_hunter.read.zstd_frames import is_whole

_GZIP: Final = b"\x1f\x8b"
_ZSTD: Final = b"\x28\xb5\x2f\xfd"
_LARGEST: Final = 16 * 1024**3
_LINES: Final = 10_000


@dataclass(frozen=True, slots=True)
class Room:
    """How much may come out of one packed file; see :func:`within`."""

    size: int = _LARGEST
    lines: int = 2**62

    def check(self, size: int, lines: int, shown: str) -> None:
        """Raise where it is more already, while it is still being unpacked."""
        if size > self.size:
            raise LargerError(f"{shown} is larger than {_said(self.size)}", "less", "split it")
        if lines > self.lines:
            raise LargerError(f"{shown} has more than {self.lines:,} lines", "fewer", "split it")


_USUAL: Final = Room()
_ROOM: Final[ContextVar[Room]] = ContextVar("_ROOM", default=_USUAL)


class LargerError(DataError):
    """More came out of a file than there is room for."""


@contextmanager
def within(room: Room) -> Iterator[None]:
    """Nothing unpacks to more than this meanwhile."""
    before = _ROOM.set(room)
    try:
        yield
    finally:
        _ROOM.reset(before)


class Readable(Protocol):
    """Anything bytes can be read from."""

    def read1(self, size: int, /) -> bytes:
        """What is there, at most so many bytes; none at the end."""
        ...


@contextmanager
def spooled(stream: Readable, shown: str) -> Iterator[Path]:
    """A stream copied to a temporary file, which is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="hunter-") as folder:
        path = Path(folder) / "spool"
        with path.open("wb") as file:
            _copy(stream, file, shown)
        yield path


@contextmanager
def plain_file(path: Path, shown: str) -> Iterator[Path]:
    """A file that holds the unpacked bytes: the same one when it is not packed.

    Packed files are known by their first bytes, whatever they are called. A pipe is copied
    first, since it can be read only once.

    Raises
    ------
    DataError
        The packed data are damaged, or unpack to more than 16 GiB or what :func:`within` allows.
    """
    if path.is_fifo():
        with path.open("rb") as stream, spooled(stream, shown) as copy, plain_file(copy, shown) as inner:
            yield inner
        return
    with path.open("rb") as file:
        head = file.read(4)
    if head.startswith(_GZIP):
        with gzip.open(path) as packed, spooled(packed, shown) as inner:
            yield inner
    elif head == _ZSTD:
        with tempfile.TemporaryDirectory(prefix="hunter-") as folder:
            inner = Path(folder) / "spool"
            _unpack_zstd(path, inner, shown)
            yield inner
    else:
        yield path


def _copy(stream: Readable, file: BinaryIO, shown: str) -> None:
    room, size, lines = _ROOM.get(), 0, 0
    try:
        while block := stream.read1(1024 * 1024):  # one wait at a time, so that Ctrl-C is heard in between
            size, lines = size + len(block), lines + block.count(b"\n")
            room.check(size, lines, shown)
            file.write(block)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(
            f"{shown} cannot be unpacked ({error})", "a whole gzip file", "copy it again"
        ) from error


def _unpack_zstd(path: Path, target: Path, shown: str) -> None:
    """Unpack text with DuckDB, which is here anyway: as lines of one column, byte for byte as latin-1."""
    import duckdb

    if not is_whole(path):
        raise _damaged(shown, "it was cut off")
    room, size, lines = _ROOM.get(), 0, 0
    connection = duckdb.connect(config={"threads": 1})
    query = (
        "SELECT line FROM read_csv(?, compression='zstd', auto_detect=false, columns={'line': 'VARCHAR'}, "
        "delim=chr(1), quote='', escape='', comment='', header=false, encoding='latin-1', new_line='\\n', "
        "strict_mode=false, parallel=false, max_line_size=?)"
    )
    try:
        result = connection.execute(query, [str(path), LONGEST_LINE])
        with target.open("wb") as file:
            while rows := result.fetchmany(_LINES):
                block = _joined([row[0] or "" for row in rows])
                size, lines = size + len(block), lines + len(rows)
                room.check(size, lines, shown)
                file.write(block)
    except duckdb.Error as error:
        raise _damaged(shown, str(error).splitlines()[0][:160]) from error
    finally:
        connection.close()


def _said(size: int) -> str:
    return f"{size // 1024**3} GiB" if size >= 1024**3 else f"{size / 1e6:,.0f} MB"


def _damaged(shown: str, why: str) -> DataError:
    return DataError(
        f"{shown} cannot be unpacked ({why})",
        "a whole zstd file of text with lines under 10 MB",
        "copy it again, or unpack it with `zstd -d` and pass the plain file",
    )


def _joined(lines: list[str]) -> bytes:
    """Lines as bytes. A break of CR LF comes as a line and an empty one, which is put right here."""
    if len(lines) > 1 and not any(lines[1::2]) and any(lines[::2]):
        lines = lines[::2]
    return ("\n".join(lines) + "\n").encode("latin-1")
