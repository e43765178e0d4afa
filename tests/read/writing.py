"""What the tests of this room share: write a file, read it."""

from __future__ import annotations

from pathlib import Path

from anomaly_hunter.model import Dataset, Table
from anomaly_hunter.read.options import ReadOptions
from anomaly_hunter.read.sources.arrays import Arrays
from anomaly_hunter.read.sources.files import Files
from anomaly_hunter.read.sources.frames import Frames


def read(data: object, **options) -> Dataset:
    """Read with the source that accepts it."""
    accepting = [source for source in (Files, Arrays, Frames) if source.accepts(data)]
    assert len(accepting) == 1
    return accepting[0](data, ReadOptions(**options)).read()


def table_of(found: Dataset) -> Table:
    """The table of a dataset that has one."""
    assert found.table is not None
    return found.table


def write(folder: Path, name: str, content: str | bytes) -> Path:
    """A file in ``folder``."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def daily(rows: int = 20, header: str = "time,value", start: int = 1) -> str:
    """A small clean CSV with one value a day from 1 January 2026."""
    return header + "\n" + "".join(f"2026-01-{day:02d},{day * 1.5}\n" for day in range(start, start + rows))
