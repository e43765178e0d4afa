"""Who makes a request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from anomaly_hunter.remember.people.membership import ROLES, Role

__all__ = ["ROLES", "Caller", "Role"]


@dataclass(frozen=True, slots=True)
class Caller:
    """A person or a program, as the door let them in.

    Attributes
    ----------
    name:
        As histories show it.
    role:
        What they may do: see :data:`ROLES`.
    organisation:
        Whose data they see; nothing of others exists for them.
    way:
        How they came in: this machine without sign-in, a session of a browser, or an API key.
    csrf:
        What a form of theirs has to bring back; "" where no cookie is involved.
    id:
        Of the person or the key; "" without sign-in.
    session:
        The digest of their session; "" where there is none.
    address:
        Where the request came from.
    narrow:
        Only what they had hunted in themselves is there for them.
    """

    name: str
    role: Role
    organisation: str
    way: Literal["local", "session", "key"]
    csrf: str = ""
    id: str = ""
    session: str = ""
    address: str = ""
    narrow: bool = False

    def may(self, role: Role) -> bool:
        """Whether they may do what needs this role.

        >>> Caller("ann", "responder", "shop", "session").may("viewer")
        True
        """
        return ROLES.index(self.role) >= ROLES.index(role)
