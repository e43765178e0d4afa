"""The one door, over a real wire: what leaves, what comes back, and what happens when it breaks."""

from __future__ import annotations

import asyncio
import inspect
import json
from contextlib import contextmanager
from typing import Any

import pytest
from pydantic import BaseModel
from pydantic_ai import Agent
from pydantic_ai.exceptions import UnexpectedModelBehavior
from pydantic_ai.messages import (
    ModelRequest,
    ModelResponse,
    RetryFeedbackPart,
    RetryInfo,
    SystemPromptPart,
    TextPart,
    ThinkingPart,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.tools import ToolDefinition

from anomaly_hunter.errors import UsageError
from anomaly_hunter.investigate.reasoning.guarded import GuardedModel, ModelCallError
from anomaly_hunter.investigate.reasoning.keeping import KeptInProcess
from anomaly_hunter.investigate.reasoning.limits import LimitReachedError, Purse
from anomaly_hunter.investigate.reasoning.options import Price, ReasoningOptions
from anomaly_hunter.tracing import spans
from tests.investigate.reasoning.chat_server import Reply, calls, chat_server, fails, says
from tests.investigate.reasoning.doors import PSEUDONYM, SECRET, Written, ask, asked, door

HTML = {"content-type": "text/html"}
GZIP = {"content-encoding": "gzip"}
SOON = {"retry_after_ms": "5"}


class Said(BaseModel):
    claim: str
    confidence: float


class Listening:
    """A tracer that remembers."""

    def __init__(self) -> None:
        self.spans: list[dict[str, Any]] = []
        self.counts: list[tuple[Any, ...]] = []

    @contextmanager
    def span(self, name, kind, attributes):
        opened = _Span({"name": name, "kind": kind, **attributes})
        self.spans.append(opened.attributes)
        yield opened

    def count(self, name, amount, unit, attributes):
        self.counts.append((name, amount, unit, attributes.get("direction")))


class _Span:
    def __init__(self, attributes) -> None:
        self.attributes = attributes

    def set(self, attributes) -> None:
        self.attributes.update(attributes)

    def fail(self, reason: str) -> None:
        self.attributes["failed"] = reason


def failed(server, **more) -> str:
    with pytest.raises(ModelCallError) as error:
        ask(door(server, **more))
    assert error.value.__cause__ is None  # whose text may hold what was sent
    assert error.value.__context__ is None
    return error.value.reason.replace(f"127.0.0.1:{server.server_port}", "HOST")


@pytest.mark.parametrize("stream", [False, True])
def test_a_private_value_leaves_as_a_pseudonym_and_comes_back(stream):
    with chat_server([says(f"ask {PSEUDONYM}")]) as server:
        answer = ask(door(server, stream=stream), f"who is {SECRET}?")
    assert answer.text == f"ask {SECRET}"
    assert server.received[0].json["stream"] is stream
    assert PSEUDONYM in server.received[0].body.decode()
    assert SECRET.encode() not in server.received[0].body


@pytest.mark.parametrize("stream", [False, True])
def test_the_arguments_of_a_call_come_back_with_the_values(stream):
    with chat_server([calls("logs", {"of": [PSEUDONYM, {"k": 3}]})]) as server:
        answer = ask(door(server, stream=stream))
    assert answer.parts[0].args_as_dict() == {"of": [SECRET, {"k": 3}]}


def test_arguments_that_are_no_json_come_back_as_they_are():
    with chat_server([calls("logs", '{"of": ')]) as server:
        assert ask(door(server)).parts[0].args == '{"of": '


def every_part_with(text):
    return [
        ModelRequest(parts=[SystemPromptPart(text), UserPromptPart([text, "more"])], instructions=text),
        ModelResponse(
            parts=[TextPart(text), ThinkingPart(text), ToolCallPart("logs", {"of": text}, "call_1")]
        ),
        ModelRequest(parts=[ToolReturnPart("logs", {"kind": text, "rows": [text]}, "call_1")]),
        ModelResponse(parts=[ToolCallPart("logs", json.dumps({"of": f'"{text}"'}), "call_2")]),
        ModelRequest(parts=[ToolReturnPart("logs", [text], "call_2", outcome="retried")]),
        ModelRequest(parts=[RetryFeedbackPart(text, retry=RetryInfo(cause="model_retry"))]),
    ]


def every_tool_with(text):
    schema = {"type": "object", "properties": {"of": {"type": "string", "description": text, "enum": [text]}}}
    return ModelRequestParameters(
        function_tools=[ToolDefinition(name="logs", description=text, parameters_json_schema=schema)],
        output_tools=[
            ToolDefinition(name="final", description=text, parameters_json_schema=schema, kind="output")
        ],
    )


@pytest.mark.parametrize("stream", [False, True])
def test_every_part_of_a_conversation_and_every_tool_is_masked(stream):
    egress = Written()
    with chat_server([says("fine")]) as server:
        model, tools = door(server, egress=egress, stream=stream), every_tool_with(f"to {SECRET}!")
        messages = model.prepare_messages(every_part_with(f"to {SECRET}!"), tools)
        asyncio.run(model.request(messages, None, tools))
        asyncio.run(model.wrapped.request(messages, None, tools))  # as it would be without the door
    masked, plain = (received.body.decode() for received in server.received)
    assert SECRET not in masked + egress.departures[0].body
    assert plain.count(SECRET) == 13
    for name in ("messages", "tools"):
        assert json.loads(plain.replace(SECRET, PSEUDONYM))[name] == json.loads(masked)[name]


def test_what_cannot_be_hidden_does_not_leave():
    egress = Written()
    with chat_server([says("fine")]) as server:
        model = door(server, egress=egress)
        with pytest.raises(ModelCallError, match="nothing was sent: token could not be masked"):
            ask(model, "the key is sk-live")
    assert server.received == egress.departures == []
    assert model.purse.of("root_cause").requests == 0


def test_what_is_no_text_does_not_leave_nor_stand_in_the_error():
    class Odd:
        def __repr__(self) -> str:
            return SECRET

    message = ModelRequest(parts=[ToolReturnPart("logs", Odd(), "call_1")])
    with chat_server([says("fine")]) as server, pytest.raises(ModelCallError) as error:
        asyncio.run(door(server).request([message], None, ModelRequestParameters()))
    assert server.received == []
    assert error.value.reason == "nothing was sent: the conversation could not be masked"
    assert error.value.__context__ is None


def test_what_leaves_is_written_down_before():
    egress = Written()
    with chat_server(lambda request: says(str(len(egress.departures)))) as server:
        assert ask(door(server, egress=egress), SECRET).text == "1"
    departure = egress.departures[0]
    assert (departure.to, departure.model) == (f"127.0.0.1:{server.server_port}", "openai:some-model")
    assert (departure.role, departure.incident, departure.masked) == (
        "root_cause",
        "incident-1",
        {"email": 1},
    )
    assert PSEUDONYM in departure.body
    assert departure.at.endswith("+00:00")


def test_every_try_is_written_down():
    egress = Written()
    with chat_server([fails(503, **SOON), says("fine")]) as server:
        ask(door(server, egress=egress))
    assert len(egress.departures) == len(server.received) == 2


def test_nothing_leaves_where_it_cannot_be_written_down():
    with chat_server([says("fine")]) as server:
        model = door(server, egress=Written(full=True))
        with pytest.raises(UsageError, match="cannot be written"):
            ask(model)
    assert server.received == []
    assert model.purse.of("root_cause").output_tokens == 0


@pytest.mark.parametrize("status", [429, 500, 502, 503, 529])
def test_a_passing_failure_is_tried_again_twice(status):
    with chat_server([fails(status, **SOON)]) as server:
        model = door(server)
        with pytest.raises(ModelCallError, match=f"HTTP {status}"):
            ask(model)
    assert len(server.received) == model.purse.of("root_cause").requests == 3


def test_a_second_try_can_mend_it():
    with chat_server([fails(500, **SOON), says("fine")]) as server:
        assert ask(door(server)).text == "fine"


def test_the_time_that_a_provider_asks_for_is_waited():
    with chat_server([fails(429, retry_after="1"), says("fine")]) as server:
        model = door(server, seconds=1.0)
        with pytest.raises(ModelCallError, match="asks to wait"):  # and there is not as much left
            ask(model)
        assert len(server.received) == 1
        assert ask(door(server, seconds=30.0)).text == "fine"


def test_a_provider_that_asks_for_an_hour_is_not_waited_for():
    with chat_server([fails(429, retry_after="3600")]) as server:
        assert failed(server) == "HOST asks to wait (HTTP 429)"
    assert len(server.received) == 1


@pytest.mark.parametrize(
    ("reply", "reason", "requests"),
    [
        (fails(400), "HOST refused the request as wrong (HTTP 400)", 1),
        (fails(401, f"wrong key sk-live of {SECRET}"), "HOST refused the key (HTTP 401)", 1),
        (fails(404, code="no_model"), "HOST does not know this model or address (HTTP 404): no_model", 1),
        (fails(418, code="Sk-Live-1"), "HOST refused the request (HTTP 418)", 1),
        (fails(429, code="insufficient_quota"), "HOST asks to wait (HTTP 429): insufficient_quota", 1),
        (fails(302, location="http://127.0.0.1/"), "HOST sends to another address, which is not followed", 1),
        (Reply(cut=True), "HOST broke the connection off", 3),
        (Reply(raw=b'{"choices": [', cut=True), "HOST broke the connection off", 3),
        (Reply(raw=b'{"choices": ['), "HOST gave an answer that cannot be read", 1),
        (Reply(raw=b"[]"), "HOST gave an answer that cannot be read", 1),
        (Reply(raw=b'{"hello": 1}'), "HOST gave an answer that cannot be read", 1),
        (Reply(raw=b"<html>", headers=HTML), "HOST gave an answer that cannot be read", 1),
        (says("x" * 5_000_000), "HOST: its answer is larger than 2 MB", 1),
        (Reply(raw=b"x", headers=GZIP), "HOST: its answer is packed, which was not asked for", 1),
    ],
)  # fmt: skip
def test_what_breaks_is_said_in_words_of_ours(reply, reason, requests):
    with chat_server([reply]) as server:
        assert failed(server) == reason
        assert len(server.received) == requests


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (fails(401), "HOST refused the key (HTTP 401)"),
        (Reply(raw=b'data: {"id": \n\n'), "HOST gave an answer that cannot be read"),
        (Reply(raw=b""), "HOST gave an answer that cannot be read"),
        (Reply(raw=b'data: {"id": "1"}\n\n' * 9, cut=True), "HOST broke the connection off"),
        (Reply(raw=b"data: " + b"x" * 5_000_000), "HOST: its answer is larger than 2 MB"),
    ],
)
def test_a_broken_stream_is_said_in_words_of_ours(reply, reason):
    stream = Reply(**{**vars(reply), "headers": {"content-type": "text/event-stream", **reply.headers}})
    with chat_server([stream]) as server:
        assert failed(server, stream=True) == reason


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("reply", [says("x", wait=60), says("x", drip=0.2)])
def test_a_slow_answer_is_given_up_when_the_time_is_over(reply, stream):
    with chat_server([reply]) as server:
        assert failed(server, stream=stream, seconds=0.3) == "HOST did not answer in time"
        assert len(server.received) == 1


