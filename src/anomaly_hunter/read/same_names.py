"""Series of the same name from several files are told apart by their file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import Final

from anomaly_hunter.model import Series

FILE_LABEL: Final = "file"


def told_apart(given: Sequence[tuple[str, Sequence[Series]]]) -> tuple[Series, ...]:
    """All series of (path, series) pairs; each with its file as a label where two files name one alike.

    Then the files stand for places (a file per service, per host), and series that only one of them
    holds belong to its place, too. The label is the name of the file without its endings, where these
    differ; else the name of its folder, else the whole path.

    >>> one = Series.of([1.0], name="latency_ms")
    >>> [s.title for s in told_apart([("shop/web.csv", [one]), ("shop/db.csv", [one])])]
    ['latency_ms{file=web}', 'latency_ms{file=db}']
    """
    titles = Counter(title for _, members in given for title in {s.title for s in members})
    if not titles or max(titles.values()) < 2:
        return tuple(s for _, members in given for s in members)
    files = short_names([path for path, _ in given])
    return tuple(
        replace(s, labels={**s.labels, FILE_LABEL: file})
        for file, (_, members) in zip(files, given, strict=True)
        for s in members
    )


def short_names(paths: Sequence[str]) -> list[str]:
    """A short name for every path: the shortest way of calling them by which all differ."""
    parts = [PurePath(path) for path in paths]
    stems = [path.name.partition(".")[0] or path.name for path in parts]
    for names in (stems, [path.parent.name for path in parts]):
        if len(set(names)) == len(names) and all(names):
            return names
    return list(paths)
