"""The pages as people get them: empty, full, with hostile names, by role."""

from dataclasses import replace

import numpy as np
import pytest

from anomaly_hunter.feedback import feedback
from anomaly_hunter.hunt import hunt
from anomaly_hunter.model import Event
from anomaly_hunter.remember.life.events import Events
from anomaly_hunter.remember.life.life import Life
from anomaly_hunter.remember.life.silences import Silences
from anomaly_hunter.remember.life.views import Views
from anomaly_hunter.remember.records import Matcher, Silence, View
from anomaly_hunter.remember.watches.watching import Watches
from tests import builders
from tests.serve.apps import served
from tests.serve.guard.calling import HOME, place_of
from tests.serve.web.outline import UNSAFE, Outline

EMPTY = {
    "/": "Nothing was hunted yet",
    "/incidents": "Nothing was found yet",
    "/statistics": "Nobody has answered yet",
    "/watches": "Nothing is watched yet",
    "/silences": "Nothing is silenced",
    "/events": "Nobody told an event yet",
    "/settings": "What is in force in this server",
}
NOW = np.datetime64("2026-03-01T12:00", "ns")
HTML = {"Accept": "text/html"}
HTMX = {"HX-Request": "true"}


@pytest.fixture
def here(tmp_path):
    with served(tmp_path) as both:
        yield both


@pytest.fixture
def client(here):
    return here[0]


@pytest.fixture
def store(here):
    return here[1]


def filled(store, name="checkout latency"):
    """Something on every page; the id of an incident and of a watch."""
    (incident, *_) = store.keep(builders.series_hunt(), at=NOW)
    watch = Watches(store).make(name, {"files": ["*.csv"], "every": "5m"}, name, NOW)
    Silences(store).add(Silence(Matcher(name[:60]), NOW, NOW + np.timedelta64(1, "h"), reason=name, by=name))
    Events(store).add([Event(NOW, "deploy", name, name, {"label": name})], source=name, by=name)
    Views(store).add(View(name[:60], "incidents", "state=all", name))
    Life(store).comment(incident, name, name)
    Life(store).assign(incident, name, name)
    feedback(incident, "real", memory=store, why=name, who=name)
    return incident, watch.id


