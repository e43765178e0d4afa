"""Text from data made harmless: one line, and no character that steers what shows it."""

from __future__ import annotations

import unicodedata
from typing import Final

# Joiners belong to emoji and to Persian and Indic words, and steer nothing.
_KEPT: Final = frozenset("\u200c\u200d")
_STEERING: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def plain(text: str, limit: int = 0) -> str:
    """``text`` on one line, with control characters, escape sequences and the like made visible.

    Runs of white space become one space. Control, formatting (such as right-to-left
    overrides), unassigned and private characters and half surrogates are written out as
    ``\\x1b`` or ``\\u202e``. With a ``limit``, longer text is cut and ends in "…".

    >>> print(plain("db\\n1 \\x1b[31mred"), plain("abcdef", limit=4))
    db 1 \\x1b[31mred abc…
    """
    if not text.isascii() or not text.isprintable() or "  " in text:
        text = "".join(map(_visible, " ".join(text.split())))
    text = text.strip()
    return f"{text[: limit - 1].rstrip()}…" if limit and len(text) > limit else text


def _visible(character: str) -> str:
    if character in _KEPT or unicodedata.category(character) not in _STEERING:
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
