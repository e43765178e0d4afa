"""`-o json`: the whole hunt as one JSON document (schema: ``tell/schema/hunt-1.2.json``)."""

from __future__ import annotations

from typing import ClassVar

from anomaly_hunter.model import Hunt
from anomaly_hunter.tell.document import document, dump


class Json:
    """One document, indented by two, UTF-8."""

    name: ClassVar[str] = "json"

    def render(self, hunt: Hunt) -> str:
        """The document of :func:`anomaly_hunter.tell.document.document`, ending with a line break."""
        return dump(document(hunt), indent=2) + "\n"
