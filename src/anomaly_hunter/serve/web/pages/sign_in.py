"""Coming in with a password, going out."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from anomaly_hunter.serve.guard.arriving import Arriving
from anomaly_hunter.serve.guard.entrance import Entrance
from anomaly_hunter.serve.guard.install import Coming
from anomaly_hunter.serve.guard.needs import Viewer
from anomaly_hunter.serve.guard.way_back import local
from anomaly_hunter.serve.guard.written import told
from anomaly_hunter.serve.rest.problem import Problem
from anomaly_hunter.serve.site import Here
from anomaly_hunter.serve.web.templating import environment

router = APIRouter()


@router.get("/sign-in")
def ask(request: Request, here: Here, next: str = "/") -> Response:  # noqa: A002 - as the address says
    """The form."""
    if not here.settings.serve.sign_in:
        return RedirectResponse("/", 303)
    return form(request, here, next)


@router.post("/sign-in")
def sign_in(
    request: Request, here: Here, coming: Coming, *, name: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1_000)] = "", next: Annotated[str, Form()] = "/",  # noqa: A002
) -> Response:  # fmt: skip
    """A session for who has the password; the form again for everybody else."""
    if not here.settings.serve.sign_in:
        return RedirectResponse("/", 303)
    try:
        token = coming.sign_in(name, password, Arriving.of(request.scope))
    except Problem as problem:
        return form(request, here, next, name=name, problem=problem)
    return signed_in(coming, request, token, next)


@router.post("/sign-out")
def sign_out(request: Request, coming: Coming, caller: Viewer) -> Response:
    """End this session; the browser forgets what it holds of us."""
    arriving = Arriving.of(request.scope)
    coming.end_cookie(arriving)
    told(request)
    gone = RedirectResponse("/sign-in", 303, headers={"Clear-Site-Data": '"cache", "storage"'})
    secure = coming.is_secure(arriving)
    gone.delete_cookie(coming.cookie_name(arriving), secure=secure, httponly=True, samesite="lax")
    return gone


def signed_in(coming: Entrance, request: Request, token: str, way_back: str) -> Response:
    """Back to where they wanted to go, with the cookie of the new session."""
    arriving = Arriving.of(request.scope)
    response = RedirectResponse(local(way_back), 303)
    response.set_cookie(
        coming.cookie_name(arriving), token, httponly=True, samesite="lax", path="/",
        secure=coming.is_secure(arriving),
    )  # fmt: skip
    return response


def form(
    request: Request, here: Here, way_back: str, *, name: str = "", problem: Problem | None = None
) -> Response:
    """The page that asks who somebody is, or what was wrong."""
    options = here.settings.serve
    text = environment().get_template("sign_in.html").render(
        request=request, caller=None, next=local(way_back), name=name, problem=problem,
        elsewhere=urlsplit(options.oidc_issuer).hostname,
    )  # fmt: skip
    return HTMLResponse(text, problem.status if problem else 200, problem.headers if problem else None)
