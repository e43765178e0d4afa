"""Answers: JSON that every client can read, and pages of a list with a cursor to the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Generic, TypeAlias, TypeVar

from fastapi import Path, Query
from starlette.datastructures import URL
from starlette.requests import Request
from starlette.responses import JSONResponse

from anomaly_hunter.tell.document import dump

T = TypeVar("T")

MOST: Final = 200
"""Items of one page."""

After: TypeAlias = Annotated[
    str, Query(max_length=1_000, description="The cursor that the page before gave as `next`.")
]
Id: TypeAlias = Annotated[str, Path(min_length=1, max_length=40, description="As lists show it.")]
Limit: TypeAlias = Annotated[int, Query(ge=1, le=MOST, description="Items of one page.")]


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some items of a list; ``next`` is the cursor to more, null on the last page."""

    items: list[T]
    next: str | None


@dataclass(frozen=True)
class Items(Generic[T]):
    """All items of a short list."""

    items: list[T]


class Json(JSONResponse):
    """JSON text: UTF-8, never NaN, characters that steer a terminal escaped."""

    def render(self, content: Any) -> bytes:
        """The bytes that are sent."""
        return dump(content).encode("utf-8", "replace")


def page(request: Request, items: Sequence[Any], after: str) -> Json:
    """One page of a list; `after` is the cursor to the next one, "" on the last.

    The address of the next page stands in the header Link too (RFC 8288).
    """
    headers = {}
    if after:
        following = URL(scope=request.scope).include_query_params(after=after)
        headers["link"] = f'<{following.path}?{following.query}>; rel="next"'
    return Json({"items": list(items), "next": after or None}, headers=headers)
