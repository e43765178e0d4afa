"""Files: CSV, TSV, JSON, JSON lines, Parquet, also packed; one, many, a folder or a pattern."""

from __future__ import annotations

from os import PathLike
from typing import Any, ClassVar, Final

from anomaly_hunter.model import Dataset
from anomaly_hunter.read.options import ReadOptions

_OTHERS: Final = ("sql:", "prometheus:")
"""Texts that are for another source of ours."""


class Files:
    """Reads what paths name. Several files of series become one dataset."""

    name: ClassVar[str] = "files"

    @classmethod
    def accepts(cls, data: object) -> bool:
        """A path, or a list of paths; "-" alone is standard input."""
        if isinstance(data, list | tuple):
            paths = bool(data) and all(isinstance(one, str | PathLike) for one in data)
            return paths and list(data) != ["-"]
        if isinstance(data, str) and data.startswith(_OTHERS):
            return False
        return isinstance(data, str | PathLike) and data != "-"

    def __init__(self, data: Any, options: ReadOptions) -> None:
        self._data = data
        self._options = options

    def read(self) -> Dataset:
        """All files, understood."""
        from anomaly_hunter.read.dataset import to_dataset
        from anomaly_hunter.read.one_file import read_file
        from anomaly_hunter.read.paths import expand

        paths = expand(self._data)
        name = paths[0].name if len(paths) == 1 else f"{len(paths)} files"
        parts = [read_file(path) for path in paths]
        return to_dataset(parts, self._options, name, [str(path) for path in paths])
