"""A served memory with hunts of tests in it, and pages taken apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path

from starlette.testclient import TestClient

from anomaly_hunter.config import Settings, override
from anomaly_hunter.model import Hunt
from anomaly_hunter.remember.store import Store
from anomaly_hunter.serve.app import create_app
from tests.serve.apps import client_of
from tests.stores import new_store

FRAGMENT = {"HX-Request": "true", "Origin": "http://127.0.0.1:8787"}
FORM = {"Origin": "http://127.0.0.1:8787"}


@contextmanager
def kept(folder: Path, *hunts: Hunt) -> Iterator[tuple[TestClient, Store, list[str]]]:
    """A client that starts nothing in the background, the store, and the ids of the incidents."""
    place = folder / "memory.db"
    with new_store(place) as store:
        names = [name for hunt in hunts for name in store.keep(hunt, origin="test", by="ann")]
        yield client_of(create_app(override(Settings(), memory=str(place)), store)), store, names


class Page(HTMLParser):
    """What a page holds: its elements with their attributes, its ids, and the text between the tags."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        """What a reader sees, in one line."""
        return re.sub(r"\s+", " ", " ".join(self.words))

    @property
    def ids(self) -> list[str]:
        return [one["id"] or "" for _, one in self.tags if "id" in one]

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of every element of a kind."""
        return [one for name, one in self.tags if name == tag]
