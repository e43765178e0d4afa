"""Guessing passwords."""

from __future__ import annotations

import pytest

from anomaly_hunter.errors import UsageError
from anomaly_hunter.remember.people.audit import Audit
from anomaly_hunter.remember.people.people import People
from anomaly_hunter.serve.guard import passwords
from anomaly_hunter.serve.guard.tries import REMEMBERED, Tries
from tests.serve.guard.calling import DOER, PASSWORD, place_of


def attempt(client, name, password="wrong password", **more):
    return client.post("/sign-in", data={"name": name, "password": password}, **more)


def without(text, *names):
    for name in names:
        text = text.replace(name, "NAME")
    return text


def test_nobody_learns_who_is_here(place):
    People(place.store).change(People(place.store).named("rob").id, DOER, disabled=True)
    client, said = place.client(), set()
    for name, password in (
        ("ann", "wrong password"),
        ("nobody", "wrong password"),
        ("rob", PASSWORD),
        ("", ""),
    ):
        answered = attempt(client, name, password)
        shown = answered.text.replace(" autofocus", "")
        said.add((answered.status_code, without(shown, f'name="name" value="{name}"')))
    assert len(said) == 1
    assert next(iter(said))[0] == 401


def test_after_ten_tries_one_has_to_wait_with_the_right_password_too(place):
    client = place.client()
    assert [attempt(client, "ann").status_code for _ in range(10)] == [401] * 10
    for _ in range(20):
        refused = attempt(client, "ann", PASSWORD)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "900")
    place.clock.go_on(minutes=15)
    assert attempt(client, "ann", PASSWORD).status_code == 303


def test_the_limit_is_the_same_for_names_that_nobody_has(place):
    place.entrance.limits["person"].most = 2
    client = place.client()
    assert [attempt(client, "ghost").status_code for _ in range(3)] == [401, 401, 429]


def test_one_machine_does_not_lock_a_name_for_others(place):
    client = place.client()
    for _ in range(120):
        attempt(client, "ann")
    from starlette.testclient import TestClient

    other = TestClient(place.app, "http://localhost:8787", client=("192.0.2.7", 1), follow_redirects=False)
    assert attempt(other, "ann", PASSWORD).status_code == 303


def test_one_password_cannot_be_tried_for_everybody(place):
    place.entrance.limits["address"].most = 3
    client = place.client()
    assert [attempt(client, f"name{i}").status_code for i in range(4)] == [401, 401, 401, 429]


def test_a_made_up_forwarded_address_is_not_believed(place):
    place.entrance.limits["person"].most = 2
    client = place.client()
    found = [attempt(client, "ann", headers={"X-Forwarded-For": f"192.0.2.{i}"}) for i in range(3)]
    assert [one.status_code for one in found] == [401, 401, 429]


def test_signing_in_forgets_the_tries(place):
    place.entrance.limits["person"].most = 3
    client = place.client()
    for _ in range(3):
        assert [attempt(client, "ann").status_code for _ in range(2)] == [401] * 2
        assert attempt(client, "ann", PASSWORD).status_code == 303


def test_a_mistyped_name_is_not_written_down(place):
    attempt(place.client(), "my secret password")
    attempt(place.client(), "ann")
    told = Audit(place.store).page(most=2)
    assert [(one.action, one.detail["name"]) for one in told] == [
        ("session.refused", "ann"), ("session.refused", "nobody's"),
    ]  # fmt: skip
    assert "secret" not in repr(Audit(place.store).page())


def test_tries_are_counted_in_bounded_memory():
    tries = Tries(most=1, within_s=60)
    for i in range(REMEMBERED + 10):
        tries.wait_s(str(i), 0.0)
    assert len(tries._when) == REMEMBERED


def test_passwords_are_kept_as_argon2id():
    kept = passwords.hashed("a long sentence of mine")
    assert kept.startswith("$argon2id$v=19$m=47104,t=1,p=1$")
    assert passwords.fits("a long sentence of mine", kept)
    assert not passwords.fits("a long sentence of min", kept)
    assert not passwords.fits("", None)
    assert not passwords.fits("x" * 2_000, kept)
    assert not passwords.fits("x", "no hash")
    assert passwords.is_weak(kept.replace("m=47104", "m=1024"))


@pytest.mark.parametrize("weak", ["", "short", "a" * 20, "abababababab", "x" * 1_001, "Anne.example.org"])
def test_weak_passwords_are_refused(weak):
    with pytest.raises(UsageError):
        passwords.hashed(weak, "anne.example.org")


def test_a_hash_that_cost_too_little_is_made_again(tmp_path):
    from argon2 import PasswordHasher

    from anomaly_hunter.remember.people.people import to_sign_in

    place = place_of(tmp_path, people={"ann": "admin"})
    with place.store:
        cheap = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
        People(place.store).strengthen(People(place.store).named("ann").id, cheap)
        place.entrance.memory_kib = passwords.MEMORY_KIB
        place.browser("ann")
        assert not passwords.is_weak(to_sign_in(place.store, "ann")[1])
        place.browser("ann")
