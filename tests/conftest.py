"""For all tests: nothing leaves this machine."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from tests.loopback import only_loopback


@pytest.fixture(scope="session", autouse=True)
def no_way_out() -> Iterator[None]:
    """No test, nor anything that it starts in this process, can reach another machine."""
    with only_loopback(socket.socket):
        yield
