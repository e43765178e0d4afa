"""One request over HTTP, with limits of time and size, to an address that was checked."""

from __future__ import annotations

import base64
import http.client
import socket
import ssl
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlencode, urlsplit

from anomaly_hunter.errors import DataError
from anomaly_hunter.model.secret import without_password
from anomaly_hunter.read.addresses import host_of, resolved

MOST_SECONDS: Final = 60.0
SILENT_SECONDS: Final = 30.0
MOST_BYTES: Final = 256_000_000
"""Of an answer, unpacked."""
_BLOCK: Final = 1 << 18
_LONG: Final = 4_000


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: an address, the fields of a form, headers."""

    url: str
    form: Mapping[str, str]
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back."""

    status: int
    kind: str
    body: bytes
    location: str = ""

    @property
    def shown(self) -> str:
        """The beginning of it, for a message."""
        text = " ".join(self.body[:200].decode("utf-8", "replace").split())
        return f"{self.kind or 'no type'}: {text[:120]}" if text else "nothing"


def ask(asked: Asked, most_seconds: float = MOST_SECONDS, most_bytes: int = MOST_BYTES) -> Reply:
    """The answer, whatever its status. Nothing is followed: neither redirections nor proxies.

    Raises
    ------
    DataError
        Nobody answers there, not in time, or too much; the address is refused
        (:mod:`anomaly_hunter.read.addresses`).
    """
    where = without_password(asked.url)[:80]
    before = time.monotonic() + most_seconds
    try:
        connection = _connected(asked.url, min(SILENT_SECONDS, most_seconds))
        try:
            return _answered(connection, asked, before, most_bytes)
        finally:
            connection.close()
    except TimeoutError as error:
        raise DataError(
            f"{where} did not answer in time", f"an answer within {most_seconds:g} s",
            "ask for less at once (a larger step, fewer series), or look at the server",
        ) from error  # fmt: skip
    except (OSError, http.client.HTTPException, ValueError, zlib.error) as error:
        raise DataError(
            f"{where} does not answer ({type(error).__name__}: {str(error)[:160]})", "a server that runs",
            "check the address",
        ) from error  # fmt: skip


def _connected(url: str, timeout_s: float) -> http.client.HTTPConnection:
    """A connection to the address that was checked; the name only tells the server whom it is asked as."""
    secure = urlsplit(url).scheme == "https"
    host, port = host_of(url)
    port = port or (443 if secure else 80)
    kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    connection = kind(host, port, timeout=timeout_s)
    last: OSError | None = None
    for address in resolved(host, port):
        try:
            opened = socket.create_connection((address, port), timeout_s)
        except OSError as error:
            last = error
            continue
        context = ssl.create_default_context() if secure else None
        connection.sock = context.wrap_socket(opened, server_hostname=host) if context else opened
        return connection
    raise last or OSError("no address")


def _answered(connection: http.client.HTTPConnection, asked: Asked, before: float, most_bytes: int) -> Reply:
    parts = urlsplit(asked.url)
    form = urlencode(asked.form)
    headers = {"Accept-Encoding": "gzip", "User-Agent": "anomaly-hunter", **asked.headers}
    if parts.username is not None:
        word = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers["Authorization"] = "Basic " + base64.b64encode(word.encode()).decode()
    if len(form) > _LONG:  # longer than some servers take in an address
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request("POST", parts.path, form, headers)
    else:
        connection.request("GET", f"{parts.path}?{form}", headers=headers)
    response = connection.getresponse()
    body = _body(response, before, most_bytes)
    kind = (response.getheader("Content-Type") or "").partition(";")[0].strip()
    return Reply(response.status, kind, body, response.getheader("Location") or "")


def _body(response: http.client.HTTPResponse, before: float, most_bytes: int) -> bytes:
    packed = (response.getheader("Content-Encoding") or "").strip().lower()
    if packed not in ("", "identity", "gzip"):
        raise ValueError(f"packed as {packed[:20]}, which was not asked for")
    unpack = zlib.decompressobj(31) if packed == "gzip" else None
    parts: list[bytes] = []
    size = 0
    while block := response.read1(_BLOCK):
        if time.monotonic() > before:
            raise TimeoutError
        while block:
            part = unpack.decompress(block, _BLOCK) if unpack else block
            block = unpack.unconsumed_tail if unpack else b""
            parts.append(part)
            size += len(part)
            if size > most_bytes:
                raise DataError(
                    f"the answer is larger than {most_bytes / 1e6:,.0f} MB", "less", "ask for less at once"
                )
    if unpack is not None and not unpack.eof:
        raise ValueError("cut off")
    if response.length:
        raise ValueError(f"cut off, {response.length} bytes are missing")
    return b"".join(parts)
