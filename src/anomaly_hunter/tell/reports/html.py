"""`-o html`: one page that opens anywhere, with charts, and loads nothing from anywhere."""

from __future__ import annotations

from typing import ClassVar

from anomaly_hunter.model import Hunt


class Html:
    """The report as a single HTML file: styles, charts and data are inside.

    A content security policy forbids every request; text from the data is always escaped. How much
    one page holds is written in ``tell/html/limits.py``; what is left out is counted on the page.
    """

    name: ClassVar[str] = "html"

    def render(self, hunt: Hunt) -> str:
        """The page, ending with a line break."""
        from anomaly_hunter.tell.html.page import render_page

        return render_page(hunt)
