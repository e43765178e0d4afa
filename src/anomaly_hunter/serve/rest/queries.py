"""What stands behind the ? of an address is read as it is described, or refused: nothing is left aside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, get_args

from starlette.requests import HTTPConnection

from anomaly_hunter.serve.rest.problem import Problem


async def asked_well(connection: HTTPConnection) -> None:  # not in a thread: that costs more than it does
    """A filter that is spelled wrongly, or given twice, would otherwise silently not count.

    Raises
    ------
    Problem
        422: a parameter that the operation does not have, or one value that came twice.
    """
    route = connection.scope.get("route")
    given = connection.query_params.multi_items()
    if not given or not hasattr(route, "dependant"):
        return
    single, several = _known(route)
    for name, times in Counter(name for name, _ in given).items():
        if name not in single and name not in several:
            known = ", ".join(sorted(single | several)) or "none"
            raise _not_described(f"the parameter {name[:80]!r} is not known here", f"one of {known}", name)
        if times > 1 and name in single:
            raise _not_described(f"the parameter {name} came {times} times", "it once", name)


def _known(route: Any) -> tuple[frozenset[str], frozenset[str]]:
    """Names of parameters that are given once, and of those that may be given several times."""
    fields = list(_fields(route.dependant))
    several = frozenset(field.alias for field in fields if _is_list(field.field_info.annotation))
    return frozenset(field.alias for field in fields) - several, several


def _fields(dependant: Any) -> Iterator[Any]:
    """The parameters of an operation and of everything that it depends on."""
    yield from dependant.query_params
    for one in dependant.dependencies:
        yield from _fields(one)


def _is_list(annotation: Any) -> bool:
    if getattr(annotation, "__origin__", annotation) in (list, tuple, set):
        return True
    return any(map(_is_list, get_args(annotation)))


def _not_described(came: str, expected: str, name: str) -> Problem:
    faults = [{"where": f"query.{name[:80]}", "what": came}]
    return Problem(422, "Not as described", came, expected, "mend the address", faults=faults)
