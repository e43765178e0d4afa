"""Arrays to bytes and back, exactly: every bit of every number is the same.

A pack begins with a directory (JSON): for each array its name, type and shape, and how it is written.
What rises by equal steps is three numbers; texts are JSON; all else is deflated, numbers with their
bytes sorted by place first where that is shorter, because the leading bytes of neighbours are alike.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Collection, Mapping
from typing import Any, Final

import numpy as np

from anomaly_hunter.errors import StoreError
from anomaly_hunter.model import AnyArray

_MARK: Final = b"AHP1"
_FAST: Final = 1
_SMALL: Final = 65_536  # bytes; smaller arrays share one stream, which is faster and shorter
_SAMPLE: Final = 4096
_WORTH: Final = 0.8
_FEWEST_STEPS: Final = 8


def pack(arrays: Mapping[str, AnyArray]) -> bytes:
    """Arrays of numbers, times and texts as bytes.

    >>> packed = pack({"t": np.arange(1_000_000), "v": np.array([1.5, np.nan])})
    >>> len(packed) < 200, unpack(packed)["t"][-1], unpack(packed)["v"].tolist()
    (True, np.int64(999999), [1.5, nan])
    """
    directory: list[list[Any]] = []
    parts: list[bytes] = []
    shared: list[bytes] = []
    for name, array in arrays.items():
        how, more, part = _written(array)
        kind = "text" if array.dtype.kind in "OU" else array.dtype.str
        directory.append([name, kind, list(array.shape), how, more, len(part)])
        (shared if how == "shared" else parts).append(part)
    head = zlib.compress(json.dumps(directory).encode("ascii"), _FAST)
    together = zlib.compress(b"".join(shared), _FAST)
    sizes = len(head).to_bytes(4, "little") + len(together).to_bytes(4, "little")
    return b"".join((_MARK, sizes, head, together, *parts))


def unpack(packed: bytes, only: Collection[str] | None = None) -> dict[str, AnyArray]:
    """The arrays of a pack, or those of them whose names are asked for.

    Raises
    ------
    StoreError
        These are no bytes of :func:`pack`.
    """
    try:
        return _read(packed, only)
    except (ValueError, TypeError, zlib.error) as error:
        raise StoreError(
            f"a recording in the memory cannot be read ({error})",
            "what an earlier hunt kept",
            "hunt the data again; incidents and verdicts are not concerned",
        ) from error


def _read(packed: bytes, only: Collection[str] | None) -> dict[str, AnyArray]:
    if packed[:4] != _MARK:
        raise ValueError("it does not begin as one")
    content = memoryview(packed)
    shared_at = 12 + int.from_bytes(content[4:8], "little")
    at = shared_at + int.from_bytes(content[8:12], "little")
    shared, shared_to = memoryview(zlib.decompress(content[shared_at:at])), 0
    found = {}
    for name, kind, shape, how, more, size in json.loads(zlib.decompress(content[12:shared_at])):
        if how == "shared":
            here, shared_to = shared[shared_to : shared_to + size], shared_to + size
        else:
            here, at = content[at : at + size], at + size
        if only is None or name in only:
            found[name] = _array(here, kind, shape, how, more)
    return found


def _written(array: AnyArray) -> tuple[str, list[int], bytes]:
    """How an array is written, the numbers this needs, and the bytes."""
    if array.dtype.kind in "OU":
        return "texts", [], zlib.compress(json.dumps(array.tolist()).encode("ascii"), _FAST)
    steps = _steps(array)
    if steps is not None:
        return "steps", steps, b""
    flat = np.ascontiguousarray(array).reshape(-1)
    if flat.nbytes <= _SMALL:
        return "shared", [], _by_place(flat).tobytes()
    middle = (len(flat) - _SAMPLE) // 2
    sample = flat[middle : middle + _SAMPLE]
    if len(_plain(sample)) < _WORTH * len(_sorted(sample)):
        return "plain", [], _plain(flat)
    return "sorted", [], _sorted(flat)


def _steps(array: AnyArray) -> list[int] | None:
    """First and step of whole numbers or times that rise by equal steps; None where they do not."""
    if array.ndim != 1 or len(array) < _FEWEST_STEPS or array.dtype.kind not in "iM" or array.itemsize != 8:
        return None
    whole = np.ascontiguousarray(array).view(np.int64)
    first, step = int(whole[0]), int(whole[1]) - int(whole[0])
    if abs(step) * len(whole) + abs(first) >= 1 << 62:
        return None
    return [first, step] if bool((np.diff(whole) == step).all()) else None


def _plain(flat: AnyArray) -> bytes:
    return zlib.compress(flat.view(np.uint8).data, _FAST)


def _sorted(flat: AnyArray) -> bytes:
    """Run lengths alone: sorted bytes are either alike or noise, and looking for more takes twice as long."""
    stream = zlib.compressobj(_FAST, strategy=zlib.Z_RLE)
    return stream.compress(_by_place(flat).data) + stream.flush()


def _by_place(flat: AnyArray) -> AnyArray:
    return np.ascontiguousarray(flat.view(np.uint8).reshape(-1, flat.itemsize).T)


def _array(part: memoryview, kind: str, shape: list[int], how: str, more: list[int]) -> AnyArray:
    if how == "steps":
        return (more[0] + more[1] * np.arange(shape[0], dtype=np.int64)).view(kind)
    content = part if how == "shared" else zlib.decompress(part)
    if how == "texts":
        texts = np.empty(shape[0], dtype=object)
        texts[:] = json.loads(bytes(content))
        return texts
    dtype = np.dtype(kind)
    if not len(content):
        return np.empty(shape, dtype)
    if how == "plain":
        return np.frombuffer(content, dtype).reshape(shape)
    columns = np.frombuffer(content, np.uint8).reshape(dtype.itemsize, -1)
    return np.ascontiguousarray(columns.T).reshape(-1).view(dtype).reshape(shape)
