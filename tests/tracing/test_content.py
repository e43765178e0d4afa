"""What must not leave does not leave: searched for in the bytes that arrived."""

from __future__ import annotations

import asyncio

import pytest

import anomaly_hunter as ah
from anomaly_hunter.tracing import spans
from anomaly_hunter.tracing.content import LONGEST
from anomaly_hunter.tracing.options import TracingOptions
from anomaly_hunter.tracing.otlp import opened
from tests.builders import spike_values
from tests.tracing.sink import Sink

WHO = "jane.doe@example.com"


def everywhere(text, fail):
    """A text in every place of a span and of a counter that takes one."""
    with spans.span(f"agent {text}", "AGENT", subject=text, **{"input.value": text}) as opened_span:
        opened_span.set({"output.value": text, "llm.output_messages.0.message.content": text})
        opened_span.fail(text)
        spans.count("hunter.tokens", 5, "{token}", role=text)
        with spans.span("tool", "TOOL", **{"tool.parameters": text}):
            if fail:
                raise ValueError(f"cannot find {text}")


@pytest.mark.parametrize("fail", [False, True])
def test_a_mask_is_applied_to_every_text(fail):
    with Sink() as sink:
        tracing = TracingOptions(endpoint=sink.traces, metrics_endpoint=sink.metrics)
        with opened(tracing) as tracer, spans.using(tracer):
            spans.hide(lambda text: text.replace(WHO, "<EMAIL_1>"))
            try:
                everywhere(WHO, fail)
            except ValueError:
                assert fail
        sent = b"".join(sink.bodies)
        assert WHO.encode() not in sent
        assert sent.count(b"<EMAIL_1>") >= 8
        assert sink.spans[0].name == "agent <EMAIL_1>"
        assert sink.counted("hunter.tokens", role="<EMAIL_1>") == 5


def test_a_mask_ends_with_the_block_and_is_nothing_where_nobody_listens():
    with Sink() as sink, opened(TracingOptions(endpoint=sink.traces)) as tracer:
        with spans.using(tracer):
            spans.hide(str.upper)
            assert spans.hidden("a") == "A"
        assert spans.hidden("a") == "a"
        spans.hide(str.upper)
        assert spans.hidden("a") == "a"


@pytest.mark.parametrize("fail", [False, True])
def test_without_content_nothing_that_was_asked_or_said_is_sent(fail):
    secret = "the words of a model"
    with Sink() as sink:
        with opened(TracingOptions(endpoint=sink.traces, content=False)) as tracer, spans.using(tracer):
            try:
                with spans.span("chat", "LLM", **{"input.value": secret, "llm.model_name": "m"}) as one:
                    one.set({"output.value": secret, "llm.token_count.total": 9, "tool.parameters": secret})
                    one.set({"llm.input_messages.0.message.content": secret})
                    one.fail(secret)
                    if fail:
                        raise ValueError(secret)
            except ValueError:
                assert fail
        assert secret.encode() not in sink.bodies[0]
        [span] = sink.spans
        assert (span.attributes["llm.model_name"], span.attributes["llm.token_count.total"]) == ("m", 9)
        assert span.failed == ""  # it failed; why may quote a model


def test_without_content_a_hunt_tells_its_steps_and_not_its_words():
    with Sink() as sink:
        found = ah.hunt(spike_values(), endpoint=sink.traces, content=False)
        assert len(sink.spans) == 10
        assert found.verdict.summary not in sink.bodies[0].decode("utf-8", "replace")
        assert all("output.value" not in span.attributes for span in sink.spans)


def test_a_long_text_is_cut_and_says_so():
    with Sink() as sink:
        with (
            opened(TracingOptions(endpoint=sink.traces)) as tracer,
            spans.using(tracer),
            spans.span("long", text="x" * (LONGEST + 7)),
        ):
            pass
        assert sink.spans[0].attributes["text"] == "x" * LONGEST + " [7 more]"


def test_a_mask_of_one_hunt_is_not_that_of_the_next():
    with Sink() as sink:
        tracing = TracingOptions(endpoint=sink.traces)
        with spans.listening(tracing):
            for mask in (str.upper, str.title):
                with spans.listening(TracingOptions()), spans.span("whole", about="a b") as whole:
                    assert spans.heard()
                    spans.hide(mask)
                    whole.set({"said": "c d"})
        told = [(span.attributes["about"], span.attributes["said"]) for span in sink.spans]
        assert told == [("a b", "C D"), ("a b", "C D".title())]
        assert not spans.heard()


def test_a_mask_reaches_the_tasks_of_its_hunt():
    async def task(name):
        with spans.span(name, text=WHO):
            await asyncio.sleep(0)

    async def whole():
        spans.hide(lambda text: text.replace(WHO, "<EMAIL_1>"))
        await asyncio.gather(task("a"), task("b"))

    with Sink() as sink:
        with spans.listening(TracingOptions(endpoint=sink.traces)):
            asyncio.run(whole())
        assert [span.attributes["text"] for span in sink.spans] == ["<EMAIL_1>"] * 2
