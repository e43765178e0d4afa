"""A request that is sent again with its key is done once and answered twice."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from anomaly_hunter.errors import ConflictError, UsageError
from anomaly_hunter.remember.life.events import Events
from anomaly_hunter.remember.serving.replies import Replies, Reply
from tests.serve.apps import served
from tests.stores import new_store

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


def test_of_many_at_once_one_is_done_and_the_others_are_told_so(tmp_path):
    with served(tmp_path) as (client, store):
        answers = []
        threads = [threading.Thread(target=lambda: answers.append(tell(client, "a"))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert {answer.status_code for answer in answers} <= {201, 409}
        assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
        assert len(Events(store).page().items) == 1


def test_a_reply_is_kept_for_a_day_and_a_claim_of_a_fallen_server_for_a_quarter_of_an_hour(tmp_path):
    time = [np.datetime64("2026-03-01T00:00", "ns")]
    with new_store(tmp_path / "m.db") as store:
        replies = Replies(store, lambda: time[0])
        assert replies.claim("k", "r") is None
        with pytest.raises(ConflictError):
            replies.claim("k", "r")
        time[0] += np.timedelta64(16, "m")
        assert replies.claim("k", "r") is None
        replies.keep("k", Reply(201, {"location": "/x"}, b"done"))
        assert replies.claim("k", "r") == Reply(201, {"location": "/x"}, b"done")
        with pytest.raises(UsageError, match="another request"):
            replies.claim("k", "other")
        time[0] += np.timedelta64(25, "h")
        assert replies.claim("k", "other") is None