@pytest.mark.parametrize("path", EMPTY)
def test_a_page_without_data_says_what_to_do(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    assert EMPTY[path] in answer.text
    Outline(answer.text).check_inert()


@pytest.mark.parametrize("path", EMPTY)
def test_a_full_page_is_whole_and_inert(client, store, path):
    filled(store)
    answer = client.get(path)
    outline = Outline(answer.text)
    assert answer.status_code == 200
    outline.check_inert()
    assert len(outline.of("h1")) == 1
    assert {"lang": "en"} in outline.of("html")
    assert outline.of("a")[0]["href"] == "#main"
    ids = [one["id"] for _, one in outline.tags if one.get("id")]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("path", [*EMPTY, "/incidents?state=all&silenced=shown", "/watches/{watch}"])
def test_hostile_names_are_words_and_nothing_else(client, store, path):
    incident, watch = filled(store, UNSAFE)
    assert store.keep(hunt({UNSAFE: builders.spike_values()}), at=NOW)
    answer = client.get(path.format(watch=watch, incident=incident))
    assert answer.status_code == 200
    Outline(answer.text).check_inert()
    assert "{{ 7*7 }}" in answer.text or "7*7" not in answer.text


@pytest.mark.parametrize(
    "query", [f"q={UNSAFE}", f"owner={UNSAFE}&cause={UNSAFE}", "q=%25_&state=all", f"since={UNSAFE}"]
)
def test_a_hostile_address_makes_no_script(client, store, query):
    filled(store)
    answer = client.get(f"/incidents?{query}", headers=HTML)
    assert answer.status_code in {200, 422}
    Outline(answer.text).check_inert()


def test_the_address_holds_the_whole_state_of_the_list(client, store):
    filled(store)
    kept = "state=assigned&q=latency&severity=3.5&owner=checkout+latency&silenced=shown&sort=severity"
    outline = Outline(client.get(f"/incidents?{kept}").text)
    assert "latency" in next(one["value"] for one in outline.of("input") if one.get("name") == "q")
    chosen = [one["value"] for one in outline.of("option") if "selected" in one]
    assert chosen == ["3.5", "", "shown", "severity"]
    assert [
        one["value"] for one in outline.of("input") if one.get("name") == "state" and "checked" in one
    ] == ["assigned"]
    assert [one for one in outline.of("tr") if "data-item" in one]


def test_a_list_that_is_long_goes_on_behind_a_cursor(client, store):
    many = builders.many_hunt(60)
    store.keep(many, at=NOW)
    seen, place = [], "/incidents?state=all"
    while place:
        outline = Outline(client.get(place).text)
        seen += [one["data-item"] for one in outline.of("tr") if "data-item" in one]
        place = next((one["href"] for one in outline.of("a") if one.get("rel") == "next"), "")
    assert len(seen) == len(set(seen)) == len(many.incidents)


def test_many_are_acknowledged_at_once_and_what_does_not_fit_is_said(client, store):
    ids = store.keep(builders.many_hunt(6), at=NOW)
    Life(store).resolve(ids[0], "ann")
    form = {"do": "acknowledge", "chosen": list(ids[:3])}
    answer = client.post("/incidents/act?state=all", data=form, headers=HTMX)
    assert answer.status_code == 200
    assert "2 incidents acknowledged" in answer.headers["hx-trigger"]
    assert "is resolved" in answer.headers["hx-trigger"]
    assert [store.incident(one).kept.state for one in ids[:3]] == ["resolved", "acknowledged", "acknowledged"]


def test_a_view_keeps_the_filters_for_everybody(client, store):
    filled(store)
    kept = {"name": "Bad ones", "query": "severity=6.5&state=all&evil=1&after=x"}
    answer = client.post("/incidents/views", data=kept, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/incidents?state=all&severity=6.5")
    assert "Bad ones" in client.get("/incidents").text
    (view,) = (one for one in Views(store).all("incidents") if one.name == "Bad ones")
    client.post(f"/incidents/views/{view.id}/remove", follow_redirects=False)
    assert "Bad ones" not in client.get("/incidents").text


def test_a_silence_is_made_and_ended(client, store):
    wanted = {
        "reason": "vacuum",
        "subject": "db*",
        "labels": "region=eu-*",
        "least": "0",
        "most": "10",
        "lasts": "4h",
    }
    answer = client.post("/silences", data=wanted, headers=HTMX)
    assert answer.status_code == 200
    assert "close-dialog" in answer.headers["hx-trigger"]
    (one,) = Silences(store).all()
    assert (one.matcher.subject, dict(one.matcher.labels), one.by) == ("db*", {"region": "eu-*"}, "local")
    client.post(f"/silences/{one.id}/end", headers=HTMX)
    assert not Silences(store).active()


@pytest.mark.parametrize(
    "wrong",
    [{"reason": ""}, {"labels": "=x"}, {"least": "much"}, {"lasts": "ever"}, {"begins": "soon"},
     {"least": "8", "most": "2"}, {"kind": "noise"}],
)  # fmt: skip
def test_a_form_that_makes_no_sense_comes_back_as_it_was_filled(client, store, wrong):
    answer = client.post("/silences", data={"reason": "why <b>", "lasts": "1h"} | wrong, headers=HTMX)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert wrong.get("reason", "why &lt;b&gt;") in answer.text
    assert not Silences(store).all()


def test_a_watch_is_made_changed_paused_and_removed(client, store, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # people's watches read below the folder that the server was started in
    (tmp_path / "a.csv").write_text("t,v\n")
    made = client.post("/watches", data={"name": "a", "files": "a.csv", "every": "5m"}, headers=HTMX)
    assert made.status_code == 200, made.text
    (watch,) = Watches(store).all()
    client.post(f"/watches/{watch.id}", data={"name": "b", "files": "a.csv", "every": "1h"}, headers=HTMX)
    client.post(f"/watches/{watch.id}/pause", headers=HTMX)
    now = Watches(store).one(watch.id)
    assert (now.name, now.definition["every"], now.enabled) == ("b", "1h", False)
    assert client.post(f"/watches/{watch.id}/remove").headers["hx-redirect"] == "/watches"
    assert not Watches(store).all()


@pytest.mark.parametrize(
    "wrong",
    [{"files": "../secret"}, {"every": "often"}, {"name": ""}, {"sensitivity": "much"}, {"source": "sql"}],
)
def test_a_watch_that_cannot_be_is_explained(client, store, wrong):
    answer = client.post("/watches", data={"name": "a", "files": "none.csv"} | wrong, headers=HTMX)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert not Watches(store).all()


def test_an_event_is_told_and_taken_back(client, store):
    client.post("/events", data={"title": "v7", "kind": "deploy", "service": "cart"}, headers=HTMX)
    (one,) = Events(store).page().items
    assert (one.event.title, one.event.service, one.source) == ("v7", "cart", "page")
    client.post(f"/events/{one.id}/remove", headers=HTMX)
    assert not Events(store).page().items
    assert client.post("/events", data={"title": " "}, headers=HTMX).status_code == 422


def test_settings_hide_what_is_secret(tmp_path):
    from anomaly_hunter.config import Settings

    settings = replace(
        Settings(),
        tracing=replace(Settings().tracing, endpoint="https://u:secret@h/p?k=1", headers={"a": "secret"}),
    )
    with served(tmp_path, settings) as (client, _):
        page = client.get("/settings").text
    assert "secret" not in page.replace("secrets", "").replace("Its secret", "").replace("secret is in", "")
    assert "not as built in" in page


def test_a_problem_is_a_page_for_people_and_a_document_for_programs(client):
    page = client.get("/nowhere/<b>", headers=HTML)
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "There is nothing at" in page.text
    Outline(page.text).check_inert()
    for path, headers in (("/nowhere", {}), ("/api/v1/nowhere", HTML), ("/nowhere", HTML | HTMX)):
        assert client.get(path, headers=headers).headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path", ["/?range=year", "/incidents?state=odd", "/incidents?sort=odd", "/watches/nothing"]
)
def test_an_address_that_makes_no_sense_is_explained(client, path):
    answer = client.get(path, headers=HTML)
    assert 400 <= answer.status_code < 500
    assert "text/html" in answer.headers["content-type"]


@pytest.fixture
def guarded(tmp_path):
    place = place_of(tmp_path)
    with place.store:
        yield place


def test_who_only_looks_is_offered_nothing_to_do(guarded):
    filled(guarded.store)
    client = guarded.browser("vic")
    for path in ("/", "/incidents?state=all", "/watches", "/silences", "/events"):
        outline = Outline(client.get(path).text)
        posts = [
            one
            for _, one in outline.tags
            if one.get("hx-post") and not one["hx-post"].startswith("/incidents/act")
        ]
        assert not posts, path
        assert not [one for one in outline.of("button") if "data-acts" in one]
        assert "/settings" not in {one.get("href") for one in outline.of("a")}
    assert client.get("/settings", headers=HTML).status_code == 403


@pytest.mark.parametrize("path", ["/incidents/act", "/incidents/views", "/silences", "/watches", "/events"])
def test_who_only_looks_may_do_nothing_either(guarded, path):
    assert guarded.browser("vic").post(path, data={}, headers={"Origin": HOME}).status_code == 403


def test_an_action_without_the_token_of_the_session_is_refused(guarded):
    client = guarded.browser("rob")
    del client.headers["X-CSRF-Token"]
    assert client.post("/silences", data={"reason": "x", "lasts": "1h"}).status_code == 403
    assert not Silences(guarded.store).all()


def test_another_organisation_sees_nothing_of_it(guarded):
    incident, watch = filled(guarded.store, "top secret name")
    client = guarded.browser("ann@other")
    for path in (*EMPTY, f"/watches/{watch}", f"/incidents/{incident}"):
        assert "top secret name" not in client.get(path, headers=HTML).text
