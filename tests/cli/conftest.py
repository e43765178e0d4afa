"""`hunter` inside the test's process: fast, and as a person would call it."""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np
import pytest

from anomaly_hunter.cli.app import run


@dataclass(frozen=True)
class Ran:
    """What one call did."""

    code: int
    out: str
    err: str


@pytest.fixture
def hunter(monkeypatch, capsys, tmp_path):
    """Call the command in an empty folder: ``hunter("detect", path)``."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments) -> Ran:
        monkeypatch.setattr(sys, "argv", ["hunter", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            run()
        captured = capsys.readouterr()
        code = stop.value.code
        return Ran(code if isinstance(code, int) else 0 if code is None else 1, captured.out, captured.err)

    return call


@pytest.fixture
def latency(tmp_path):
    """A CSV of 500 hourly points with a jump at 400..404."""
    value = np.random.default_rng(7).normal(100, 2, 500)
    value[400:405] += 60
    start = np.datetime64("2026-03-01T00:00:00")
    rows = [f"{start + np.timedelta64(i, 'h')}Z,{x:.3f}" for i, x in enumerate(value)]
    path = tmp_path / "latency.csv"
    path.write_text("timestamp,latency_ms\n" + "\n".join(rows) + "\n")
    return path
