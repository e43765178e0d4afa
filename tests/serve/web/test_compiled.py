"""Compiled templates are kept from one start to the next, and never where they no longer fit."""

from __future__ import annotations

import sys

import pytest
from jinja2 import DictLoader, Environment

from anomaly_hunter.serve.web.compiled import Compiled


@pytest.fixture(autouse=True)
def _writing():
    """Whatever the environment says about compiled files."""
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, False
    yield
    sys.dont_write_bytecode = before


def shown(folder, source="Hello {{ name }}"):
    environment = Environment(
        loader=DictLoader({"page": source}), bytecode_cache=Compiled(folder), autoescape=True
    )
    return environment.get_template("page").render(name="<ann>")


def test_what_is_kept_gives_the_same_page(tmp_path):
    folder = tmp_path / "__pycache__"
    first = shown(folder)
    (kept,) = folder.iterdir()
    written = kept.stat().st_mtime_ns
    assert shown(folder) == first == "Hello &lt;ann&gt;"
    assert kept.stat().st_mtime_ns == written


def test_a_changed_template_is_compiled_anew(tmp_path):
    shown(tmp_path)
    assert shown(tmp_path, "Bye {{ name }}") == "Bye &lt;ann&gt;"


@pytest.mark.parametrize("length", [0, 3, 40, 100])
def test_what_is_broken_is_compiled_anew(tmp_path, length):
    shown(tmp_path)
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(kept.read_bytes()[:length])
    assert shown(tmp_path) == "Hello &lt;ann&gt;"


def test_where_nothing_can_be_written_nothing_is_kept(tmp_path):
    (tmp_path / "file").write_text("no folder")
    assert shown(tmp_path / "file") == "Hello &lt;ann&gt;"


def test_nothing_is_kept_where_python_keeps_nothing(tmp_path):
    sys.dont_write_bytecode = True
    shown(tmp_path)
    assert list(tmp_path.iterdir()) == []
