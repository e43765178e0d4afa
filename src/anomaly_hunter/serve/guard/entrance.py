"""Coming in and going out: passwords, sessions, keys. The door and the page of sign-in ask this."""

from __future__ import annotations

import hashlib
import math
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from anomaly_hunter.errors import StoreError
from anomaly_hunter.remember.moments import now
from anomaly_hunter.remember.people.audit import Audit
from anomaly_hunter.remember.people.keys import Keys, key_of
from anomaly_hunter.remember.people.membership import Member
from anomaly_hunter.remember.people.people import Doer, People, name_of, of_organisation, to_sign_in
from anomaly_hunter.remember.people.sessions import RARELY, session_of, sessions_of
from anomaly_hunter.remember.store import Store
from anomaly_hunter.serve.guard import passwords
from anomaly_hunter.serve.guard.address import address_of, network_of
from anomaly_hunter.serve.guard.arriving import Arriving
from anomaly_hunter.serve.guard.caller import Caller
from anomaly_hunter.serve.guard.oidc.issuer import Issuer
from anomaly_hunter.serve.guard.scopes import is_narrow, role_of_key
from anomaly_hunter.serve.guard.tries import Tries
from anomaly_hunter.serve.options import ServeOptions
from anomaly_hunter.serve.rest.problem import Problem

WINDOW_S: Final = 15 * 60.0


def _limits() -> dict[str, Tries]:
    return {
        "person": Tries(10, WINDOW_S),  # of one name from one address
        "name": Tries(100, WINDOW_S),  # of one name from everywhere: guessing by many machines
        "address": Tries(50, WINDOW_S),  # of one address for all names: one password for many people
    }


