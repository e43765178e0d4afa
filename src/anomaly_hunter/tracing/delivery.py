"""Bodies are posted in the background; whoever waits for them waits a given time and no longer.

A batch that is refused is lost and counted, since a trace is worth less than the hunt that it tells of.
No redirect is followed: a key goes to the address that it was given for, and to no other.
"""

from __future__ import annotations

import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from queue import Empty, Full, Queue
from typing import Final, Generic, TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")
BATCH: Final = 512
EVERY_S: Final = 5.0
REQUEST_S: Final = 5.0
MOST_WAITING: Final = 8192


class Delivery(Generic[T]):
    """Things on their way to one endpoint, in batches of at most 512, or every 5 seconds.

    Parameters
    ----------
    what:
        Their name in words ("spans").
    url, headers:
        Where they are posted, and with which headers.
    encode:
        Makes one body of a batch; runs in a thread of its own.
    """

    def __init__(
        self, what: str, url: str, headers: Mapping[str, str], encode: Callable[[Sequence[T]], bytes]
    ) -> None:
        self._what = what
        self._url = url
        self._headers = {**headers, "Content-Type": "application/x-protobuf"}
        self._encode = encode
        self._waiting: Queue[T | None] = Queue(MOST_WAITING)
        self._given = self._delivered = 0
        self._reason = "no answer in time"
        self._closed = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def put(self, thing: T) -> None:
        """Hand one over; never waits. What finds the line full is lost."""
        with self._lock:
            self._given += 1
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name=f"hunt-{self._what}", daemon=True)
                self._thread.start()
        try:
            self._waiting.put_nowait(thing)
        except Full:
            self._reason = f"{MOST_WAITING} were waiting already"

    def close(self) -> None:
        """Nothing comes after this: send what is waiting now."""
        self._closed.set()
        try:
            self._waiting.put_nowait(None)
        except Full:
            return  # the worker sees the flag after this batch

    def lost(self, seconds: float) -> str:
        """Wait until all is delivered, at most so long; what was not, in words; "" = all arrived."""
        if self._thread is not None:
            self._thread.join(max(seconds, 0.0))
        if self._delivered == self._given:
            return ""
        lost = f"{self._given - self._delivered} of {self._given} {self._what}"
        return f"{lost} did not reach {without_secrets(self._url)} ({self._reason})"

    def _work(self) -> None:
        ended = False
        while not ended:
            batch, ended = self._gathered()
            if batch:
                self._send(batch)
            ended = ended or (self._closed.is_set() and self._waiting.empty())

    def _gathered(self) -> tuple[list[T], bool]:
        """The next batch, and whether it is the last one."""
        batch: list[T] = []
        until = time.monotonic() + EVERY_S
        while len(batch) < BATCH:
            try:
                thing = self._waiting.get(timeout=max(until - time.monotonic(), 0.0))
            except Empty:
                break
            if thing is None:
                return batch, True
            batch.append(thing)
        return batch, False

    def _send(self, batch: Sequence[T]) -> None:
        try:
            post(self._url, self._headers, self._encode(batch))
        except urllib.error.HTTPError as refused:
            self._reason = f"it answered {refused.code}"
            refused.close()
        except OSError as error:
            self._reason = str(getattr(error, "reason", error))
        except Exception as error:  # noqa: BLE001 - the encoder of another package; its words may hold a header
            self._reason = type(error).__name__
        else:
            self._delivered += len(batch)


class _Nowhere(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: object, **_kwargs: object) -> None:
        return None


def post(url: str, headers: Mapping[str, str], body: bytes, seconds: float = REQUEST_S) -> None:
    """POST a body; anything but a 2xx is an error. What it answers else is not waited for."""
    request = urllib.request.Request(url, body, dict(headers), method="POST")  # noqa: S310 - checked to be http(s)
    _opener().open(request, timeout=seconds).close()


@cache
def _opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(_Nowhere)  # once: it reads all certificates of the machine


def without_secrets(url: str) -> str:
    """An address that may be shown: no user, password, query or fragment.

    >>> without_secrets("https://me:key@collector:4318/v1/traces?token=x")
    'https://collector:4318/v1/traces'
    """
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
