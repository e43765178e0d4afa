"""docs/tracing.md: its blocks are settings that load, its tables are what a hunt sends."""

from __future__ import annotations

import re

import pytest

import anomaly_hunter as ah
from anomaly_hunter.tracing import content, delivery, otlp
from tests.builders import spike_values
from tests.docs.pages import page, table, ticked
from tests.tracing.sink import Sink

PAGE = page("tracing.md")
SENTENCES = " ".join(PAGE.split())
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
KEYS = {name: "key" for block in BLOCKS for name in re.findall(r"\$\{(\w+)\}", block)}


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_every_block_is_a_settings_file_that_loads(tmp_path, block):
    file = tmp_path / "hunter.yaml"
    file.write_text(block, encoding="utf-8")
    tracing = ah.load_settings(file, KEYS).tracing
    assert tracing.endpoint.endswith("/v1/traces")
    assert tracing.metrics_endpoint in {"", tracing.endpoint.replace("/v1/traces", "/v1/metrics")}
    assert "$" not in "".join(tracing.headers.values())


def test_no_key_stands_in_a_block():
    for block in BLOCKS:
        for line in re.findall(r"headers:\n((?:    .*\n)+)", block):
            assert "${" in line


def test_the_tables_are_what_a_hunt_with_a_memory_sends(tmp_path):
    with Sink() as sink:
        ah.hunt(
            spike_values(), memory=str(tmp_path / "m.db"), endpoint=sink.traces, metrics_endpoint=sink.metrics
        )
        told = {
            ticked(name): (kind, step.strip("`"), set(re.findall(r"`(\w+\.\w+)`", attributes)))
            for name, kind, step, attributes in table(PAGE, "span")
        }
        assert {re.sub("^agent .*", "agent NAME", span.name) for span in sink.spans} == told.keys()
        for span in sink.spans:
            kind, step, attributes = told[re.sub("^agent .*", "agent NAME", span.name)]
            sent = dict(span.attributes)
            assert sent.pop("openinference.span.kind") == kind
            assert sent.pop("hunt.step", "") == step
            assert sent.keys() == attributes, span.name
        counters = {ticked(name): unit for name, unit, _ in table(PAGE, "name")}
        assert {point.name: point.unit for point in sink.points}.items() <= counters.items()


def test_the_numbers_are_those_of_the_code():
    assert f"every {delivery.EVERY_S:g} seconds and {delivery.BATCH} at a time" in SENTENCES
    assert f"{otlp.MOST_WAIT_S:g} seconds at most" in SENTENCES
    assert f"cut at {content.LONGEST:,} characters" in SENTENCES
