"""`hunter forecast`."""

from __future__ import annotations

import csv
import io
import json


def test_a_table_for_people(hunter, latency):
    ran = hunter("forecast", latency, "--horizon", 3, "-o", "table")
    assert ran.code == 0
    head, first, *rest = ran.out.splitlines()
    assert head.split() == ["timestamp", "series", "yhat", "yhat_lower", "yhat_upper"]
    assert first.startswith("2026-03-21T20:00:00Z  latency_ms")
    assert len(rest) == 2


def test_csv_and_json_hold_the_same_rows(hunter, latency):
    as_csv = hunter("forecast", latency, "--horizon", 2, "-o", "csv").out
    as_json = hunter("forecast", latency, "--horizon", 2).out
    rows = list(csv.DictReader(io.StringIO(as_csv)))
    found = json.loads(as_json)
    assert [row["timestamp"] for row in rows] == [row["timestamp"] for row in found]
    assert float(rows[0]["yhat"]) == found[0]["yhat"]
    assert found[0]["yhat_lower"] <= found[0]["yhat"] <= found[0]["yhat_upper"]


def test_wrong_horizons_and_names_are_wrong_usage(hunter, latency):
    for arguments in (("--horizon", 0), ("--horizon", 10**9), ("--horizon", 3, "--forecaster", "wizard")):
        ran = hunter("forecast", latency, *arguments)
        assert (ran.code, ran.out) == (2, "")
        assert "Cure" in ran.err


def test_two_points_are_an_error(hunter, tmp_path):
    (tmp_path / "two.csv").write_text("t,a\n2026-01-01,1\n2026-01-02,2\n")
    ran = hunter("forecast", "two.csv", "--horizon", 3)
    assert ran.code == 1
    assert "8 are needed" in ran.err


def test_a_forecaster_is_a_detector(hunter, latency):
    ran = hunter("detect", latency, "--detector", "seasonal", "-o", "json")
    assert ran.code == 0
    assert "2026-03-17T16:00:00Z" in ran.out
