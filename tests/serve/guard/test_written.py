"""Every change is written down."""

from __future__ import annotations

import pytest
from sqlalchemy import text as sql

from anomaly_hunter.remember.people.audit import Audit
from anomaly_hunter.remember.people.keys import Keys
from anomaly_hunter.remember.people.people import of_organisation
from tests.serve.guard.calling import place_of
from tests.serve.guard.routes import every_route


def told(place, most=1):
    return [(one.by, one.action, dict(one.detail)) for one in Audit(place.store).page(most=most)]


def count(place):
    return len(Audit(place.store).page(most=10_000))


def test_a_change_is_written_once_with_who_and_from_where(place):
    browser = place.browser("ann")
    before = count(place)
    made = browser.post("/api/v1/keys", json={"name": "ci", "scopes": ["detect"]})
    assert made.status_code == 201
    assert count(place) == before + 1
    (entry,) = Audit(place.store).page(most=1)
    assert (entry.by, entry.action, entry.about, entry.address) == (
        "ann", "key.added", made.json()["id"], "testclient",
    )  # fmt: skip
    assert made.json()["key"] not in repr(entry)


def test_no_endpoint_can_forget_it(tmp_path):
    place = place_of(tmp_path, sign_in=False, people={})
    with place.store:

        @place.app.post("/api/v1/forgetful/{one}")
        def forgetful(one: str) -> None:
            """Says nothing of what it does."""

        @place.app.delete("/api/v1/faulty")
        def faulty() -> None:
            """Fails in the middle."""
            raise ZeroDivisionError

        client = place.client()
        assert client.post("/api/v1/forgetful/7").status_code == 200
        (entry,) = Audit(place.store).page(most=1)
        assert (entry.by, entry.action, entry.about) == ("local", "request.post", "/api/v1/forgetful/7")
        assert (entry.detail["route"], entry.detail["status"]) == ("/api/v1/forgetful/{one}", 200)
        assert client.delete("/api/v1/faulty").status_code == 500
        assert told(place)[0][1:] == (
            "request.delete", {"route": "/api/v1/faulty", "status": 500, "way": "local", "id": ""},
        )  # fmt: skip


def test_reading_and_refused_input_are_not_written(place):
    browser = place.browser("ann")
    before = count(place)
    for one in every_route(place.app):
        if one.method == "GET" and not one.path.startswith(("/api/v1/live", "/readyz")):
            browser.get(one.path)
    browser.post("/api/v1/keys", json={"name": "ci"})
    browser.post("/api/v1/keys", json={"name": "ci", "scopes": ["all"]})
    assert count(place) == before


def test_what_was_not_allowed_is_written(place):
    assert (
        place.browser("rob").post("/api/v1/keys", json={"name": "x", "scopes": ["read"]}).status_code == 403
    )
    assert told(place)[0][1] == "request.post"
    assert told(place)[0][2]["status"] == 403


def test_what_cannot_be_written_down_is_not_reported_as_done(tmp_path):
    place = place_of(tmp_path, sign_in=False, people={})
    with place.store:

        @place.app.post("/api/v1/forgetful")
        def forgetful() -> str:
            """Changes something elsewhere."""
            return "done"

        with place.store.writing() as (connection, _):
            connection.execute(sql("DROP TABLE audit"))
        answered = place.client().post("/api/v1/forgetful")
        assert (answered.status_code, answered.json()["title"]) == (503, "Not written down")
        assert answered.headers["x-content-type-options"] == "nosniff"


def test_admins_read_the_log_of_their_organisation(place):
    browser = place.browser("ann")
    for i in range(5):
        browser.post("/api/v1/keys", json={"name": f"key {i}", "scopes": ["read"]})
    first = browser.get("/api/v1/audit?limit=3").json()
    second = browser.get(f"/api/v1/audit?limit=3&after={first['next']}").json()
    ids = [one["id"] for one in first["items"] + second["items"]]
    assert ids == sorted(ids, reverse=True)
    assert {one["action"] for one in browser.get("/api/v1/audit?search=KEY.add").json()["items"]} == {
        "key.added"
    }
    assert browser.get("/api/v1/audit?search=%25").json()["items"] == []
    assert browser.get("/api/v1/audit/verification").json()["whole"]
    assert browser.get("/api/v1/audit?after=x").status_code == 422
    assert place.browser("rob").get("/api/v1/audit").status_code == 403


def test_a_log_that_was_tampered_with_is_told(place):
    browser = place.browser("ann")
    with place.store.writing() as (connection, _):
        connection.execute(sql("DROP TRIGGER audit_refuses_update"))
        connection.execute(sql("UPDATE audit SET about = 'x' WHERE id = 2"))
    found = browser.get("/api/v1/audit/verification").json()
    assert (found["whole"], found["entries"], found["broken_at"]) == (False, 1, 2)


@pytest.mark.parametrize(
    "path", ["/api/v1/detection/run", "/api/v1/detect", "/api/v1/incidents/0/feedback/preview"]
)
def test_what_keeps_nothing_is_not_written(place, path):
    from anomaly_hunter.serve.guard.arriving import Arriving
    from anomaly_hunter.serve.guard.scopes import changes

    def posted(query):
        return changes(Arriving("http", "POST", path, query, {}, ""))

    assert not posted("")
    assert not posted("save=false")
    assert posted("save=true")
    assert posted("%73ave=1")


def test_the_key_of_a_program_stands_for_who(place):
    program = place.program("admin")
    assert program.post("/api/v1/keys", json={"name": "ci", "scopes": ["read"]}).status_code == 201
    assert told(place)[0][:2] == ("program", "key.added")
    assert {key.by for key in Keys(of_organisation(place.store, "default")).all()} == {"cli:test", "program"}
