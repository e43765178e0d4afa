"""The application with a store of its own, asked in this process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI
from starlette.testclient import TestClient

from anomaly_hunter.config import Settings, override
from anomaly_hunter.remember.store import Store
from anomaly_hunter.serve.app import create_app
from tests.stores import new_store


@contextmanager
def served(
    folder: Path, settings: Settings | None = None, *, background: bool = True, **options: Any
) -> Iterator[tuple[TestClient, Store]]:
    """A client and the store behind it; ``options`` are settings by name.

    Without ``background`` nothing runs beside the requests: no watch, no job.
    """
    place = folder / "memory.db"
    with new_store(place) as store:
        client = client_of(create_app(override(settings or Settings(), memory=str(place), **options), store))
        with client if background else nullcontext():
            yield client, store


class Into(httpx.BaseTransport):
    """Leads requests of a client into an application."""

    def __init__(self, client: TestClient) -> None:
        self._client = client

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url, headers = str(request.url), dict(request.headers)
        answer = self._client.request(request.method, url, headers=headers, content=request.read())
        return httpx.Response(answer.status_code, headers=dict(answer.headers), content=answer.content)


def client_of(app: FastAPI) -> TestClient:
    """A client as a browser on this machine would be; faults are answers, as for everybody."""
    return TestClient(app, "http://127.0.0.1:8787", raise_server_exceptions=False)
