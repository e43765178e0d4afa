"""How tests read the pages: tables as rows of cells."""

from __future__ import annotations

import re

from docs.generate import ROOT


def page(name: str) -> str:
    """The text of a page under docs/."""
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def table(text: str, first_column: str) -> list[list[str]]:
    """The rows below the head of the first table whose first column has this name."""
    match = re.search(rf"^\| {re.escape(first_column)} \|.*\n\|[-| ]+\|\n((?:\|.*\n)+)", text, re.MULTILINE)
    assert match is not None, first_column
    rows = match[1].splitlines()
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows]


def ticked(cell: str) -> str:
    """What stands between the first two backticks."""
    return cell.split("`")[1]
