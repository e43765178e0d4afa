"""What a key or a role may do at an address, decided in one place that no endpoint can forget."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import parse_qsl

from anomaly_hunter.remember.people.membership import Role, Scope
from anomaly_hunter.serve.guard.arriving import Arriving

PUBLIC: Final = re.compile(r"/sign-in(/.*)?|/static/.*|/favicon\.ico|/healthz|/readyz")
"""For everybody: coming in, what pages are drawn with, and whether the server lives."""

OWN: Final = re.compile(r"/sign-out|/account(/.*)?|/api/v1/me(/.*)?")
"""What concerns who asks alone: any role may."""

HUNTING: Final = re.compile(r"POST /api/v1/(detect|detection/run|hunts)|(GET|HEAD|DELETE) /api/v1/jobs/[^/]+")
"""What the scope `detect` opens."""

UNCHANGING: Final = re.compile(r"POST /api/v1/(detect|detection/run)|POST .*/preview")
"""Unsafe by their method only: nothing is kept."""


def is_public(path: str) -> bool:
    """Whether an address is open to those who are not signed in.

    >>> is_public("/sign-in"), is_public("/api/v1/incidents"), is_public("/sign-input")
    (True, False, False)
    """
    return PUBLIC.fullmatch(path) is not None


def role_of_key(scopes: Sequence[Scope], arriving: Arriving) -> Role | None:
    """The role that a key has for this request; None: it opens nothing here."""
    if "admin" in scopes:
        return "admin"
    if "respond" in scopes:
        return "responder"
    if "detect" in scopes and HUNTING.fullmatch(f"{arriving.method} {arriving.path}"):
        return "responder"
    if "read" in scopes or OWN.fullmatch(arriving.path):
        return "viewer"
    return None


def is_narrow(scopes: Sequence[Scope], arriving: Arriving) -> bool:
    """Whether a key's `detect` alone opens this: then jobs of others are not there for it.

    >>> job = Arriving("http", "DELETE", "/api/v1/jobs/3f2a", "", {}, "")
    >>> is_narrow(("read", "detect"), job), is_narrow(("respond",), job)
    (True, False)
    """
    wider = {"admin", "respond", "read"} if arriving.safe else {"admin", "respond"}
    return wider.isdisjoint(scopes)


def may_change(role: Role, arriving: Arriving) -> bool:
    """Whether this role may make this request at all; the endpoint may ask for more."""
    return arriving.safe or role != "viewer" or OWN.fullmatch(arriving.path) is not None


def changes(arriving: Arriving) -> bool:
    """Whether a request is written to the audit log when it is done."""
    if arriving.safe or is_public(arriving.path):
        return False
    if UNCHANGING.fullmatch(f"{arriving.method} {arriving.path}"):
        return any(name == "save" and value != "false" for name, value in parse_qsl(arriving.query))
    return True
