"""Templates to answers."""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

import anomaly_hunter
from anomaly_hunter.model import iso, severity_level
from anomaly_hunter.serve.guard.caller import Caller, Role
from anomaly_hunter.serve.web import assets
from anomaly_hunter.serve.web.browsers import browser_of
from anomaly_hunter.tell import models, words
from anomaly_hunter.tell.html import limits
from anomaly_hunter.tell.html.compact import cut
from anomaly_hunter.tell.html.page import fact

if TYPE_CHECKING:
    from jinja2 import Environment

HERE: Final = Path(__file__).parent
_MOMENT: Final = r"\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d(?:\.\d+)?)?(?: UTC)?"
_WHEN: Final = re.compile(rf" (?:between {_MOMENT} and {_MOMENT}|(?:since|at|from) {_MOMENT})(?= |;|,|$)")
UNITS: Final = ((604_800, "w"), (86_400, "d"), (3_600, "h"), (60, "min"))


@dataclass(frozen=True, slots=True)
class Place:
    """A line of the navigation; `group` begins a new part of it."""

    href: str
    title: str
    icon: str
    keys: str
    role: Role = "viewer"
    group: str = ""


PLACES: Final = (
    Place("/", "Overview", "overview", "g o"),
    Place("/incidents", "Incidents", "incidents", "g i"),
    Place("/hunts", "Hunts", "hunts", "g h"),
    Place("/hunt", "Upload and hunt", "hunt", "g u", "responder"),
    Place("/watches", "Watches", "watches", "g w", group="Monitoring"),
    Place("/silences", "Silences", "silences", "g s"),
    Place("/events", "Events", "events", "g e"),
    Place("/statistics", "Statistics", "statistics", "g t", group="Insight"),
    Place("/settings", "Settings", "settings", "g c", "admin", group="Administration"),
    Place("/people", "People and keys", "people", "g p", "admin"),
    Place("/audit", "Audit", "audit", "g a", "admin"),
)


@cache
def environment() -> Environment:
    """Templates of the pages; everything is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from anomaly_hunter.serve.web.compiled import Compiled

    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=Compiled(HERE / "__pycache__"),
    )
    made.globals.update(
        words=words,
        version=anomaly_hunter.__version__,
        asset=assets.address,
        places=PLACES,
        level_of=level_of,
        models=models,
        limits=limits,
    )
    made.filters.update(
        iso=iso,
        ago=ago,
        shown=shown,
        spoken=spoken,
        browser=browser_of,
        pair=lambda word: (word, word),
        millis=millis,
        brief=brief,
        minute=minute,
        cut=cut,
        fact=fact,
        percent=words.percent,
        number=words.number,
    )
    return made


def warm_up() -> Iterator[str]:
    """Pack the files of pages and compile the templates, so that nobody waits for it; one step at a time."""
    assets.assets()
    for name in environment().list_templates():
        environment().get_template(name)
        yield name


def page(
    request: Request, template: str, caller: Caller, *, status: int = 200, **values: Any
) -> HTMLResponse:
    """A template filled; it sees `caller` (in call blocks, where that is another thing, `who`), `request`
    and the values.
    """
    text = environment().get_template(template).render(request=request, caller=caller, who=caller, **values)
    return HTMLResponse(text, status, {"Cache-Control": "no-store"})


def said(
    answer: Response, title: str, text: str = "", *, kind: str = "done", close: bool = False
) -> Response:
    """An htmx answer that also shows a toast; `close`: of a dialog, which closes while `#list` is swapped."""
    # At the body: who asked may be gone already, replaced by a live update.
    events: dict[str, Any] = {"toast": {"title": title, "text": text, "kind": kind, "target": "body"}}
    if close:
        events["close-dialog"] = {}
        answer.headers.update({"HX-Retarget": "#list", "HX-Reswap": "outerHTML"})
    answer.headers["HX-Trigger"] = json.dumps(events)  # ASCII only, whatever stands in it
    return answer


def is_fragment(request: Request) -> bool:
    """Whether htmx asks for a part of a page, and not somebody for all of it."""
    headers = request.headers
    return headers.get("hx-request") == "true" and headers.get("hx-history-restore-request") != "true"


def level_of(value: float) -> str:
    """The word of a severity; "unranked" where there is none."""
    return "unranked" if math.isnan(value) else severity_level(value)


def ago(at: np.datetime64, now: np.datetime64 | None = None) -> str:
    """How long ago, or how soon, in the largest unit that fits; app.js says it the same way.

    >>> then, now = np.datetime64("2026-11-21T10:00"), np.datetime64("2026-11-21T13:30")
    >>> ago(then, now), ago(now, then), ago(now, now)
    ('3 h ago', 'in 3 h', 'just now')
    """
    now = np.datetime64(time.time_ns(), "ns") if now is None else now
    seconds = float((now - at) / np.timedelta64(1, "s"))
    for length, unit in UNITS:
        if abs(seconds) >= length:
            text = f"{int(abs(seconds) // length)} {unit}"
            return f"in {text}" if seconds < 0 else f"{text} ago"
    return "in a moment" if seconds < 0 else "just now"


def brief(headline: str) -> str:
    """A headline without its times, for lists that have them in columns of their own.

    >>> brief("cpu rose to 9 since 2026-03-03 13:40 UTC; likely cause: a deploy")
    'cpu rose to 9; likely cause: a deploy'
    """
    return _WHEN.sub("", headline)


def minute(at: np.datetime64 | None) -> np.datetime64 | None:
    """A moment without its seconds: of what people planned they say nothing."""
    return None if at is None else at.astype("datetime64[m]")


def millis(at: np.datetime64) -> int:
    """Milliseconds since 1970, as scripts count.

    >>> millis(np.datetime64("1970-01-01T00:00:02"))
    2000
    """
    return int(at.astype("datetime64[ms]").astype(np.int64))


def spoken(when: str) -> str:
    """A moment of a document as pages write it; what is none ("#17") stays.

    >>> spoken("2026-11-21T10:00:00Z"), spoken("#17")
    ('2026-11-21 10:00 UTC', '#17')
    """
    try:
        return shown(np.datetime64(when.removesuffix("Z"), "ns"))
    except ValueError:
        return when


def shown(at: np.datetime64) -> str:
    """A moment to the minute, or to the second where it has some.

    >>> shown(np.datetime64("2026-11-21T10:00:00.5")), shown(np.datetime64("2026-11-21T10:00"))
    ('2026-11-21 10:00:00 UTC', '2026-11-21 10:00 UTC')
    """
    text = str(at.astype("datetime64[s]")).replace("T", " ")
    return f"{text.removesuffix(':00') if at == at.astype('datetime64[m]') else text} UTC"
