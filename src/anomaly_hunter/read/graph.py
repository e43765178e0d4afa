"""Who calls whom: a dependency graph from YAML, JSON, CSV edges or a matrix, or from memory."""

from __future__ import annotations

import csv
import json
import reprlib
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from os import PathLike
from pathlib import Path
from typing import Any, Final

from anomaly_hunter.errors import DataError, UsageError
from anomaly_hunter.model import Graph
from anomaly_hunter.read.dialect import is_typed
from anomaly_hunter.read.json_text import parse
from anomaly_hunter.read.numbers import is_missing, looks_number
from anomaly_hunter.read.paths import expand

_CALLER: Final = ("caller", "source", "from", "parent", "src", "upstream", "client", "consumer")
_CALLEE: Final = (
    "callee", "target", "to", "child", "dst", "destination", "downstream", "server", "dependency",
    "depends_on", "calls",
)  # fmt: skip
_EDGES: Final = ("edges", "links", "dependencies", "calls", "graph")
_INSIDE: Final = ("calls", "depends_on", "dependencies", "callees", "downstream")

_EXPECTED: Final = "{service: [callees]}, a list of {from, to}, or CSV with the columns caller and callee"


def read_graph(given: object) -> Graph:
    """The graph behind a path or an object; edges point from caller to callee.

    Understood are ``{service: [callees]}`` (YAML, JSON, dictionary), lists of pairs or of
    ``{from, to}``, ``{caller, callee}``, ``{source, target}``, ``"web -> api"``, the same as CSV
    columns, and a CSV matrix in which a row calls the columns that are not zero. Edges keep their
    order; repeated ones and those from a service to itself are dropped, cycles stay.

    Raises
    ------
    DataError
        It is none of these; the entry is named.
    UsageError
        The path does not exist.

    >>> read_graph({"web": ["api", "web"], "api": "db"}).edges
    (('web', 'api'), ('api', 'db'))
    """
    if isinstance(given, Graph):
        return _clean(given.edges)
    shown = str(given) if isinstance(given, str | PathLike) else "the graph"
    try:
        if isinstance(given, str | PathLike):
            return _clean(edge for path in expand(given) for edge in _from_file(path))
        return _clean(_edges(given, shown))
    except RecursionError:  # YAML can hold itself
        raise DataError(f"{shown} is nested without end", _EXPECTED, "flatten it") from None


def _clean(edges: Iterable[tuple[str, str]]) -> Graph:
    plain = ((caller.strip(), callee.strip()) for caller, callee in edges)
    return Graph(tuple(dict.fromkeys((a, b) for a, b in plain if a and b and a != b)))


def _from_file(path: Path) -> list[tuple[str, str]]:
    from anomaly_hunter.read.one_file import text_of

    text = text_of(path)
    suffix = path.suffix.lower()
    if suffix == ".json" or text.lstrip()[:1] in ("{", "["):
        try:
            return _edges(parse(text, path.name), path.name)
        except json.JSONDecodeError as error:
            raise DataError(
                f"{path.name} is not JSON: {error.msg} in line {error.lineno}",
                _EXPECTED,
                "correct that place",
            ) from error
    if suffix in (".yaml", ".yml"):
        return _edges(_parse_yaml(text, path.name), path.name)
    return _from_rows([row for row in _csv_rows(text, path.name) if any(row)], path.name)


def _parse_yaml(text: str, shown: str) -> Any:
    import yaml

    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        where = getattr(error, "problem_mark", None)
        line = f" in line {where.line + 1}" if where is not None else ""
        raise DataError(f"{shown} is not YAML: an error{line}", _EXPECTED, "correct that place") from error
    except (RecursionError, ValueError) as error:  # too deep, an impossible date, thousands of digits
        raise DataError(
            f"{shown} cannot be read as YAML ({str(error)[:80]})", _EXPECTED, "correct it"
        ) from error


def _csv_rows(text: str, shown: str) -> list[list[str]]:
    from anomaly_hunter.read.dialect import sniff

    lines = text.splitlines(keepends=True)
    try:
        return [
            [cell.strip() for cell in row] for row in sniff(lines, complete=True).rows(lines, strict=False)
        ]
    except csv.Error as error:
        raise DataError(f"{shown} is not CSV ({error})", _EXPECTED, "export it again") from error


