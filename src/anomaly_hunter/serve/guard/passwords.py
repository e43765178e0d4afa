"""Passwords: what is one, and argon2id."""

from __future__ import annotations

import threading
from functools import cache
from typing import TYPE_CHECKING, Final

from anomaly_hunter.errors import UsageError

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST: Final = 12
LONGEST: Final = 1_000
MEMORY_KIB: Final = 47_104
"""One pass over 46 MiB: the first of the settings that OWASP recommends (about 50 ms)."""

_AT_ONCE: Final = threading.BoundedSemaphore(2)
"""So that many who sign in at once take neither all the memory nor all the cores."""


def hashed(password: str, name: str = "", memory_kib: int = MEMORY_KIB) -> str:
    """The argon2id hash of a new password; ``memory_kib`` is the work that each guess costs.

    Raises
    ------
    UsageError
        It is too short, too long, one character repeated, or the name.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise UsageError(
            f"the password has {len(password)} characters",
            f"{SHORTEST} to {LONGEST}",
            "choose another, a sentence for instance",
        )
    if len(set(password)) < 4 or (name and password.strip().lower() == name.strip().lower()):
        raise UsageError("the password can be guessed at once", "one that cannot", "choose another")
    with _AT_ONCE:
        return _hasher(memory_kib).hash(password)


def fits(password: str, kept: str | None, memory_kib: int = MEMORY_KIB) -> bool:
    """Whether it is the password of this hash. Without a hash it takes as long, and is not."""
    from argon2.exceptions import InvalidHashError, VerificationError

    if len(password) > LONGEST:
        return False
    with _AT_ONCE:
        try:
            _hasher(memory_kib).verify(kept or _nobodys(memory_kib), password)
        except (VerificationError, InvalidHashError):
            return False
    return kept is not None


def is_weak(kept: str, memory_kib: int = MEMORY_KIB) -> bool:
    """Whether a hash was made with less work than is asked for today."""
    return _hasher(memory_kib).check_needs_rehash(kept)


@cache
def _hasher(memory_kib: int) -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=1, memory_cost=memory_kib, parallelism=1)


@cache
def _nobodys(memory_kib: int) -> str:
    return _hasher(memory_kib).hash("nobody has this password")
