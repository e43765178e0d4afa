"""Standard input: copied to a temporary file, then read like one."""

from __future__ import annotations

import sys
from io import BufferedReader
from typing import Any, ClassVar, cast

from anomaly_hunter.errors import UsageError
from anomaly_hunter.model import Dataset
from anomaly_hunter.read.options import ReadOptions


class Stdin:
    """Reads "-": any format that a file may have, also binary."""

    name: ClassVar[str] = "stdin"

    @classmethod
    def accepts(cls, data: object) -> bool:
        """Only "-", alone or as the only path."""
        return (isinstance(data, str) and data == "-") or (
            isinstance(data, list | tuple) and list(data) == ["-"]
        )

    def __init__(self, data: Any, options: ReadOptions) -> None:
        self._options = options

    def read(self) -> Dataset:
        """All of standard input, understood."""
        from anomaly_hunter.read.dataset import to_dataset
        from anomaly_hunter.read.one_file import read_file
        from anomaly_hunter.read.unpack import spooled

        if sys.stdin is None or sys.stdin.isatty():
            raise UsageError("nothing is piped into standard input", "data", "cat FILE | hunter detect -")
        with spooled(cast(BufferedReader, sys.stdin.buffer), "standard input") as path:
            return to_dataset([read_file(path, "standard input", "stdin")], self._options, "stdin")
