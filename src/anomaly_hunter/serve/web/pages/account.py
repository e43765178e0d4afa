"""What is yours: your password, and where you are signed in."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from anomaly_hunter.errors import HunterError, UsageError
from anomaly_hunter.remember.people.sessions import Sessions
from anomaly_hunter.serve.api.me import end_sessions
from anomaly_hunter.serve.guard.caller import Caller
from anomaly_hunter.serve.guard.entrance import Entrance
from anomaly_hunter.serve.guard.install import Coming
from anomaly_hunter.serve.guard.needs import Viewer
from anomaly_hunter.serve.guard.written import told
from anomaly_hunter.serve.rest.problem import Problem
from anomaly_hunter.serve.site import Here, Site
from anomaly_hunter.serve.web.templating import page

router = APIRouter()

Password = Annotated[str, Form(max_length=1_000)]


@router.get("/account")
def account(request: Request, here: Here, coming: Coming, caller: Viewer) -> Response:
    """Sessions and password."""
    return _page(request, here, coming, caller)


@router.post("/account/password")
def password(
    request: Request, here: Here, coming: Coming, caller: Viewer, *, old: Password = "", new: Password = ""
) -> Response:
    """Change it, and sign in with it; or say why not."""
    try:
        coming.change_password(caller, old, new)
    except Problem as problem:
        return _page(request, here, coming, caller, error=problem.error, status=problem.status)
    except UsageError as error:
        return _page(request, here, coming, caller, error=error, status=422)
    told(request)
    return RedirectResponse("/sign-in", 303)


@router.post("/account/elsewhere")
def elsewhere(request: Request, here: Here, caller: Viewer) -> Response:
    """Sign out everywhere else."""
    end_sessions(request, here, caller)
    return RedirectResponse("/account", 303)


def _page(
    request: Request, here: Site, coming: Entrance, caller: Caller, *,
    error: HunterError | None = None, status: int = 200,
) -> Response:  # fmt: skip
    found = Sessions(here.memory(caller)).of(caller.id, coming.clock()) if caller.session else ()
    return page(request, "account.html", caller, status=status, sessions=found, error=error)
