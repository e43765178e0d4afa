"""Whether a request belongs here."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from anomaly_hunter.errors import UsageError
from anomaly_hunter.serve.guard.address import address_of
from anomaly_hunter.serve.guard.origins import is_ours
from anomaly_hunter.serve.options import ServeOptions
from tests.serve.guard.calling import HOME, place_of

FAR = ServeOptions(host="0.0.0.0", names=("hunter.internal",), url="https://hunter.example", sign_in=True)


@pytest.mark.parametrize(
    "host",
    [
        "hunter.internal",
        "hunter.example",
        "HUNTER.example:443",
        "hunter.example.",
        "10.1.2.3:8787",
        "[fe80::1]",
    ],
)
def test_names_of_this_server_are_known(host):
    assert is_ours(host, FAR)


@pytest.mark.parametrize(
    "host",
    ["", "evil.example", "hunter.example.evil.example", "localhost.evil.example",
     "hunter.example@evil.example", "evil.example, localhost",
     "localhost:x", "localhost:99999", "127.0.0.1.evil.example", "[::1",
     "0x7f.1.evil", "evil.example#localhost", "evil.example/localhost", " localhost"],
)  # fmt: skip
def test_other_names_are_not(host):
    assert not is_ours(host, FAR)


@pytest.fixture
def local(tmp_path):
    made = place_of(tmp_path, sign_in=False, people={})
    with made.store:
        yield made


def test_a_program_without_an_origin_may_change_things_on_this_machine(local):
    assert local.client().post("/api/v1/keys", json={"name": "ci", "scopes": ["read"]}).status_code == 201


def test_a_page_of_ours_may_change_things(local):
    headers = {"Origin": HOME, "Sec-Fetch-Site": "same-origin"}
    given = {"name": "ci", "scopes": ["read"]}
    assert local.client(headers=headers).post("/api/v1/keys", json=given).status_code == 201


def test_other_pages_cannot_load_what_we_serve_into_themselves(local):
    loaded = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"}
    framed = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}
    near = {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}
    for headers in (loaded, framed, near):
        assert local.client(headers=headers).get("/api/v1/incidents").status_code == 403


def test_links_from_other_pages_can_be_followed(local):
    visits = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert local.client(headers=visits).get("/").status_code == 200


def test_nobody_else_is_told_that_they_may_read(local):
    answered = local.client(headers={"Origin": "https://evil.example"}).get("/api/v1/me")
    assert not [name for name in answered.headers if name.startswith("access-control")]
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    assert "access-control-allow-origin" not in local.client(headers=asked).options("/api/v1/keys").headers


def test_behind_a_proxy_pages_come_from_the_address_that_people_see(tmp_path):
    place = place_of(tmp_path, people={"ann": "admin"}, url="https://hunter.example")
    with place.store:
        client = TestClient(place.app, "http://10.0.0.5:8787", follow_redirects=False)
        ours = client.post("/sign-in", data={"name": "x"}, headers={"Origin": "https://hunter.example"})
        plain = client.post("/sign-in", data={"name": "x"}, headers={"Origin": "http://hunter.example"})
    assert (ours.status_code, plain.status_code) == (401, 403)


def test_websockets_of_other_pages_are_refused(place):
    from starlette.websockets import WebSocketDisconnect

    browser = place.browser("ann")
    browser.headers["Origin"] = "https://evil.example"
    with pytest.raises(WebSocketDisconnect), browser.websocket_connect("/api/v1/live/ws"):
        pass
    with pytest.raises(WebSocketDisconnect), place.client().websocket_connect("/api/v1/live/ws"):
        pass


def test_only_known_proxies_say_who_asks():
    proxies = ["10.0.0.0/8"]
    assert address_of("10.0.0.2", "1.1.1.1, 8.8.8.8", proxies) == "8.8.8.8"
    assert address_of("10.0.0.2", "8.8.8.8, 10.9.9.9", proxies) == "8.8.8.8"
    assert address_of("8.8.8.8", "127.0.0.1", proxies) == "8.8.8.8"
    assert address_of("10.0.0.2", "evil", proxies) == "10.0.0.2"
    assert address_of("10.0.0.2", "", proxies) == "10.0.0.2"
    with pytest.raises(UsageError, match="proxies has"):
        ServeOptions(proxies=("proxy.internal",))
