from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from anomaly_hunter.config import SECTIONS, Settings
from anomaly_hunter.errors import UsageError
from anomaly_hunter.read.options import ReadOptions
from anomaly_hunter.reading import read
from anomaly_hunter.serve.mcp.folders import Folders
from anomaly_hunter.serve.mcp.given import OPTIONS, Given
from anomaly_hunter.serve.mcp.limits import Limits

SMALL = Limits(inline_bytes=100, inline_points=5)


def read_of(given):
    return read(given.data(Folders((), Limits()), ReadOptions()), Settings())


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (Given(), "nothing"),
        (Given(path="a", values=[1.0]), "path and values"),
        (Given(csv="x", timestamps=["2026-01-01"]), "without values"),
        (Given(values=[1.0, 2.0], timestamps=["2026-01-01"]), "1 timestamps for 2 values"),
        (Given(values=[1.0] * 6), "6 values"),
        (Given(csv="x" * 101), "sent along"),
        (Given(csv="é" * 51), "sent along"),
        (Given(path="a", events=[{"time": "2026-01-01", "title": "x" * 100}]), "sent along"),
        (Given(path="a", graph={"web": ["x" * 100]}), "sent along"),
        (Given(path="a", logs=["x"] * 60), "sent along"),
        (Given(path="a", options={"ignore": ["x" * 100]}), "sent along"),
    ],
)
def test_too_much_or_unclear_is_refused(given, said):
    with pytest.raises(UsageError, match=said):
        given.check(SMALL)


def test_options_are_those_of_reading_and_detecting():
    changed = Given(path="a", options={"sensitivity": 2, "data_range": [0, None]}).settings(Settings())
    assert (changed.detect.sensitivity, changed.detect.data_range) == (2, (0, None))
    assert "patterns" not in OPTIONS


@pytest.mark.parametrize("name", ["patterns", "memory", "sinks", "max_series", "default", "nonsense"])
def test_settings_that_reach_further_are_refused(name):
    with pytest.raises(UsageError, match="unknown option"):
        Given(path="a", options={name: "x"}).settings(Settings())


def test_values_with_times_are_one_series_with_a_clock():
    given = Given(values=[1.0, None, 3.0], timestamps=["2026-01-01", "2026-01-02", "2026-01-03"])
    series = read_of(given).series[0]
    assert series.clocked
    assert np.isnan(series.value.reshape(-1)).sum() <= 1


def test_values_alone_are_one_series():
    assert len(read_of(Given(values=[1.0, None, 3.0, 2.0])).series) == 1


def test_csv_text_is_read_like_a_file_and_leaves_none_behind(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    found = read_of(Given(csv="time,latency_ms\n2026-01-01T00:00:00Z,5\n2026-01-01T00:01:00Z,6\n"))
    assert [series.name for series in found.series] == ["latency_ms"]
    assert list(tmp_path.iterdir()) == []


def test_lines_and_events_that_look_like_paths_are_not_read():
    around = Given(path="a", logs=["/etc/passwd"], events=[{"title": "/etc/passwd"}]).around(
        Folders((), Limits())
    )
    assert around == {"events": [{"title": "/etc/passwd"}], "graph": None, "logs": ["/etc/passwd"]}


@pytest.mark.parametrize("name", ["graph", "logs"])
def test_a_folder_of_logs_or_graphs_is_refused(tmp_path, name):
    for file in ("a.json", "b.json"):
        (tmp_path / file).write_text("{}")
    with pytest.raises(UsageError, match="2 files"):
        Given(path="a", **{name: "."}).around(Folders.of([tmp_path]))


def test_a_folder_of_events_is_all_of_its_files(tmp_path):
    for file in ("a.json", "b.json"):
        (tmp_path / file).write_text("[]")
    assert len(Given(path="a", events=".").around(Folders.of([tmp_path]))["events"]) == 2


def test_an_option_belongs_to_one_section_only():
    others = {
        one.name for name, cls in SECTIONS.items() if name not in ("read", "detect") for one in fields(cls)
    }
    assert others.isdisjoint(OPTIONS)
