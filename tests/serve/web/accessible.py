"""What keeps people from using a page, as a program can tell in a browser."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

CHECKS = (Path(__file__).parent / "accessible.js").read_text("utf-8")
THEMES = ("light", "dark")
WIDTHS = (1280, 390)


def faults_of(page: Page) -> list[str]:
    """Everything that is wrong with a page as it stands, in both themes, wide and on a phone."""
    found: list[str] = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for theme in THEMES:
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            found += [f"{theme}, {width} px: {one}" for one in page.evaluate(CHECKS)]
    return found
