"""What every request shares: settings, the store, what hunts and what tells listeners."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Annotated, Final, TypeAlias

import numpy as np
from fastapi import Depends
from starlette.requests import HTTPConnection

from anomaly_hunter.config import Settings
from anomaly_hunter.remember.moments import now
from anomaly_hunter.remember.store import Store
from anomaly_hunter.serve.counts import Counts
from anomaly_hunter.serve.guard.caller import Caller
from anomaly_hunter.serve.hunting.jobs import Queue
from anomaly_hunter.serve.live.broker import Broker
from anomaly_hunter.serve.pool.pool import Pool
from anomaly_hunter.serve.rest.problem import Problem

TRANSACTION: Final = "transaction"
"""Where a request's state holds the store whose transaction it is done in; most have none."""


@dataclass(slots=True)
class Site:
    """One server. Made by :func:`anomaly_hunter.serve.app.create_app`, closed with it.

    Attributes
    ----------
    clock:
        What time it is, for leases of jobs and for what is old.
    pool:
        Processes that hunt.
    feed:
        What happens, for those who listen.
    queue:
        Jobs that wait or run.
    counts:
        What was counted since the start.
    home:
        The organisation that the server belongs to.
    """

    settings: Settings
    store: Store
    pool: Pool
    clock: Callable[[], np.datetime64] = now
    feed: Broker = field(init=False)
    queue: Queue = field(init=False)
    home: str = field(init=False)
    counts: Counts = field(init=False)

    def __post_init__(self) -> None:
        self.home = self.store.organisation
        self.feed = Broker(self.store)
        self.counts = Counts()
        self.queue = Queue(self.store, self.pool, self.counts, self.clock)

    def memory(self, caller: Caller) -> Store:
        """The store of the caller's organisation: every query of a request goes through this."""
        return replace(self.store, organisation=caller.organisation)

    def is_home(self, caller: Caller) -> bool:
        """Whether they are of the organisation that the server belongs to."""
        return caller.organisation == self.home

    def check_ours(self, caller: Caller, what: str) -> None:
        """Let pass those of the organisation that the server belongs to: ``what`` is of the whole server.

        Raises
        ------
        Problem
            403: they are of another one.
        """
        if not self.is_home(caller):
            raise Problem(
                403, "Not allowed", f"{what} are of the whole server",
                "somebody of the organisation that the server belongs to", "ask who runs the server",
            )  # fmt: skip

    def within(self, store: Store) -> Site:
        """The same server with the store of a transaction."""
        found = copy.copy(self)
        found.store = store
        return found


async def _site(connection: HTTPConnection) -> Site:
    found = connection.app.state.site
    assert isinstance(found, Site)  # noqa: S101 - set where the app is made
    store = connection.scope.get("state", {}).get(TRANSACTION)
    return found if store is None else found.within(store)


Here: TypeAlias = Annotated[Site, Depends(_site)]
"""An endpoint's parameter: `def incidents(here: Here, caller: Viewer)`."""
