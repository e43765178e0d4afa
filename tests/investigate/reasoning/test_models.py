"""From a name in the settings to a model."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys

import pytest
from pydantic_ai.models import ModelRequestParameters

from anomaly_hunter.errors import ConfigError, MissingExtraError, UsageError
from anomaly_hunter.investigate.reasoning.models import goes_to, model_for
from anomaly_hunter.investigate.reasoning.options import BUILT_IN, RoleOptions
from tests.investigate.reasoning.chat_server import Reply, chat_server, says
from tests.investigate.reasoning.doors import asked, door, options_for

KEYS = {
    f"{who}_API_KEY": f"key-of-{who}"
    for who in ("OPENAI", "ANTHROPIC", "GOOGLE", "OPENROUTER", "STACKAI", "DEEPSEEK")
}


def options(model: str, **more) -> RoleOptions:
    return RoleOptions(model=model, **more).over(BUILT_IN)


@pytest.mark.parametrize(
    ("name", "host", "kind"),
    [
        ("openai:gpt-5-mini", "api.openai.com", "OpenAIChatModel"),
        ("anthropic:claude-sonnet-4-6", "api.anthropic.com", "AnthropicModel"),
        ("google:gemini-2.5-flash", "generativelanguage.googleapis.com", "GoogleModel"),
        ("google-gla:gemini-2.5-flash", "generativelanguage.googleapis.com", "GoogleModel"),
        ("openrouter:meta/llama", "openrouter.ai", "OpenRouterModel"),
        ("ollama:qwen3", "localhost:11434", "OllamaModel"),
        ("stackai:org/flow", "api.stack-ai.com", "StackAIModel"),
        ("deepseek:deepseek-chat", "api.deepseek.com", "OpenAIChatModel"),
    ],
)
def test_a_name_becomes_the_model_of_its_provider(name, host, kind):
    model = model_for(options(name), KEYS)
    assert type(model).__name__ == kind
    assert goes_to(model) == host
    assert model.model_name == name.partition(":")[2]


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("openai:gpt-5-mini", "OPENAI_API_KEY"),
        ("anthropic:claude-sonnet-4-6", "ANTHROPIC_API_KEY"),
        ("google:gemini-2.5-flash", "GOOGLE_API_KEY or GEMINI_API_KEY"),
        ("openrouter:meta/llama", "OPENROUTER_API_KEY"),
        ("stackai:org/flow", "STACKAI_API_KEY"),
        ("deepseek:deepseek-chat", "DEEPSEEK_API_KEY"),
    ],
)
def test_a_missing_key_is_named_with_the_cure(name, variable, monkeypatch):
    monkeypatch.setenv(variable.split()[0], "from the environment")  # which is not ours to read
    with pytest.raises(ConfigError, match=f"{variable} is not set") as error:
        model_for(options(name), {})
    assert f"export {variable.split()[0]}=" in str(error.value)


def test_another_variable_can_hold_the_key():
    model_for(options("openai:a", key="TEAM_KEY"), {"TEAM_KEY": "k"})
    with pytest.raises(ConfigError, match="TEAM_KEY is not set"):
        model_for(options("openai:a", key="TEAM_KEY"), KEYS)


def test_space_around_a_key_is_no_part_of_it_and_other_signs_are_refused():
    with chat_server([says("hello")]) as server:
        model = model_for(options_for(server, key="K"), {"K": " key-1\n"})
        asyncio.run(model.request(asked("why?"), None, ModelRequestParameters()))
    assert server.received[0].headers["authorization"] == "Bearer key-1"
    for wrong in ("key\n1", "clé"):
        with pytest.raises(ConfigError, match="K holds a sign that is in no key") as error:
            model_for(options("openai:a", key="K"), {"K": wrong})
        assert wrong not in str(error.value)


def test_the_second_name_of_a_key_of_google_is_known():
    model_for(options("google:gemini-2.5-flash"), {"GEMINI_API_KEY": "k"})


@pytest.mark.parametrize(
    "name", ["nobody:a", "bedrock:a", "test:a", "openai:", "stackai:flow", "stackai:a/b/c"]
)
def test_what_cannot_be_asked_is_an_error_of_the_settings(name):
    with pytest.raises((UsageError, MissingExtraError)):
        model_for(options(name), KEYS)


@pytest.mark.parametrize("url", ["ftp://host/v1", "localhost:4000", "https://", "http://me:pass@host/v1"])
def test_a_base_url_has_to_be_an_address_without_a_password(url):
    with pytest.raises(ConfigError) as error:
        model_for(options("openai:a", base_url=url), KEYS)
    assert "pass" not in error.value.came


def test_the_address_of_ollama_comes_from_its_variable():
    assert (
        goes_to(model_for(options("ollama:qwen3"), {"OLLAMA_BASE_URL": "http://gpu:11434/v1"})) == "gpu:11434"
    )


def test_the_environment_does_not_say_where_requests_go(monkeypatch):
    for name in ("OPENAI_BASE_URL", "ANTHROPIC_BASE_URL", "GOOGLE_GEMINI_BASE_URL"):
        monkeypatch.setenv(name, "http://evil.example")
    for name in ("openai:gpt-5-mini", "anthropic:claude-sonnet-4-6", "google:gemini-2.5-flash"):
        assert "evil" not in goes_to(model_for(options(name), KEYS))


def test_the_usual_key_does_not_go_to_another_server():
    with chat_server([says("hello")]) as server:
        model = model_for(options_for(server), KEYS)
        asyncio.run(model.request(asked("why?"), None, ModelRequestParameters()))
        named = model_for(options_for(server, key="OPENAI_API_KEY"), KEYS)
        asyncio.run(named.request(asked("why?"), None, ModelRequestParameters()))
    sent = [received.headers["authorization"] for received in server.received]
    assert sent == ["Bearer none", "Bearer key-of-OPENAI"]


def test_a_server_of_ones_own_gets_the_limit_under_the_name_that_all_of_them_know():
    with chat_server([says("hello")]) as server:
        asyncio.run(door(server, max_output_tokens=77).request(asked("why?"), None, ModelRequestParameters()))
    assert server.received[0].json["max_tokens"] == 77


def test_a_model_of_anthropic_is_asked_in_its_protocol():
    message = {
        "id": "m", "type": "message", "role": "assistant", "model": "claude", "stop_reason": "end_turn",
        "content": [{"type": "text", "text": "hello"}], "usage": {"input_tokens": 7, "output_tokens": 3},
    }  # fmt: skip
    with chat_server([Reply(raw=json.dumps(message).encode())]) as server:
        model = door(
            server,
            model="anthropic:claude-sonnet-4-6",
            base_url=server.host,
            key="K",
            credentials={"K": "key-1"},
        )
        answer = asyncio.run(model.request(asked("why?"), None, ModelRequestParameters()))
    assert answer.text == "hello"
    assert server.received[0].path.startswith("/v1/messages")
    assert model.purse.of("root_cause").input_tokens == 7


def test_a_model_of_google_is_asked_in_its_protocol():
    message = {
        "candidates": [{"content": {"role": "model", "parts": [{"text": "hello"}]}, "finishReason": "STOP"}],
        "usageMetadata": {"promptTokenCount": 7, "candidatesTokenCount": 3, "totalTokenCount": 10},
    }
    with chat_server([Reply(raw=json.dumps(message).encode())]) as server:
        model = door(
            server, model="google:gemini-2.5-flash", base_url=server.host, key="K", credentials={"K": "key-1"}
        )
        answer = asyncio.run(model.request(asked("why?"), None, ModelRequestParameters()))
    assert answer.text == "hello"
    assert "gemini-2.5-flash:generateContent" in server.received[0].path
    assert model.purse.of("root_cause").input_tokens == 7


def test_without_the_extra_the_cure_is_its_installation():
    code = (
        "import sys; sys.modules['pydantic_ai'] = None\n"
        "from anomaly_hunter.investigate.reasoning.models import model_for\n"
        "from anomaly_hunter.investigate.reasoning.options import RoleOptions\n"
        "from anomaly_hunter.errors import MissingExtraError\n"
        "try: model_for(RoleOptions('openai:a'), {'OPENAI_API_KEY': 'k'})\n"
        "except MissingExtraError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "pip install 'anomaly-hunter[llm]'" in done.stdout
