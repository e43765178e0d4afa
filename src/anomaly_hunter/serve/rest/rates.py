"""How many requests one caller may make."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from anomaly_hunter.serve.guard.address import address_of, network_of
from anomaly_hunter.serve.guard.caller import Caller
from anomaly_hunter.serve.rest.problem import Problem, response

_KNOWN: Final = 10_000
_FREE: Final = ("/static/", "/healthz", "/readyz", "/metrics")


class Bucket:
    """So many requests at once; they come back evenly over a minute.

    >>> bucket = Bucket(2)
    >>> [bucket.wait("ann", at) for at in (0.0, 0.0, 0.0, 30.0)]
    [0.0, 0.0, 30.0, 0.0]
    """

    def __init__(self, per_minute: int) -> None:
        self._step = 60.0 / per_minute
        self._free_at: OrderedDict[object, float] = OrderedDict()

    def wait(self, who: object, now: float) -> float:
        """0.0 and one is taken; or how many seconds until there is one."""
        full_at = max(self._free_at.get(who, now), now)  # when all are back
        wait = full_at + self._step - now - 60.0
        if wait > 1e-9:
            return wait
        self._free_at[who] = full_at + self._step
        self._free_at.move_to_end(who)
        while len(self._free_at) > _KNOWN:
            self._free_at.popitem(last=False)
        return 0.0


class Rates:
    """Answers 429 with ``Retry-After`` to who asks for more than ``per_minute``; 0: no limit.

    A caller without a name of their own (nobody signed in) is told by the address, also behind known
    ``proxies``.
    """

    def __init__(
        self,
        app: ASGIApp,
        per_minute: int,
        proxies: Sequence[str] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._proxies = proxies
        self._per_minute = per_minute
        self._bucket = Bucket(per_minute) if per_minute else None
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let it through, or say when to come back."""
        if self._bucket is None or scope["type"] != "http" or scope["path"].startswith(_FREE):
            await self._app(scope, receive, send)
            return
        wait = self._bucket.wait(self._who(scope), self._clock())
        if not wait:
            await self._app(scope, receive, send)
            return
        seconds = math.ceil(wait)
        problem = Problem(
            429, "Too many requests", f"more than {self._per_minute:,} requests in a minute",
            "fewer", f"wait {seconds} s", headers={"retry-after": str(seconds)},
        )  # fmt: skip
        await response(scope, problem)(scope, receive, send)

    def _who(self, scope: Scope) -> object:
        caller = scope.get("state", {}).get("caller")
        if isinstance(caller, Caller) and caller.way != "local":
            return caller.organisation, caller.way, caller.name
        client = scope.get("client")
        forwarded = ", ".join(Headers(scope=scope).getlist("x-forwarded-for"))
        return network_of(address_of(client[0] if client else "", forwarded, self._proxies))
