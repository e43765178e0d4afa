"""What browsers are told of our answers."""

from __future__ import annotations

import logging
import re

import pytest

from anomaly_hunter.serve.guard.headers import CSP
from tests.serve.guard.calling import place_of
from tests.serve.guard.routes import every_route


def test_every_answer_has_them_also_refusals(place):
    browser, nobody = place.browser("ann"), place.client()
    for client in (browser, nobody):
        for one in every_route(place.app):
            if one.method == "GET" and not one.path.startswith(("/api/v1/live", "/readyz")):
                headers = client.get(one.path).headers
                assert headers["content-security-policy"] == CSP, one
                assert headers["x-content-type-options"] == "nosniff", one
                assert headers["x-frame-options"] == "DENY", one
                assert headers["cross-origin-resource-policy"] == "same-origin", one
                assert "server" not in headers


def test_nothing_is_allowed_that_is_written_into_a_page():
    assert "unsafe" not in CSP
    assert "*" not in CSP
    assert CSP.startswith("default-src 'none'")


def test_pages_hold_no_script_and_no_style_of_their_own(place):
    browser = place.browser("ann")
    for one in every_route(place.app):
        if (
            one.method == "GET"
            and not one.path.startswith(("/api/", "/static/", "/metrics", "/readyz"))
            and not one.has_id
        ):
            text = browser.get(one.path).text
            assert re.search(r"<script(?![^>]*\bsrc=)", text) is None, one
            assert re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text) is None, one


def test_what_is_kept_of_people_is_not_kept_by_browsers(place):
    browser = place.browser("ann")
    for path in ("/", "/api/v1/me", "/sign-in"):
        assert browser.get(path).headers["cache-control"] == "no-store"


def test_with_https_browsers_stay_with_it(place, tmp_path):
    assert "strict-transport-security" not in place.client().get("/sign-in").headers
    (tmp_path / "far").mkdir()
    far = place_of(tmp_path / "far", url="https://hunter.example", people={})
    with far.store:
        found = far.client(base_url="https://hunter.example").get("/sign-in").headers
    assert found["strict-transport-security"] == "max-age=31536000"


def test_a_fault_of_ours_has_them_too_and_is_counted(place):
    @place.app.get("/api/v1/fails")
    def fails() -> None:
        raise RuntimeError("secret place /etc/passwd")

    answer = place.browser("ann").get("/api/v1/fails", headers={"x-request-id": "mine-1"})
    assert answer.status_code == 500
    assert answer.headers["content-security-policy"] == CSP
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers.get_list("x-request-id") == ["mine-1"]
    assert answer.json()["request_id"] == "mine-1"
    assert "secret" not in answer.text
    assert 'route="/api/v1/fails",status="500"} 1' in place.browser("ann").get("/metrics").text


@pytest.fixture
def logged(caplog):
    """What the server logs, also where an earlier one has said where its log goes."""
    log = logging.getLogger("uvicorn.error")
    caplog.set_level(logging.WARNING, log.name)
    log.addHandler(caplog.handler)
    yield caplog
    log.removeHandler(caplog.handler)


def test_a_memory_that_does_not_answer_is_not_told_about_but_in_the_log(place, logged):
    browser = place.browser("ann")
    with place.store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE session RENAME TO lost")
        connection.exec_driver_sql("ALTER TABLE happening RENAME TO gone")
    with place.client() as client:
        answers = [browser.get("/api/v1/me"), client.get("/readyz")]
    assert [one.status_code for one in answers] == [503, 503]
    assert not any(word in one.text for one in answers for word in ("memory.db", "no such table"))
    assert "no such table" in logged.text
