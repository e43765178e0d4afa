"""Routes whose addresses begin alike: what asks elsewhere neither loads them nor is compared with each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from threading import Lock

from fastapi import APIRouter
from starlette.routing import Match
from starlette.types import Scope


class Below(APIRouter):
    """A router that is included with this prefix; ``routers`` gives what it holds when that is first needed.

    To load and describe many operations takes the better part of a second: pages do not wait for it.
    """

    def __init__(self, prefix: str, routers: Callable[[], Iterable[APIRouter]]) -> None:
        super().__init__()
        self._below = prefix
        self._routers = routers
        self._loading = Lock()
        self._loaded = False

    def load(self) -> None:
        """Load what it holds, once."""
        with self._loading:
            if not self._loaded:
                for router in self._routers():
                    self.include_router(router)
                self._loaded = True

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Nothing else than what is below the prefix."""
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        if not path.startswith(self._below):
            return Match.NONE, {}
        if not self._loaded:
            self.load()
        return super().matches(scope)
