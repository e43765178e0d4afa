"""Whether a zstd file is whole: its frames are walked block by block, nothing is unpacked."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO, Final

_MAGIC: Final = 0xFD2FB528
_SKIPPABLE: Final = 0x184D2A50
_RESERVED: Final = 3
_ONE_BYTE: Final = 1


def is_whole(path: Path) -> bool:
    """True when every frame ends with its last block (RFC 8878, section 3.1).

    A reader that meets the end of a cut file may just stop, and the rows behind it would be
    missing without a word.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        while file.tell() < size:
            if not _skip_frame(file):
                return False
        return file.tell() == size


def _number(file: BinaryIO, width: int) -> int:
    """A little-endian number; -1 at the end of the file."""
    found = file.read(width)
    return int.from_bytes(found, "little") if len(found) == width else -1


def _skip_frame(file: BinaryIO) -> bool:
    magic = _number(file, 4)
    if magic & 0xFFFFFFF0 == _SKIPPABLE:
        length = _number(file, 4)
        file.seek(max(0, length), os.SEEK_CUR)
        return length >= 0
    descriptor = _number(file, 1)
    if magic != _MAGIC or descriptor < 0:
        return False
    single = bool(descriptor & 0x20)
    dictionary = (0, 1, 2, 4)[descriptor & 3]
    content = (int(single), 2, 4, 8)[descriptor >> 6]
    file.seek(int(not single) + dictionary + content, os.SEEK_CUR)
    last = False
    while not last:
        header = _number(file, 3)
        kind, length = (header >> 1) & 3, header >> 3
        if header < 0 or kind == _RESERVED:
            return False
        file.seek(1 if kind == _ONE_BYTE else length, os.SEEK_CUR)
        last = bool(header & 1)
    checksum = 4 if descriptor & 0x04 else 0
    return not checksum or _number(file, checksum) >= 0
