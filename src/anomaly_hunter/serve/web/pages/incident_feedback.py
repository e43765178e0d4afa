"""What people say of an incident: shown first what it would change, then sent, and taken back."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, Field

from anomaly_hunter.errors import UsageError
from anomaly_hunter.feedback import Effect, feedback, undo_feedback
from anomaly_hunter.remember.store import Store
from anomaly_hunter.serve.api.charts import HELD
from anomaly_hunter.serve.guard.caller import Caller
from anomaly_hunter.serve.guard.needs import Responder
from anomaly_hunter.serve.site import Here, Site
from anomaly_hunter.serve.web.incident_view import incident_view
from anomaly_hunter.serve.web.outcome import Outcome
from anomaly_hunter.serve.web.pages.incident import shown_page
from anomaly_hunter.serve.web.templating import is_fragment, page

router = APIRouter(prefix="/incidents/{incident_id}/feedback")


class Answer(BaseModel):
    """What the form sends; ``cause`` is right, wrong or other, the last with a name."""

    word: str = Field("", max_length=20)
    cause: str = Field("", max_length=20)
    cause_name: str = Field("", max_length=1_000)
    acted: str = Field("", max_length=10)
    why: str = Field("", max_length=10_000)


@router.post("/preview")
def preview(
    incident_id: str, request: Request, here: Here, caller: Responder, said: Annotated[Answer, Form()]
) -> Response:
    """What the answer would change; nothing is kept."""
    outcome = _outcome(here.memory(caller), incident_id, said, caller.name, sends=False)
    return _shown(request, here, caller, incident_id, outcome)


@router.post("")
def send(
    incident_id: str, request: Request, here: Here, caller: Responder, said: Annotated[Answer, Form()]
) -> Response:
    """Keep the answer; the next hunt is different."""
    outcome = _outcome(here.memory(caller), incident_id, said, caller.name, sends=True)
    if not is_fragment(request) and not outcome.fault:
        return RedirectResponse(f"/incidents/{incident_id}#feedback", 303)
    return _shown(request, here, caller, incident_id, outcome)


@router.post("/{answer_id}/undo")
def undo(incident_id: str, answer_id: int, request: Request, here: Here, caller: Responder) -> Response:
    """Take an answer of this incident back, with all that was said together with it."""
    memory = here.memory(caller)
    try:
        known = memory.incident(incident_id).feedback
        if all(one.id != answer_id for one in known):
            raise UsageError("this answer is not there", "one that the page shows", "reload the page")
        changed = undo_feedback(answer_id, memory=memory)
        outcome = Outcome("Taken back. This changed:", changed, sent=True)
    except UsageError as error:
        outcome = Outcome(fault=_said(error))
    if not is_fragment(request) and not outcome.fault:
        return RedirectResponse(f"/incidents/{incident_id}#feedback", 303)
    return _shown(request, here, caller, incident_id, outcome)


def _outcome(store: Store, name: str, said: Answer, by: str, *, sends: bool) -> Outcome:
    try:
        changed = _ask(store, name, said, by, preview=not sends)
    except UsageError as error:
        return Outcome(fault=_said(error))
    title = "Thank you. This changed:" if sends else "This is what your answer would change"
    return Outcome(title, changed, {key: value for key, value in said.model_dump().items() if value}, sends)


def _ask(store: Store, name: str, said: Answer, by: str, *, preview: bool) -> Effect:
    cause = said.cause_name.strip() if said.cause == "other" else said.cause
    if said.cause == "other" and not cause:
        raise UsageError("the cause has no name", "what it was", "name the cause, or clear the choice")
    if not (said.word or cause or said.acted):
        raise UsageError("nothing is chosen yet", "what the alarm or its cause was", "choose at least one")
    return feedback(
        name, said.word, memory=store, cause=cause, acted=bool(said.acted), why=said.why.strip(), who=by,
        preview=preview,
    )  # fmt: skip


def _said(error: UsageError) -> str:
    return f"{error.came[:1].upper()}{error.came[1:]}. Expected: {error.expected}. {error.cure.capitalize()}."


def _shown(request: Request, here: Site, caller: Caller, incident_id: str, outcome: Outcome) -> Response:
    if not is_fragment(request):
        return shown_page(request, here, caller, incident_id, effect=outcome)
    view = incident_view(here.memory(caller), HELD, incident_id)
    values: dict[str, Any] = {"view": view, "effect": outcome}
    return page(request, "incident/effect.html", caller, **values)
