"""A request that is sent again with its key is done once and answered twice."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select

from anomaly_hunter.remember import schema
from anomaly_hunter.remember.life.events import Events
from anomaly_hunter.remember.life.life import Life
from anomaly_hunter.remember.people.keys import Keys
from anomaly_hunter.remember.people.people import Doer
from tests.remember.kept import spike_hunt
from tests.serve.apps import served

EVENT = {"time": "2026-03-01T12:00:00Z", "title": "v2", "kind": "deploy"}


def tell(client, key, body=None, path="/api/v1/events"):
    return client.post(path, json=body or EVENT, headers={"idempotency-key": key})


def test_the_same_request_again_gets_the_same_answer_and_is_done_once(tmp_path):
    with served(tmp_path) as (client, store):
        first = tell(client, "a")
        Events(store).remove(first.json()["items"][0]["id"])
        again = tell(client, "a")
        assert (again.status_code, again.content) == (201, first.content)
        assert again.headers["idempotency-replayed"] == "true"
        assert again.headers["content-type"] == "application/json"
        assert "idempotency-replayed" not in first.headers
        assert Events(store).page().items == ()
        assert tell(client, "b").status_code == 201
        assert len(Events(store).page().items) == 1


def test_a_key_with_another_request_is_refused(tmp_path):
    with served(tmp_path) as (client, _):
        assert tell(client, "a").status_code == 201
        other = tell(client, "a", {**EVENT, "title": "v3"})
        assert other.status_code == 422
        assert other.headers["content-type"] == "application/problem+json"
        assert client.delete("/api/v1/events/x", headers={"idempotency-key": "a"}).status_code == 422


def test_an_answer_that_holds_a_secret_is_kept_nowhere(tmp_path):
    with served(tmp_path) as (client, store):
        body = {"name": "ci", "scopes": ["detect"]}
        secrets = {tell(client, "a", body, "/api/v1/keys").json()["key"] for _ in range(2)}
        assert len(secrets) == 2
        with store.reading() as (connection, _):
            assert connection.exec_driver_sql("SELECT count(*) FROM reply").scalar() == 0


def test_what_was_refused_is_not_kept(tmp_path):
    with served(tmp_path) as (client, _):
        assert tell(client, "a", {"title": ""}).status_code == 422
        assert tell(client, "a").status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 256, "a b", "ä".encode("latin-1")])
def test_a_key_that_is_none_is_refused(tmp_path, key):
    with served(tmp_path) as (client, _):
        assert tell(client, key).status_code == 400


def test_of_many_at_once_one_is_done_and_all_get_its_answer(tmp_path):
    with served(tmp_path) as (client, store):
        answers = at_once(8, lambda _: tell(client, "a"))
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.content for answer in answers}) == 1
        assert sum("idempotency-replayed" in answer.headers for answer in answers) == 7
        assert len(Events(store).page().items) == 1


def test_who_writes_without_a_key_does_not_hold_up_who_has_one(tmp_path):
    """More of them than the server has threads: they wait for the transaction, and it not for them."""
    with served(tmp_path) as (client, store):
        incident = store.keep(spike_hunt())[0]
        path = f"/api/v1/incidents/{incident}/comments"

        def say(i):
            headers = {"idempotency-key": f"k{i}"} if i % 3 == 0 else {}
            return client.post(path, json={"text": f"c{i}"}, headers=headers)

        assert {answer.status_code for answer in at_once(90, say)} == {201}
        said = [one.text for one in Life(store).history(incident) if one.action == "commented"]
        assert sorted(said) == sorted(f"c{i}" for i in range(90))


def at_once(many, ask):
    answers = []
    threads = [threading.Thread(target=lambda i=i: answers.append(ask(i))) for i in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


VALUES = [*[10.0, 11, 10, 9] * 3, 60.0, 10, 11, 10, 9, 10, 11, 10]
SILENCE = {"matcher": {"subject": "x*"}, "ends_at": "2099-01-01T00:00:00Z", "reason": "work"}
WATCH = {"name": "shop", "files": ["a.csv"], "every": "1h", "history": "1d"}
PERSON = {"name": "bob", "role": "viewer", "password": "a long sentence of his"}
ALERT = {
    "version": "4",
    "status": "firing",
    "alerts": [{"status": "firing", "labels": {"alertname": "x"}, "startsAt": "2026-03-01T12:00:00Z"}],
}
INCIDENT = "/incidents/{incident_id}"
ONCE = [  # in this order: each finds what the ones before it made; what is made leaves its id under a name
    ("POST", f"{INCIDENT}/acknowledge", None, ""),
    ("POST", f"{INCIDENT}/assign", {"to": "bob"}, ""),
    ("POST", f"{INCIDENT}/comments", {"text": "hm"}, ""),
    ("POST", f"{INCIDENT}/mute", None, ""),
    ("POST", f"{INCIDENT}/reopen", None, ""),
    ("POST", f"{INCIDENT}/resolve", {"why": "over"}, ""),
    ("POST", f"{INCIDENT}/feedback", {"word": "real"}, ""),
    ("DELETE", "/feedback/{answer_id}", None, ""),
    ("POST", "/events", EVENT, "event_id"),
    ("DELETE", "/events/{event_id}", None, ""),
    ("POST", "/events/grafana", {"text": "v3", "time": 1_772_366_400_000}, ""),
    ("POST", "/events/alertmanager", ALERT, ""),
    ("POST", "/views", {"name": "v", "page": "incidents"}, "view_id"),
    ("DELETE", "/views/{view_id}", None, ""),
    ("POST", "/silences", SILENCE, "silence_id"),
    ("DELETE", "/silences/{silence_id}", None, ""),
    ("POST", "/watches", WATCH, "watch_id"),
    ("PUT", "/watches/{watch_id}", {**WATCH, "every": "2h"}, ""),
    ("POST", "/watches/{watch_id}/pause", None, ""),
    ("POST", "/watches/{watch_id}/resume", None, ""),
    ("POST", "/watches/{watch_id}/run", None, ""),
    ("DELETE", "/watches/{watch_id}", None, ""),
    ("POST", "/people", PERSON, "person_id"),
    ("PATCH", "/people/{person_id}", {"title": "Bob"}, ""),
    ("DELETE", "/keys/{key_id}", None, ""),
    ("DELETE", "/me/sessions", None, ""),
    ("POST", "/detect", {"data": VALUES}, ""),
    ("POST", "/hunts", {"data": VALUES}, ""),
]  # fmt: skip
BY_NATURE = {
    ("POST", "/detection/run"): "keeps nothing",
    ("DELETE", "/jobs/{job_id}"): "twice is once",
    ("PUT", "/me/password"): "the session that asks is ended by it",
    ("POST", "/keys"): "tells a secret, which is kept nowhere",
}


UNSEEN = ("/me/sessions", "/watches/{watch_id}/run")
BY_ITSELF = ("next_at", "failures", "seen_until", "held_until")


@pytest.mark.slow
def test_every_operation_with_a_key_is_done_once_and_answered_twice(tmp_path):
    (tmp_path / "a.csv").write_text("time,value\n2026-03-01T12:00:00Z,1\n")
    with served(tmp_path, workers=1, wait_seconds=60, folders=(str(tmp_path),)) as (client, store):
        names = {
            "incident_id": store.keep(spike_hunt())[0],
            "answer_id": 1,
            "key_id": Keys(store).add("ci", ["read"], Doer("ann"))[0].id,
        }
        for i, (method, path, body, makes) in enumerate(ONCE):
            address, before = "/api/v1" + path.format(**names), traces(store)

            def ask(method=method, address=address, body=body, i=i):
                where = f"{address}?save=true" if address.endswith("/detect") else address
                return client.request(method, where, json=body, headers={"idempotency-key": f"k{i}"})

            first, after = ask(), traces(store)
            second = ask()
            assert first.is_success, (method, path, first.text)
            assert (second.status_code, second.content) == (first.status_code, first.content), path
            assert second.headers["idempotency-replayed"] == "true", path
            assert traces(store) == after, f"{path} left nothing more"
            assert after != before or path in UNSEEN, f"{path} did something"
            if makes:
                names[makes] = first.json().get("id") or first.json()["items"][0]["id"]
        asked = {(method, path) for method, path, *_ in ONCE} | set(BY_NATURE)
        assert asked == unsafe(client), "a new operation keeps the promise, or says why it needs none"


def traces(store):
    """What requests leave behind, but for what the server changes by itself meanwhile."""
    names = ("history", "feedback", "event", "view", "silence", "watch", "member", "api_key", "hunt", "job")
    with store.reading() as (connection, _):
        return [
            connection.execute(select(*[c for c in table.c if c.name not in BY_ITSELF])).all()
            for table in map(schema.metadata.tables.get, names)
        ]


def unsafe(client):
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    return {
        (method.upper(), path.removeprefix("/api/v1"))
        for path, operations in paths.items()
        for method in operations
        if method in ("post", "put", "patch", "delete")
    }
