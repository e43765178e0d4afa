"""What a user calls files (path, folder, pattern, several of them) to the files that are meant."""

from __future__ import annotations

import glob
import stat
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import Final, TypeAlias

from anomaly_hunter.errors import DataError, UsageError

Given: TypeAlias = str | PathLike[str]

_READABLE: Final = (".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson", ".parquet", ".pq")
_PACKED: Final = (".gz", ".zst", ".zstd")
MOST_FILES: Final = 10_000


def expand(given: Given | Sequence[Given]) -> tuple[Path, ...]:
    """The files behind paths, folders and patterns, in sorted order, each once.

    A folder stands for the data files directly in it. A pattern may hold ``*``, ``?``, ``[...]``
    and ``**``; a file of exactly that name goes first.

    Raises
    ------
    UsageError
        A path does not exist, a pattern or folder has no data file, or there are too many.
    DataError
        It is a device or socket.
    """
    if given == "":
        raise UsageError("an empty path", "a file, a folder, a pattern or -", "name one")
    several = [given] if isinstance(given, str | PathLike) else list(given)
    if "-" in several:
        raise UsageError(
            "- (standard input) cannot be read here",
            "- as the only thing to hunt in, or files",
            "pipe one file, or name all of them",
        )
    files = [file for one in several for file in _expand_one(Path(one).expanduser())]
    unique = list(dict.fromkeys(files))
    if len(unique) > MOST_FILES:
        raise UsageError(f"{len(unique):,} files", f"at most {MOST_FILES:,}", "hunt them in parts")
    return tuple(unique)


def _expand_one(path: Path) -> list[Path]:
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return _matches(path)
    except PermissionError as error:
        raise DataError(
            f"{path} may not be read (no permission)", "a readable file", "change its rights"
        ) from error
    except (OSError, ValueError) as error:
        raise UsageError(f"{str(path)[:80]!r} is not a path ({error})", "a path", "correct it") from error
    if stat.S_ISDIR(mode):
        return _in_folder(path)
    if not (stat.S_ISREG(mode) or stat.S_ISFIFO(mode)):
        raise DataError(
            f"{path} is a device or a socket", "a file, a folder or a pipe", "use - for standard input"
        )
    return [path]


def _matches(path: Path) -> list[Path]:
    text = str(path)
    if not glob.has_magic(text):
        raise UsageError(f"{text} does not exist", "a file, a folder, a pattern or -", _suggestion(path))
    # Path.glob refuses absolute patterns.
    found = sorted(Path(name) for name in glob.glob(text, recursive=True))  # noqa: PTH207
    files = [file for file in found if file.is_file()]
    if not files:
        raise UsageError(f"no file matches {text}", "a pattern that matches data files", "check it with ls")
    return files


def _suggestion(path: Path) -> str:
    import difflib

    if path.is_symlink():
        return f"it is a link to {path.readlink()}, which is not there"
    parent = path.parent if path.parent.is_dir() else None
    if parent is None:
        return f"check the path: the folder {path.parent} does not exist either"
    close = difflib.get_close_matches(path.name, sorted(entry.name for entry in parent.iterdir()), 1, 0.75)
    return f"did you mean {parent / close[0]}?" if close else "check the path"


def _in_folder(folder: Path) -> list[Path]:
    try:
        entries = sorted(folder.iterdir())
    except PermissionError as error:
        raise DataError(
            f"{folder} may not be read (no permission)", "a readable folder", "change its rights"
        ) from error
    files = [entry for entry in entries if entry.is_file() and _is_data(entry)]
    if not files:
        raise UsageError(
            f"the folder {folder} has no data file",
            f"files that end in {', '.join(_READABLE)} (also .gz, .zst)",
            "pass a file or a pattern",
        )  # fmt: skip
    return files


def _is_data(path: Path) -> bool:
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] in _PACKED:
        suffixes.pop()
    return bool(suffixes) and suffixes[-1] in _READABLE and not path.name.startswith(".")
