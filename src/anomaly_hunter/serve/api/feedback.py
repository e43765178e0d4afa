"""What people answer to incidents, and what the hunter learns from it."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from starlette.responses import Response

from anomaly_hunter.client import records
from anomaly_hunter.feedback import feedback, undo_feedback
from anomaly_hunter.serve.documents.listed import answer_document
from anomaly_hunter.serve.documents.remembered import effect_document
from anomaly_hunter.serve.guard.needs import Responder, Viewer
from anomaly_hunter.serve.rest.paging import Id, Items, Json
from anomaly_hunter.serve.site import Here

router = APIRouter(tags=["feedback"])
Preview = Annotated[bool, Query(description="Keep nothing, only say what would change.")]
Number = Annotated[int, Path(ge=1, le=2**31 - 1, description="The number of the answer.")]


class NewAnswer(BaseModel):
    """What an incident was. At least one of `word`, `cause` and `acted` says something."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"word": "real", "cause": "right", "why": "the deploy broke it"}]},
    )
    word: Literal["", "real", "expected", "ignore"] = Field(
        "", description="`expected`: it happened, no alarm is wanted; `ignore`: nor for the like of it."
    )
    cause: Annotated[
        str,
        StringConstraints(max_length=500),
        Field(description="`right`, `wrong`, or the name of the true cause."),
    ] = ""
    acted: bool = Field(False, description="It led somebody to do something.")
    why: Annotated[str, StringConstraints(max_length=10_000)] = ""


@router.get(
    "/incidents/{incident_id}/feedback", response_model=Items[records.GivenAnswer],
    summary="Answers to an incident",
)  # fmt: skip
def answers(incident_id: Id, here: Here, caller: Viewer) -> Response:
    """Those that count, in the order they were given."""
    found = here.memory(caller).incident(incident_id)
    return Json({"items": [answer_document(one) for one in found.feedback if one.withdrawn_at is None]})


@router.post(
    "/incidents/{incident_id}/feedback", response_model=records.Effect, summary="Answer to an incident"
)
def answer(
    incident_id: Id, said: NewAnswer, here: Here, caller: Responder, preview: Preview = False
) -> Response:
    """Says what changes: boundaries and weights in words, alarms of the past that would be gone or back."""
    effect = feedback(
        incident_id, said.word, memory=here.memory(caller), cause=said.cause, acted=said.acted, why=said.why,
        who=caller.name, preview=preview,
    )  # fmt: skip
    return Json(effect_document(effect))


@router.delete("/feedback/{answer_id}", response_model=records.Effect, summary="Take an answer back")
def undo(answer_id: Number, here: Here, caller: Responder, preview: Preview = False) -> Response:
    """With all that was said together with it: what is learned is then as if it had never been given."""
    effect = undo_feedback(answer_id, memory=here.memory(caller), preview=preview)
    return Json(effect_document(effect))
