"""The page of an incident: what it shows, what people do with it, and texts that would like to be more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from anomaly_hunter.model import stable_id
from anomaly_hunter.remember.life.life import Life
from anomaly_hunter.serve.web.templating import brief
from tests import builders
from tests.serve.web.shown import FORM, FRAGMENT, Page, kept
from tests.tell.html import cases

HOSTILE = "<script>window.hacked=1</script><img src=x onerror=alert(1)>\"'&{{7*7}}\u202e"


def hostile_hunt(text):
    """A hostile hunt whose ids are those of real ones."""
    hunt = cases.hostile(text)
    sources = {a.id: (d.series or d.table).id for d in hunt.detections for a in d.anomalies}

    def of(anomaly):
        return replace(anomaly, id=stable_id(anomaly.id), subject_id=sources[anomaly.id])

    detections = tuple(replace(d, anomalies=tuple(map(of, d.anomalies))) for d in hunt.detections)

    def told(number, one):
        assert one.verdict.cause is not None
        verdict = replace(one.verdict, cause=replace(one.verdict.cause, kind="event"))
        anomalies = tuple(map(of, one.anomalies))
        return replace(one, id=stable_id("i", number), anomalies=anomalies, verdict=verdict)

    incidents = tuple(told(number, one) for number, one in enumerate(hunt.incidents))
    return replace(hunt, detections=detections, incidents=incidents)


@pytest.mark.parametrize(
    "build", [builders.series_hunt, builders.table_hunt, builders.multichannel_hunt, cases.tickets]
)
def test_a_page_says_what_the_verdict_says(tmp_path, build):
    hunt = build()
    with kept(tmp_path, hunt) as (client, _, names):
        answer = client.get(f"/incidents/{names[0]}")
    page = Page(answer.text)
    verdict = hunt.incidents[0].verdict
    assert answer.status_code == 200
    assert brief(" ".join(verdict.headline.split())) in page.text
    for finding in verdict.findings:
        assert finding.agent in page.text
    for cause in verdict.candidates:
        assert cause.statement in page.text


def test_every_fact_has_one_anchor_and_every_link_to_a_fact_leads_to_it(tmp_path):
    with kept(tmp_path, builders.series_hunt()) as (client, _, names):
        page = Page(client.get(f"/incidents/{names[0]}").text)
    assert len(page.ids) == len(set(page.ids))
    links = [one["href"] for one in page.all("a") if (one.get("href") or "").startswith("#e-")]
    assert links
    assert {link[1:] for link in links} <= set(page.ids)


def test_all_that_is_asked_for_by_the_page_is_served(tmp_path):
    with kept(tmp_path, builders.series_hunt()) as (client, _, names):
        page = Page(client.get(f"/incidents/{names[0]}").text)
        asked = [one["src"] for one in page.all("script")] + [
            one["href"] for one in page.all("link") if one["rel"] == "stylesheet"
        ]
        charts = [one["data-chart"] for one in page.all("figure")]
        assert charts
        assert {client.get(address).status_code for address in (*asked, *charts)} == {200}


def test_nothing_on_a_page_is_inline(tmp_path):
    with kept(tmp_path, builders.series_hunt()) as (client, _, names):
        page = Page(client.get(f"/incidents/{names[0]}").text)
    assert all(one.get("src") for one in page.all("script"))
    assert not page.all("style")
    assert not [name for _, one in page.tags for name in one if name == "style" or name.startswith("on")]


@pytest.mark.parametrize("text", [HOSTILE, "\u202eevil\u2066" + "x" * 10_000, "مرحبا " * 30, "a\x00b\ud800c"])
def test_hostile_texts_stay_texts(tmp_path, text):
    with kept(tmp_path, hostile_hunt(text)) as (client, store, names):
        life = Life(store)
        life.comment(names[0], text[:10_000], text[:50])
        life.assign(names[0], text[:100], text[:50])
        for name in names:
            answer = client.get(f"/incidents/{name}")
            assert answer.status_code == 200, answer.text
            page = Page(answer.text)
            assert "onerror" not in {key for _, one in page.tags for key in one}
            assert all((one.get("src") or "").startswith("/static/") for one in page.all("script"))
            assert not page.all("img")
            assert "49" not in [one.strip() for one in page.words]
        hunt_id = store.incident(names[0]).kept.hunt_id
        for address in (f"/hunts/{hunt_id}", "/hunts", "/hunt"):
            answer = client.get(address)
            assert answer.status_code == 200
            assert not Page(answer.text).all("img")


def test_an_unknown_incident_is_a_404(tmp_path):
    with kept(tmp_path, builders.series_hunt()) as (client, _, _):
        answer = client.get("/incidents/0123456789ab")
    assert answer.status_code == 404


def test_a_button_changes_the_state_and_answers_with_the_new_head_and_history(tmp_path):
    with kept(tmp_path, builders.series_hunt()) as (client, store, (name, *_)):
        answer = client.post(f"/incidents/{name}/act", data={"action": "acknowledge"}, headers=FRAGMENT)
        page = Page(answer.text)
        assert store.incident(name).kept.state == "acknowledged"
    assert {"incident-live", "incident-people", "timeline"} <= set(page.ids)
    assert "local acknowledged it" in page.text
    assert not page.all("html")


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"action": "assign", "to": "bob"}, "assigned"),
        ({"action": "resolve", "why": "rolled back"}, "resolved"),
        ({"action": "mute", "hours": "4"}, "muted"),
        ({"action": "mute", "hours": ""}, "muted"),
        ({"action": "comment", "why": "looking"}, "open"),
    ],
)
def test_without_scripts_a_form_leads_back_to_the_page(tmp_path, fields, state):
    with kept(tmp_path, builders.series_hunt()) as (client, store, (name, *_)):
        answer = client.post(f"/incidents/{name}/act", data=fields, headers=FORM, follow_redirects=False)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith(f"/incidents/{name}")
        assert store.incident(name).kept.state == state


@pytest.mark.parametrize(
    "fields",
    [
        {"action": "reopen"},
        {"action": "explode"},
        {"action": "assign", "to": " "},
        {"action": "mute", "hours": "-3"},
        {"action": "mute", "hours": "٣"},
        {"action": "comment", "why": ""},
        {"action": "comment", "why": "x" * 10_001},
    ],
)
def test_what_does_not_fit_is_said_on_the_page_and_changes_nothing(tmp_path, fields):
    with kept(tmp_path, builders.series_hunt()) as (client, store, (name, *_)):
        before = Life(store).history(name)
        answer = client.post(f"/incidents/{name}/act", data=fields, headers=FRAGMENT)
        assert [one for one in Page(answer.text).tags if one[1].get("role") == "alert"]
        assert Life(store).history(name) == before


def test_a_settled_incident_offers_to_reopen_it_and_nothing_else(tmp_path):
    with kept(tmp_path, builders.series_hunt()) as (client, store, (name, *_)):
        Life(store).resolve(name, "ann", "rolled back")
        page = Page(client.get(f"/incidents/{name}").text)
    offered = {one["value"] for one in page.all("input") if one.get("name") == "action"}
    assert offered == {"reopen", "comment"}
    assert "rolled back" in page.text


def test_the_playback_is_readable_without_scripts_and_lights_parts_that_are_there(tmp_path):
    with kept(tmp_path, builders.series_hunt()) as (client, _, (name, *_)):
        page = Page(client.get(f"/incidents/{name}?step=2").text)
    steps = [one for one in page.all("li") if "data-title" in one]
    assert len(steps) > 5
    assert "Read the data" in page.text
    parts = {one["data-part"] for one in steps if "data-part" in one}
    assert parts <= set(page.ids) | {"past"}
    charts = {one["data-subject"] for one in page.all("figure")}
    assert {name for one in steps for name in (one.get("data-series") or "").split()} <= charts


def test_a_page_without_a_recording_still_tells_what_was_concluded(tmp_path):
    from sqlalchemy import delete

    from anomaly_hunter.remember import schema

    with kept(tmp_path, builders.series_hunt()) as (client, store, (name, *_)):
        with store.writing() as (connection, _):
            connection.execute(delete(schema.recording))
            connection.execute(delete(schema.hunt))
        answer = client.get(f"/incidents/{name}")
    page = Page(answer.text)
    assert answer.status_code == 200
    assert "No recording is kept" in page.text
    assert not page.all("figure")
