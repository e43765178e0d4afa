"""From what the issuer says of somebody to a person here, with the role that the settings give."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from anomaly_hunter.remember.people.membership import ROLES, Member, Role
from anomaly_hunter.remember.people.people import Doer, People, known_as, of_organisation, to_sign_in
from anomaly_hunter.remember.store import Store
from anomaly_hunter.serve.options import ServeOptions
from anomaly_hunter.serve.rest.problem import Problem


def role_of(claims: Mapping[str, Any], options: ServeOptions) -> Role | None:
    """The highest role that a claim gives; None: it gives none.

    >>> shop = ServeOptions(oidc_role_claim="realm.groups", oidc_roles={"sre": "responder", "*": "viewer"})
    >>> role_of({"realm": {"groups": ["sre", "all"]}}, shop), role_of({}, shop)
    ('responder', 'viewer')
    """
    values = _at(claims, options.oidc_role_claim)
    several = values if isinstance(values, list) else [values]
    given = {options.oidc_roles.get(one) for one in several if isinstance(one, str) and one != "*"}
    given.add(options.oidc_roles.get("*"))
    return next((role for role in reversed(ROLES) if role in given), None)


def joined(store: Store, options: ServeOptions, claims: Mapping[str, Any], address: str) -> Member:
    """The person of these claims, let in at the first time; the issuer decides on the role each time.

    Raises
    ------
    Problem
        403: no role is for them, or an admin has disabled them.
    """
    issuer, subject = options.oidc_issuer.rstrip("/"), str(claims["sub"])
    role, known = role_of(claims, options), known_as(store, issuer, subject)
    if role is None or (known is not None and known.disabled_at is not None):
        raise Problem(403, "Not allowed", "you are known to the issuer, but may not come in here",
                      "somebody with a role here", "ask an admin")  # fmt: skip
    doer = Doer(f"oidc:{issuer}", address)
    if known is None:
        people = People(of_organisation(store, options.oidc_organisation or store.organisation))
        title = claims.get("name") if isinstance(claims.get("name"), str) else ""
        name = _free_name(store, claims, issuer, subject)
        return people.add(name, role, doer, title=title or "", issuer=issuer, subject=subject)
    people = People(of_organisation(store, known.organisation))
    return people.change(known.id, doer, role=role, spare=False)


def _free_name(store: Store, claims: Mapping[str, Any], issuer: str, subject: str) -> str:
    """A name that nobody has: an account with a password is never taken over by a like name elsewhere."""
    tail = hashlib.sha256(f"{issuer} {subject}".encode()).hexdigest()[:6]
    for claim in ("preferred_username", "email"):
        given = claims.get(claim)
        if isinstance(given, str) and given.strip() and given.isprintable() and len(given) <= 190:
            return given if to_sign_in(store, given) is None else f"{given}-{tail}"
    return f"person-{tail}"


def _at(claims: Mapping[str, Any], name: str) -> Any:
    """A claim by its name, or by the way to it ("realm_access.roles")."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found
