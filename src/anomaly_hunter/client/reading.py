"""JSON to records: by the types of their fields, forgiving towards what is more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from anomaly_hunter.errors import ServerError

T = TypeVar("T")


def record_of(cls: type[T], given: Any) -> T:
    """A record of this class.

    Raises
    ------
    ServerError
        A field without a default is missing, or of another kind: the server speaks another version.

    >>> from anomaly_hunter.client.records import Named
    >>> record_of(Named, {"kind": "event", "name": "api v2", "later": 1})
    Named(kind='event', name='api v2')
    """
    if not isinstance(given, Mapping):
        raise _other(cls.__name__, given)
    values: dict[str, Any] = {}
    for name, (hint, needed) in _hints(cast(Any, cls)).items():
        if name in given:
            values[name] = _value(hint, given[name], f"{cls.__name__}.{name}")
        elif needed:
            raise _other(f"{cls.__name__}.{name}", "nothing")
    return cls(**values)


@cache
def _hints(cls: Any) -> dict[str, tuple[Any, bool]]:
    """The type of each field, and whether it must be there."""
    hints = get_type_hints(cls)
    return {
        f.name: (hints[f.name], f.default is MISSING and f.default_factory is MISSING) for f in fields(cls)
    }


def _value(hint: Any, given: Any, where: str) -> Any:
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        kinds = [one for one in inner if one is not NoneType]
        return None if given is None else _value(kinds[0], given, where)
    if origin is tuple:
        if not isinstance(given, list):
            raise _other(where, given)
        return tuple(_value(inner[0], one, where) for one in given)
    if is_dataclass(hint) and isinstance(hint, type):
        return record_of(hint, given)
    if hint is datetime:
        return _time(given, where)
    if hint is float and isinstance(given, int) and not isinstance(given, bool):
        return float(given)
    kind = Mapping if origin is not None else hint
    if hint is not Any and not isinstance(given, kind):
        raise _other(where, given)
    return given


def _time(given: Any, where: str) -> datetime:
    try:
        return datetime.fromisoformat(given)
    except (TypeError, ValueError) as error:
        raise _other(where, given) from error


def _other(where: str, came: Any) -> ServerError:
    return ServerError(
        f"the server sent {str(came)[:40]!r} for {where}", "an answer of this version's API",
        "use a client of the server's version",
    )  # fmt: skip