@dataclass(slots=True)
class Entrance:
    """Who comes in, and how.

    Attributes
    ----------
    store:
        Of the organisation that is served without sign-in; people bring their own.
    options:
        See :class:`~anomaly_hunter.serve.options.ServeOptions`.
    issuer:
        Where people sign in elsewhere; None: nowhere.
    clock:
        The time of day.
    limits:
        How often one may try to sign in.
    memory_kib:
        What a guess of a password costs: see :mod:`anomaly_hunter.serve.guard.passwords`.
    """

    store: Store
    options: ServeOptions
    issuer: Issuer | None = None
    clock: Callable[[], np.datetime64] = now
    limits: dict[str, Tries] = field(default_factory=_limits)
    memory_kib: int = passwords.MEMORY_KIB

    # ------------------------------------------------------------ who calls

    def caller(self, arriving: Arriving) -> Caller | None:
        """Who makes this request; None: nobody that is known.

        Raises
        ------
        Problem
            401: a key came that opens nothing. 403: it opens nothing here.
        """
        address = self.address(arriving)
        if not self.options.sign_in:
            return Caller("local", "admin", self.store.organisation, "local", address=address)
        if arriving.bearer is not None:
            return self._program(arriving, arriving.bearer, address)
        token = arriving.cookie(self.cookie_name(arriving))
        return self._person(token, address) if token else None

    def _program(self, arriving: Arriving, secret: str, address: str) -> Caller:
        at = self.clock()
        key = key_of(self.store, secret, at)
        if key is None:
            raise Problem(401, "Not signed in", "the API key opens nothing", "one that is in force",
                          "make one with `hunter keys add`")  # fmt: skip
        role = role_of_key(key.scopes, arriving)
        if role is None:
            scopes = ", ".join(key.scopes)
            raise Problem(403, "Not allowed", f"the key {key.name} has the scopes {scopes}",
                          f"one with the scope {'read' if arriving.safe else 'respond'}",
                          "make one with `hunter keys add`")  # fmt: skip
        if key.used_at is None or at - key.used_at >= RARELY:
            with suppress(StoreError):  # who may read is let in, also where nothing can be written
                Keys(of_organisation(self.store, key.organisation)).used(key.id, at)
        narrow = is_narrow(key.scopes, arriving)
        return Caller(key.name, role, key.organisation, "key", id=key.id, address=address, narrow=narrow)

    def _person(self, token: str, address: str) -> Caller | None:
        at, known = self.clock(), digest(token)
        found = session_of(self.store, known, at)
        if found is None:
            return None
        session, member = found
        if at - session.seen_at >= RARELY:
            with suppress(StoreError):  # as above
                sessions_of(self.store, member.organisation).seen(known, at)
        return Caller(
            member.name, member.role, member.organisation, "session", session.csrf, member.id, known, address
        )

    def address(self, arriving: Arriving) -> str:
        """Where a request comes from; proxies that the settings name are believed."""
        forwarded = arriving.headers.get("x-forwarded-for", "")
        return address_of(arriving.peer, forwarded, self.options.proxies)

    # ------------------------------------------------------------ coming in, going out

    def sign_in(self, name: str, password: str, arriving: Arriving) -> str:
        """What the cookie of a new session holds.

        Raises
        ------
        Problem
            401, the same whether the name, the password or both are wrong, or the person is disabled.
            429: too many tries of this name or from this address.
        """
        address = self.address(arriving)
        self._count(name_of(name), network_of(address))
        found = to_sign_in(self.store, name)
        member, kept = found if found is not None else (None, None)
        right = passwords.fits(password, kept, self.memory_kib)
        if member is None or kept is None or not right or member.disabled_at is not None:
            self._failed(member, address)
            raise Problem(401, "Not signed in", "name and password do not fit", "those of a person here",
                          "try again, or ask an admin")  # fmt: skip
        self.limits["person"].forget(f"{member.name} {network_of(address)}")
        if passwords.is_weak(kept, self.memory_kib):
            people = People(of_organisation(self.store, member.organisation))
            people.strengthen(member.id, passwords.hashed(password, memory_kib=self.memory_kib))
        return self.begin(member, arriving, "password")

    def begin(self, member: Member, arriving: Arriving, how: str) -> str:
        """A session for somebody who proved who they are. What came as a cookie before is ended."""
        self.end_cookie(arriving)
        address, token = self.address(arriving), secrets.token_urlsafe(32)
        agent = arriving.headers.get("user-agent", "")
        sessions = sessions_of(self.store, member.organisation)
        sessions.begin(
            member, digest(token), secrets.token_hex(32), self.clock(), address=address, agent=agent
        )
        Audit(sessions.store).record(member.name, "session.began", member.id, {"how": how}, address)
        return token

    def end_cookie(self, arriving: Arriving) -> None:
        """End the session of a request's cookie, if there is one."""
        token = arriving.cookie(self.cookie_name(arriving))
        found = session_of(self.store, digest(token), self.clock()) if token else None
        if found is not None:
            session, member = found
            sessions_of(self.store, member.organisation).end(session.digest)

    def change_password(self, caller: Caller, old: str, new: str) -> None:
        """A person's own new password; every session of theirs is ended.

        Raises
        ------
        Problem
            403: the old one is not theirs. 409: they have none here. 429: too many tries.
        UsageError
            The new one is too weak.
        """
        found = to_sign_in(self.store, caller.name) if caller.way == "session" else None
        if found is None or found[1] is None:
            raise Problem(409, "No password", f"{caller.name} signs in without a password here",
                          "somebody with one", "change it where they sign in")  # fmt: skip
        self._count(caller.name, network_of(caller.address))
        if not passwords.fits(old, found[1], self.memory_kib):
            raise Problem(
                403, "Not allowed", "the old password is another one", "the one in use", "try again"
            )
        people = People(of_organisation(self.store, caller.organisation))
        kept = passwords.hashed(new, caller.name, self.memory_kib)
        people.set_password(caller.id, kept, Doer(caller.name, caller.address))

    def _count(self, name: str, network: str) -> None:
        """What one limit stops does not count for the next: one machine does not lock a name for all."""
        at = float(self.clock().astype(np.int64)) / 1e9
        for kind, one in (("person", f"{name} {network}"), ("address", network), ("name", name)):
            wait = math.ceil(self.limits[kind].wait_s(one[:300], at))
            if wait > 0:
                raise Problem(429, "Too many tries", "there were too many tries to sign in", "fewer",
                              f"wait {wait / 60:.0f} min", headers={"Retry-After": str(wait)})  # fmt: skip

    def _failed(self, member: Member | None, address: str) -> None:
        """Written down where the person belongs. A name that nobody has may be a mistyped password."""
        whose = member.organisation if member else self.store.organisation
        detail = {"name": member.name if member else "nobody's"}
        with suppress(StoreError):  # the answer to a wrong password does not depend on it
            log = Audit(of_organisation(self.store, whose))
            log.record("", "session.refused", member.id if member else "", detail, address)

    # ------------------------------------------------------------ the cookie

    def is_secure(self, arriving: Arriving) -> bool:
        """Whether people reach this server by https."""
        return self.options.url.startswith("https://") or arriving.scheme in ("https", "wss")

    def cookie_name(self, arriving: Arriving) -> str:
        """With https no other host of the domain can set it: the prefix says so to browsers."""
        return "__Host-hunter" if self.is_secure(arriving) else "hunter"


def digest(token: str) -> str:
    """SHA-256 of what a cookie holds: the store does not know what opens a session."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
