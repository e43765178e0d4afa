"""What server and worker say to each other: a kind, a small JSON head, and bytes that nobody looks into."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

BORN: Final = b"b"
WORK: Final = b"w"
PROGRESS: Final = b"p"
DONE: Final = b"d"
FAILED: Final = b"f"

LAST: Final = "last"
"""In the head of an answer: the worker ends now, and takes no more work."""

HEADER: Final = struct.Struct("!cIQ")


class Frame(NamedTuple):
    """One message."""

    kind: bytes
    head: dict[str, Any]
    body: bytes = b""


def packed(kind: bytes, head: Mapping[str, Any], body: bytes = b"") -> bytes:
    """A frame as it goes through the pipe.

    >>> list(Unpacking().feed(packed(DONE, {"hunts": 1}, b"{}")))
    [Frame(kind=b'd', head={'hunts': 1}, body=b'{}')]
    """
    text = json.dumps(head).encode() if head else b""
    return b"".join((HEADER.pack(kind, len(text), len(body)), text, body))


class Unpacking:
    """Frames of a stream that arrives in pieces."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, piece: bytes) -> Iterator[Frame]:
        """The frames that are whole now."""
        held = self._held
        held += piece
        while len(held) >= HEADER.size:
            kind, head, body = HEADER.unpack_from(held)
            middle = HEADER.size + head
            if len(held) < middle + body:
                return
            frame = Frame(
                kind,
                json.loads(held[HEADER.size : middle]) if head else {},
                bytes(memoryview(held)[middle : middle + body]) if body else b"",
            )
            del held[: middle + body]
            yield frame
