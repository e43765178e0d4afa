"""People of the organisation: who comes in with which role."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ConfigDict, Field

from anomaly_hunter.client import records
from anomaly_hunter.errors import UnknownError
from anomaly_hunter.remember.people.people import Doer, People
from anomaly_hunter.serve.documents.admitted import member_document
from anomaly_hunter.serve.guard import passwords
from anomaly_hunter.serve.guard.caller import Caller
from anomaly_hunter.serve.guard.needs import Admin
from anomaly_hunter.serve.guard.written import told
from anomaly_hunter.serve.rest.paging import Json, Page, page
from anomaly_hunter.serve.site import Here

router = APIRouter(tags=["people"])

Id = Annotated[str, Path(pattern="^[0-9a-f]{12}$", examples=["3f2a91c04d17"])]


class NewPerson(BaseModel):
    """Somebody who is to come in."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"name": "ann", "role": "responder", "title": "Ann", "password": "a long sentence of hers"}
            ]
        },
    )
    name: str = Field(min_length=1, max_length=200, description="What they sign in with.")
    role: Literal["viewer", "responder", "admin"]
    title: str = Field("", max_length=200, description="What others see.")
    password: str = Field(min_length=12, max_length=1_000)


class ChangedPerson(BaseModel):
    """What is left out stays."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"role": "viewer"}]})
    role: Literal["viewer", "responder", "admin"] | None = None
    title: str | None = Field(None, max_length=200)
    disabled: bool | None = Field(None, description="true signs them out everywhere, at once.")
    password: str | None = Field(None, min_length=12, max_length=1_000)


def doer(caller: Caller) -> Doer:
    """Who does it, for the audit log."""
    return Doer(caller.name, caller.address)


@router.get("/people", summary="Who belongs to the organisation", response_model=Page[records.Person])
def people(request: Request, here: Here, caller: Admin) -> Json:
    """Everybody, by name; those who are disabled too."""
    return page(request, [member_document(one) for one in People(here.memory(caller)).all()], "")


@router.post("/people", status_code=201, summary="Let somebody in", response_model=records.Person)
def add(body: NewPerson, request: Request, here: Here, caller: Admin) -> Json:
    """The name may be taken in no organisation: who signs in names none."""
    kept = passwords.hashed(body.password, body.name)
    made = People(here.memory(caller)).add(
        body.name, body.role, doer(caller), title=body.title, password=kept
    )
    told(request)
    return Json(member_document(made), 201, {"location": f"/api/v1/people/{made.id}"})


@router.get("/people/{person_id}", summary="One person", response_model=records.Person)
def person(person_id: Id, here: Here, caller: Admin) -> Json:
    """One person."""
    found = People(here.memory(caller)).one(person_id)
    if found is None:
        raise UnknownError(
            f"there is nobody with the id {person_id!r}", "somebody of this organisation", "look at /people"
        )
    return Json(member_document(found))


@router.patch(
    "/people/{person_id}", summary="Change role, title or password; disable", response_model=records.Person
)
def change(person_id: Id, body: ChangedPerson, request: Request, here: Here, caller: Admin) -> Json:
    """All of it, or nothing. A new password and disabling end the sessions of the person."""
    kept = None if body.password is None else passwords.hashed(body.password)
    given: dict[str, Any] = body.model_dump(exclude={"password"})
    with here.memory(caller).at_once() as store:
        changed = People(store).change(person_id, doer(caller), **given)
        if kept is not None:
            People(store).set_password(person_id, kept, doer(caller))
    told(request)
    return Json(member_document(changed))
