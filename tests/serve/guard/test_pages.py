"""The pages of people, keys, the audit log, and one's own account."""

from __future__ import annotations

import re

from anomaly_hunter.remember.people.keys import Keys
from anomaly_hunter.remember.people.people import People
from tests.serve.guard.calling import PASSWORD

HTMX = {"HX-Request": "true"}


def test_an_admin_lets_somebody_in(place):
    browser = place.browser("ann")
    given = {"name": "Kim", "title": "Kim <b>Lee</b>", "role": "responder", "password": "short"}
    wrong = browser.post("/people", data=given, headers=HTMX)
    assert wrong.status_code == 422
    assert "5 characters" in wrong.text
    assert "short" not in wrong.text
    done = browser.post("/people", data=given | {"password": PASSWORD}, headers=HTMX)
    assert done.status_code == 200
    assert "Kim &lt;b&gt;Lee&lt;/b&gt;" in done.text
    assert place.browser("kim").get("/api/v1/me").json()["role"] == "responder"


def test_an_admin_changes_roles_and_keeps_people_out(place):
    browser, vic = place.browser("ann"), People(place.store).named("vic")
    assert browser.post(f"/people/{vic.id}/role", data={"role": "responder"}).status_code == 200
    assert browser.post(f"/people/{vic.id}/role", data={"role": "root"}).status_code == 422
    assert browser.post(f"/people/{vic.id}/disable").status_code == 200
    assert People(place.store).named("vic").disabled_at is not None
    assert browser.post(f"/people/{vic.id}/enable").status_code == 200
    found = People(place.store).named("vic")
    assert (found.role, found.disabled_at) == ("responder", None)
    own = People(place.store).named("ann")
    assert browser.post(f"/people/{own.id}/disable").status_code == 422


def test_a_key_is_shown_once(place):
    browser = place.browser("ann")
    assert browser.post("/people/keys", data={"called": "ci"}).status_code == 422
    made = browser.post("/people/keys", data={"called": "ci", "scopes": ["read", "detect"], "days": "30"})
    secret = re.search(r'value="(hk_[^"]+)"', made.text)[1]
    assert place.client(headers={"Authorization": f"Bearer {secret}"}).get("/api/v1/me").status_code == 200
    assert secret not in browser.get("/people").text
    (key,) = Keys(place.store).all()
    assert browser.post(f"/people/keys/{key.id}/revoke").status_code == 200
    assert place.client(headers={"Authorization": f"Bearer {secret}"}).get("/api/v1/me").status_code == 401


def test_the_audit_page_says_whether_the_log_is_whole(place):
    text = place.browser("ann").get("/audit?search=session").text
    assert "The log is whole" in text
    assert "session.began" in text
    assert place.browser("rob").get("/audit").status_code == 403


def test_everybody_changes_their_own_password(place):
    browser = place.browser("vic")
    assert "this one" in browser.get("/account").text
    given = {"old": "wrong", "new": "a sentence of mine"}
    assert browser.post("/account/password", data=given).status_code == 403
    done = browser.post("/account/password", data=given | {"old": PASSWORD})
    assert (done.status_code, done.headers["location"]) == (303, "/sign-in")
    assert browser.get("/account").status_code == 303
    other = place.browser("vic", "a sentence of mine")
    assert other.post("/account/elsewhere").headers["location"] == "/account"
