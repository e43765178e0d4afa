"""Whether who listens for long may still be here: signing out, disabling and revoking end that too."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Final

from starlette.types import Scope

from anomaly_hunter.errors import StoreError
from anomaly_hunter.remember.people.keys import key_of
from anomaly_hunter.remember.people.sessions import session_of
from anomaly_hunter.serve.guard.arriving import Arriving
from anomaly_hunter.serve.guard.caller import Caller
from anomaly_hunter.serve.guard.entrance import Entrance, digest
from anomaly_hunter.serve.guard.scopes import role_of_key

EVERY_S: Final = 5.0


class Pass:
    """What let somebody in, shown again every few seconds."""

    def __init__(
        self, entrance: Entrance, scope: Scope, caller: Caller, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._entrance = entrance
        self._arriving = Arriving.of(scope)
        self._caller = caller
        self._clock = clock
        self._shown_at = clock()

    async def lasts(self) -> bool:
        """Whether it still opens what it opened; a memory that is busy is asked again later."""
        now = self._clock()
        if self._caller.way == "local" or now - self._shown_at < EVERY_S:
            return True
        self._shown_at = now
        try:
            return await asyncio.to_thread(self._opens)
        except StoreError:
            return True

    def _opens(self) -> bool:
        """Nothing is noted as used: a page that is left open does not keep its session alive."""
        entrance, arriving = self._entrance, self._arriving
        at = entrance.clock()
        if arriving.bearer is not None:
            key = key_of(entrance.store, arriving.bearer, at)
            return key is not None and role_of_key(key.scopes, arriving) is not None
        token = arriving.cookie(entrance.cookie_name(arriving))
        return bool(token) and session_of(entrance.store, digest(token), at) is not None
