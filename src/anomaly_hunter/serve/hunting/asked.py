"""What a request asks to hunt in: JSON to plain data that hold nothing but what they may."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from anomaly_hunter.errors import DataError
from anomaly_hunter.model import FloatArray, Series
from anomaly_hunter.read.times import forced, read_epoch, read_times
from anomaly_hunter.serve.pool.refused import RefusedError

FIELDS: Final = ("data", "timestamps", "events", "graph", "logs", "options")
LONGEST_TEXT: Final = 20_000
LONGEST_NAME: Final = 500
_NUMBERS: Final = {int, float, type(None)}
_CELLS: Final = {int, float, str, bool, type(None)}
_MOST_EVENTS: Final = 100_000
_DATA: Final = "a list of numbers, a list of objects, or an object of lists"
_TIME: Final = "timestamps"


@dataclass(frozen=True, slots=True)
class Asked:
    """A checked request. ``data`` is what a hunt takes, and never a path."""

    data: Any
    events: Sequence[Mapping[str, Any]] | None
    graph: Mapping[str, Sequence[str]] | None
    logs: Sequence[str] | None
    options: Mapping[str, Any]

    @property
    def around(self) -> dict[str, Any]:
        """What is known around the data, by the names that a hunt takes."""
        return {"events": self.events, "graph": self.graph, "logs": self.logs}


def loads(body: bytes, points: int) -> dict[str, Any]:
    """A JSON object, strictly: no NaN, no Infinity, nothing nested beyond reason.

    Raises
    ------
    DataError
        It is no such JSON.
    RefusedError
        It holds too many values.
    """
    if body.count(b",") > 4 * points:
        raise _too_many(body.count(b",") + 1, points)
    try:
        given = json.loads(body, parse_constant=_constant)
    except RecursionError:
        raise DataError("the JSON is nested too deeply", "a flat object", "flatten it") from None
    except ValueError as error:
        said = str(error) if "digits" not in str(error) else "a number with too many digits"
        raise DataError(f"the body is no JSON ({said[:120]})", "a JSON object", "mend it") from None
    if not isinstance(given, dict):
        raise DataError(f"the body is {_kind(given)}", 'an object: {"data": [...]}', "wrap it")
    return given


def asked(given: Mapping[str, Any], points: int) -> Asked:
    """The request, checked.

    Raises
    ------
    DataError
        Something in it is not of the kind it should be; it is named.
    RefusedError
        It holds too many values.

    >>> asked({"data": [1, None, 2.5]}, 100).data
    array([1. , nan, 2.5])
    """
    for name in given:
        if name not in FIELDS:
            raise DataError(f"an unknown field {name[:80]!r}", f"one of {', '.join(FIELDS)}", "leave it out")
    options = given.get("options") or {}
    if not isinstance(options, dict):
        raise DataError(f"options came as {_kind(options)}", "an object", "mend it")
    return Asked(
        _data(given.get("data"), given.get("timestamps"), points),
        _events(given.get("events")),
        _graph(given.get("graph")),
        _logs(given.get("logs")),
        options,
    )


def _data(data: Any, timestamps: Any, points: int) -> Any:
    times = None if timestamps is None else _times(timestamps, points)
    if isinstance(data, dict):
        return _columns(data, times, points)
    if not isinstance(data, list):
        raise DataError(f"data came as {_kind(data)}", _DATA, "reshape it")
    if not data:
        raise DataError("data is empty", "at least one value", "check where it comes from")
    kinds = set(map(type, data))
    if kinds == {dict}:
        if times is not None:
            raise DataError("timestamps came with objects", "a time in each object", "put them there")
        return _records(data, points)
    values = numbers("data", data, points)
    if times is None:
        return values
    if len(times) != len(data):
        raise DataError(f"{len(times):,} timestamps for {len(data):,} values", "one for each", "mend them")
    return clocked(values, times)


def clocked(values: FloatArray, times: list[Any]) -> Series:
    """A series of values with a time for each; the times rise.

    Raises
    ------
    DataError
        A time cannot be read, or is not later than the one before.

    >>> clocked(np.array([1.0, 2.0]), [1_700_000_000, 1_700_000_060]).when(1)
    '2023-11-14T22:14:20Z'
    """
    if isinstance(times[0], str):
        read = read_times(np.array(times, dtype=object))
    else:
        read = read_epoch(np.array(times, dtype=np.float64), anyhow=True)
    read = forced(read, "timestamps", str(times[0])[:40])
    lost = np.isnat(read.values)
    if lost.any():
        at = int(np.argmax(lost))
        raise DataError(f"timestamps[{at}] is {times[at]!r:.60}", "a time like the others", "mend it")
    steps = np.diff(read.values.view(np.int64))
    if (steps <= 0).any():
        at = int(np.argmax(steps <= 0)) + 1
        raise DataError(
            f"timestamps[{at}] is not later than timestamps[{at - 1}]", "times that rise",
            "sort by time, and merge what stands at the same time",
        )  # fmt: skip
    return Series.of(values, read.values)


def numbers(name: str, given: Any, points: int) -> FloatArray:
    """``(n,)`` float64, NaN where there is null."""
    if not isinstance(given, list):
        raise DataError(f"{name} came as {_kind(given)}", "a list of numbers", "reshape it")
    if len(given) > points:
        raise _too_many(len(given), points)
    wrong = set(map(type, given)) - _NUMBERS
    if wrong:
        at = next(i for i, one in enumerate(given) if type(one) in wrong)
        raise DataError(f"{name} holds {_kind(given[at])} at {at}", "numbers or null", "mend it")
    try:
        values = np.array(given, dtype=np.float64)
    except OverflowError:
        raise DataError(f"{name} holds a number beyond 1e308", "smaller numbers", "scale it") from None
    if np.isinf(values).any():
        raise DataError(f"{name} holds a number beyond 1e308", "smaller numbers", "scale it")
    return values


def _times(given: Any, points: int) -> list[Any]:
    if not isinstance(given, list):
        raise DataError(f"timestamps came as {_kind(given)}", "a list of times", "reshape it")
    if len(given) > points:
        raise _too_many(len(given), points)
    kinds = set(map(type, given))
    if not (kinds == {str} or (kinds and kinds <= {int, float})):
        raise DataError("timestamps are not of one kind", "all ISO-8601 text, or all seconds", "mend them")
    if kinds == {str} and max(map(len, given)) > 100:
        raise DataError("a timestamp of more than 100 characters", "ISO-8601", "mend it")
    return given


def _columns(data: dict[str, Any], times: list[Any] | None, points: int) -> dict[str, list[Any]]:
    if not data:
        raise DataError("data is empty", _DATA, "check where it comes from")
    if times is not None:
        if _TIME in data:
            raise DataError("timestamps came twice", "one list of them", "leave one out")
        data = {_TIME: times, **data}
    lengths: set[int] = set()
    for name, cells in data.items():
        _check_name(name)
        if not isinstance(cells, list):
            raise DataError(f"{name[:80]!r} came as {_kind(cells)}", "a list", "reshape it")
        lengths.add(len(cells))
        _check_cells(name, cells)
    if sum(map(len, data.values())) > points:
        raise _too_many(sum(map(len, data.values())), points)
    if len(lengths) != 1 or lengths == {0}:
        raise DataError(
            f"lists of {min(lengths)} to {max(lengths)} values", "as many in every list", "fill with null"
        )
    return data


def _records(data: list[dict[str, Any]], points: int) -> list[dict[str, Any]]:
    if sum(map(len, data)) > points:
        raise _too_many(sum(map(len, data)), points)
    for name in {name for record in data for name in record}:
        _check_name(name)
        _check_cells(name, [record.get(name) for record in data])
    if not any(data):
        raise DataError("the objects in data are empty", "at least one field", "check where they come from")
    return data


def _check_cells(name: str, cells: list[Any]) -> None:
    kinds = set(map(type, cells))
    if not kinds <= _CELLS:
        wrong = next(one for one in cells if type(one) not in _CELLS)
        raise DataError(f"{name[:80]!r} holds {_kind(wrong)}", "numbers, text or null", "flatten it")
    if str in kinds and max(len(one) for one in cells if type(one) is str) > LONGEST_TEXT:
        raise DataError(f"{name[:80]!r} holds a very long text", f"at most {LONGEST_TEXT:,} characters",
                        "shorten it")  # fmt: skip
    if float in kinds and any(one in (np.inf, -np.inf) for one in cells):
        raise DataError(f"{name[:80]!r} holds a number beyond 1e308", "smaller numbers", "scale it")
    if int in kinds and any(type(one) is int and one.bit_length() > 1000 for one in cells):
        raise DataError(f"{name[:80]!r} holds a number beyond 1e300", "smaller numbers", "scale it")


def _check_name(name: str) -> None:
    if len(name) > LONGEST_NAME:
        raise DataError(f"a name of {len(name):,} characters", f"at most {LONGEST_NAME}", "shorten it")


def _events(given: Any) -> list[dict[str, Any]] | None:
    """Objects and nothing else: a text would be read as a path."""
    if given is None:
        return None
    if not isinstance(given, list) or set(map(type, given)) - {dict} or len(given) > _MOST_EVENTS:
        raise DataError("events are no list of objects", '[{"time": ..., "title": ...}]', "mend them")
    for one in given:
        _check_flat("an event", one)
    return given or None


def _check_flat(what: str, given: Mapping[str, Any]) -> None:
    """One level of lists or objects is allowed (labels), no more."""
    for name, value in given.items():
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else [value]
        if len(name) > LONGEST_NAME or len(inner) > 1_000 or set(map(type, inner)) - _CELLS:
            raise DataError(f"{what} is nested or too long at {name[:80]!r}", "flat fields", "flatten it")
        if any(isinstance(one, str) and len(one) > LONGEST_TEXT for one in inner):
            raise DataError(f"{what} holds a very long text", f"at most {LONGEST_TEXT:,}", "shorten it")


def _graph(given: Any) -> dict[str, list[str]] | None:
    if given is None:
        return None
    fits = isinstance(given, dict) and all(
        len(name) <= LONGEST_NAME
        and isinstance(called, list)
        and all(isinstance(one, str) and len(one) <= LONGEST_NAME for one in called)
        for name, called in given.items()
    )
    if not fits:
        raise DataError("the graph is no object of lists of names", '{"web": ["api"]}', "mend it")
    found: dict[str, list[str]] = given
    return found or None


def _logs(given: Any) -> list[str] | None:
    if given is None:
        return None
    if not isinstance(given, list) or set(map(type, given)) - {str}:
        raise DataError("logs are no list of texts", "the lines, each with its time", "mend them")
    if any(len(one) > LONGEST_TEXT for one in given):
        raise DataError("a very long log line", f"at most {LONGEST_TEXT:,} characters", "shorten it")
    return given or None


def _constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON; a missing value is null")


def _too_many(count: int, points: int) -> RefusedError:
    return RefusedError(
        413, "Too large", f"{count:,} values", f"at most {points:,}",
        "hunt them in parts, or let the server take more (serve.points)",
    )  # fmt: skip


def _kind(given: Any) -> str:
    """What came, without giving much of it back.

    >>> _kind("a" * 100), _kind([1]), _kind(None)
    ("the text 'aaaaaaaaaaaaaaaaaaaa'", 'a list', 'null')
    """
    if isinstance(given, str):
        return f"the text {given[:20]!r}"
    names = {dict: "an object", list: "a list", type(None): "null", bool: "true or false"}
    return names.get(type(given), "a number")
