"""The contract of a source: say whether it can read something, then read it."""

from __future__ import annotations

from typing import ClassVar, Protocol, runtime_checkable

from anomaly_hunter.model import Dataset
from anomaly_hunter.read.options import ReadOptions


@runtime_checkable
class Source(Protocol):
    """One place that data come from: files, a data frame, an array, a database.

    A source is built from what the user gave and the options, opens nothing until
    :meth:`read`, and raises :class:`~anomaly_hunter.errors.DataError` when it cannot read.
    """

    name: ClassVar[str]

    @classmethod
    def accepts(cls, data: object) -> bool:
        """Whether this source is the one for ``data``. Opens nothing, raises nothing."""
        ...

    def __init__(self, data: object, options: ReadOptions) -> None: ...

    def read(self) -> Dataset:
        """All of it, with the data-quality report."""
        ...
