"""Documentation that a command checks."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
import yaml
from _pytest.mark import ParameterSet

import anomaly_hunter as ah
from anomaly_hunter.config import SECTIONS, WATCHES
from docs.generate import ROOT, comparable, generated, pages


def _pages(starts: str) -> list[ParameterSet]:
    """All pages; those that hold a part that begins like this start programs."""
    marks = {page: [pytest.mark.slow] * (starts in page.read_text(encoding="utf-8")) for page in pages()}
    return [pytest.param(page, marks=found, id=page.name) for page, found in marks.items()]


@pytest.mark.parametrize("page", _pages("<!-- begin: run "))
def test_generated_parts_are_up_to_date(page):
    text = page.read_text(encoding="utf-8")
    assert comparable(text) == comparable(generated(text)), "run `make docs`"


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
        if not target.startswith(("http://", "https://", "mailto:")):
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", _pages("```python run\n"))
def test_python_examples_run(page, tmp_path):
    blocks = re.findall(r"```python run\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    for block in blocks:
        subprocess.run([sys.executable, "-c", block], cwd=tmp_path, check=True, capture_output=True)


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_settings_examples_load(page, tmp_path):
    file = tmp_path / "hunter.yaml"
    for block in re.findall(r"```yaml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
        if yaml.safe_load(block).keys() & {*SECTIONS, WATCHES}:
            file.write_text(block, encoding="utf-8")
            ah.load_settings(file, dict.fromkeys(re.findall(r"\$\{(\w+)\}", block), "told"))


def test_every_chore_of_the_makefile_is_explained():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert named is not None
    for chore in named[1].split():
        assert re.search(rf"^{chore}:.*## \w", makefile, re.MULTILINE), chore
