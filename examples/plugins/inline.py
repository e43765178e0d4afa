"""A source: numbers written into the call itself, `inline:10,11,10,42,11`."""

from __future__ import annotations

from typing import ClassVar

from anomaly_hunter.errors import DataError
from anomaly_hunter.model import Dataset, Quality, Series
from anomaly_hunter.read.options import ReadOptions


class Inline:
    """Reads the numbers behind `inline:`.

    >>> Inline("inline:1,2,3", ReadOptions()).read().series[0].value.tolist()
    [1.0, 2.0, 3.0]
    """

    name: ClassVar[str] = "inline"

    @classmethod
    def accepts(cls, data: object) -> bool:
        """Texts that begin with `inline:`."""
        return isinstance(data, str) and data.startswith("inline:")

    def __init__(self, data: object, options: ReadOptions) -> None:
        self.text = str(data).removeprefix("inline:")

    def read(self) -> Dataset:
        """One series, its points numbered."""
        try:
            numbers = [float(cell) for cell in self.text.split(",")]
        except ValueError as error:
            raise DataError(f"inline data: {error}", "numbers and commas", "write inline:1,2,3") from error
        series = Series.of(numbers, name="inline", source="inline")
        return Dataset("inline", "series", Quality(100.0, len(numbers)), f"{len(numbers)} points", (series,))
