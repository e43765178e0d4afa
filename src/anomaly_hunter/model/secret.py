"""What must not be shown: passwords in addresses."""

from __future__ import annotations

import re
from typing import Final

VARIABLE: Final = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*\}")
"""The name of a variable in place of a secret."""
PASSWORDS: Final = (
    re.compile(r"(?P<before>://[^/?#@:]*:)(?P<secret>[^/?#]*)(?P<after>@)"),
    re.compile(
        r"(?P<before>[?&](?:password|sslpassword|token)=)(?P<secret>[^&#]*)(?P<after>)", re.IGNORECASE
    ),
)


def without_password(url: str) -> str:
    """An address as people may see it; the name of a variable is no secret.

    >>> without_password("postgresql://me:secret@db/shop?sslmode=require")
    'postgresql://me:***@db/shop?sslmode=require'
    >>> without_password("postgresql://me:${SHOP_PASSWORD}@db/shop")
    'postgresql://me:${SHOP_PASSWORD}@db/shop'
    """
    for pattern in PASSWORDS:
        url = pattern.sub(_masked, url)
    return url


def _masked(found: re.Match[str]) -> str:
    if VARIABLE.fullmatch(found["secret"]):
        return found[0]
    return f"{found['before']}***{found['after']}"
