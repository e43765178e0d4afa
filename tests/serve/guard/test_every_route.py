"""What holds for every route of the application, whoever wrote it, now and later."""

from __future__ import annotations

import pytest

from anomaly_hunter.remember.people.keys import Keys
from anomaly_hunter.remember.people.people import People, of_organisation
from anomaly_hunter.serve.guard.scopes import OWN, is_public
from tests.serve.guard.calling import DOER, HOME, place_of
from tests.serve.guard.routes import every_route, examples, filled, rows_of, wanted

FOREIGN = "fedcba987654"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    made = place_of(tmp_path_factory.mktemp("all"))
    with made.store:
        yield made


def behind_the_door(place):
    return [one for one in every_route(place.app) if not is_public(one.path)]


def test_the_routes_are_found(place):
    found = {one.template for one in every_route(place.app)}
    assert {
        "/",
        "/sign-in",
        "/api/v1/incidents/{incident_id}",
        "/api/v1/people",
        "/api/v1/openapi.json",
    } <= found


def test_only_these_are_open_to_everybody(place):
    public = {one.template for one in every_route(place.app) if is_public(one.path)}
    assert public <= {
        "/sign-in", "/sign-in/oidc", "/sign-in/oidc/back", "/static/{digest}/{name}", "/favicon.ico",
        "/healthz", "/readyz",
    }  # fmt: skip


def test_each_refuses_who_is_not_signed_in(place):
    client, let_in = place.client(), []
    for one in behind_the_door(place):
        answered = client.request(one.method, one.path)
        page = one.safe and not one.path.startswith(("/api/", "/metrics"))
        expected = (303, "/sign-in") if page else (401, "")
        if (answered.status_code, answered.headers.get("location", "")[:8]) != expected:
            let_in.append((one, answered.status_code))
    assert let_in == []


def test_each_refuses_a_key_that_opens_nothing(place):
    client = place.client(headers={"Authorization": "Bearer hk_000000000000_" + "x" * 43})
    found = [(one, client.request(one.method, one.path).status_code) for one in behind_the_door(place)]
    assert [one for one in found if one[1] != 401] == []


def test_none_lets_a_viewer_change_anything(place):
    unsafe = [one for one in behind_the_door(place) if not one.safe and not OWN.fullmatch(one.path)]
    assert unsafe
    for client in (place.browser("vic"), place.program("read")):
        found = [(one, client.request(one.method, one.path, json={}).status_code) for one in unsafe]
        assert [one for one in found if one[1] != 403] == []


def test_each_that_changes_something_wants_the_token_of_the_session(place):
    browser = place.browser("ann")
    del browser.headers["X-CSRF-Token"]
    before = rows_of(place.store)
    for headers in ({}, {"X-CSRF-Token": "0" * 64}, {"X-CSRF-Token": ""}):
        for one in behind_the_door(place):
            if not one.safe:
                answered = browser.request(one.method, one.path, json={}, headers=headers)
                assert answered.status_code == 403, one
                assert "token" in answered.json()["detail"]
                form = {"csrf_token": "wrong"}
                assert browser.request(one.method, one.path, data=form, headers=headers).status_code == 403, (
                    one
                )
    assert rows_of(place.store) == before


@pytest.mark.parametrize("sign_in", [True, False])
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:3000"},
        {"Origin": "http://localhost.evil.example:8787"},
        {"Origin": HOME, "Sec-Fetch-Site": "cross-site"},
        {"Origin": HOME, "Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"},
    ],
)
def test_each_that_changes_something_refuses_other_sites(place, tmp_path, sign_in, headers):
    asked = place if sign_in else place_of(tmp_path, sign_in=False, people={})
    client = asked.client()
    if sign_in:
        client = asked.browser("ann")
        del client.headers["Origin"]
    for one in every_route(asked.app):
        if not one.safe:
            answered = client.request(one.method, one.path, json={}, headers=headers)
            assert (answered.status_code, answered.json()["title"]) == (403, "From another site"), one
    if not sign_in:
        asked.store.close()


def test_each_refuses_a_name_that_was_made_to_lead_here(tmp_path):
    place = place_of(tmp_path, sign_in=False, people={})
    with place.store:
        client = place.client(headers={"Host": "rebound.evil.example:8787"})
        found = [(one, client.request(one.method, one.path).status_code) for one in every_route(place.app)]
    assert [one for one in found if one[1] != 421] == []


def test_what_belongs_to_others_is_not_there(place):
    other = of_organisation(place.store, "other")
    if not rows_of(other)["incident"]:
        filled(other, FOREIGN)
    key, _ = Keys(other).add("theirs", ["read"], DOER)
    names = [FOREIGN, key.id, People(other).named("ann@other").id]
    bodies, queries = examples(place.app), wanted(place.app)
    before, wrong = rows_of(other), []
    browser = place.browser("ann")
    for name in names:
        for one in every_route(place.app, name):
            if one.has_id and one.method != "HEAD":
                body = bodies.get((one.method, one.template))
                given = {} if one.safe else {"json": {} if body is None else body}
                query = queries.get((one.method, one.template))
                answered = browser.request(one.method, one.path, params=query, **given)
                refused = (404,) if query is not None and (one.safe or body) else (404, 405, 415, 422)
                if answered.status_code not in refused:
                    wrong.append((one.method, one.template, answered.status_code))
                assert FOREIGN not in answered.text.replace(one.path, "").replace(repr(name), "")
    assert wrong == []
    assert rows_of(other) == before


def test_lists_hold_nothing_of_others(place):
    other = of_organisation(place.store, "other")
    if not rows_of(other)["incident"]:
        filled(other, FOREIGN)
    for client in (place.browser("ann"), place.program("admin")):
        for one in every_route(place.app):
            if (
                one.method == "GET"
                and not one.has_id
                and not one.path.startswith(("/api/v1/live", "/readyz"))
            ):
                answered = client.get(one.path)
                assert answered.status_code < 500, one
                assert FOREIGN not in answered.text, one
                assert "@other" not in answered.text, one
