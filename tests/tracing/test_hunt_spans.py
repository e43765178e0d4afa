"""What a hunt tells of itself, as it arrives at a receiver."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any, get_args

import pytest

import anomaly_hunter as ah
from anomaly_hunter.hunt import _finding
from anomaly_hunter.samples import services
from anomaly_hunter.tracing.options import TracingOptions
from anomaly_hunter.tracing.otlp import opened
from anomaly_hunter.tracing.spans import Step, using
from tests.builders import spike_values
from tests.tracing.sink import Sink

AGENTS = ("agent pattern_analyst", "agent change_detective", "agent root_cause")
INVESTIGATED: Any = ("investigate", [*((name, []) for name in AGENTS), ("judge", [])])
BEGINNING: Any = [("read", []), ("prepare", []), ("detect", []), ("group", [])]


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A hunt on the sample of the services with three agents, and what it told."""
    folder = tmp_path_factory.mktemp("shop")
    services.write(folder)
    around = {"events": str(folder / "shop-events.json"), "graph": str(folder / "shop-graph.yaml")}
    with Sink() as sink:
        found = ah.hunt(
            str(folder / "shop"),
            **around,
            endpoint=sink.traces,
            metrics_endpoint=sink.metrics,
            project="shop",
        )
        yield found, sink


def test_a_hunt_is_one_tree_of_its_steps_with_three_agents_for_each_incident(shop):
    found, sink = shop
    assert found.incidents
    assert sink.tree() == [("hunt", [*BEGINNING, *[INVESTIGATED] * len(found.incidents)])]
    assert len(sink.spans) == 1 + 4 + 5 * len(found.incidents)
    assert len({span.trace for span in sink.spans}) == 1
    assert all(span.begin_ns <= span.end_ns and span.failed is None for span in sink.spans)


def test_the_spans_say_what_was_found(shop):
    found, sink = shop
    [whole], [read], [detect] = sink.named("hunt"), sink.named("read"), sink.named("detect")
    assert whole.attributes["hunt.incidents"] == len(found.incidents)
    assert all(incident.verdict.summary in whole.attributes["output.value"] for incident in found.incidents)
    assert read.attributes["hunt.series"] == len(found.dataset.series)
    assert detect.attributes["hunt.anomalies"] == len(found.anomalies)
    told = {span.attributes["incident.id"]: span for span in sink.named("investigate")}
    assert told.keys() == {incident.id for incident in found.incidents}
    for incident in found.incidents:
        span = told[incident.id]
        assert span.attributes["incident.subject"] == incident.lead.subject
        assert span.attributes["incident.confidence"] == incident.verdict.confidence
        agents = {one.attributes["agent.name"]: one for one in sink.children(span)[:3]}
        for finding in incident.verdict.findings:
            agent = agents[finding.agent.lower().replace(" ", "_")]
            assert agent.attributes["openinference.span.kind"] == "AGENT"
            assert agent.attributes["output.value"] == finding.claim
            assert 0 <= agent.attributes["agent.confidence"] <= 1


def test_each_step_of_a_hunt_has_its_word(shop):
    _, sink = shop
    words = {span.name: span.attributes.get("hunt.step") for span in sink.spans}
    assert words == {
        "hunt": None, "read": "ingest", "prepare": "preprocess", "detect": "analyse", "group": "dispatch",
        "investigate": None, **dict.fromkeys(AGENTS, "analyse"), "judge": "score",
    }  # fmt: skip
    assert {word for word in words.values() if word} <= set(get_args(Step))


def test_the_receiver_knows_who_sends_and_under_which_project(shop):
    _, sink = shop
    resource = sink.spans[0].resource
    assert resource["service.name"] == "anomaly-hunter"
    assert resource["service.version"] == ah.__version__
    assert resource["openinference.project.name"] == "shop"


def test_counters_and_durations_arrive_as_what_this_hunt_added(shop):
    found, sink = shop
    assert sink.counted("hunter.hunts") == 1
    assert sink.counted("hunter.incidents") == len(found.incidents)
    assert sink.counted("hunter.anomalies") == len(found.anomalies)
    assert all(point.delta for point in sink.points)
    durations = {one.attributes["span"]: one for one in sink.points if one.name == "hunter.duration"}
    assert durations["hunt"].unit == "s"
    assert durations["agent root_cause"].count == len(found.incidents)
    assert durations["hunt"].value >= durations["read"].value


