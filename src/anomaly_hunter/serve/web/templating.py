"""Templates to answers."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from starlette.requests import Request
from starlette.responses import HTMLResponse

import anomaly_hunter
from anomaly_hunter.serve.guard.caller import Caller
from anomaly_hunter.tell import words

if TYPE_CHECKING:
    from jinja2 import Environment

HERE: Final = Path(__file__).parent


@cache
def environment() -> Environment:
    """Templates of the pages; everything is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(words=words, version=anomaly_hunter.__version__)
    return made


def page(
    request: Request, template: str, caller: Caller, *, status: int = 200, **values: Any
) -> HTMLResponse:
    """A template filled; it sees `caller`, `request` and the values."""
    text = environment().get_template(template).render(request=request, caller=caller, **values)
    return HTMLResponse(text, status)
