"""From what was given to a dataset: the source that takes it, and what is known around it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from anomaly_hunter import registry
from anomaly_hunter.config import Settings
from anomaly_hunter.errors import DataError
from anomaly_hunter.model import Dataset, Table
from anomaly_hunter.read.counters import by_increase
from anomaly_hunter.read.options import ReadOptions
from anomaly_hunter.read.within import Within, cut
from anomaly_hunter.tracing import spans

_NAMED: Final = re.compile(r"[a-z][a-z0-9_+.-]+:")  # "kafka://orders" is for a plug-in, not a file name


@dataclass(frozen=True, slots=True)
class Around:
    """What is known around the data, as it was given: what changed, who calls whom, what was logged."""

    events: object = None
    graph: object = None
    logs: object = None


def read(data: object, settings: Settings) -> Dataset:
    """The very beginning of a hunt: what is in the data."""
    return read_all(data, Around(), settings.read)


@spans.step("read", "ingest", lambda dataset: {"hunt.kind": dataset.kind, "hunt.series": len(dataset.series)})
def read_all(data: object, around: Around, options: ReadOptions) -> Dataset:
    """What is in the data, and around them; the first source that takes them reads."""
    if isinstance(data, Within):
        dataset = cut(_of_source(data.data, options), data.begin, data.end)
    else:
        dataset = _of_source(data, options)
    if options.counters:
        dataset = by_increase(dataset)
    if dataset.kind == "tickets" and dataset.table is not None and not dataset.series:
        dataset = _counted(dataset, dataset.table, options)
    return _with_what_is_around(dataset, around, options)


def _of_source(data: object, options: ReadOptions) -> Dataset:
    named = isinstance(data, str) and _NAMED.match(data) is not None
    for source in registry.each("sources", plugins_first=named):
        if source.accepts(data):
            dataset: Dataset = source(data, options).read()
            return dataset
    raise DataError(
        f"there is no source for a {type(data).__name__}",
        "a path, a data frame, an array, a list or a dict",
        "convert it, or install a source for it",
    )


def _with_what_is_around(dataset: Dataset, around: Around, options: ReadOptions) -> Dataset:
    if around.events is not None:
        from anomaly_hunter.read.events import read_events

        dataset = replace(dataset, events=(*dataset.events, *read_events(around.events, options.tz)))
    if around.graph is not None:
        from anomaly_hunter.read.graph import read_graph

        dataset = replace(dataset, graph=read_graph(around.graph))
    if around.logs is not None:
        from anomaly_hunter.read.logs import read_logs

        dataset = replace(dataset, logs=read_logs(around.logs, options.tz))
    return dataset


def _counted(dataset: Dataset, tickets: Table, options: ReadOptions) -> Dataset:
    """Tickets as counts per interval, in all and by segment; what was left out is noted."""
    from anomaly_hunter.read.records import count_intervals, count_series

    intervals = count_intervals(tickets, options)
    notes = (*dataset.notes, *(intervals.notes if intervals else ()))
    return replace(dataset, series=count_series(tickets, options), notes=notes)
