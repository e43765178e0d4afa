"""Signing in elsewhere: the way to the issuer, and back."""

from __future__ import annotations

from typing import Annotated, Final

import numpy as np
from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from anomaly_hunter.errors import HunterError
from anomaly_hunter.serve.guard.arriving import Arriving
from anomaly_hunter.serve.guard.entrance import Entrance
from anomaly_hunter.serve.guard.install import Coming
from anomaly_hunter.serve.guard.oidc.flow import Flow
from anomaly_hunter.serve.guard.oidc.issuer import Issuer
from anomaly_hunter.serve.guard.oidc.joining import joined
from anomaly_hunter.serve.guard.oidc.tokens import claims_of
from anomaly_hunter.serve.rest.problem import Problem, of_error
from anomaly_hunter.serve.site import Here
from anomaly_hunter.serve.web.pages.sign_in import form, signed_in

router = APIRouter()

LASTS_S: Final = 600
Text = Annotated[str, Query(max_length=4_000)]


@router.get("/sign-in/oidc")
def leave(request: Request, here: Here, coming: Coming, next: Text = "/") -> Response:  # noqa: A002
    """Off to the issuer."""
    try:
        flow = Flow.begun(next)
        away = RedirectResponse(flow.address(_issuer(coming), _back(coming, request)), 303)
    except Problem as problem:
        return form(request, here, next, problem=problem)
    arriving = Arriving.of(request.scope)
    away.set_cookie(
        _cookie(coming, arriving), flow.cookie, max_age=LASTS_S, httponly=True, samesite="lax", path="/",
        secure=coming.is_secure(arriving),
    )  # fmt: skip
    return away


@router.get("/sign-in/oidc/back")
def back(
    request: Request, here: Here, coming: Coming, *, code: Text = "", state: Text = "", error: Text = ""
) -> Response:
    """A session for who comes back with a code that the issuer knows."""
    arriving = Arriving.of(request.scope)
    try:
        flow = Flow.of(arriving.cookie(_cookie(coming, arriving)))
        if flow is None or not flow.fits(state):
            raise Problem(401, "Not signed in", "this sign-in was not begun in this browser, or too long ago",
                          "one that was", "sign in again")  # fmt: skip
        if error or not code:
            raise Problem(401, "Not signed in", "the issuer let nobody in", "a code", "sign in again")
        response = _come_in(request, coming, flow, code)
    except Problem as problem:
        response = form(request, here, "/", problem=problem)
    except HunterError as fault:
        response = form(request, here, "/", problem=of_error(fault))
    response.delete_cookie(
        _cookie(coming, arriving), secure=coming.is_secure(arriving), httponly=True, samesite="lax"
    )
    return response


def _come_in(request: Request, coming: Entrance, flow: Flow, code: str) -> Response:
    arriving, issuer = Arriving.of(request.scope), _issuer(coming)
    token = issuer.token(code, flow.verifier, _back(coming, request))
    now_s = float(coming.clock().astype(np.int64)) / 1e9
    claims = claims_of(token, issuer, flow.nonce, now_s)
    member = joined(coming.store, coming.options, claims, coming.address(arriving))
    return signed_in(coming, request, coming.begin(member, arriving, "oidc"), flow.way_back)


def _issuer(coming: Entrance) -> Issuer:
    if coming.issuer is None:
        raise Problem(404, "Not found", "nobody signs in elsewhere here", "a password", "sign in with one")
    return coming.issuer


def _back(coming: Entrance, request: Request) -> str:
    """Where the issuer sends people back to: it has to know this address."""
    ours = coming.options.url or f"{request.url.scheme}://{request.headers['host']}"
    return f"{ours.rstrip('/')}/sign-in/oidc/back"


def _cookie(coming: Entrance, arriving: Arriving) -> str:
    return f"{coming.cookie_name(arriving)}-oidc"
