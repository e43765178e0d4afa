"""How the client asks: one record, a list, page after page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import TracebackType
from typing import Any, Final, Self, TypeVar
from urllib.parse import quote

import httpx

import anomaly_hunter
from anomaly_hunter.client import records
from anomaly_hunter.client.calling import Calls
from anomaly_hunter.client.reading import record_of
from anomaly_hunter.errors import ServerError, UsageError

T = TypeVar("T")
Time = datetime | str

PAGE: Final = 200
_ROOM: Final = "/api/v1/"


class Asks:
    """The connection to a server; see :class:`~anomaly_hunter.client.client.Client`."""

    def __init__(
        self,
        url: str,
        key: str | None = None,
        *,
        timeout: float = 30.0,
        retries: int = 3,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        if not url.startswith(("http://", "https://")):
            raise UsageError(
                f"the server is {url[:80]!r}", "http://HOST:PORT or https://HOST", "mend the URL"
            )
        headers = {"User-Agent": f"anomaly-hunter/{anomaly_hunter.__version__}"}
        if key:
            headers["Authorization"] = f"Bearer {key}"
        try:
            self._http = httpx.Client(
                base_url=url.rstrip("/").removesuffix(_ROOM.rstrip("/")) + _ROOM,
                headers=headers,
                timeout=timeout,
                transport=transport,
            )
        except (httpx.InvalidURL, UnicodeEncodeError) as error:
            raise UsageError(
                "the URL or the key holds what none can hold", "a URL, and a key in ASCII", "mend them"
            ) from error
        self._calls = Calls(self._http, retries)

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _one(self, method: str, path: str, cls: type[T], **request: Any) -> T:
        return record_of(cls, self._calls.json(method, path, **request))

    def _items(self, path: str, cls: type[T], asked: Mapping[str, Any] | None = None) -> tuple[T, ...]:
        return read_items(cls, self._calls.json("GET", path, params=asked))

    def _pages(self, path: str, cls: type[T], asked: Mapping[str, Any]) -> Iterator[T]:
        after: Any = None
        while True:
            more = {"after": after} if after else {}
            page = self._calls.json("GET", path, params={**asked, "limit": PAGE, **more})
            yield from read_items(cls, page)
            after = page.get("next")
            if not after:
                return


def read_items(cls: type[T], page: Any) -> tuple[T, ...]:
    """The records of a list."""
    items = page.get("items") if isinstance(page, dict) else None
    if not isinstance(items, list):
        raise ServerError("the server sent no list", "items", "use a client of the server's version")
    return tuple(record_of(cls, one) for one in items)


def detected(found: Any) -> records.Detected:
    """What was found, with the whole answer."""
    return record_of(records.Detected, {**found, "document": found} if isinstance(found, dict) else found)


def given(**values: Any) -> dict[str, Any]:
    """What is given."""
    return {name: value for name, value in values.items() if value is not None}


def word(time: Time | None) -> str | None:
    """A time as the API takes it."""
    return time.isoformat() if isinstance(time, datetime) else time


def part(name: str) -> str:
    """An id as one part of a path."""
    if name in ("", ".", ".."):
        raise UsageError(f"the id is {name!r}", "an id that a list shows", "check it")
    return quote(name, safe="")
