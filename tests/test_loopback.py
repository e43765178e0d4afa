"""No test can reach a provider: the guard itself."""

from __future__ import annotations

import asyncio
import socket

import pytest
from pydantic_ai.models import ModelRequestParameters

from anomaly_hunter.investigate.reasoning.models import model_for
from anomaly_hunter.investigate.reasoning.options import BUILT_IN, RoleOptions
from tests.investigate.reasoning.doors import asked
from tests.loopback import WayOutError, is_here

ELSEWHERE = ("192.0.2.1", 443)
"""An address that belongs to nobody (RFC 5737)."""


@pytest.mark.parametrize(
    "address", [ELSEWHERE, ("api.openai.com", 443), ("10.0.0.1", 80), ("::ffff:8.8.8.8", 53)]
)
def test_another_machine_is_not_here(address):
    assert not is_here(socket.AF_INET, address)


@pytest.mark.parametrize(
    "address", [("127.0.0.1", 1), ("127.9.9.9", 1), ("::1", 1), ("localhost", 1), ("", 0)]
)
def test_this_machine_is_here(address):
    assert is_here(socket.AF_INET, address)


def test_a_connection_elsewhere_is_refused_at_once():
    with socket.socket() as own:
        with pytest.raises(WayOutError):
            own.connect(ELSEWHERE)
        with pytest.raises(WayOutError):
            own.connect_ex(ELSEWHERE)
    with pytest.raises(WayOutError):
        socket.create_connection(ELSEWHERE)


def test_a_datagram_elsewhere_is_refused():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own, pytest.raises(WayOutError):
        own.sendto(b"x", ELSEWHERE)


def test_no_name_is_looked_up():
    with pytest.raises(WayOutError):
        socket.getaddrinfo("api.openai.com", 443)


def test_a_connection_of_an_event_loop_is_refused_too():
    async def connect():
        await asyncio.open_connection(*ELSEWHERE)

    with pytest.raises(WayOutError):
        asyncio.run(connect())


def test_loopback_works():
    with socket.create_server(("127.0.0.1", 0)) as server:
        own = socket.create_connection(server.getsockname())
        assert own.getpeername() == server.getsockname()
        own.close()


KEYS = dict.fromkeys(("OPENAI", "ANTHROPIC", "GOOGLE", "OPENROUTER", "STACKAI"), "key-1")


@pytest.mark.parametrize(
    "name",
    [
        "openai:gpt-5-mini",
        "anthropic:claude-sonnet-4-6",
        "google:gemini-2.5-flash",
        "openrouter:a/b",
        "stackai:o/f",
    ],
)
def test_a_real_provider_cannot_be_reached(name):
    options = RoleOptions(model=name).over(BUILT_IN)
    model = model_for(options, {f"{who}_API_KEY": key for who, key in KEYS.items()})
    with pytest.raises(Exception) as stopped:  # noqa: PT011 each SDK has its own
        asyncio.run(model.request(asked("why?"), {"max_retries": 0}, ModelRequestParameters()))
    assert any(isinstance(cause, WayOutError) for cause in causes(stopped.value))


def causes(error):
    """An error and what it came from."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
