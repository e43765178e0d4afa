"""Who comes in, and how."""

from __future__ import annotations

import pytest

from anomaly_hunter.remember.people.keys import Keys
from anomaly_hunter.remember.people.people import People
from anomaly_hunter.remember.serving.jobs import Jobs
from tests.serve.guard.calling import DOER, HOME, PASSWORD, place_of


def test_without_sign_in_this_machine_is_an_admin(tmp_path):
    place = place_of(tmp_path, sign_in=False)
    with place.store:
        found = place.client().get("/api/v1/me").json()
    assert (found["name"], found["role"], found["way"]) == ("local", "admin", "local")


def test_with_sign_in_nobody_is_let_in_unknown(place):
    client = place.client()
    refused = client.get("/api/v1/me")
    assert refused.status_code == 401
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.headers["www-authenticate"] == "Bearer"
    sent = client.get("/incidents?state=open")
    assert (sent.status_code, sent.headers["location"]) == (303, "/sign-in?next=%2Fincidents%3Fstate%3Dopen")
    part = client.get("/incidents", headers={"HX-Request": "true"})
    assert (part.status_code, part.headers["hx-redirect"]) == (401, "/sign-in")


def test_who_has_the_password_comes_in(place):
    browser = place.browser("Ann")
    found = browser.get("/api/v1/me").json()
    assert (found["name"], found["role"], found["organisation"]) == ("ann", "admin", "default")
    assert browser.get("/").status_code == 200


def test_a_name_belongs_to_one_organisation(place):
    assert place.browser("ann@other").get("/api/v1/me").json()["organisation"] == "other"


def test_a_key_opens_what_its_scopes_say(place):
    program = place.program("read")
    assert program.get("/api/v1/incidents").status_code == 200
    assert program.get("/api/v1/me").json()["role"] == "viewer"
    assert place.program("respond").get("/api/v1/me").json()["role"] == "responder"
    assert place.program("admin").get("/api/v1/me").json()["role"] == "admin"
    refused = place.program("detect").get("/api/v1/incidents")
    assert refused.status_code == 403
    assert "scopes detect; expected one with the scope read" in refused.json()["detail"]
    refused = program.post("/api/v1/detect", json={"data": [1, 2, 3]})
    assert refused.status_code == 403
    assert "only reads; expected one with the scope respond" in refused.json()["detail"]


@pytest.mark.parametrize(
    "given", ["Bearer hk_", "Bearer", "Basic YTpi", "Bearer hk_a_b", "hk_x", "Bearer \xff"]
)
def test_what_is_no_key_opens_nothing(place, given):
    assert (
        place.client(headers={"Authorization": given.encode("latin-1")}).get("/api/v1/me").status_code == 401
    )


def test_a_wrong_key_is_not_saved_by_a_session(place):
    browser = place.browser("ann")
    assert browser.get("/api/v1/me", headers={"Authorization": "Bearer hk_no"}).status_code == 401


def test_a_revoked_key_opens_nothing(place):
    key, secret = Keys(place.store).add("ci", ["read"], DOER)
    client = place.client(headers={"Authorization": f"Bearer {secret}"})
    assert client.get("/api/v1/me").status_code == 200
    Keys(place.store).revoke(key.id, DOER)
    assert client.get("/api/v1/me").status_code == 401


def test_sessions_end_when_they_are_not_used(place):
    browser = place.browser("ann")
    for _ in range(3):
        place.clock.go_on(hours=11)
        assert browser.get("/api/v1/me").status_code == 200
    place.clock.go_on(hours=12)
    assert browser.get("/api/v1/me").status_code == 401


def test_sessions_end_after_a_week_however_often_they_are_used(place):
    browser = place.browser("ann")
    for _ in range(15):
        place.clock.go_on(hours=11)
        assert browser.get("/api/v1/me").status_code == 200
    place.clock.go_on(hours=3)
    assert browser.get("/api/v1/me").status_code == 401


def test_signing_in_again_makes_a_new_session_and_ends_the_old_one(place):
    browser = place.browser("ann")
    old = browser.cookies["hunter"]
    browser.post("/sign-in", data={"name": "ann", "password": PASSWORD})
    assert browser.cookies["hunter"] != old
    late = place.client(cookies={"hunter": old})
    assert late.get("/api/v1/me").status_code == 401


def test_who_is_disabled_is_out_at_once(place):
    browser = place.browser("vic")
    vic = People(place.store).named("vic")
    People(place.store).change(vic.id, DOER, disabled=True)
    assert browser.get("/api/v1/me").status_code == 401
    People(place.store).change(vic.id, DOER, disabled=False)
    assert browser.get("/api/v1/me").status_code == 401
    assert place.browser("vic").get("/api/v1/me").status_code == 200


def test_a_changed_role_counts_at_once(place):
    browser = place.browser("vic")
    People(place.store).change(People(place.store).named("vic").id, DOER, role="admin")
    assert browser.get("/api/v1/me").json()["role"] == "admin"


def test_signing_out_ends_the_session(place):
    browser = place.browser("ann")
    token = browser.cookies["hunter"]
    assert browser.post("/sign-out").headers["location"] == "/sign-in"
    assert "hunter" not in browser.cookies
    assert place.client(cookies={"hunter": token}).get("/api/v1/me").status_code == 401


