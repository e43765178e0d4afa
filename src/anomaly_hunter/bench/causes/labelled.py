"""An incident whose cause is known, and what an investigator is given of it."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

import numpy as np

from anomaly_hunter.errors import DataError
from anomaly_hunter.model import Dataset, Graph, Quality, Series


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """What is given: data up to the last moment that may be seen, and the alert.

    ``alerting`` is the title of the series that alerts ("": whatever is found first); ``looked_at``
    the moment of the alert and the last one that may be seen; ``onset`` is told (earliest,
    latest), or None when it has to be found.
    ``hunted``: the case is that of the anomaly which a hunt finds there; alerts of slow
    incidents come long after they began.
    """

    dataset: Dataset
    alerting: str
    looked_at: tuple[np.datetime64, np.datetime64]
    onset: tuple[np.datetime64, np.datetime64] | None = None
    hunted: bool = False


@dataclass(frozen=True, slots=True)
class Labelled:
    """One case of a set under one setting; ``make`` builds the scene and holds no answer.

    ``truth`` are the names that are right: services, or titles of events where ``asks`` is "event";
    () = there is no cause to be named (normal data, or the cause is not in the data). ``prior`` is what a
    constant guess says: the most frequent answers of the set, best first.
    """

    source: str
    setting: str
    name: str
    truth: tuple[str, ...]
    make: Callable[[], Scene]
    group: str = ""
    asks: Literal["service", "event"] = "service"
    normal: bool = False
    prior: tuple[str, ...] = ()


class Source(Protocol):
    """A set: a module of this folder."""

    def has(self, folder: Path) -> bool:
        """Whether the set is in the folder (``FOLDER/causes/SET``)."""
        ...

    def cases(self, folder: Path, quick: bool) -> Iterator[Labelled]:
        """All cases under all settings; with ``quick`` few of the normal windows."""
        ...


def dataset_of(name: str, series: tuple[Series, ...], graph: Graph | None) -> Dataset:
    """Series and graph as a read would give them."""
    return Dataset(name, "series", Quality(100.0, 0), f"{len(series):,} series", series, graph=graph)


def constant_prior(answers: list[str]) -> tuple[str, ...]:
    """Names by how often they are the answer: what a guess that sees no data would say.

    >>> constant_prior(["b", "a", "b"])
    ('b', 'a')
    """
    return tuple(sorted(dict.fromkeys(answers), key=lambda name: (-answers.count(name), name)))


def read_rows(path: Path) -> list[list[str]]:
    """The cells of a CSV. DataError when it cannot be read."""
    try:
        with path.open(newline="", encoding="utf-8") as file:
            return list(csv.reader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"`{path}` cannot be read ({error})", "a CSV in UTF-8", "get it again") from error


def number(cell: str) -> float:
    """A cell as a number, NaN where it is none."""
    try:
        value = float(cell)
    except ValueError:
        return math.nan
    return value if math.isfinite(value) else math.nan
