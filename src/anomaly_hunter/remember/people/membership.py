"""Who may come in: people, their sessions, keys of programs; and what they did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias, get_args

import numpy as np

Role: TypeAlias = Literal["viewer", "responder", "admin"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)
"""From those who see, over those who act on incidents, to those who decide who comes in."""

Scope: TypeAlias = Literal["read", "detect", "respond", "admin"]
SCOPES: Final[tuple[Scope, ...]] = get_args(Scope)
"""What a key may do: see, have data hunted in, act on incidents (and see), everything."""


@dataclass(frozen=True, slots=True)
class Member:
    """A person of an organisation.

    Attributes
    ----------
    id:
        12 hexadecimal digits.
    organisation:
        Its name.
    name:
        What they sign in with, in lower case; one in all organisations.
    title:
        What others see.
    role:
        See :data:`ROLES`.
    issuer:
        Where they sign in with OpenID Connect; "" where they have a password here.
    made_at, seen_at, disabled_at:
        ``datetime64[ns]``; None: never.
    """

    id: str
    organisation: str
    name: str
    title: str
    role: Role
    issuer: str
    made_at: np.datetime64
    seen_at: np.datetime64 | None = None
    disabled_at: np.datetime64 | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that is signed in. What its cookie holds is not kept, only the digest of it.

    Attributes
    ----------
    digest:
        SHA-256 of the cookie, 64 hexadecimal digits.
    csrf:
        What a form of this browser brings back.
    made_at, seen_at, ends_at:
        ``datetime64[ns]``.
    address, agent:
        Where it came from when it began, and what the browser calls itself.
    """

    digest: str
    csrf: str
    made_at: np.datetime64
    seen_at: np.datetime64
    ends_at: np.datetime64
    address: str
    agent: str


@dataclass(frozen=True, slots=True)
class Key:
    """An API key, without what it is known by.

    Attributes
    ----------
    id:
        12 hexadecimal digits, the middle of the key.
    organisation:
        Its name.
    name:
        What it is for.
    hint:
        How it begins.
    scopes:
        See :data:`SCOPES`.
    by:
        Who made it.
    made_at, ends_at, used_at, revoked_at:
        ``datetime64[ns]``; None: never.
    """

    id: str
    organisation: str
    name: str
    hint: str
    scopes: tuple[Scope, ...]
    by: str
    made_at: np.datetime64
    ends_at: np.datetime64 | None = None
    used_at: np.datetime64 | None = None
    revoked_at: np.datetime64 | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the audit log.

    Attributes
    ----------
    id:
        Grows with time.
    at:
        ``datetime64[ns]``.
    by:
        Who; "cli:ann" at the command line.
    action:
        A noun and what became of it (``user.added``), or ``request.post`` and the like.
    about:
        The id or address of what it is about.
    detail:
        What else there is to say, as JSON types.
    address:
        From where.
    previous, digest:
        SHA-256 of the entry before, and of this one with it.
    """

    id: int
    at: np.datetime64
    by: str
    action: str
    about: str
    detail: Mapping[str, Any]
    address: str
    previous: str
    digest: str


@dataclass(frozen=True, slots=True)
class Verified:
    """What checking the audit log found.

    Attributes
    ----------
    entries:
        How many hold together, from the first on.
    digest:
        Of the last of them: note it down elsewhere, and the log cannot be cut or written anew unseen.
    broken_at:
        The first entry that does not fit what stands before it; None: all fit.
    """

    entries: int
    digest: str
    broken_at: int | None = None
