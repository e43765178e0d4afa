"""Problems as pages, for people whose browser asked for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from anomaly_hunter.serve.web.templating import environment

if TYPE_CHECKING:
    from anomaly_hunter.serve.rest.problem import Problem


def failed(scope: Scope, problem: Problem, request_id: str) -> Response | None:
    """The page that says what went wrong and what to do; None for programs and for parts of pages."""
    if scope["type"] != "http" or str(scope["path"]).startswith("/api/"):
        return None
    request = Request(scope)
    if "text/html" not in request.headers.get("accept", "") or "hx-request" in request.headers:
        return None
    caller = scope.get("state", {}).get("caller")
    text = (
        environment()
        .get_template("failed.html")
        .render(request=request, caller=caller, who=caller, problem=problem, request_id=request_id)
    )
    return Response(text, problem.status, {"Cache-Control": "no-store", **problem.headers}, "text/html")
