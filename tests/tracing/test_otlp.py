"""The way to the receiver: who is told what, and what a bad receiver costs."""

from __future__ import annotations

import asyncio
import socket
import warnings

import pytest
from opentelemetry import trace

import anomaly_hunter as ah
from anomaly_hunter.errors import UsageError
from anomaly_hunter.tracing import delivery, spans
from anomaly_hunter.tracing.options import TracingOptions
from anomaly_hunter.tracing.otlp import opened
from tests.builders import spike_values
from tests.tracing.sink import Sink


def hunted_with_one_warning(**tracing):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = ah.hunt(spike_values(), **tracing)
    [warning] = caught
    assert len(found.incidents) == 1
    return str(warning.message)


@pytest.fixture
def closed_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    return f"http://127.0.0.1:{port}"


def test_a_dead_collector_costs_one_warning_and_not_the_hunt(closed_port, capfd):
    said = hunted_with_one_warning(
        endpoint=f"{closed_port}/v1/traces", metrics_endpoint=f"{closed_port}/v1/metrics"
    )
    assert f"10 of 10 spans did not reach {closed_port}/v1/traces" in said
    assert "sets of counters did not reach" in said
    assert "refused" in said
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("status", [307, 401, 413, 429, 500, 503])
def test_a_collector_that_refuses_costs_one_warning_and_not_the_hunt(status):
    with Sink(answer=status) as sink:
        said = hunted_with_one_warning(endpoint=sink.traces)
        assert said.endswith(f"(it answered {status})")
        assert sink.paths == ["/v1/traces"]  # no redirect is followed, and nothing is sent twice


def test_a_collector_that_does_not_answer_is_not_waited_for():
    with Sink(delay_s=60) as sink:  # it holds on until the sink ends, after the hunt
        said = hunted_with_one_warning(endpoint=sink.traces, metrics_endpoint=sink.metrics)
        assert "no answer in time" in said


def test_a_collector_that_answers_byte_by_byte_has_got_it_and_is_not_waited_for():
    with Sink(drip_s=60) as sink:
        assert len(ah.hunt(spike_values(), endpoint=sink.traces).incidents) == 1
        assert len(sink.spans) == 10


def test_a_receiver_of_spans_that_takes_no_counters_still_gets_the_spans(closed_port):
    with Sink() as sink:
        said = hunted_with_one_warning(endpoint=sink.traces, metrics_endpoint=f"{closed_port}/v1/metrics")
        assert "spans did not" not in said
        assert len(sink.spans) == 10


def test_counters_alone_can_be_sent():
    with Sink() as sink:
        ah.hunt(spike_values(), metrics_endpoint=sink.metrics)
        assert sink.paths == ["/v1/metrics"]
        assert sink.counted("hunter.hunts") == 1


def test_a_second_hunt_counts_only_itself():
    with Sink() as sink:
        for _ in range(3):
            ah.hunt(spike_values(), metrics_endpoint=sink.metrics)
        assert [one.value for one in sink.points if one.name == "hunter.hunts"] == [1, 1, 1]


def test_no_secret_of_the_address_or_of_a_header_is_in_the_warning():
    said = hunted_with_one_warning(
        endpoint="http://me:sesame@127.0.0.1:1/v1/traces?token=sesame", headers={"Authorization": "sesame\n"}
    )
    assert "sesame" not in said


def test_headers_and_attributes_of_the_settings_are_sent_and_no_others(monkeypatch):
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "authorization=of-another-receiver")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://127.0.0.1:1/v1/traces")
    with Sink() as sink:
        ah.hunt(
            spike_values(),
            endpoint=sink.traces,
            headers={"wandb-api-key": "k"},
            attributes={"wandb.entity": "us"},
        )
        assert sink.headers[0]["wandb-api-key"] == "k"
        assert sink.headers[0]["content-type"] == "application/x-protobuf"
        assert "authorization" not in sink.headers[0]
        assert sink.spans[0].resource["wandb.entity"] == "us"