def test_nobody_there_is_said_and_costs_no_tokens():
    with chat_server([says("x")]) as server:
        pass
    model = door(server)
    with pytest.raises(ModelCallError, match="cannot be reached"):
        ask(model)
    spent = model.purse.of("root_cause")
    assert (spent.requests, spent.input_tokens, spent.output_tokens) == (3, 0, 0)


def test_an_answer_of_the_wrong_form_is_asked_for_again():
    wrong, right = {"claim": "a"}, {"claim": "a", "confidence": 0.5}
    with chat_server([calls("final_result", wrong), calls("final_result", right)]) as server:
        answer = asyncio.run(Agent(door(server), output_type=Said, retries={"output": 1}).run("why?"))
    assert answer.output == Said(claim="a", confidence=0.5)
    assert len(server.received) == 2


def test_an_answer_of_the_wrong_form_twice_ends_it():
    with chat_server([calls("final_result", {})]) as server, pytest.raises(UnexpectedModelBehavior):
        asyncio.run(Agent(door(server), output_type=Said, retries={"output": 1}).run("why?"))
    assert len(server.received) == 2


def test_a_tool_gets_values_and_its_answer_leaves_masked():
    got = []
    with chat_server([calls("logs", {"of": PSEUDONYM}), says(f"it was {PSEUDONYM}")]) as server:
        agent = Agent(door(server), instructions=f"Help {SECRET}.")

        @agent.tool_plain
        async def logs(of: str) -> str:
            got.append(of)
            return f"{of} failed"

        answer = asyncio.run(agent.run(f"why {SECRET}?"))
    assert got == [SECRET]
    assert answer.output == f"it was {SECRET}"
    assert not any(SECRET.encode() in received.body for received in server.received)


