"""`-o terminal`: the verdict for a person at a terminal."""

from __future__ import annotations

import shutil
import sys
from typing import ClassVar, Final

from rich.console import RenderableType
from rich.text import Text

from anomaly_hunter.model import Hunt
from anomaly_hunter.tell.terminal.findings import asked, findings, members
from anomaly_hunter.tell.terminal.paper import Paper
from anomaly_hunter.tell.terminal.picture import picture
from anomaly_hunter.tell.terminal.quiet import quiet
from anomaly_hunter.tell.terminal.rest import data, legend, observations, others
from anomaly_hunter.tell.terminal.verdict import panel
from anomaly_hunter.tell.terminal.why import cause, steps

NARROWEST: Final = 40
WIDEST: Final = 132


class Terminal:
    """The worst incident in full, the others in a line each, the data, how to read it.

    Text from the data cannot steer the terminal: control characters are written out, and
    nothing is read as markup.

    Parameters
    ----------
    width:
        In cells, at least 40; None: that of the terminal, at most 132.
    color:
        Sixteen colours of the terminal's own theme, or plain text without any escape sequence.
    encoding:
        Of what it will be printed to; None: that of standard output. Where it cannot hold
        blocks and braille, everything is written in ASCII.
    """

    name: ClassVar[str] = "terminal"

    def __init__(self, width: int | None = None, color: bool = False, encoding: str | None = None) -> None:
        if width is None:
            width = min(shutil.get_terminal_size((100, 24)).columns, WIDEST)
        chosen = encoding or getattr(sys.stdout, "encoding", None) or "utf-8"
        self.paper = Paper(max(NARROWEST, width), color, chosen)

    def render(self, hunt: Hunt) -> str:
        """The whole report; no line is wider than the width."""
        paper = self.paper
        sections = [*self._incident(hunt), others(hunt, paper), observations(hunt, paper)]
        sections += [data(hunt, paper), legend(paper)]
        parts: list[RenderableType] = []
        for section in filter(None, sections):
            if parts:
                parts.append(Text())
            parts.extend(section)
        return paper.print(parts)

    def _incident(self, hunt: Hunt) -> list[list[RenderableType]]:
        paper = self.paper
        if not hunt.incidents:
            return quiet(hunt, paper)
        worst = hunt.incidents[0]
        return [
            [panel(hunt, worst, paper)],
            steps(worst.verdict, paper),
            cause(worst.verdict, paper),
            picture(hunt, worst, paper),
            members(worst, paper),
            findings(worst.verdict, paper),
            asked(hunt, worst.verdict, paper),
        ]
