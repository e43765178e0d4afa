"""Requests to models are recorded and replayed; what was not recorded is an error that says what differs."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pydantic_ai import Agent
from pydantic_ai.messages import ModelRequest, ModelResponse, TextPart, ToolCallPart, UserPromptPart
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.models.function import FunctionModel
from pydantic_ai.usage import RequestUsage

from anomaly_hunter.bench.reasoning.recording import (
    Header,
    NotRecordedError,
    Recording,
    read,
    text_of,
    write,
)
from anomaly_hunter.bench.reasoning.replaying import RecordingModel, ReplayedModel, Seen
from anomaly_hunter.bench.reasoning.request_key import request_of
from anomaly_hunter.errors import DataError

NAME = "test:weather"


class Asked:
    """A model that asks its tool once and then answers; counts how often it is asked."""

    def __init__(self):
        self.times = 0

    async def __call__(self, messages, info):
        self.times += 1
        usage = RequestUsage(input_tokens=10 * self.times, output_tokens=5)
        if len(messages) == 1:
            return ModelResponse([ToolCallPart("temperature", {"city": "Bern"})], usage=usage)
        return ModelResponse([TextPart(f"It is {messages[-1].parts[0].content} degrees.")], usage=usage)


def answer(model, degrees: int = 21, instructions="Be short.", settings=None):
    agent = Agent(model, instructions=instructions)

    @agent.tool_plain
    async def temperature(city: str) -> int:
        return degrees

    return asyncio.run(agent.run("How warm is it?", model_settings=settings))


def recorded():
    recording = Recording(Header(NAME, "2026-11-21", {"rules": 1}))
    asked = Asked()
    run = answer(RecordingModel(FunctionModel(asked), recording, NAME))
    return recording, asked, run


def test_a_conversation_is_replayed_without_the_model():
    recording, asked, run = recorded()
    again = answer(ReplayedModel(recording, NAME))
    assert again.output == run.output == "It is 21 degrees."
    assert (again.usage.input_tokens, again.usage.output_tokens) == (30, 10)
    assert asked.times == len(recording.answers) == 2


def test_what_is_recorded_already_is_not_asked_again():
    recording, asked, _ = recorded()
    answer(RecordingModel(FunctionModel(asked), recording, NAME))
    assert asked.times == 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"instructions": "Be long."}, "the instructions"),
        ({"settings": {"temperature": 0.7}}, "the settings"),
        ({"degrees": 22}, "the evidence"),
    ],
)
def test_a_request_that_was_not_recorded_says_what_differs(change, words):
    recording, _, _ = recorded()
    with pytest.raises(NotRecordedError, match=words) as raised:
        answer(ReplayedModel(recording, NAME), **change)
    assert "record again: hunter eval --record FILE" in str(raised.value)


def test_another_model_is_another_request():
    recording, _, _ = recorded()
    with pytest.raises(NotRecordedError, match="the model is another one"):
        answer(ReplayedModel(recording, "test:other"))


def request(text="a", tool=None, settings=None, **more):
    messages = [ModelRequest([UserPromptPart(text, timestamp=more.pop("at", datetime.now(UTC)))], **more)]
    parameters = ModelRequestParameters(function_tools=[tool] if tool else [])
    return request_of(NAME, messages, settings, parameters)


def test_times_and_ids_of_a_run_do_not_make_another_request():
    early, late = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 2, tzinfo=UTC)
    assert request(at=early, run_id="one").key == request(at=late, run_id="two").key
    assert request(settings={"timeout": 3.0}).key == request(settings={"timeout": 9.0}).key
    assert request("a").key != request("b").key


def test_a_recording_comes_back_from_its_file(tmp_path):
    recording, _, _ = recorded()
    write(recording, tmp_path / "one.jsonl")
    again = read(tmp_path / "one.jsonl")
    assert again.header == recording.header
    assert text_of(again) == text_of(recording)
    first, *rest = (tmp_path / "one.jsonl").read_text().splitlines()
    assert json.loads(first)["format"] == 1
    assert [json.loads(line)["key"] for line in rest] == sorted(again.answers)
    assert answer(ReplayedModel(again, NAME)).output == "It is 21 degrees."


@pytest.mark.parametrize("content", ["", "hello", "[]", '{"format": 1}', '{"format": 99}'])
def test_a_file_that_is_no_recording_is_refused(tmp_path, content):
    (tmp_path / "bad.jsonl").write_text(content)
    with pytest.raises(DataError):
        read(tmp_path / "bad.jsonl")


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        read(tmp_path / "none.jsonl")


def test_a_recording_in_place_of_a_model_knows_no_provider():
    recording, _, _ = recorded()
    model = ReplayedModel(recording, NAME)
    assert model.provider is None
    assert model.base_url is None
    assert not hasattr(model, "client")


def test_requests_side_by_side_count_once():
    assert Seen(inside=[(0.0, 2.0), (1.0, 3.0), (5.0, 6.0)]).inside_s == 4.0


def test_an_empty_recording_has_nothing_to_say():
    recording, _, _ = recorded()
    empty = Recording(replace(recording.header))
    with pytest.raises(NotRecordedError):
        answer(ReplayedModel(empty, NAME))
