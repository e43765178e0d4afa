"""What every request shares: settings, the store, and later what hunts and what tells listeners."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, TypeAlias

from fastapi import Depends
from starlette.requests import HTTPConnection

from anomaly_hunter.config import Settings
from anomaly_hunter.remember.store import Store
from anomaly_hunter.serve.guard.caller import Caller


@dataclass(slots=True)
class Site:
    """One server. Made by :func:`anomaly_hunter.serve.app.create_app`, closed with it."""

    settings: Settings
    store: Store

    def memory(self, caller: Caller) -> Store:
        """The store of the caller's organisation: every query of a request goes through this."""
        return replace(self.store, organisation=caller.organisation)


def _site(connection: HTTPConnection) -> Site:
    found = connection.app.state.site
    assert isinstance(found, Site)  # noqa: S101 - set where the app is made
    return found


Here: TypeAlias = Annotated[Site, Depends(_site)]
"""An endpoint's parameter: `def incidents(here: Here, caller: Viewer)`."""