PRICED = {"openai:*": Price(input=1.0, output=10.0)}


@pytest.mark.parametrize(
    ("limits", "more"),
    [
        ({"limit_requests": 1}, {}),
        ({"limit_tokens": 2100}, {}),
        ({"limit_usd": 0.0202}, {}),
        ({"day_requests": 1}, {}),
        ({"day_tokens": 2100}, {}),
        ({"day_usd": 0.0202}, {}),
        ({}, {"requests": 1}),
    ],
)
def test_a_limit_refuses_before_anything_is_sent(limits, more):
    purse = Purse(ReasoningOptions(prices=PRICED, **limits), KeptInProcess())
    with chat_server([says("fine", wait=0.01)]) as server:
        ask(door(server, purse=purse, **more))
        with pytest.raises(LimitReachedError):
            ask(door(server, purse=purse, **more))
    assert len(server.received) == 1


def test_a_limit_of_seconds_refuses_before_anything_is_sent():
    purse = Purse(ReasoningOptions(limit_seconds=1e-6), KeptInProcess())
    with chat_server([says("fine")]) as server, pytest.raises(LimitReachedError):
        ask(door(server, purse=purse))
    assert server.received == []


def test_a_model_without_a_price_is_not_asked_where_money_is_limited():
    with (
        chat_server([says("fine")]) as server,
        pytest.raises(LimitReachedError, match="price of openai:some-model"),
    ):
        ask(door(server, limits=ReasoningOptions(limit_usd=1.0)))
    assert server.received == []


