"""Signing in elsewhere, against a provider on this machine."""

from __future__ import annotations

import json
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

pytest.importorskip("joserfc", reason="the extra `oidc` is not installed")

from anomaly_hunter.errors import UsageError
from anomaly_hunter.remember.people.audit import Audit
from anomaly_hunter.remember.people.people import People
from anomaly_hunter.serve.guard.oidc.issuer import Issuer
from anomaly_hunter.serve.options import ServeOptions
from tests.serve.guard.calling import DOER, HOME, Clock, place_of
from tests.serve.guard.provider import CLIENT, SECRET, key_of, provider, visited

ROLES = {"sre": "responder", "chiefs": "admin"}
NOW_S = float(Clock()().astype(np.int64)) / 1e9


@pytest.fixture
def issuer():
    with provider(NOW_S) as made:
        yield made


@contextmanager
def served(folder: Path, issuer, **more):
    options = {
        "oidc_issuer": issuer.url,
        "oidc_client_id": CLIENT,
        "oidc_role_claim": "groups",
        "oidc_roles": ROLES,
    }
    place = place_of(folder, **(options | more))
    place.entrance.issuer = Issuer(place.entrance.options, SECRET)
    with place.store:
        yield place


@pytest.fixture
def place(tmp_path, issuer):
    with served(tmp_path, issuer) as made:
        yield made


def come_back(client, wanted="/incidents"):
    """To the issuer and back: the answer to who comes back."""
    away = client.get("/sign-in/oidc", params={"next": wanted})
    assert away.status_code == 303, away.text
    return client.get(visited(away.headers["location"]).removeprefix(HOME))


def refused(place, status=401):
    client = place.client()
    answered = come_back(client)
    assert answered.status_code == status, answered.text
    assert "hunter" not in client.cookies
    assert client.get("/api/v1/me").status_code == 401
    return answered.text


def test_who_the_issuer_knows_comes_in_with_the_role_of_the_claim(place, issuer):
    client = place.client()
    done = come_back(client)
    assert (done.status_code, done.headers["location"]) == (303, "/incidents")
    found = client.get("/api/v1/me").json()
    assert (found["name"], found["role"], found["organisation"]) == ("kim", "responder", "default")
    assert {"user.added", "session.began"} <= {one.action for one in Audit(place.store).page()}
    assert come_back(place.client()).status_code == 303
    assert len([one for one in People(place.store).all() if one.name.startswith("kim")]) == 1
    assert issuer.asked.count("/.well-known/openid-configuration") == issuer.asked.count("/jwks") == 1


