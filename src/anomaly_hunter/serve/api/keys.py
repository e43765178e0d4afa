"""API keys: how programs come in."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from anomaly_hunter.client import records
from anomaly_hunter.errors import UnknownError
from anomaly_hunter.remember.people.keys import Keys
from anomaly_hunter.serve.api.people import Id, doer
from anomaly_hunter.serve.documents.admitted import key_document
from anomaly_hunter.serve.guard.needs import Admin
from anomaly_hunter.serve.guard.written import told
from anomaly_hunter.serve.rest.moments import moment_or_none
from anomaly_hunter.serve.rest.paging import Json, Page, page
from anomaly_hunter.serve.site import Here

router = APIRouter(tags=["keys"])


class NewKey(BaseModel):
    """What a program may do, and until when."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "checkout pipeline", "scopes": ["detect"]}]}
    )
    name: str = Field(min_length=1, max_length=200, description="What it is for.")
    scopes: list[Literal["read", "detect", "respond", "admin"]] = Field(min_length=1, max_length=4)
    ends_at: AwareDatetime | None = Field(
        None, description="Until when it opens something; null: until it is revoked."
    )


@router.get("/keys", summary="Keys of the organisation", response_model=Page[records.Key])
def keys(request: Request, here: Here, caller: Admin) -> Json:
    """Every key that was ever made, the newest first, each without what it is known by."""
    return page(request, [key_document(one) for one in Keys(here.memory(caller)).all()], "")


@router.post("/keys", status_code=201, summary="Make a key", response_model=records.MadeKey)
def add(body: NewKey, request: Request, here: Here, caller: Admin) -> Json:
    """`key` in the answer is what the program sends. It is told now and never again."""
    ends_at = moment_or_none(body.ends_at)
    made, secret = Keys(here.memory(caller)).add(body.name, body.scopes, doer(caller), ends_at)
    told(request)
    headers = {"location": f"/api/v1/keys/{made.id}", "cache-control": "no-store"}  # kept nowhere, no reply
    return Json({**key_document(made), "key": secret}, 201, headers)


@router.get("/keys/{key_id}", summary="One key", response_model=records.Key)
def key(key_id: Id, here: Here, caller: Admin) -> Json:
    """One key, without what it is known by."""
    found = Keys(here.memory(caller)).one(key_id)
    if found is None:
        raise UnknownError(f"there is no key {key_id!r}", "a key of this organisation", "look at /keys")
    return Json(key_document(found))


@router.delete("/keys/{key_id}", summary="Revoke a key", response_model=records.Key)
def revoke(key_id: Id, request: Request, here: Here, caller: Admin) -> Json:
    """It opens nothing from now on; twice is once."""
    gone = Keys(here.memory(caller)).revoke(key_id, doer(caller))
    told(request)
    return Json(key_document(gone))
