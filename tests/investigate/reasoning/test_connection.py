"""The HTTP client behind every model."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess

import httpx2
import pytest

from anomaly_hunter.investigate.reasoning.connection import CONNECT_SECONDS, AnswerRefusedError, client_for
from tests.investigate.reasoning.chat_server import Reply, chat_server, fails, says


def post(base_url, url, **more):
    async def posted():
        async with client_for(base_url) as client:
            return await client.post(url, json={}, **more)

    return asyncio.run(posted())


def test_plain_http_is_for_those_who_wrote_it():
    with chat_server([says("x")]) as server:
        assert post(server.base_url, f"{server.base_url}/chat").status_code == 200
        with pytest.raises(AnswerRefusedError, match="without encryption"):
            post("https://api.openai.com", f"{server.base_url}/chat")
    assert len(server.received) == 1


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate")
def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path):
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    made += ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    made += ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run(made, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with chat_server([says("x")]) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        url = server.base_url.replace("http:", "https:")
        with pytest.raises(httpx2.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            post(url, f"{url}/chat")
    assert server.received == []


def test_a_redirect_is_not_followed():
    with chat_server([fails(307, location="/v1/elsewhere")]) as server:
        assert post(server.base_url, f"{server.base_url}/chat").status_code == 307
    assert len(server.received) == 1


def test_an_answer_is_read_to_two_megabytes_and_no_further():
    with chat_server([Reply(raw=b"x" * 2_000_000), Reply(raw=b"x" * 2_000_001)]) as server:
        assert len(post(server.base_url, f"{server.base_url}/chat").content) == 2_000_000
        with pytest.raises(AnswerRefusedError, match="larger than 2 MB"):
            post(server.base_url, f"{server.base_url}/chat")


def test_a_packed_answer_is_neither_asked_for_nor_read():
    packed = Reply(raw=b"x", headers={"content-encoding": "gzip"})
    with chat_server([packed]) as server, pytest.raises(AnswerRefusedError, match="packed"):
        post(server.base_url, f"{server.base_url}/chat")
    assert server.received[0].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(("given", "connect"), [(30.0, CONNECT_SECONDS), (2.0, 2.0), (None, CONNECT_SECONDS)])
def test_a_long_answer_is_waited_for_and_a_connection_is_not(given, connect):
    seen = []

    async def look(request: httpx2.Request) -> None:
        seen.append(request.extensions["timeout"])

    async def posted(server):
        async with client_for(server.base_url) as client:
            client.event_hooks["request"].append(look)
            await client.post(f"{server.base_url}/chat", json={}, timeout=given)

    with chat_server([says("x")]) as server:
        asyncio.run(posted(server))
    assert seen[0]["connect"] == connect
    assert seen[0]["read"] == given
