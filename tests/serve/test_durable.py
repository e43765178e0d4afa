"""What was acknowledged stays: when the server is killed while many write, and when the disk is full."""

from __future__ import annotations

import signal
import threading
import time
from typing import Any

import httpx
import pytest

from anomaly_hunter.remember.store import Store
from tests.remember.kept import spike_hunt
from tests.serve.started import server

pytestmark = pytest.mark.slow

VALUES = [*[10.0, 11, 10, 9] * 3, 60.0, 10, 11, 10, 9, 10, 11, 10]
ENOUGH = 40
"""Acknowledged writes after which the server is killed, or the most that a small disk may take."""

REFUSALS = 4
"""After so many one believes that the disk is full."""


def incident_in(folder):
    (folder / ".hunter").mkdir()
    with Store.open(folder / ".hunter" / "memory.db") as store:
        return store.keep(spike_hunt())[0]


class Writer(threading.Thread):
    """Writes one thing after the other, and remembers what was acknowledged."""

    def __init__(self, kind, address, incident, many):
        super().__init__(daemon=True)
        self.kind, self.address, self.incident, self.many = kind, address, incident, many
        self.kept, self.refused = [], []

    def run(self):
        with httpx.Client(base_url=f"{self.address}/api/v1", timeout=30) as client:
            for i in range(self.many):
                word = f"{self.kind}-{i}-end"
                try:
                    answer = self.write(client, word)
                except httpx.TransportError:
                    return
                if answer.is_success:
                    self.kept.append((word, answer.json()))
                else:
                    self.refused.append(answer)
                    if len(self.refused) == REFUSALS:
                        return

    def write(self, client, word):
        if self.kind == "comment":
            return client.post(f"/incidents/{self.incident}/comments", json={"text": word})
        if self.kind == "event":
            return client.post("/events", json={"title": word})
        if self.kind == "view":
            return client.post("/views", json={"name": word, "page": "incidents", "query": ""})
        if self.kind == "assign":
            return client.post(f"/incidents/{self.incident}/assign", json={"to": word})
        return client.post("/detect?save=true", json={"data": {word: VALUES}})


KINDS = ("comment", "event", "view", "assign", "save")


def all_of(address, path):
    items: list[Any] = []
    after: str | None = ""
    with httpx.Client(base_url=f"{address}/api/v1", timeout=30) as client:
        while after is not None:
            answer = client.get(f"/{path}", params={"after": after} if after else None)
            assert answer.status_code == 200, answer.text
            found = answer.json()
            items, after = items + found["items"], found.get("next")
    return items


def check(address, incident, writers):
    """Each acknowledged write is there, once; and nothing is there twice."""
    there = {
        "comment": [one["text"] for one in all_of(address, f"incidents/{incident}/comments")],
        "event": [one["title"] for one in all_of(address, "events")],
        "view": [one["name"] for one in all_of(address, "views")],
        "assign": [
            one["after"]
            for one in all_of(address, f"incidents/{incident}/history")
            if one["action"] == "assigned"
        ],
        "save": [one["id"] for one in all_of(address, "hunts")],
    }
    for writer in writers:
        kept = [told["hunt_id"] if writer.kind == "save" else word for word, told in writer.kept]
        found = there[writer.kind]
        assert set(kept) <= set(found), writer.kind
        assert len(set(found)) == len(found), writer.kind


def test_no_acknowledged_write_is_lost_or_doubled_when_the_server_is_killed(tmp_path):
    incident = incident_in(tmp_path)
    with server(tmp_path, signal.SIGKILL) as (address, process):
        writers = [Writer(kind, address, incident, 100_000) for kind in KINDS]
        for writer in writers:
            writer.start()
        while sum(len(one.kept) for one in writers) < ENOUGH or not all(one.kept for one in writers):
            assert all(one.is_alive() for one in writers)
            time.sleep(0.01)
        process.kill()
        for writer in writers:
            writer.join(30)
    assert not any(one.refused for one in writers), [one.refused[0].text for one in writers if one.refused]
    with server(tmp_path) as (address, _):
        check(address, incident, writers)
        again = [Writer(kind, address, incident, 1) for kind in KINDS[:2]]
        for writer in again:
            writer.run()
            assert len(writer.kept) == 1, "it goes on"
    with Store.open(tmp_path / ".hunter" / "memory.db") as store:
        assert store.incident(incident).kept.id == incident


def test_a_full_disk_is_said_and_loses_nothing_that_was_acknowledged(tmp_path):
    incident = incident_in(tmp_path)
    size = (tmp_path / ".hunter" / "memory.db").stat().st_size
    with server(tmp_path, most_file_bytes=size + 300_000) as (address, process):
        writers = [Writer(kind, address, incident, 10 * ENOUGH) for kind in KINDS]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join(120)
        refused = [one for writer in writers for one in writer.refused]
        assert refused, "the disk was not full"
        assert {one.status_code for one in refused} <= {503, 507}, {one.text for one in refused}
        assert any(one.status_code == 507 for one in refused)
        assert all(one.headers["content-type"] == "application/problem+json" for one in refused)
        assert process.poll() is None
        assert httpx.get(f"{address}/healthz").status_code == 200
        assert httpx.get(f"{address}/api/v1/incidents").json()["items"]
        found = httpx.post(f"{address}/api/v1/detect", json={"data": VALUES}, timeout=30)
        assert found.status_code == 200, "what keeps nothing needs no room"
    with server(tmp_path) as (address, _):
        check(address, incident, writers)
        one = Writer("comment", address, incident, 1)
        one.run()
        assert one.kept, "with room it goes on"
