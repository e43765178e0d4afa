"""Silences and maintenance windows: what is kept quiet, until when, and how much it was."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

import numpy as np
from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel

from anomaly_hunter.errors import UsageError
from anomaly_hunter.remember.life.covering import covered
from anomaly_hunter.remember.life.silences import Silences
from anomaly_hunter.remember.records import Matcher, Silence
from anomaly_hunter.remember.store import Store
from anomaly_hunter.serve.guard.needs import Responder, Viewer
from anomaly_hunter.serve.rest.moments import typed
from anomaly_hunter.serve.site import Here
from anomaly_hunter.serve.web.templating import page, said, shown

router = APIRouter()

LENGTHS: Final = (
    ("30m", "30 minutes"), ("1h", "1 hour"), ("4h", "4 hours"), ("12h", "12 hours"), ("1d", "1 day"),
    ("3d", "3 days"), ("7d", "7 days"), ("30d", "30 days"),
)  # fmt: skip
REPEATS: Final = (("", "Once"), ("daily", "Every day"), ("weekly", "Every week"))
KINDS: Final = (("silence", "Silence"), ("maintenance", "Maintenance window"))
MOST_OVER: Final = 50
_UNIT: Final = {"m": 60, "h": 3_600, "d": 86_400}


@dataclass(frozen=True, slots=True)
class Line:
    """A silence with what it comes to."""

    silence: Silence
    state: str
    means: tuple[str, ...]
    kept_quiet: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """The form as it was filled in."""

    kind: Annotated[str, Form()] = "silence"
    subject: Annotated[str, Form()] = "*"
    dataset: Annotated[str, Form()] = "*"
    labels: Annotated[str, Form()] = ""
    least: Annotated[str, Form()] = "0"
    most: Annotated[str, Form()] = "10"
    begins: Annotated[str, Form()] = ""
    lasts: Annotated[str, Form()] = "1h"
    repeat: Annotated[str, Form()] = ""
    reason: Annotated[str, Form()] = ""


class Meant(BaseModel):
    """What of the form says which incidents are meant."""

    subject: str = "*"
    dataset: str = "*"
    labels: str = ""
    least: str = "0"
    most: str = "10"


@router.get("/silences")
def silences(request: Request, here: Here, caller: Viewer, subject: str = "*") -> Response:
    """Those in force, to come and over; `?subject=` fills the form."""
    return page(request, "silences.html", caller, wanted=Wanted(subject=subject), error=None,
                **choices(), **listed(here.memory(caller)))  # fmt: skip


@router.get("/silences/list")
def silences_list(request: Request, here: Here, caller: Viewer) -> Response:
    """The part that changes."""
    return page(request, "silences/list.html", caller, **listed(here.memory(caller)))


@router.get("/silences/covers")
def covers(request: Request, here: Here, caller: Viewer, given: Annotated[Meant, Query()]) -> Response:
    """What the form as it stands would keep quiet."""
    try:
        found, error = covered(here.memory(caller), _matcher(given)), None
    except UsageError as refused:
        found, error = None, refused
    return page(request, "silences/covers.html", caller, covers=found, error=error)


@router.post("/silences")
def make(request: Request, here: Here, caller: Responder, wanted: Annotated[Wanted, Depends()]) -> Response:
    """Make one, or say what is wrong with the form."""
    memory = here.memory(caller)
    try:
        made = Silences(memory).add(_silence(wanted, caller.name))
    except UsageError as error:
        return page(
            request, "silences/form.html", caller, status=422, wanted=wanted, error=error, **choices()
        )
    answer = page(request, "silences/list.html", caller, **listed(memory))
    return said(answer, "It is quiet", f"until {shown(made.ends_at)}", close=True)


@router.post("/silences/{silence_id}/end")
def end(request: Request, here: Here, caller: Responder, silence_id: str) -> Response:
    """End it now; what it kept quiet and is still active is heard again."""
    memory = here.memory(caller)
    Silences(memory).end(silence_id, caller.name)
    answer = page(request, "silences/list.html", caller, **listed(memory))
    return said(answer, "Ended", "What is still active is heard again.")


def choices() -> dict[str, Any]:
    """What the form offers."""
    return {"lengths": LENGTHS, "repeats": REPEATS, "kinds": KINDS}


def listed(memory: Store) -> dict[str, Any]:
    """The silences in three parts."""
    facet = Silences(memory)
    now = np.datetime64(time.time_ns(), "ns")
    in_force = {one.id for one in facet.active(now)}
    parts: dict[str, list[Line]] = {"In force": [], "To come": [], "Over": []}
    for one in facet.all():
        state = _state(one, now, in_force)
        if state == "Over" and len(parts[state]) >= MOST_OVER:
            continue
        parts[state].append(Line(one, state, tuple(_means(one.matcher)), facet.counted(one.id)))
    return {"parts_of_time": parts}


def _state(silence: Silence, now: np.datetime64, in_force: set[str] | frozenset[str]) -> str:
    if silence.id in in_force:
        return "In force"
    ended = silence.ended_at is not None or (not silence.repeat and silence.ends_at <= now)
    return "Over" if ended else "To come"


def _means(matcher: Matcher) -> Sequence[str]:
    """What fits, in words.

    >>> _means(Matcher("db*", labels={"region": "eu-*"}, least_severity=0, most_severity=4))
    ['series db*', 'region = eu-*', 'severity up to 4']
    """
    said = [f"{name} {glob}" for name, glob in (("series", matcher.subject), ("dataset", matcher.dataset))
            if glob not in ("", "*")]  # fmt: skip
    said += [f"{name} = {glob}" for name, glob in matcher.labels.items()]
    least, most = matcher.least_severity, matcher.most_severity
    if least > 0:
        said.append(f"severity {least:g} to {most:g}" if most < 10 else f"severity from {least:g}")
    elif most < 10:
        said.append(f"severity up to {most:g}")
    return said or ["everything"]


def _silence(wanted: Wanted, by: str) -> Silence:
    if not wanted.reason.strip():
        raise UsageError("it has no reason", "a few words", "say why: others will ask")
    matcher = _matcher(wanted)
    begins = _begin(wanted.begins)
    ends = begins + np.timedelta64(_seconds(wanted.lasts), "s")
    return Silence(matcher, begins, ends, wanted.kind, wanted.repeat, wanted.reason.strip(), by)


def _matcher(wanted: Wanted | Meant) -> Matcher:
    return Matcher(
        wanted.subject.strip() or "*", wanted.dataset.strip() or "*", _labels(wanted.labels),
        _severity(wanted.least or "0"), _severity(wanted.most or "10"),
    )  # fmt: skip


def _labels(text: str) -> Mapping[str, str]:
    """Labels as people write them.

    >>> _labels("region=eu-*, team = shop")
    {'region': 'eu-*', 'team': 'shop'}
    """
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    if any(not sign or not name.strip() for name, sign, _ in pairs):
        raise UsageError(f"the labels are {text[:80]!r}", "name=value, name=value", "change them")
    return {name.strip(): glob.strip() or "*" for name, _, glob in pairs}


def _severity(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise UsageError(f"a severity is {text[:40]!r}", "a number from 0 to 10", "change it") from None


def _begin(text: str) -> np.datetime64:
    if not text:
        return np.datetime64(int(time.time()) * 1_000_000_000, "ns")
    return typed(text)


def _seconds(text: str) -> int:
    if text not in dict(LENGTHS):
        raise UsageError(f"it lasts {text[:40]!r}", f"one of {', '.join(dict(LENGTHS))}", "choose one")
    return int(text[:-1]) * _UNIT[text[-1]]