def test_many_at_once_do_not_go_beyond_a_limit():
    purse = Purse(ReasoningOptions(limit_requests=3), KeptInProcess())

    async def all_at_once(model):
        tries = [model.request(asked("why?"), None, ModelRequestParameters()) for _ in range(10)]
        return await asyncio.gather(*tries, return_exceptions=True)

    with chat_server([says("fine", wait=0.05)]) as server:
        answers = asyncio.run(all_at_once(door(server, purse=purse, requests=100)))
    assert len(server.received) == 3
    assert sum(isinstance(answer, LimitReachedError) for answer in answers) == 7


def test_a_try_that_the_limit_does_not_allow_is_not_made():
    with chat_server([fails(500, **SOON)]) as server, pytest.raises(LimitReachedError):
        ask(door(server, requests=2))
    assert len(server.received) == 2


def test_a_request_that_is_broken_off_is_paid_in_full():
    purse = Purse(ReasoningOptions(), KeptInProcess())

    async def broken_off(model):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await model.request(asked("why?"), None, ModelRequestParameters())

    with chat_server([says("fine", wait=60)]) as server:
        asyncio.run(broken_off(door(server, purse=purse, max_output_tokens=500)))
    assert purse.of("root_cause").output_tokens == 500


def test_tokens_that_a_provider_does_not_count_are_estimated():
    with chat_server([says("twelve bytes", usage=None)]) as server:
        model = door(server)
        ask(model, "x" * 300)
    spent = model.purse.of("root_cause")
    assert spent.input_tokens > 100
    assert spent.output_tokens == 4