def test_the_browser_is_sent_with_pkce_state_and_nonce(place):
    away = place.client().get("/sign-in/oidc")
    asked = parse_qs(urlsplit(away.headers["location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == [f"{HOME}/sign-in/oidc/back"]
    assert min(len(asked[name][0]) for name in ("state", "nonce", "code_challenge")) >= 43
    assert SECRET not in away.headers["location"]
    assert "HttpOnly" in away.headers["set-cookie"]


@pytest.mark.parametrize(
    ("forge", "said"),
    [
        (lambda claims, it: it.unsigned(claims), "not signed"),
        (lambda claims, it: it.signed(claims, key_of("k2")), "not signed"),
        (lambda claims, it: it.signed(claims, key_of("k2"), kid="k1"), "not signed"),
        (lambda claims, it: it.signed_with_the_public_key(claims), "not signed"),
        (lambda claims, it: it.signed(claims)[:-4] + "AAAA", "not signed"),
        (lambda claims, it: it.signed(claims, kid="shared"), "not signed"),
        (lambda claims, it: "no token", "not signed"),
        (lambda claims, it: it.signed(claims | {"exp": NOW_S - 61}), "is over"),
        (lambda claims, it: it.signed({k: v for k, v in claims.items() if k != "exp"}), "is over"),
        (lambda claims, it: it.signed(claims | {"exp": True}), "is over"),
        (lambda claims, it: it.signed(claims | {"iat": NOW_S + 120}), "time to come"),
        (lambda claims, it: it.signed(claims | {"nbf": NOW_S + 120}), "time to come"),
        (lambda claims, it: it.signed(claims | {"aud": "another"}), "another program"),
        (lambda claims, it: it.signed(claims | {"aud": []}), "another program"),
        (lambda claims, it: it.signed(claims | {"aud": [CLIENT, "another"]}), "several programs"),
        (lambda claims, it: it.signed(claims | {"azp": "another"}), "another program"),
        (lambda claims, it: it.signed(claims | {"iss": "https://evil.example"}), "another issuer"),
        (lambda claims, it: it.signed(claims | {"nonce": "x"}), "another sign-in"),
        (lambda claims, it: it.signed({k: v for k, v in claims.items() if k != "nonce"}), "another sign-in"),
        (lambda claims, it: it.signed(claims | {"sub": ""}), "names nobody"),
        (lambda claims, it: it.signed(claims | {"sub": 7}), "names nobody"),
    ],
)
def test_a_token_that_is_not_right_lets_nobody_in(place, issuer, forge, said):
    issuer.forge = forge
    assert said in refused(place)


def test_clocks_may_differ_a_little(place, issuer):
    issuer.forge = lambda claims, it: it.signed(claims | {"iat": NOW_S + 30, "exp": NOW_S - 30})
    assert come_back(place.client()).status_code == 303


def test_new_keys_of_the_issuer_are_found(place, issuer):
    assert come_back(place.client()).status_code == 303
    issuer.key = key_of("k2")
    at = [place.entrance.issuer.clock()]
    place.entrance.issuer.clock = lambda: at[0]
    at[0] += 61
    assert come_back(place.client()).status_code == 303


def test_only_the_browser_that_left_comes_back(place):
    away = place.client().get("/sign-in/oidc")
    there = visited(away.headers["location"]).removeprefix(HOME)
    for client in (place.client(), place.client(cookies={"hunter-oidc": "a.b.c.Lw=="})):
        answered = client.get(there)
        assert answered.status_code == 401
        assert "not begun in this browser" in answered.text


def test_a_code_works_once(place):
    client = place.client()
    away = client.get("/sign-in/oidc")
    cookie = client.cookies["hunter-oidc"]
    there = visited(away.headers["location"]).removeprefix(HOME)
    assert client.get(there).status_code == 303
    assert place.client(cookies={"hunter-oidc": cookie}).get(there).status_code == 401


def test_who_is_refused_there_is_told_so(place):
    client = place.client()
    away = client.get("/sign-in/oidc")
    state = parse_qs(urlsplit(away.headers["location"]).query)["state"][0]
    answered = client.get("/sign-in/oidc/back", params={"state": state, "error": "access_denied<script>"})
    assert answered.status_code == 401
    assert "script>" not in answered.text.partition("<body")[2].replace("</script>", "")


def test_who_has_no_role_here_does_not_come_in(place, issuer):
    issuer.who = {"sub": "u-9", "groups": ["sales", "*"]}
    assert "may not come in" in refused(place, 403)
    assert People(place.store).named("u-9") is None


def test_everybody_at_the_issuer_can_be_a_viewer(tmp_path, issuer):
    issuer.who = {"sub": "u-9", "email": "lee@shop.example"}
    with served(tmp_path, issuer, oidc_roles={"*": "viewer"}, oidc_organisation="shop") as place:
        client = place.client()
        come_back(client)
        found = client.get("/api/v1/me").json()
    assert (found["name"], found["role"], found["organisation"]) == ("lee@shop.example", "viewer", "shop")


def test_the_issuer_decides_on_the_role_each_time(place, issuer):
    come_back(first := place.client())
    issuer.who = issuer.who | {"groups": ["sre", "chiefs"]}
    come_back(place.client())
    assert first.get("/api/v1/me").json()["role"] == "admin"
    for admin in [one for one in People(place.store).all() if one.name == "ann"]:
        People(place.store).change(admin.id, DOER, disabled=True)
    issuer.who = issuer.who | {"groups": ["sre"]}
    come_back(place.client())
    assert first.get("/api/v1/me").json()["role"] == "responder"


def test_who_was_disabled_here_does_not_come_in_from_there(place):
    come_back(place.client())
    People(place.store).change(People(place.store).named("kim").id, DOER, disabled=True)
    assert "may not come in" in refused(place, 403)


def test_a_like_name_elsewhere_takes_nobodys_account(place, issuer):
    issuer.who = {"sub": "u-7", "preferred_username": "Ann", "groups": ["sre"]}
    client = place.client()
    come_back(client)
    found = client.get("/api/v1/me").json()
    assert found["name"].startswith("ann-")
    assert found["role"] == "responder"
    assert People(place.store).named("ann").issuer == ""


def test_who_signs_in_there_has_no_password_here(place):
    client = place.client()
    come_back(client)
    client.headers |= {"Origin": HOME, "X-CSRF-Token": place.session_of(client).csrf}
    answered = client.put("/api/v1/me/password", json={"old": "x", "new": "a sentence of mine"})
    assert answered.status_code == 409
    assert place.client().post("/sign-in", data={"name": "kim", "password": ""}).status_code == 401


@pytest.mark.parametrize(
    "told",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://evil.example/token"},
        {"jwks_uri": None},
        {"authorization_endpoint": 7},
    ],
)
def test_an_issuer_that_tells_of_others_is_not_believed(place, issuer, told):
    issuer.described_as = told
    answered = place.client().get("/sign-in/oidc")
    assert answered.status_code == 502
    assert "issuer" in answered.text


def test_an_issuer_that_cannot_be_reached_is_told(place, issuer):
    place.entrance.issuer = Issuer(
        ServeOptions(oidc_issuer="http://127.0.0.1:9", oidc_client_id=CLIENT, oidc_roles=ROLES), SECRET
    )
    assert place.client().get("/sign-in/oidc").status_code == 502


def test_a_secret_can_go_in_the_form(place, issuer):
    issuer.described_as = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    assert come_back(place.client()).status_code == 303


def test_without_an_issuer_there_is_no_other_way_in(tmp_path):
    place = place_of(tmp_path)
    with place.store:
        assert place.client().get("/sign-in/oidc").status_code == 404
        assert "/sign-in/oidc" not in place.client().get("/sign-in").text


def test_the_secret_is_no_setting_and_is_shown_nowhere(place):
    assert SECRET not in repr(place.entrance)
    assert not [name for name in ServeOptions.__dataclass_fields__ if "secret" in name]
    settings = place.browser("ann").get("/api/v1/settings")
    assert SECRET not in json.dumps(settings.text)


@pytest.mark.parametrize(
    "wrong",
    [
        {"oidc_issuer": "http://login.example"}, {"oidc_issuer": "login.example"}, {"oidc_client_id": ""},
        {"oidc_roles": {}}, {"oidc_roles": {"sre": "root"}},
    ],
)  # fmt: skip
def test_wrong_settings_are_refused(wrong):
    right = {"oidc_issuer": "https://login.example", "oidc_client_id": CLIENT, "oidc_roles": ROLES}
    ServeOptions(**right)
    with pytest.raises(UsageError):
        ServeOptions(**(right | wrong))
