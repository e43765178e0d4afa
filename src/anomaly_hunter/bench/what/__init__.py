"""What can be measured: each file has ``has(asked)`` (are there data?) and ``measure(asked)``."""

from __future__ import annotations

from importlib import import_module
from typing import Final, Protocol, cast

from anomaly_hunter.bench.asked import Asked
from anomaly_hunter.bench.result import Result

NAMES: Final = (
    "ranking",
    "alarms",
    "scenarios",
    "multivariate",
    "streaming",
    "nab",
    "band",
    "tables",
    "forecasting",
    "causes",
    "learning",
    "topologies",
    "changes",
    "memory",
    "speed",
)


class What(Protocol):
    """One kind of measurement: a module of this folder."""

    def has(self, asked: Asked) -> bool:
        """Whether there is something to measure."""
        ...

    def measure(self, asked: Asked) -> Result:
        """Measure it."""
        ...


def load(name: str) -> What:
    """The module of this name."""
    return cast(What, import_module(f"{__name__}.{name}"))
