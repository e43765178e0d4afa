"""`-o jsonl`: one JSON record a line: first the header (type "header"), then the incidents, worst first."""

from __future__ import annotations

from typing import ClassVar

from anomaly_hunter.model import Hunt
from anomaly_hunter.tell.document import dump, header_document, incident_line


class JsonLines:
    """Every line stands alone: it carries ``schema_version`` and ``type``."""

    name: ClassVar[str] = "jsonl"

    def render(self, hunt: Hunt) -> str:
        """The header, then one line per incident (select them with ``type == "incident"``)."""
        records = [header_document(hunt), *map(incident_line, hunt.incidents)]
        return "".join(dump(record) + "\n" for record in records)
