"""A short way to what is asked most: no search through all routes, nothing to solve before the endpoint."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import Scope


class Straight(Route):
    """A POST at a path, where nothing stands behind the ?; with something the described route answers.

    That route stays the one in the description; all layers around the routes stand before this one too.
    """

    def __init__(self, path: str, endpoint: Callable[[Request], Awaitable[Response]]) -> None:
        super().__init__(path, endpoint, methods=["POST"], include_in_schema=False)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Only what has nothing to solve."""
        if scope["type"] != "http" or scope["method"] != "POST" or scope.get("query_string"):
            return Match.NONE, {}
        return super().matches(scope)
