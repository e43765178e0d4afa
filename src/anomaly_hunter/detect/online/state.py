"""A state as bytes: magic, who, version, checksum, then named arrays. Never pickle."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping

import numpy as np

from anomaly_hunter.errors import DataError
from anomaly_hunter.model import AnyArray

MAGIC = b"AHSTATE1"
HEAD = struct.Struct("<8s16sHII")
PART = struct.Struct("<BBB")
KINDS = ("<f8", "<f4", "<i8", "<u8", "|u1", "<u4", "<i4", "<u2")
CURE = "load a state that this version saved, or start a new stream and let it learn again"


def pack(owner: str, version: int, parts: Mapping[str, AnyArray | float | int | bytes | str]) -> bytes:
    """The parts as bytes, in their order.

    Numbers become arrays of one value; arrays keep dtype and shape; text is UTF-8.

    >>> state = pack("demo", 1, {"n": 3, "name": "cpu"})
    >>> len(state), int(unpack("demo", 1, state)["n"][()]), text(unpack("demo", 1, state)["name"])
    (60, 3, 'cpu')
    """
    payload = b"".join(_written(name, _array(part)) for name, part in parts.items())
    return HEAD.pack(MAGIC, owner.encode(), version, len(payload), zlib.crc32(payload)) + payload


def unpack(owner: str, version: int, state: bytes) -> dict[str, AnyArray]:
    """The parts that :func:`pack` wrote, as arrays of their own.

    Raises
    ------
    DataError
        The bytes are no state, of another owner or version, cut or changed.
    """
    if not isinstance(state, bytes | bytearray | memoryview):
        raise DataError(f"a {type(state).__name__} is no saved state", f"the bytes of {owner!r}", CURE)
    state = bytes(state)
    if len(state) < HEAD.size or state[: len(MAGIC)] != MAGIC:
        raise DataError(f"{len(state):,} bytes are no saved state", f"a state of {owner!r}", CURE)
    _, name, found, size, checksum = HEAD.unpack_from(state)
    whose = name.rstrip(b"\0").decode("utf-8", "replace")
    if whose != owner:
        raise DataError(f"the state is of {whose!r}", f"a state of {owner!r}", CURE)
    if found != version:
        raise DataError(f"the state of {owner!r} is of version {found}", f"version {version}", CURE)
    payload = state[HEAD.size :]
    if len(payload) != size:
        raise DataError(
            f"the state of {owner!r} has {len(payload):,} bytes behind its head", f"{size:,} bytes", CURE
        )
    if zlib.crc32(payload) != checksum:
        raise DataError(f"the state of {owner!r} is damaged", "bytes that match their checksum", CURE)
    return dict(_read(payload))


def text(part: AnyArray) -> str:
    """A part that was text."""
    return part.tobytes().decode()


def _array(part: AnyArray | float | int | bytes | str) -> AnyArray:
    if isinstance(part, str):
        part = part.encode()
    if isinstance(part, bytes):
        return np.frombuffer(part, np.uint8)
    array = np.asarray(part)
    if array.dtype == np.bool_:
        array = array.astype(np.uint8)
    return np.asarray(array, dtype=array.dtype.newbyteorder("<"), order="C")


def _written(name: str, array: AnyArray) -> bytes:
    key = name.encode()
    head = PART.pack(len(key), KINDS.index(array.dtype.str), array.ndim)
    return head + key + struct.pack(f"<{array.ndim}I", *array.shape) + array.tobytes()


def _read(payload: bytes) -> list[tuple[str, AnyArray]]:
    parts, place = [], 0
    while place < len(payload):
        length, kind, ndim = PART.unpack_from(payload, place)
        place += PART.size
        name = payload[place : place + length].decode()
        place += length
        shape = struct.unpack_from(f"<{ndim}I", payload, place)
        place += 4 * ndim
        dtype = np.dtype(KINDS[kind])
        count = int(np.prod(shape, dtype=np.int64))
        array = np.frombuffer(payload, dtype, count, place).reshape(shape)
        parts.append((name, array.astype(dtype.newbyteorder("="))))
        place += count * dtype.itemsize
    return parts
