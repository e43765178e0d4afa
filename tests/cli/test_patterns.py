"""`hunter patterns` lists, shows and checks; `hunter detect --patterns` uses."""

from __future__ import annotations

import yaml
from typer.testing import CliRunner

from anomaly_hunter.cli.app import app
from anomaly_hunter.errors import ConfigError, UsageError
from anomaly_hunter.investigate.pattern_files import built_in
from tests.investigate.test_pattern_files import PLAIN


def said(*arguments):
    result = CliRunner().invoke(app, ["patterns", *arguments], env={"COLUMNS": "200"})
    return result.stdout, result.exception


def test_all_patterns_are_listed_with_what_they_need():
    text, error = said()
    assert error is None
    assert all(pattern.id in text for pattern in built_in())
    assert "memory ramps up" in text


def test_one_is_shown_with_symptoms_weights_and_steps():
    text, _ = said("show", "memory-leak")
    assert "memory ramps up" in text
    assert "traffic ramps up as well" in text
    assert "heap profile" in text


def test_an_unknown_one_is_answered_with_the_nearest():
    _, error = said("show", "memory-leek")
    assert isinstance(error, UsageError)
    assert "memory-leak" in error.cure


def test_own_patterns_are_listed_and_checked(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(PLAIN), encoding="utf-8")
    assert "too-warm" in said("--patterns", str(path))[0]
    assert "too-warm is valid" in said("check", str(path))[0]
    path.write_text(yaml.safe_dump({**PLAIN, "id": "outage"}), encoding="utf-8")
    assert "replaces ours" in said("check", str(path))[0]
    path.write_text("id: 1\n", encoding="utf-8")
    assert isinstance(said("check", str(path))[1], ConfigError)
