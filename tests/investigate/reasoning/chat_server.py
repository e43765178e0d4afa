"""A real server on loopback that speaks the chat protocol of OpenAI, and that of a StackAI flow.

``reply`` is called with every request and says what to answer; ``server.received`` has what came:

    with chat_server(lambda request: says("hello")) as server:
        options = RoleOptions(model="openai:any", base_url=server.base_url)
        ...
    assert b"secret" not in server.received[0].body

A request that asks for a stream gets its answer as server-sent events. `in_turn` answers from a list.
"""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

USAGE = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}


@dataclass(frozen=True)
class Received:
    """One request as it came."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    """What to answer. ``raw`` is sent as it is; otherwise a message of text and tool calls."""

    text: str = ""
    tool_calls: tuple[tuple[str, Any], ...] = ()
    usage: Mapping[str, int] | None = field(default_factory=lambda: USAGE)
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    wait: float = 0.0
    """Seconds before the first byte."""
    drip: float = 0.0
    """Seconds between one byte and the next."""
    cut: bool = False
    """The connection is reset before an answer, or in the middle of ``raw``."""


def says(text: str, **more: Any) -> Reply:
    """A plain answer."""
    return Reply(text=text, **more)


def calls(tool: str, arguments: Any, **more: Any) -> Reply:
    """A call of a tool; arguments as a dictionary, or as the text that a model made of them."""
    return Reply(tool_calls=((tool, arguments),), **more)


def fails(status: int, message: str = "no", code: str | None = None, **headers: str) -> Reply:
    """An error of the provider: ``fails(429, retry_after="1")``."""
    body = json.dumps({"error": {"message": message, "type": "error", "code": code}}).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status=status, raw=body, headers=named)


def in_turn(*replies: Reply) -> Callable[[Any], Reply]:
    """One after the other; the last again and again."""
    waiting = list(replies)
    return lambda request: waiting.pop(0) if len(waiting) > 1 else waiting[0]


class ChatServer(ThreadingHTTPServer):
    """The server; see the module."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, reply: Callable[[Any], Reply]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.reply = reply
        self.received: list[Received] = []
        self.closing = threading.Event()

    @property
    def host(self) -> str:
        """http://127.0.0.1:PORT, also the base URL for StackAI."""
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def base_url(self) -> str:
        """For the protocol of OpenAI."""
        return f"{self.host}/v1"


@contextmanager
def chat_server(reply: Callable[[Any], Reply] | Sequence[Reply]) -> Iterator[ChatServer]:
    """A server that runs as long as the block; a list is answered from in turn."""
    server = ChatServer(reply if callable(reply) else in_turn(*reply))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ChatServer

    def log_message(self, *args: Any) -> None: ...

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        received = Received(self.path, dict(self.headers.items()), body)
        self.server.received.append(received)
        request = json.loads(body)
        try:
            self._answer(request, self.server.reply(request))
        except ConnectionError:  # the client has had enough
            self.close_connection = True

    def _answer(self, request: Any, reply: Reply) -> None:
        self.server.closing.wait(reply.wait)
        if reply.cut and reply.raw is None:
            return self._reset()
        kind, body = self._body(request, reply)
        self.send_response(reply.status)
        headers = {"content-type": kind, "content-length": str(len(body)), "connection": "close"}
        for name, value in {**headers, **reply.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if reply.cut:
            self.wfile.write(body[: len(body) // 2])
            return self._reset()
        if not reply.drip:
            self.wfile.write(body)
        for at in range(len(body) if reply.drip else 0):
            if self.server.closing.wait(reply.drip):
                break
            self.wfile.write(body[at : at + 1])
        self.close_connection = True
        return None

    def _body(self, request: Any, reply: Reply) -> tuple[str, bytes]:
        if reply.raw is not None:
            return "application/json", reply.raw
        if self.path.startswith("/inference/"):
            return "application/json", json.dumps({"outputs": {"out-0": reply.text}}).encode()
        if request.get("stream"):
            return "text/event-stream", b"".join(_events(request, reply))
        return "application/json", json.dumps(completion(request, reply)).encode()

    def _reset(self) -> None:
        self.close_connection = True
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()


def _tool_calls(reply: Reply) -> list[dict[str, Any]]:
    return [
        {
            "index": at,
            "id": f"call_{at}",
            "type": "function",
            "function": {
                "name": name,
                "arguments": given if isinstance(given, str) else json.dumps(given, ensure_ascii=False),
            },
        }
        for at, (name, given) in enumerate(reply.tool_calls)
    ]


def completion(request: Any, reply: Reply) -> dict[str, Any]:
    """The answer as one JSON object."""
    called = _tool_calls(reply)
    message = {"role": "assistant", "content": reply.text or None} | (
        {"tool_calls": called} if called else {}
    )
    choice = {"index": 0, "message": message, "finish_reason": "tool_calls" if called else "stop"}
    whole = {"id": "chat-1", "object": "chat.completion", "created": 0, "model": request.get("model")}
    return whole | {"choices": [choice]} | ({"usage": dict(reply.usage)} if reply.usage else {})


def _events(request: Any, reply: Reply) -> Iterator[bytes]:
    head = {"id": "chat-1", "object": "chat.completion.chunk", "created": 0, "model": request.get("model")}

    def event(delta: dict[str, Any], finish: str | None = None) -> bytes:
        chunk = head | {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}
        return b"data: " + json.dumps(chunk).encode() + b"\n\n"

    yield event({"role": "assistant", "content": ""})
    for at in range(0, len(reply.text), 5):
        yield event({"content": reply.text[at : at + 5]})
    for call in _tool_calls(reply):
        whole = call["function"]["arguments"]
        yield event(
            {"tool_calls": [call | {"function": {"name": call["function"]["name"], "arguments": ""}}]}
        )
        for at in range(0, len(whole), 7):
            part = {"index": call["index"], "function": {"arguments": whole[at : at + 7]}}
            yield event({"tool_calls": [part]})
    yield event({}, "tool_calls" if reply.tool_calls else "stop")
    if reply.usage:
        yield b"data: " + json.dumps(head | {"choices": [], "usage": dict(reply.usage)}).encode() + b"\n\n"
    yield b"data: [DONE]\n\n"


def slower(reply: Reply, seconds: float) -> Reply:
    """The same answer, later."""
    return replace(reply, wait=seconds)
