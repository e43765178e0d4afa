"""PHOENIX_COLLECTOR_ENDPOINT: who has it in the environment gets traces without a file."""

from __future__ import annotations

import pytest

from anomaly_hunter import load_settings
from anomaly_hunter.config import Settings

VARIABLE = "PHOENIX_COLLECTOR_ENDPOINT"


@pytest.mark.parametrize(
    ("given", "endpoint"),
    [
        ("http://localhost:6006", "http://localhost:6006/v1/traces"),
        ("http://localhost:6006/", "http://localhost:6006/v1/traces"),
        ("http://localhost:6006/v1/traces", "http://localhost:6006/v1/traces"),
        ("https://app.phoenix.arize.com/s/us", "https://app.phoenix.arize.com/s/us/v1/traces"),
        ("", ""),
        ("grpc://localhost:4317", ""),
    ],
)
def test_it_is_where_traces_go(tmp_path, given, endpoint):
    settings = load_settings(environment={VARIABLE: given}, folder=tmp_path)
    assert settings.tracing.endpoint == endpoint
    assert settings.detect == Settings().detect


@pytest.mark.parametrize(
    ("text", "endpoint"),
    [
        ("tracing:\n  endpoint: http://mine/v1/traces\n", "http://mine/v1/traces"),
        ("tracing:\n  endpoint: ''\n", ""),
        ("tracing:\n  project: ours\n", "http://phoenix/v1/traces"),
        ("tracing:\n", "http://phoenix/v1/traces"),
    ],
)
def test_the_settings_win(tmp_path, text, endpoint):
    (tmp_path / "hunter.yaml").write_text(text, encoding="utf-8")
    settings = load_settings(environment={VARIABLE: "http://phoenix"}, folder=tmp_path)
    assert settings.tracing.endpoint == endpoint
    assert settings.tracing.project == ("ours" if "ours" in text else "anomaly-hunter")
