"""A first look at the bytes of a file: what it is, how it is encoded, and whether it is safe to parse."""

from __future__ import annotations

import codecs
import math
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from anomaly_hunter.errors import DataError

LONGEST_LINE: Final = 10 * 1024 * 1024
_BLOCK: Final = 4 * 1024 * 1024

_BINARY: Final = (
    (b"PK\x03\x04", "a zip archive or an Excel workbook", "save the sheet as CSV, or unpack it first"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", "save the sheet as CSV"),
    (b"SQLite format 3", "a SQLite database", "export the table as CSV or Parquet"),
    (b"%PDF", "a PDF", "export the data as CSV"),
    (b"\x89PNG", "a picture", "pass the data behind it"),
    (b"\xff\xd8\xff", "a picture", "pass the data behind it"),
    (b"\x7fELF", "a program", "pass a data file"),
    (b"BZh", "packed with bzip2", "unpack it, or pack it as .gz or .zst"),
    (b"\xfd7zXZ", "packed with xz", "unpack it, or pack it as .gz or .zst"),
    (
        b"ARROW1",
        "an Arrow file",
        "read it with your data frame library and pass the frame, or save it as Parquet",
    ),
    (b"\x93NUMPY", "a numpy file", "load it with numpy and pass the array"),
)
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scan:
    """How to decode a text file, and what was assumed."""

    encoding: str
    notes: tuple[str, ...] = ()


def scan(path: Path, shown: str) -> Scan:
    """Read a text file once as bytes: find its encoding, refuse what is no text.

    UTF-8 (with or without a mark), UTF-16 and UTF-32 (with a mark) are known; bytes that are
    not UTF-8 are read as cp1252, or latin-1 where that has no letter for a byte, and a note
    says so.

    Raises
    ------
    DataError
        Empty, binary, NUL bytes, or a line over 10 MB in what is no JSON: a document may be one line.
    """
    with path.open("rb") as file:
        head = file.read(4096)
        if not head.strip():
            raise DataError(
                f"{shown} is empty", "a header line and rows", "check the export, or pass another file"
            )
        for magic, what, cure in _BINARY:
            if head.startswith(magic):
                raise DataError(f"{shown} is {what}", "CSV, TSV, JSON, JSON lines or Parquet", cure)
        marked = next((encoding for bom, encoding in _BOMS if head.startswith(bom)), "")
        if marked in ("utf-16", "utf-32"):
            return Scan(marked, (f"{shown} is {marked.upper()}",))
        file.seek(0)
        is_json = head.removeprefix(codecs.BOM_UTF8).lstrip()[:1] in (b"[", b"{")
        encoding = _walk(file, shown, math.inf if is_json else LONGEST_LINE)
    if encoding == "utf-8":
        return Scan("utf-8-sig" if marked else "utf-8")
    return Scan(encoding, (f"{shown} is not UTF-8; read as {encoding}",))


def _walk(file: BinaryIO, shown: str, longest: float) -> str:
    """The encoding of an open binary file, looking at all of it block by block."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf8, has_undefined = True, False
    offset, since_break = 0, 0
    while block := file.read(_BLOCK):
        if b"\x00" in block:
            raise _nul(block, offset, shown)
        line, since_break = _since_break(block, since_break)
        if line > longest:
            raise DataError(
                f"{shown} has a line over {LONGEST_LINE // 2**20} MB",
                "one record per line",
                "check the line ends, or split the file into lines",
            )
        if is_utf8:
            try:
                decoder.decode(block)
            except UnicodeDecodeError:
                is_utf8 = False
        has_undefined = has_undefined or any(
            byte in block for byte in (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d")
        )
        offset += len(block)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        is_utf8 = False
    return "utf-8" if is_utf8 else "latin-1" if has_undefined else "cp1252"


def _nul(block: bytes, offset: int, shown: str) -> DataError:
    strange = sum(byte < 9 or 13 < byte < 32 for byte in block[:65536])
    if strange > 0.1 * min(len(block), 65536):
        return DataError(
            f"{shown} is a binary file",
            "CSV, TSV, JSON, JSON lines or Parquet",
            "pass a text or Parquet file",
        )
    at = block.index(b"\x00")
    line = f", line {block.count(bytes([10]), 0, at) + 1}" if offset == 0 else ""
    return DataError(
        f"{shown} holds NUL bytes (first at byte {offset + at:,}{line})",
        "text",
        "write the file again; a crash while writing leaves such bytes, and `tr -d '\\000'` removes them",
    )


def _since_break(block: bytes, carried: int) -> tuple[int, int]:
    """Bytes up to the first line break of a block with those carried before it, and those after the last."""
    first = min((at for at in (block.find(b"\n"), block.find(b"\r")) if at >= 0), default=len(block))
    last = max(block.rfind(b"\n"), block.rfind(b"\r"))
    return carried + first, carried + len(block) if last < 0 else len(block) - last - 1