def test_signing_out_everywhere_leaves_this_browser_alone(place):
    first, second = place.browser("ann"), place.browser("ann")
    assert len(second.get("/api/v1/me/sessions").json()["items"]) == 2
    assert second.delete("/api/v1/me/sessions").json() == {"ended": 1}
    assert first.get("/api/v1/me").status_code == 401
    assert second.get("/api/v1/me").status_code == 200


def test_a_new_password_ends_every_session(place):
    browser = place.browser("vic")
    wrong = browser.put("/api/v1/me/password", json={"old": "x", "new": "a sentence of mine"})
    assert wrong.status_code == 403
    weak = browser.put("/api/v1/me/password", json={"old": PASSWORD, "new": "short"})
    assert weak.status_code == 422
    done = browser.put("/api/v1/me/password", json={"old": PASSWORD, "new": "a sentence of mine"})
    assert done.status_code == 204
    assert browser.get("/api/v1/me").status_code == 401
    assert place.browser("vic", "a sentence of mine").get("/api/v1/me").status_code == 200


def test_the_cookie_is_for_this_server_alone(place, tmp_path):
    given = place.client().post("/sign-in", data={"name": "ann", "password": PASSWORD}).headers["set-cookie"]
    assert {"HttpOnly", "Path=/", "SameSite=lax"} <= set(given.split("; "))
    assert "Secure" not in given
    (tmp_path / "far").mkdir()
    far = place_of(tmp_path / "far", url="https://hunter.example", people={"ann": "admin"})
    with far.store:
        client = far.client(base_url="https://hunter.example")
        given = client.post("/sign-in", data={"name": "ann", "password": PASSWORD}).headers["set-cookie"]
    assert given.startswith("__Host-hunter=")
    assert "Secure" in given.split("; ")
    assert "Domain" not in given


def test_the_store_knows_no_secret(place, tmp_path):
    browser = place.browser("ann")
    _, secret = Keys(place.store).add("ci", ["read"], DOER)
    place.store.close()
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    for one in (browser.cookies["hunter"], secret, PASSWORD):
        assert one.encode() not in kept


@pytest.mark.parametrize(
    "wanted", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x", ""]
)
def test_after_signing_in_one_stays_here(place, wanted):
    done = place.client().post("/sign-in", data={"name": "ann", "password": PASSWORD, "next": wanted})
    assert done.headers["location"] == "/"


def test_after_signing_in_one_is_where_one_wanted_to_go(place):
    form = place.client().get("/sign-in?next=%2Fincidents%3Fstate%3Dopen")
    assert 'value="/incidents?state=open"' in form.text
    done = place.client(headers={"Origin": HOME}).post(
        "/sign-in", data={"name": "ann", "password": PASSWORD, "next": "/incidents?state=open"}
    )
    assert done.headers["location"] == "/incidents?state=open"


def test_figures_of_the_whole_server_are_for_its_own_organisation(place):
    assert place.client().get("/metrics").status_code == 401
    assert place.program("detect").get("/metrics").status_code == 403
    assert place.program("read").get("/metrics").status_code == 200
    refused = place.program("admin", organisation="other").get("/metrics")
    assert refused.status_code == 403
    assert "hunter_hunts_total" not in refused.text


def test_settings_of_the_whole_server_are_for_admins_of_its_own_organisation(place):
    assert place.program("admin").get("/api/v1/settings").status_code == 200
    refused = [place.program("admin", organisation="other").get("/api/v1/settings"),
               place.browser("ann@other").get("/settings")]  # fmt: skip
    assert [one.status_code for one in refused] == [403, 403]
    assert "memory.db" not in "".join(one.text for one in refused)


def test_a_key_that_only_hunts_sees_its_own_jobs_and_no_others(place):
    jobs = Jobs(place.store)
    theirs, own = jobs.add("hunt", "ann", {}, b"").id, jobs.add("hunt", "program", {}, b"").id
    narrow = place.program("detect")
    assert [narrow.get(f"/api/v1/jobs/{one}").status_code for one in (theirs, own)] == [404, 200]
    assert narrow.delete(f"/api/v1/jobs/{theirs}").status_code == 404
    assert place.program("detect", "read").get(f"/api/v1/jobs/{theirs}").status_code == 200
    assert place.program("detect", "read").delete(f"/api/v1/jobs/{theirs}").status_code == 404
    assert narrow.delete(f"/api/v1/jobs/{own}").status_code == 200
    assert place.program("respond").delete(f"/api/v1/jobs/{theirs}").status_code == 200


def test_files_in_the_servers_own_folder_are_for_its_own_organisation(place, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").write_text("time,value\n2026-03-01T12:00:00Z,1\n")
    watch = {"name": "shop", "files": ["a.csv"], "every": "1h", "history": "1d"}
    asked = {
        whose: place.program("respond", organisation=whose).post("/api/v1/watches", json=watch)
        for whose in ("default", "other")
    }
    assert {whose: answer.status_code for whose, answer in asked.items()} == {"default": 201, "other": 422}
    assert "serve.folders" in asked["other"].text
