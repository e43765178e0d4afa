"""The examples of CONTRIBUTING.md: as an installed package, through the same door as ours."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

import anomaly_hunter as ah
from anomaly_hunter import registry
from anomaly_hunter.detect.laws import broken_laws
from anomaly_hunter.investigate.case import Case
from anomaly_hunter.investigate.laws import check_agent
from tests.builders import deploy, series_hunt, spike_detection

EXAMPLES = Path(__file__).parents[1] / "examples" / "plugins"
ENTRY_POINTS = """\
[anomaly_hunter.detectors]
last_value = acme_hunter.last_value:LastValue
[anomaly_hunter.agents]
clock_watcher = acme_hunter.clock_watcher:ClockWatcher
[anomaly_hunter.sources]
inline = acme_hunter.inline:Inline
[anomaly_hunter.sinks]
summary_line = acme_hunter.summary_line:SummaryLine
"""


@pytest.fixture
def acme(tmp_path, monkeypatch):
    """A package with the four examples, installed on the path of this test alone."""
    package = tmp_path / "site" / "acme_hunter"
    shutil.copytree(EXAMPLES, package, ignore=shutil.ignore_patterns("__pycache__"))
    (package / "__init__.py").touch()
    info = tmp_path / "site" / "acme_hunter-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-hunter\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(ENTRY_POINTS)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    return tmp_path


def test_the_detector_is_found_by_name_and_keeps_the_laws(acme):
    cls = registry.lookup("detectors", "last_value")
    assert broken_laws(cls) == ()
    found = ah.hunt(
        np.r_[np.zeros(30), 9.0, np.zeros(30)] + np.tile([0.0, 0.1], 31)[:61], detectors="last_value"
    )
    assert found.detections[0].detectors == ("last_value",)


def test_the_agent_joins_the_investigation(acme):
    settings = ah.config.override(
        ah.Settings(), agents=("pattern_analyst", "change_detective", "root_cause", "clock_watcher")
    )
    value = np.random.default_rng(7).normal(100, 2, 120)
    value[90:95] += 60
    found = ah.hunt(value, settings=settings)
    assert [f.agent for f in found.incidents[0].verdict.findings][-1] == "Clock Watcher"


def test_the_agent_keeps_the_laws(acme):
    hunt = series_hunt()
    detection = spike_detection()
    case = Case.of(hunt.dataset, (detection,), detection.anomalies)
    agent = registry.lookup("agents", "clock_watcher")()
    check_agent(agent, case)
    assert asyncio.run(agent.investigate(case)).confidence <= 0.4
    assert deploy() in hunt.dataset.events


def test_the_source_reads_what_it_accepts(acme):
    found = ah.hunt("inline:10,11,10,9,10,11,10,9,10,11,10,9,60,10,11,10,9,10,11,10")
    assert found.dataset.name == "inline"
    assert [(a.start, a.stop) for a in found.anomalies] == [(12, 13)]


def test_the_sink_takes_incidents_away(acme):
    registry.lookup("sinks", "summary_line")(str(acme / "lines.txt")).send(series_hunt().incidents[0])
    assert (acme / "lines.txt").read_text().startswith("7.4 error  latency_ms spiked")


def test_describe_says_whose_it_is(acme):
    [entry] = [e for e in registry.describe("detectors") if e.name == "last_value"]
    assert entry.origin == "acme-hunter"
    assert json.dumps(entry.summary)
