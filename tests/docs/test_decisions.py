"""Decisions: half a page each, in one form, with links that lead somewhere."""

from __future__ import annotations

import re

import pytest

from docs.generate import ROOT

DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))


def test_they_are_numbered_without_a_hole():
    assert [int(path.name[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.name)
def test_each_says_context_choice_what_was_rejected_and_why(path):
    text = path.read_text(encoding="utf-8")
    assert text.startswith(f"# {int(path.name[:4])}. ")
    parts = ["**Context.**", "**Choice.**", "**Rejected.**", "**Why.**"]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)
    assert len(text.splitlines()) <= 40


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.name)
def test_the_files_that_it_names_are_there(path):
    named = re.findall(r"`((?:[a-z_]+/)+[a-z_]+\.py|registry\.py)`", path.read_text(encoding="utf-8"))
    assert named
    for name in named:
        assert (ROOT / "src" / "anomaly_hunter" / name).exists(), name


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.name)
def test_the_readme_leads_to_it(path):
    assert f"docs/decisions/{path.name}" in (ROOT / "README.md").read_text(encoding="utf-8")
