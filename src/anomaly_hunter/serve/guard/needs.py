"""What an endpoint asks of who calls: `def page(caller: Responder)`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeAlias

from fastapi import Depends
from starlette.requests import HTTPConnection

from anomaly_hunter.serve.guard.caller import Caller, Role
from anomaly_hunter.serve.rest.problem import Problem


def not_signed_in() -> Problem:
    """For people and for programs."""
    return Problem(
        401,
        "Not signed in",
        "nobody is signed in",
        "an API key or a session",
        "send `Authorization: Bearer KEY` (`hunter keys add` makes keys), or sign in",
    )


def _needs(role: Role) -> Callable[[HTTPConnection], Awaitable[Caller]]:
    async def caller(connection: HTTPConnection) -> Caller:  # not in a thread: that costs more than it does
        found = connection.scope["state"].get("caller")
        if not isinstance(found, Caller):
            raise not_signed_in()
        if not found.may(role):
            raise Problem(
                403,
                "Not allowed",
                f"{found.name} is a {found.role}",
                "an admin" if role == "admin" else f"a {role}",
                "ask an admin",
            )
        return found

    return caller


viewer = _needs("viewer")
"""Who calls, where they may look: what :data:`Viewer` stands for, for endpoints that are asked directly."""
Viewer: TypeAlias = Annotated[Caller, Depends(viewer)]
Responder: TypeAlias = Annotated[Caller, Depends(_needs("responder"))]
Admin: TypeAlias = Annotated[Caller, Depends(_needs("admin"))]
