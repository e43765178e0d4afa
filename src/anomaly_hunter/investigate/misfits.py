"""What was given around the data and does not fit it: said at once, as it is mostly a slip."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np

from anomaly_hunter.investigate import wording as say
from anomaly_hunter.model import Dataset, TimeArray, moment
from anomaly_hunter.model.services import node_words, service_among

MOST_NAMED: Final = 3
BEFORE: Final = np.timedelta64(1, "D")
"""Events may lie before the data by this much."""


def with_misfits(dataset: Dataset) -> Dataset:
    """The dataset with a note on each: no edge, no common service, no event or log line of the same time.

    A graph without edges says nothing and is left out.

    >>> from anomaly_hunter.model import Graph, Quality, Series
    >>> cpu = Series.of([1.0], name="cpu", labels={"service": "api"})
    >>> given = Dataset("d", "series", Quality(100.0, 1), "", (cpu,), graph=Graph((("a", "b"),)))
    >>> with_misfits(given).notes
    ('the graph names none of the services measured: it knows a, b; the data hold api',)
    """
    notes = (*dataset.notes, *_of_graph(dataset), *_of_times(dataset))
    empty = dataset.graph is not None and not dataset.graph.edges
    return replace(dataset, notes=notes, graph=None if empty else dataset.graph)


def _of_graph(dataset: Dataset) -> Iterator[str]:
    graph = dataset.graph
    if graph is None:
        return
    if not graph.edges:
        yield "the graph holds no calls, so it was left out"
        return
    nodes = node_words(graph)
    measured = dict.fromkeys(filter(None, (service_among(series, nodes) for series in dataset.series)))
    if measured and not any(name in graph for name in measured):
        known, data = (
            say.listed([say.clip(name, 40) for name in names], MOST_NAMED)
            for names in (graph.nodes, tuple(measured))
        )
        yield f"the graph names none of the services measured: it knows {known}; the data hold {data}"


def _of_times(dataset: Dataset) -> Iterator[str]:
    clocked = [series.time for series in dataset.series if series.clocked and len(series)]
    if not clocked:
        return
    first, last = min(time[0] for time in clocked), max(time[-1] for time in clocked)
    stamps = np.array([event.time for event in dataset.events], dtype="datetime64[ns]")
    stamps = stamps[~np.isnat(stamps)]
    if len(stamps) and not bool(((stamps >= first - BEFORE) & (stamps <= last)).any()):
        yield f"no event is of the time of the data: {_apart(stamps, first, last)}"
    logs = dataset.logs
    if logs is not None and len(logs.times) and (logs.times[0] > last or logs.times[-1] < first):
        yield f"no log line is of the time of the data: {_apart(logs.times, first, last)}"


def _apart(stamps: TimeArray, first: np.datetime64, last: np.datetime64) -> str:
    return (
        f"they lie between {moment(stamps.min())} and {moment(stamps.max())} UTC, "
        f"the data between {moment(first)} and {moment(last)} UTC; is a clock or a time zone off?"
    )