def _from_rows(rows: Sequence[Sequence[str]], shown: str) -> list[tuple[str, str]]:
    if not rows or max(map(len, rows)) < 2:
        raise DataError(f"{shown} holds no edges", _EXPECTED, "separate caller and callee by a comma")
    header = [cell.lower() for cell in rows[0]]
    caller = next((header.index(name) for name in _CALLER if name in header), -1)
    callee = next((header.index(name) for name in _CALLEE if name in header), -1)
    if caller >= 0 and callee >= 0:
        return [(row[caller], row[callee]) for row in rows[1:] if len(row) > max(caller, callee)]
    if _is_matrix(rows):
        names = rows[0][1:]
        return [
            (row[0], name)
            for row in rows[1:]
            for name, cell in zip(names, row[1:], strict=False)
            if not is_missing(cell) and float(cell) != 0
        ]
    if max(map(len, rows)) > 2:
        raise DataError(
            f"{shown} has the columns {', '.join(rows[0][:6])}",
            _EXPECTED,
            "name two of them caller and callee",
        )
    pairs = [(row[0], row[1]) for row in rows if len(row) == 2]
    if any(2 * sum(map(is_typed, names)) > len(names) for names in zip(*pairs, strict=True)):
        raise DataError(
            f"{shown} holds numbers or times where services should stand (columns: {', '.join(rows[0])})",
            _EXPECTED,
            "pass the file of edges",
        )
    return pairs


def _is_matrix(rows: Sequence[Sequence[str]]) -> bool:
    """Row names are column names too, and all other cells are plain numbers."""
    names = set(rows[0][1:])
    cells = [cell for row in rows[1:] for cell in row[1:]]
    numeric = all(is_missing(cell) or (looks_number(cell) and _is_float(cell)) for cell in cells)
    return len(rows) > 1 and bool(cells) and numeric and any(row[0] in names for row in rows[1:])


def _is_float(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _edges(data: Any, shown: str) -> list[tuple[str, str]]:
    if isinstance(data, Mapping):
        inner = next(
            (
                data[key]
                for key in _EDGES
                if isinstance(data.get(key), list | tuple) and _has_pairs(data[key])
            ),
            None,
        )
        if inner is not None:
            return _edges(inner, shown)
        nested = data.get("services")
        if isinstance(nested, Mapping) and len(data) <= 3:
            return _edges(nested, shown)
        return [
            (str(caller), callee)
            for caller, value in data.items()
            for callee in _callees(value, str(caller), shown)
        ]
    if isinstance(data, list | tuple):
        return [edge for position, one in enumerate(data, 1) for edge in _one(one, position, shown)]
    if isinstance(data, str | int | float) or data is None:
        raise DataError(f"{shown} holds {_short(data)}", _EXPECTED, "write the edges that way")
    raise UsageError(f"a graph came as a {type(data).__name__}", _EXPECTED, "convert it")


def _short(entry: Any) -> str:
    """An entry as messages show it; a few lines of YAML can stand for billions of entries."""
    return repr((entry if isinstance(entry, str) else reprlib.repr(entry))[:60])


def _has_pairs(entries: Sequence[Any]) -> bool:
    """A list under "edges" is the edge list; under a service of that name it is its callees."""
    return any(isinstance(entry, Mapping | list | tuple) or "->" in str(entry) for entry in entries)


def _callees(value: Any, caller: str, shown: str) -> list[str]:
    if value is None:
        return []
    if isinstance(value, str | int):
        return [str(value)]
    if isinstance(value, Mapping):
        key = next((key for key in _INSIDE if key in value), "")
        return _callees(value[key], caller, shown) if key else [str(callee) for callee in value]
    if isinstance(value, list | tuple | set | frozenset):
        names = sorted(map(str, value)) if isinstance(value, set | frozenset) else value
        if all(isinstance(name, str | int) for name in names):
            return [str(name) for name in names]
    raise DataError(f"{caller} in {shown} calls {_short(value)}", "a list of service names", "write a list")


def _one(entry: Any, position: int, shown: str) -> list[tuple[str, str]]:
    if isinstance(entry, str) and "->" in entry:
        names = [name.strip() for name in entry.split("->")]
        return list(pairwise(names))
    if isinstance(entry, Mapping):
        lowered = {str(key).lower(): value for key, value in entry.items()}
        caller = next((lowered[name] for name in _CALLER if name in lowered), None)
        callee = next((lowered[name] for name in _CALLEE if name in lowered), None)
        if caller is None:
            caller = lowered.get("service", lowered.get("name"))
        if caller is not None and callee is not None:
            return [(str(caller), name) for name in _callees(callee, str(caller), shown)]
    if (
        isinstance(entry, list | tuple)
        and len(entry) >= 2
        and all(isinstance(name, str | int) for name in entry[:2])
    ):
        return [(str(entry[0]), str(entry[1]))]
    raise DataError(
        f"entry {position} of {shown} is {_short(entry)}", _EXPECTED, "write it as {from: A, to: B}"
    )
