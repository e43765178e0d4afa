"""The other commands."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from anomaly_hunter.cli.doctor import EXTRAS


def test_the_demo_hunts_in_all_three_kinds_and_writes_the_report(hunter, tmp_path):
    ran = hunter("demo", "--out", tmp_path / "report.html")
    assert ran.code == 0
    assert "checkout" in ran.out
    assert "orders.csv" in ran.out
    assert "tickets.csv" in ran.out
    assert "<html" in (tmp_path / "report.html").read_text().lower()


@pytest.mark.slow
def test_the_demo_can_keep_its_files(hunter, tmp_path):
    hunter("demo", "--folder", tmp_path / "samples")
    assert (tmp_path / "samples" / "checkout.csv").exists()


def test_doctor_finds_a_sound_installation(hunter):
    ran = hunter("doctor")
    assert ran.code == 0
    for line in ("python", "numpy", "settings", "terminal"):
        assert line in ran.out


def test_doctor_knows_every_extra():
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))[
        "project"
    ]
    extras = project["optional-dependencies"]
    assert {name: tuple(re.split(r"[\[>]", one)[0] for one in extras[name]) for name in extras} == EXTRAS


def test_doctor_reports_broken_settings_with_their_cure(hunter, tmp_path):
    (tmp_path / "hunter.yaml").write_text("detect:\n  sensitvity: 2\n")
    ran = hunter("doctor")
    assert ran.code == 1
    assert "did you mean 'sensitivity'?" in ran.out


def test_detectors_are_listed(hunter):
    out = hunter("detectors").out
    for name in ("ecod", "nearest", "isolation_forest"):
        assert name in out


def test_config_show_prints_yaml_that_validates(hunter, tmp_path):
    shown = hunter("config", "show").out
    assert yaml.safe_load(shown)["detect"]["sensitivity"] == 1.0
    (tmp_path / "saved.yaml").write_text(shown)
    assert hunter("config", "validate", tmp_path / "saved.yaml").code == 0


def test_config_validate_points_at_the_line(hunter, tmp_path):
    (tmp_path / "hunter.yaml").write_text("read:\n  tz: UTC\n  tme: x\n")
    ran = hunter("config", "validate")
    assert ran.code == 2
    assert "hunter.yaml:3" in ran.err


def test_config_schema_is_a_json_schema(hunter):
    assert json.loads(hunter("config", "schema").out)["$schema"].startswith("https://json-schema.org/")


def test_version(hunter):
    assert hunter("--version").out.startswith("hunter 0.")


def test_explain_says_why_a_point_alarmed(hunter, latency):
    out = hunter("explain", latency, "--at", "2026-03-17T17:00:00Z").out
    for word in ("expected", "actual", "score"):
        assert word in out.lower()


def test_explain_says_why_a_point_did_not_alarm(hunter, latency):
    ran = hunter("explain", latency, "--at", "#17")
    assert ran.code == 0
    assert "no alarm" in ran.out.lower()


def test_explain_needs_a_time_inside_the_data(hunter, latency):
    ran = hunter("explain", latency, "--at", "1999-01-01")
    assert ran.code == 2
    assert "2026-03-01" in ran.err


def test_explain_finds_nothing_at_the_edge_of_the_calendar(hunter, latency):
    ran = hunter("explain", latency, "--at", "0001-01-01T00:00:00+14:00")
    assert ran.code == 2
    assert "no series has a point" in ran.err


def test_explain_answers_rows_with_rows(hunter, latency):
    assert "a row from #0 to #" in hunter("explain", latency, "--at", "#99999").err


def test_the_package_run_as_a_module_is_the_command():
    done = subprocess.run(
        [sys.executable, "-m", "anomaly_hunter", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("hunter ")


def test_settings_are_shown_without_keys_and_passwords(hunter, monkeypatch):
    monkeypatch.setenv("HUNTER__TRACING__HEADERS", "{authorization: Bearer abc-4711}")
    monkeypatch.setenv("HUNTER__TRACING__ENDPOINT", "http://me:abc-4711@localhost:4318/v1/traces")
    monkeypatch.setenv("HUNTER__REMEMBER__MEMORY", "postgresql://me:abc-4711@db/hunts?password=abc-4711")
    shown = hunter("config", "show").out
    assert "abc-4711" not in shown
    assert "authorization: '***'" in shown
    assert "http://me:***@localhost:4318/v1/traces" in shown
