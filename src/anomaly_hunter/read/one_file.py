"""One file to columns: the format is known by what is in it, not by what it is called."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from anomaly_hunter.errors import DataError
from anomaly_hunter.read.columns import Columns
from anomaly_hunter.read.delimited import read_delimited
from anomaly_hunter.read.scan import scan
from anomaly_hunter.read.unpack import plain_file

_PARQUET: Final = b"PAR1"
_PACKED: Final = (".gz", ".zst", ".zstd")
_JSON: Final = (".json", ".jsonl", ".ndjson")


def read_file(path: Path, shown: str = "", name: str = "") -> Columns:
    """All columns of a file of any known format.

    Raises
    ------
    DataError
        It cannot be opened or understood.
    """
    shown = shown or path.name
    name = name or stem(Path(shown))
    with _opened(path, shown) as plain:
        return _read_plain(plain, shown, name)


@contextmanager
def _opened(path: Path, shown: str) -> Iterator[Path]:
    """The file as plain text on disk; what the system says against it becomes our error."""
    try:
        with plain_file(path, shown) as plain:
            yield plain
    except PermissionError as error:
        raise DataError(
            f"{path} may not be read (no permission)", "a readable file", "change its rights"
        ) from error
    except UnicodeDecodeError as error:
        raise DataError(
            f"{shown} holds bytes that are not {error.encoding}",
            "one encoding throughout",
            "save it as UTF-8",
        ) from error
    except OSError as error:
        raise DataError(
            f"{path} cannot be read ({error.strerror or error})",
            "a readable file",
            "check the disk and the path",
        ) from error


def stem(path: Path) -> str:
    """The file's name without the endings of format and packing.

    >>> stem(Path("a/cpu.load.csv.gz"))
    'cpu.load'
    """
    plain = Path(path.stem) if path.suffix.lower() in _PACKED else path
    return plain.stem


def _read_plain(path: Path, shown: str, name: str) -> Columns:
    with path.open("rb") as file:
        head = file.read(4)
    if head == _PARQUET or Path(shown).suffix.lower() in (".parquet", ".pq"):
        from anomaly_hunter.read.duck import read_parquet

        if path.stat().st_size == 0:
            raise DataError(f"{shown} is empty", "a whole Parquet file", "export it again")
        return read_parquet(path, name, shown)
    how = scan(path, shown)
    with path.open(encoding=how.encoding) as text:
        begin = text.read(4096).lstrip()
    suffixes = Path(shown).suffixes
    if begin[:1] == "{" or (begin[:1] == "[" and (begin[1:].lstrip()[:1] in '[{]-0123456789"n' or suffixes)):
        from anomaly_hunter.read.json_text import read_json

        return read_json(path, name, shown, how)
    if any(suffix.lower() in _JSON for suffix in suffixes):
        raise DataError(
            f"{shown} is not JSON (it begins with {begin[:20]!r})", "an array or an object", "check the file"
        )
    return read_delimited(path, name, shown, how)


def text_of(path: Path) -> str:
    """The whole text of a small file (events, a graph).

    Raises
    ------
    DataError
        It cannot be opened, or is no text.
    """
    with _opened(path, path.name) as plain:
        return plain.read_text(encoding=scan(plain, path.name).encoding)