def test_with_a_memory_recalling_and_keeping_are_steps_too(tmp_path):
    memory = str(tmp_path / "memory.db")
    with Sink() as sink:
        for _ in range(2):
            ah.hunt(spike_values(), memory=memory, endpoint=sink.traces)
        first, second = sink.children(None)
        names = [span.name for span in sink.children(second)]
        assert names == ["read", "prepare", "detect", "group", "recall", "investigate", "keep"]
        assert [span.attributes["hunt.past"] for span in sink.named("recall")] == [0, 0]  # not its own past
        assert sink.named("keep")[0].attributes["hunt.step"] == "store"
        assert first.trace != second.trace


def test_data_that_cannot_be_read_are_a_failed_span(tmp_path):
    with Sink() as sink:
        with pytest.raises(ah.UsageError):
            ah.hunt(str(tmp_path / "missing.csv"), endpoint=sink.traces)
        assert [(span.name, span.failed is not None) for span in sink.spans] == [
            ("hunt", True),
            ("read", True),
        ]
        [(event, said)] = sink.named("read")[0].events
        assert (event, said["exception.type"]) == ("exception", "UsageError")


class Broken:
    name = "broken"

    async def investigate(self, case):
        raise ZeroDivisionError("no points")


def test_an_agent_that_breaks_is_a_failed_span_and_still_a_finding():
    with Sink() as sink:
        with opened(TracingOptions(endpoint=sink.traces)) as tracer, using(tracer):
            finding = asyncio.run(_finding(Broken(), None))
        [span] = sink.spans
        assert finding.claim == "could not finish: ZeroDivisionError: no points"
        assert span.failed == finding.claim


def test_hunts_in_two_threads_do_not_mix():
    with Sink() as sink:
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(lambda _: ah.hunt(spike_values(), endpoint=sink.traces), range(8)))
        assert sink.tree() == [("hunt", [*BEGINNING, INVESTIGATED])] * 8
        for whole in sink.children(None):
            assert len([span for span in sink.spans if span.trace == whole.trace]) == 10


def test_hunts_side_by_side_in_one_loop_do_not_mix():
    async def side_by_side(sink):
        await asyncio.gather(*(ah.ahunt(spike_values(), endpoint=sink.traces) for _ in range(3)))

    with Sink() as sink:
        asyncio.run(side_by_side(sink))
        assert sink.tree() == [("hunt", [*BEGINNING, INVESTIGATED])] * 3


def test_a_hunt_inside_a_running_loop_stays_below_the_span_that_is_open():
    async def notebook(sink):
        with opened(TracingOptions(endpoint=sink.traces)) as tracer, using(tracer):
            assert tracer is not None
            with tracer.span("cell", "CHAIN", {}):
                ah.hunt(spike_values())

    with Sink() as sink:
        asyncio.run(notebook(sink))
        assert sink.tree() == [("cell", [("hunt", [*BEGINNING, INVESTIGATED])])]


def test_where_no_endpoint_is_set_nothing_of_opentelemetry_is_imported():
    code = (
        "import sys, anomaly_hunter\n"
        "anomaly_hunter.hunt([1.0, 2.0] * 30)\n"
        "from anomaly_hunter.tracing.otlp import opened\n"
        "from anomaly_hunter.tracing.options import TracingOptions\n"
        "with opened(TracingOptions()) as tracer: print(tracer)\n"
        "print([name for name in sys.modules if name.startswith(('opentelemetry', 'urllib.request'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["None", "[]"]


def test_without_the_extra_the_hunt_comes_and_the_command_that_installs_it_is_named():
    code = (
        "import sys, anomaly_hunter\n"
        "sys.modules['opentelemetry.sdk.trace'] = None\n"
        "found = anomaly_hunter.hunt([1.0, 2.0] * 30, endpoint='http://localhost:1/v1/traces')\n"
        "print(len(found.incidents))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "0\n"
    assert "pip install 'anomaly-hunter[otel]'" in done.stderr
