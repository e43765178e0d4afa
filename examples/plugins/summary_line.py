"""A sink: one readable line per incident at the end of a text file."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from anomaly_hunter.errors import DataError, UsageError
from anomaly_hunter.model import Incident


class SummaryLine:
    """`--sink summary_line:PATH` appends "7.4 error  latency rose ..."."""

    name: ClassVar[str] = "summary_line"

    def __init__(self, target: str) -> None:
        if not target:
            raise UsageError("the sink has no target", "a path", "write summary_line:incidents.txt")
        self.path = Path(target)

    def send(self, incident: Incident) -> None:
        """Append one line, or raise; nothing is written in part."""
        verdict = incident.verdict
        headline = " ".join(verdict.headline.split())
        try:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(f"{verdict.severity:.1f} {verdict.level}  {headline}\n")
        except OSError as error:
            raise DataError(
                f"`{self.path}` cannot be written: {error}", "a writable file", "choose another"
            ) from error
