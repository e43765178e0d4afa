"""What the terminal report is written on: how wide, with which characters, in which colours."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.text import Text

from anomaly_hunter.model import Level
from anomaly_hunter.tell.chart import ASCII, BRAILLE, Ink, Row, Signs
from anomaly_hunter.tell.plain import plain
from anomaly_hunter.tell.spark import ASCII_BLOCKS, BLOCKS

# The sixteen colours that every terminal maps to its own theme: readable on dark and on light.
LEVEL_STYLE: Final[dict[Level, str]] = {
    "information": "cyan",
    "warning": "yellow",
    "error": "red",
    "critical": "magenta",
}
INK_STYLE: Final[dict[Ink, str]] = {
    "line": "cyan",
    "band": "green",
    "alarm": "bold red",
    "minor": "yellow",
    "event": "magenta",
    "axis": "dim",
}

_SPELLED: Final = {
    "±": "+/-", "·": "-", "–": "-", "—": "-", "…": "...", "×": "x", "≥": ">=", "≤": "<=", "σ": "sigma",
    "→": "->", "∞": "inf", "−": "-", "’": "'", "‘": "'", "“": '"', "”": '"',
}  # fmt: skip
_EIGHTHS: Final = " ▏▎▍▌▋▊▉"


class _Sheet(io.StringIO):
    """A buffer that says which encoding it will be written in, so that frames fall back with it."""

    def __init__(self, encoding: str) -> None:
        super().__init__()
        self._encoding = encoding

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._encoding


@dataclass(frozen=True, slots=True)
class Paper:
    """Width in cells, colour or none, and the encoding of what it will be printed to."""

    width: int
    color: bool
    encoding: str

    @property
    def rich(self) -> bool:
        """Whether braille, blocks and frames can be written."""
        try:
            "⣿█│◆▲…±".encode(self.encoding)
        except (UnicodeEncodeError, LookupError):
            return False
        return True

    @property
    def signs(self) -> Signs:
        """Characters of charts."""
        return BRAILLE if self.rich else ASCII

    @property
    def blocks(self) -> str:
        """Characters of a spark line, from low to high."""
        return BLOCKS if self.rich else ASCII_BLOCKS

    def pick(self, sign: str, ascii_sign: str) -> str:
        """``sign`` where it can be written, else ``ascii_sign``."""
        return sign if self.rich else ascii_sign

    def safe(self, text: str, limit: int = 0) -> str:
        """One harmless line that the encoding can hold."""
        clean = plain(text, limit)
        if self.rich or clean.isascii():
            return clean
        spelled = "".join(_SPELLED.get(character, character) for character in clean)
        return spelled.encode("ascii", "backslashreplace").decode("ascii")

    def text(self, text: str, style: str = "", limit: int = 0) -> Text:
        """Harmless text in a style. Nothing in it is read as markup."""
        return Text(self.safe(text, limit), style=style)

    def line(self, *parts: tuple[str, str]) -> Text:
        """(text, style) pieces side by side."""
        return Text().join(Text(self._kept(text), style=style) for text, style in parts)

    def _kept(self, text: str) -> str:
        """As :meth:`safe`, but white space at the ends and between words stays."""
        inner = text.strip()
        if not inner:
            return " " * len(text)
        left = len(text) - len(text.lstrip())
        right = len(text) - len(text.rstrip())
        return " " * left + self.safe(inner) + " " * right

    def row(self, row: Row) -> Text:
        """One row of a chart."""
        line = Text(no_wrap=True)
        for text, ink in row:
            line.append(text, style=INK_STYLE[ink])
        return line

    def bar(self, share: float, cells: int, style: str) -> Text:
        """A share in [0, 1] as a bar of so many cells."""
        share = min(max(share, 0.0), 1.0)
        eighths = round(share * cells * 8) if self.rich else round(share * cells) * 8
        full, rest = divmod(eighths, 8)
        solid = self.pick("█", "#") * full + (_EIGHTHS[rest] if rest else "")
        return Text(solid, style=style).append(self.pick("·", ".") * (cells - len(solid)), style="dim")

    def heading(self, title: str, more: Text | None = None) -> Text:
        """The title of a section, with a rule up to the edge."""
        line = self.text(title, "bold", limit=max(10, self.width // 2))
        if more is not None:
            line.append("  ").append_text(more)
        line.truncate(self.width, overflow="ellipsis" if self.rich else "crop")
        left = self.width - cell_len(line.plain) - 1
        return line.append(" " + self.pick("─", "-") * left, style="dim") if left > 1 else line

    def print(self, parts: list[RenderableType]) -> str:
        """All parts below each other, as text with or without colour."""
        sheet = _Sheet("utf-8" if self.rich else "ascii")
        console = Console(
            file=sheet,
            width=self.width,
            color_system="standard" if self.color else None,
            force_terminal=self.color,
            no_color=not self.color,
            legacy_windows=False,
            markup=False,
            emoji=False,
            highlight=False,
            _environ={},
        )
        for part in parts:
            console.print(part)
        lines = sheet.getvalue().split("\n")
        return "\n".join(line.rstrip() for line in lines)
