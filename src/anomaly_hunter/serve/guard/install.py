"""The guard around the application."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from fastapi import Depends, FastAPI
from starlette.requests import HTTPConnection

from anomaly_hunter.config import oidc_client_secret
from anomaly_hunter.serve.guard.door import Door
from anomaly_hunter.serve.guard.entrance import Entrance
from anomaly_hunter.serve.guard.headers import SecurityHeaders
from anomaly_hunter.serve.guard.oidc.issuer import Issuer
from anomaly_hunter.serve.rest.faults import Faults
from anomaly_hunter.serve.site import Site


def install(app: FastAPI, site: Site) -> None:
    """Put door and headers around everything that the application answers."""
    options = site.settings.serve
    issuer = Issuer(options, oidc_client_secret()) if options.oidc_issuer else None
    app.state.entrance = Entrance(site.store, options, issuer)
    app.add_middleware(Door, entrance=app.state.entrance)
    app.add_middleware(Faults)  # outside the door: what fails in it is answered too
    app.add_middleware(SecurityHeaders, options=options)


def _entrance(connection: HTTPConnection) -> Entrance:
    found = connection.app.state.entrance
    assert isinstance(found, Entrance)  # noqa: S101 - set above
    return found


Coming: TypeAlias = Annotated[Entrance, Depends(_entrance)]
"""An endpoint's parameter, where people come in or go out."""
