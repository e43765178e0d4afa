"""A flow of StackAI as a model, against a server that looks like it."""

from __future__ import annotations

import asyncio
import json

import pytest
from pydantic import BaseModel
from pydantic_ai import Agent
from pydantic_ai.messages import TextPart, ToolCallPart
from pydantic_ai.tools import ToolDefinition

from anomaly_hunter.investigate.reasoning.guarded import ModelCallError
from anomaly_hunter.investigate.reasoning.options import Price, ReasoningOptions
from anomaly_hunter.investigate.reasoning.stackai import answer_in
from tests.investigate.reasoning.chat_server import Reply, chat_server, fails, says
from tests.investigate.reasoning.doors import PSEUDONYM, SECRET, ask, door


class Said(BaseModel):
    claim: str
    confidence: float


def flow(server, **more):
    given = {
        "base_url": server.host,
        "model": "stackai:org/flow",
        "key": "K",
        "credentials": {"K": "key-1"},
        **more,
    }
    return door(server, **given)


def run(server, said=Said, **more):
    agent = Agent(
        flow(server, **more), output_type=said, instructions="Be brief.", retries={"output": 2, "tools": 2}
    )

    @agent.tool_plain
    async def logs(of: str, k: int = 3) -> str:
        """Log lines."""
        return f"{k} lines of {of}"

    return asyncio.run(agent.run(f"Why did {SECRET} fail?")).output


def prompts(server):
    return [received.json["in-0"] for received in server.received]


def test_a_flow_is_run_in_its_own_protocol():
    with chat_server([says("hello")]) as server:
        assert ask(flow(server)).text == "hello"
    (received,) = server.received
    assert received.path == "/inference/v0/run/org/flow"
    assert received.headers["authorization"] == "Bearer key-1"
    assert received.json == {"user_id": "anomaly-hunter", "in-0": "USER:\nwhy?"}


def test_a_flow_uses_tools_and_gives_a_typed_answer():
    replies = [
        says('Sure!\n```json\n{"tool": "logs", "arguments": {"of": "' + PSEUDONYM + '"}}\n```'),
        says('{"tool": "final_result", "arguments": {"claim": "a {b}", "confidence": 0.5}}'),
    ]
    with chat_server(replies) as server:
        assert run(server) == Said(claim="a {b}", confidence=0.5)
    first, second = prompts(server)
    assert first.startswith("Be brief.")
    assert '{"tool": "logs", "description": "Log lines."' in first
    assert "call one of: final_result" in first
    assert f"TOOL logs RETURNED:\n3 lines of {PSEUDONYM}" in second
    assert SECRET not in first + second


def test_the_final_answer_may_come_without_its_envelope():
    with chat_server([says('My answer: {"claim": "a", "confidence": 0.5}. Bye {')]) as server:
        assert run(server) == Said(claim="a", confidence=0.5)


@pytest.mark.parametrize(
    "wrong",
    [
        "I cannot say.",
        '{"tool": "delete_everything", "arguments": {}}',
        '{"tool": "logs", "arguments": {"k": "many"}}',
        '{"tool": "final_result", "arguments": {"claim": 3}}',
        '{"tool": "logs", "arguments": ',
        "{" * 5000,
        '{"a":' * 5000,
    ],
)
def test_an_answer_that_does_not_fit_is_asked_for_again(wrong):
    with chat_server([says(wrong), says('{"claim": "a", "confidence": 0.5}')]) as server:
        assert run(server) == Said(claim="a", confidence=0.5)
    assert len(server.received) == 2


TOOLS = [
    ToolDefinition(name="logs"),
    ToolDefinition(name="final", kind="output", parameters_json_schema={"required": ["claim"]}),
]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("plain", TextPart("plain")),
        ('{"tool": "logs"}', ToolCallPart("logs", {})),
        ('{"tool": "logs"} then {"tool": "logs", "arguments": {"k": 1}}', ToolCallPart("logs", {"k": 1})),
        ('{"claim": "x", "tool": 3}', TextPart('{"claim": "x", "tool": 3}')),
        ('{"thought": 1}\n{"claim": "x"}', ToolCallPart("final", {"claim": "x"})),
    ],
)  # fmt: skip
def test_the_call_is_found_in_what_stands_around_it(text, part):
    found = answer_in(text, TOOLS)
    assert type(found) is type(part)
    assert getattr(found, "args", None) == getattr(part, "args", None)
    assert getattr(found, "tool_name", None) == getattr(part, "tool_name", None)


def test_the_cost_is_unknown_until_there_is_a_price():
    with chat_server([says("hello there")]) as server:
        free, priced = flow(server), flow(server, limits=ReasoningOptions(prices={"stackai:*": Price(1, 1)}))
        ask(free)
        ask(priced)
    assert free.purse.of("root_cause").cost_usd is None
    assert free.purse.of("root_cause").output_tokens == 4
    assert priced.purse.of("root_cause").cost_usd > 0


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (fails(401), "refused the key"),
        (fails(302, location="http://127.0.0.1:1/"), "not followed"),
        (Reply(raw=b"{"), "cannot be read"),
        (Reply(raw=b"[]"), "cannot be read"),
        (Reply(raw=json.dumps({"outputs": {"out-1": "x"}}).encode()), "cannot be read"),
        (Reply(cut=True), "broke the connection off"),
        (says("x" * 5_000_000), "larger than 2 MB"),
        (says("x", wait=60), "did not answer in time"),
        (says("x", drip=0.2), "did not answer in time"),
    ],
)
def test_what_breaks_is_said_in_words_of_ours(reply, reason):
    with chat_server([reply]) as server, pytest.raises(ModelCallError, match=reason):
        ask(flow(server, seconds=0.4 if reply.wait or reply.drip else 20.0))


def test_a_passing_failure_is_tried_again():
    with chat_server([fails(503, retry_after="0"), says("hello")]) as server:
        assert ask(flow(server)).text == "hello"


def test_a_flow_that_is_to_stream_answers_as_a_whole():
    with chat_server([says("hello")]) as server:
        assert ask(flow(server, stream=True)).text == "hello"
