"""Where to go after signing in: a place of ours, never another site."""

from __future__ import annotations

from typing import Final

LONGEST: Final = 2_000


def local(given: str) -> str:
    """The address if it is one of ours, else the first page.

    >>> [local(one) for one in ("/incidents?state=open", "//evil.example", "/\\\\evil.example", "https://x")]
    ['/incidents?state=open', '/', '/', '/']
    """
    ours = given.startswith("/") and not given.startswith(("//", "/\\")) and given.isprintable()
    return given if ours and "\\" not in given and len(given) <= LONGEST else "/"
