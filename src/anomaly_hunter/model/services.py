"""Whose series it is: services in labels, in names of series and in names of files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final, TypeAlias

from anomaly_hunter.model.data import Graph, Series

SERVICE_LABELS: Final = ("service", "app", "component", "host", "pod")


def service_of(series: Series, graph: Graph | None = None) -> str:
    """The service a series belongs to; "" when nothing says so.

    A label service, app, component, host or pod (in this order, the first that is there); else the
    longest node of the graph whose name stands in the series name as whole words; else that in the
    name of its file, where files had to tell series apart, or that name itself.

    >>> graph = Graph((("web", "checkout"), ("checkout", "db")))
    >>> service_of(Series.of([1.0], name="checkout_latency_ms"), graph)
    'checkout'
    """
    return service_among(series, node_words(graph))


NodeWords: TypeAlias = Mapping[str, str]
"""Every node of a graph by its words, longest words first."""
_NO_NODES: Final[NodeWords] = MappingProxyType({})


def node_words(graph: Graph | None) -> NodeWords:
    """The nodes of a graph in the form in which names are searched."""
    if graph is None:
        return _NO_NODES
    return words_of(*graph.nodes)


@lru_cache(maxsize=256)  # of the same graph for every incident
def words_of(*names: str) -> NodeWords:
    """Names of services in the form in which names of series are searched, longest first."""
    pairs = ((f"_{snake(name)}_", name) for name in names if snake(name))
    found: dict[str, str] = {}
    for words, name in sorted(pairs, key=lambda pair: (-len(pair[0]), pair[1])):
        found.setdefault(words, name)
    return MappingProxyType(found)


def service_among(series: Series, nodes: NodeWords) -> str:
    """:func:`service_of` for many series of one graph."""
    for label in SERVICE_LABELS:
        if series.labels.get(label):
            return series.labels[label]
    file = series.labels.get("file", "")
    return node_in(series.name, nodes) or node_in(file, nodes) or file


def node_in(name: str, nodes: NodeWords) -> str:
    """The longest node that ``name`` contains as whole words; "" when there is none."""
    if not nodes:
        return ""
    parts = snake(name).split("_")
    if len(parts) ** 2 > len(nodes):
        whole = f"_{'_'.join(parts)}_"
        return next((node for words, node in nodes.items() if words in whole), "")
    ends = range(1, len(parts) + 1)
    inside = {f"_{'_'.join(parts[first:end])}_" for end in ends for first in range(end)}
    found = [(-len(words), nodes[words]) for words in inside if words in nodes]
    return min(found, default=(0, ""))[1]


@lru_cache(maxsize=65_536)
def snake(name: str) -> str:
    """A name in lower case with ``_`` between its words, whatever stood there.

    >>> snake("dbPoolInUse"), snake("db.pool.in-use")
    ('db_pool_in_use', 'db_pool_in_use')
    """
    split = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name)
    return re.sub(r"[^a-z0-9]+", "_", split.lower()).strip("_")