def test_a_key_goes_to_the_host_of_the_spans_and_to_no_other():
    with Sink() as sink, Sink() as other:
        ah.hunt(
            spike_values(),
            endpoint=sink.traces,
            metrics_endpoint=other.metrics,
            headers={"Authorization": "k"},
        )
        ah.hunt(
            spike_values(),
            endpoint=sink.traces,
            metrics_endpoint=sink.metrics,
            headers={"Authorization": "k"},
        )
        assert ["authorization" in one for one in sink.headers] == [True] * 3
        assert "authorization" not in other.headers[0]


def test_what_a_host_program_traces_is_not_touched():
    before = trace.get_tracer_provider()
    with Sink() as sink:
        ah.hunt(spike_values(), endpoint=sink.traces)
        assert trace.get_tracer_provider() is before
        assert not trace.get_current_span().get_span_context().is_valid


def test_a_span_of_the_host_program_is_no_parent_of_ours():
    from opentelemetry.sdk.trace import TracerProvider

    host = TracerProvider(shutdown_on_exit=False).get_tracer("host")
    with Sink() as sink, host.start_as_current_span("request") as request:
        ah.hunt(spike_values(), endpoint=sink.traces)
        [whole] = sink.children(None)
        assert whole.name == "hunt"
        assert whole.trace != f"{request.get_span_context().trace_id:032x}"


def test_tasks_side_by_side_keep_their_own_parents():
    async def agent(name):
        with spans.span(name, "AGENT"):
            await asyncio.sleep(0)
            with spans.span(f"{name} asks", "TOOL"):
                await asyncio.sleep(0)
            with spans.span(f"{name} thinks", "LLM"):
                await asyncio.sleep(0)

    async def crew():
        with spans.span("investigate"):
            await asyncio.gather(*map(agent, "abc"))

    with Sink() as sink:
        with opened(TracingOptions(endpoint=sink.traces)) as tracer, spans.using(tracer):
            asyncio.run(crew())
        [whole] = sink.children(None)
        below = sorted(sink.children(whole), key=lambda one: one.name)
        assert [one.name for one in below] == ["a", "b", "c"]
        for one in below:
            assert [child.name for child in sink.children(one)] == [f"{one.name} asks", f"{one.name} thinks"]


def test_a_long_hunt_sends_in_batches_and_loses_nothing():
    with Sink() as sink:
        with opened(TracingOptions(endpoint=sink.traces)) as tracer, spans.using(tracer):
            for number in range(2 * delivery.BATCH + 10):
                with spans.span("turn", number=number):
                    pass
        assert len(sink.bodies) >= 3
        assert sorted(span.attributes["number"] for span in sink.spans) == list(
            range(2 * delivery.BATCH + 10)
        )


def test_values_of_any_kind_arrive_or_are_left_out():
    import numpy as np

    with Sink() as sink:
        with opened(TracingOptions(endpoint=sink.traces)) as tracer, spans.using(tracer):
            with spans.span("x", a=None, b=True, c=np.int64(3), d=np.float64(0.5), e=("f",)) as one:
                one.set({"g": None, "h": "cut \udcff", "i": 2**64})
            spans.count("hunter.cost", -1.0, "USD")
        [span] = sink.spans
        del span.attributes["openinference.span.kind"]
        assert span.attributes == {"b": True, "c": 3, "d": 0.5, "e": "('f',)", "h": "cut ?", "i": str(2**64)}


@pytest.mark.parametrize("given", ["ftp://h/v1", "http://", "http://[::1", "http://h:99999/v1", "no address"])
def test_an_endpoint_that_is_no_address_is_refused_before_the_hunt(given):
    with pytest.raises(UsageError, match="endpoint is"):
        TracingOptions(endpoint=given)


def test_a_password_in_a_wrong_endpoint_is_not_repeated():
    with pytest.raises(UsageError) as refused:
        TracingOptions(endpoint="http://me:abc-4711@[::1")
    assert "abc-4711" not in str(refused.value)