@pytest.mark.parametrize("counted", [0, 10**30])
def test_tokens_that_cannot_be_are_not_believed(counted):
    usage = {"prompt_tokens": counted, "completion_tokens": counted, "total_tokens": counted}
    with chat_server([says("fine", usage=usage)]) as server:
        model = door(server)
        ask(model)
    spent = model.purse.of("root_cause")
    assert 0 < spent.input_tokens <= 10_000_000
    assert 0 < spent.output_tokens <= 10_000_000


@pytest.mark.parametrize("wait", ["nan", "-5"])
def test_a_time_to_wait_that_makes_no_sense_ends_in_words(wait):
    with chat_server([fails(429, retry_after=wait)]) as server:
        assert failed(server) == "HOST asks to wait (HTTP 429)"


def test_a_span_and_counters_say_what_was_asked_without_private_values():
    listening = Listening()
    with chat_server([says(f"ask {PSEUDONYM} or {SECRET}")]) as server, spans.using(listening):
        ask(door(server, limits=ReasoningOptions(prices=PRICED)), f"who is {SECRET}?")
    (span,) = listening.spans
    assert (span["kind"], span["llm.model_name"]) == ("LLM", "some-model")
    assert (span["llm.token_count.prompt"], span["llm.token_count.completion"]) == (100, 20)
    assert span["llm.input_messages.0.message.content"] == f"who is {PSEUDONYM}?"
    assert (
        span["output.value"]
        == span["llm.output_messages.0.message.content"]
        == f"ask {PSEUDONYM} or {PSEUDONYM}"
    )
    assert SECRET not in repr(span)
    assert listening.counts == [
        ("hunter.requests", 1, "1", None),
        ("hunter.tokens", 100, "{token}", "input"),
        ("hunter.tokens", 20, "{token}", "output"),
        ("hunter.cost_usd", pytest.approx(0.0003), "USD", None),
    ]


def test_a_failure_is_a_failed_span():
    listening = Listening()
    with chat_server([fails(401, f"no {SECRET}")]) as server, spans.using(listening):
        failed(server)
    assert "refused the key" in listening.spans[0]["failed"]
    assert SECRET not in repr(listening.spans)


def test_a_stream_that_is_asked_for_goes_through_the_same_door():
    async def run(model):
        async with Agent(model).run_stream(f"who is {SECRET}?") as stream:
            return "".join([piece async for piece in stream.stream_text(delta=True)])

    egress = Written()
    with chat_server([says(f"ask {PSEUDONYM}")]) as server:
        assert asyncio.run(run(door(server, egress=egress))) == f"ask {SECRET}"
    assert SECRET.encode() not in server.received[0].body
    assert len(egress.departures) == 1


LIFE = {"__aenter__", "__aexit__"}


def test_no_other_way_of_a_model_leads_around_the_door():
    """Whatever of a model is awaited is request, is refused, or only opens and closes the connection."""
    awaited = {
        name
        for kind in Model.__mro__
        for name, member in vars(kind).items()
        if inspect.iscoroutinefunction(member) and name not in LIFE
    }
    assert {"count_tokens", "compact_messages", "batch_create"} <= awaited
    assert awaited - set(vars(GuardedModel)) == set()


@pytest.mark.parametrize("name", ["count_tokens", "compact_messages", "batch_encode", "batch_create"])
def test_other_calls_are_refused(name):
    with (
        chat_server([says("x")]) as server,
        pytest.raises(ModelCallError, match="only plain requests may leave"),
    ):
        asyncio.run(getattr(door(server), name)(asked(SECRET), None, ModelRequestParameters()))
    assert server.received == []


def test_settings_cannot_carry_words_past_the_mask():
    settings = {"extra_body": {"x": SECRET}, "extra_headers": {"x-who": SECRET}, "temperature": 0.3}
    with chat_server([says("x")]) as server:
        asyncio.run(door(server).request(asked("why?"), settings, ModelRequestParameters()))
    received = server.received[0]
    assert SECRET not in received.body.decode() + repr(received.headers)
    assert received.json["temperature"] == 0.3
