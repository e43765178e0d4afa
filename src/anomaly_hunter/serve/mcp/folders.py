"""Which files an outsider may have read: those below the given folders, by their real place."""

from __future__ import annotations

import glob
import gzip
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from anomaly_hunter.errors import DataError, UsageError
from anomaly_hunter.read.paths import expand
from anomaly_hunter.serve.mcp.limits import Limits

_GZIP: Final = b"\x1f\x8b"
_PACKED: Final = (_GZIP, b"\x28\xb5")
_BLOCK: Final = 1 << 20
_PACKED_COUNTS: Final = 10
_SHOWN: Final = 80


@dataclass(frozen=True, slots=True)
class Folders:
    """The folders that may be read, with links resolved.

    ``given`` are the roots as the user wrote them, only so that messages can leave them out.
    """

    roots: tuple[Path, ...]
    limits: Limits
    given: tuple[Path, ...] = ()

    @classmethod
    def of(cls, folders: Sequence[Path], limits: Limits | None = None) -> Folders:
        """Check that they are there.

        Raises
        ------
        UsageError
            One is not a folder.
        """
        for folder in folders:
            if not folder.is_dir():
                raise UsageError(f"`{folder}` is not a folder", "a folder with data", "check --folder")
        roots = tuple(dict.fromkeys(folder.resolve() for folder in folders))
        return cls(roots, limits or Limits(), tuple(folder.absolute() for folder in folders))

    def files(self, asked: str | Sequence[str]) -> list[Path]:
        """The files behind paths and folders, each at its real place below a root.

        Raises
        ------
        UsageError
            A path leads out of the folders (by .., by a link, absolutely), is hidden, is a pattern, an
            address or standard input, is no plain file, or the files are too many or too large. Whether
            something exists outside is never told.
        """
        several = [asked] if isinstance(asked, str) else list(asked)
        if not several:
            raise UsageError("no path came", "a file or a folder", "name one")
        found = list(dict.fromkeys(file for one in several[: self.limits.files] for file in self._files(one)))
        if len(found) > self.limits.files or len(several) > self.limits.files:
            raise UsageError(f"{max(len(found), len(several)):,} files", f"at most {self.limits.files:,}",
                             "hunt them in parts")  # fmt: skip
        size = sum(_size(file, self.limits.file_bytes) for file in found)
        if size > self.limits.file_bytes:
            raise UsageError(
                f"{size / 1e6:,.0f} MB of files (packed ones count {_PACKED_COUNTS} times)",
                f"at most {self.limits.file_bytes / 1e6:,.0f} MB",
                "hunt fewer or smaller files",
            )
        return found

    def hidden(self, text: str) -> str:
        """A text without the places of the roots: outsiders see paths as they may write them."""
        for root in sorted({*self.roots, *self.given}, key=lambda path: -len(str(path))):
            if root != Path(root.anchor):
                text = text.replace(f"{root}/", "").replace(str(root), ".")
        return text

    def _files(self, asked: str) -> Iterator[Path]:
        place = self._place(asked)
        if not place.is_dir():
            yield self._checked(place, asked)
            return
        for file in expand(place):
            real = file.resolve()
            if any(
                real.is_relative_to(root) for root in self.roots
            ):  # a link that leads out is not data here
                yield self._checked(real, asked)

    def _place(self, asked: str) -> Path:
        """The real place of what was asked for; it is there, and below a root."""
        _check_words(asked)
        inside = [
            place
            for root in self.roots
            if (place := _real(root / asked)) is not None
            and any(place.is_relative_to(allowed) for allowed in self.roots)
        ]
        if not inside:
            raise UsageError(
                f"{asked[:_SHOWN]!r} is not below the folders that may be read",
                "a path below them",
                "name a file below them; the user can allow more with --folder",
            )
        for place in inside:
            if place.exists():
                return place
        if glob.has_magic(asked):
            raise UsageError(
                f"{asked[:_SHOWN]!r} is a pattern", "a file or a folder", "name the files, or their folder"
            )
        raise UsageError(f"{asked[:_SHOWN]!r} is not there", "a file or a folder", "check the path")

    def _checked(self, place: Path, asked: str) -> Path:
        parts = next(place.relative_to(root).parts for root in self.roots if place.is_relative_to(root))
        if any(part.startswith(".") for part in parts):
            raise UsageError(
                f"{asked[:_SHOWN]!r} is hidden", "a file whose name begins with no dot", "rename it"
            )
        if not place.is_file():
            raise UsageError(f"{asked[:_SHOWN]!r} is no plain file", "a file or a folder", "choose another")
        return place


def _check_words(asked: str) -> None:
    if asked == "-" or "://" in asked or not asked or not asked.isprintable():
        raise UsageError(
            f"{asked[:_SHOWN]!r} is not a path to a file", "a file or a folder", "name a file that is there"
        )
    if ".." in Path(asked).parts or asked.startswith("~"):
        raise UsageError(
            f"{asked[:_SHOWN]!r} leads up or home", "a path below the folders", "write it without .. and ~"
        )


def _real(path: Path) -> Path | None:
    """Where a path leads, also if nothing is there; None where links go in circles or it is too long."""
    try:
        real = path.resolve()
        real.exists()
    except (OSError, RuntimeError):
        return None
    return real


def _size(file: Path, most: int) -> int:
    """Bytes of a file; of a packed one ten times as many, or what it unpacks to where that is more."""
    try:
        with file.open("rb") as stream:
            head = stream.read(2)
        size = file.stat().st_size
        if head not in _PACKED:
            return size
        return max(size * _PACKED_COUNTS, _unpacked(file, most) if head == _GZIP else 0)
    except OSError as error:
        raise DataError(
            f"{file} may not be read ({error.strerror})", "a readable file", "change its rights"
        ) from error


def _unpacked(file: Path, most: int) -> int:
    """Bytes that a gzip file unpacks to, counted until they are too many; a damaged one is told of later."""
    size = 0
    try:
        with gzip.open(file) as stream:
            while size <= most and (block := stream.read(_BLOCK)):
                size += len(block)
    except (gzip.BadGzipFile, EOFError, zlib.error):
        pass
    return size
