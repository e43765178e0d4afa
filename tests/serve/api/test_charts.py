"""Kept hunts over REST: lists, charts, zoom, explanations, playback and the graph."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from sqlalchemy import text

from anomaly_hunter import explain, hunt
from anomaly_hunter.model import Series
from anomaly_hunter.remember.records import Feedback
from anomaly_hunter.samples.tickets import make
from anomaly_hunter.tell.html.page import render_page
from tests.builders import table_hunt
from tests.remember.kept import NOON, spike_hunt
from tests.serve.apps import served
from tests.tell.html import cases

SHOP = Path(__file__).parents[3] / "examples" / "data"
UNFRIENDLY = "</script><img src=x onerror=alert(1)>\u202e\x00\ud800{{7*7}}' OR 1=1"


def minutes(value, name, **more):
    time = np.datetime64("2026-01-01", "ns") + np.arange(len(value)) * np.timedelta64(60, "s")
    return Series(name, time, np.asarray(value, dtype=float), **more)


def noisy(n=600, at=400, width=20, seed=0):
    value = 100 + np.random.default_rng(seed).normal(size=n)
    value[at : at + width] += 60
    return value


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with served(tmp_path_factory.mktemp("charts")) as (client, store):
        hunts = {
            "shop": hunt(SHOP / "shop", events=SHOP / "shop-events.json", graph=SHOP / "shop-graph.yaml"),
            "table": table_hunt(),
            "tickets": hunt([dict(row) for row in make(days=84).rows]),
            "unfriendly": hunt(
                [minutes(noisy(seed=i), f"{UNFRIENDLY} {i}", labels={"service": f"{UNFRIENDLY}{i}"})
                 for i in (1, 2)],
                graph={f"{UNFRIENDLY}1": [f"{UNFRIENDLY}2"]},
            ),
            "unclocked": hunt(noisy()),
            "long": cases.million(150_000),
        }  # fmt: skip
        for number, (name, found) in enumerate(hunts.items()):
            store.keep(found, hunt_id=f"{number:012x}", origin=name)
        yield client, hunts, store


def get(client, path, status=200):
    answer = client.get(f"/api/v1{path}")
    assert answer.status_code == status, answer.text[:400]
    return answer.json()


def id_of(site, name):
    return f"{list(site[1]).index(name):012x}"


def first_incident(site, name):
    return get(site[0], f"/hunts/{id_of(site, name)}")["hunt"]["incidents"][0]


def test_hunts_are_listed_in_pages(site):
    client, hunts, _ = site
    found, after = [], ""
    while True:
        page = get(client, f"/hunts?limit=4&after={after}")
        found += page["items"]
        after = page["next"]
        if after is None:
            break
    assert [one["origin"] for one in found] == list(reversed(hunts))
    assert get(client, "/hunts?after=nonsense", 422)["title"] == "Cannot be done"


def test_the_series_of_a_hunt_are_listed_in_pages(site):
    client, hunts, _ = site
    found, after = [], ""
    while True:
        page = get(client, f"/hunts/{id_of(site, 'shop')}/series?limit=20&after={after}")
        found += page["items"]
        after = page["next"]
        if after is None:
            break
    assert [one["subject"] for one in found] == [d.subject for d in hunts["shop"].detections]


def test_the_quality_of_a_hunt_is_what_was_found(site):
    client, hunts, _ = site
    quality = get(client, f"/hunts/{id_of(site, 'tickets')}/quality")
    assert quality["score"] == hunts["tickets"].dataset.quality.score
    assert len(quality["issues"]) == len(hunts["tickets"].dataset.quality.issues)


def test_what_is_not_there_is_not_found(site):
    client, _, _ = site
    long = id_of(site, "long")
    for path in (
        "/hunts/nope", "/hunts/nope/quality", "/hunts/nope/series", f"/hunts/{long}/series/nope/chart",
        f"/hunts/{long}/series/nope/explain?at=%231", "/incidents/nope/charts", "/incidents/nope/playback",
        "/incidents/nope/graph", "/incidents/nope/graph.svg",
    ):  # fmt: skip
        assert get(client, path, 404)["title"] == "Not found"


def chart_of(site, name, query="", at=0):
    client, _, _ = site
    series = get(client, f"/hunts/{id_of(site, name)}/series")["items"][at]["id"]
    return get(client, f"/hunts/{id_of(site, name)}/series/{series}/chart{query}")


def xs(chart):
    return np.cumsum(chart["x"]) if chart["steps"] else np.array(chart["x"])


def test_a_long_chart_is_thinned_and_keeps_every_spike(site):
    chart = chart_of(site, "long")
    detection = site[1]["long"].detections[0]
    assert chart["total"] == 150_000
    assert len(chart["x"]) < 8_000
    assert len(chart["marks"]) == 100
    assert max(v for v in chart["lines"][0]["value"] if v is not None) == pytest.approx(
        detection.series.value.max(), rel=1e-4
    )
    assert {"expected", "lower", "upper"} <= set(chart["lines"][0])
    assert "150,000 points" in chart["note"]
    assert {mark[3] for mark in chart["marks"]} >= {"error", "unranked"}


def test_zooming_draws_the_part_finely(site):
    begin, end = chart_of(site, "long")["marks"][3][:2]
    chart = chart_of(site, "long", f"?from={begin - 3600}&to={end + 3600}")
    assert chart["note"] == ""
    assert len(chart["x"]) == chart["total"] == 60 + 7 + 60 + 2  # and one more on each side
    assert xs(chart)[0] == begin - 3660
    assert [mark[:2] for mark in chart["marks"]] == [[begin, end]]


def test_a_part_that_holds_nothing_is_a_chart_of_nothing(site):
    chart = chart_of(site, "long", "?from=10&to=20")
    assert len(chart["x"]) <= 1
    assert chart_of(site, "long", "?from=20&to=10")["total"] <= 1
    assert chart_of(site, "unclocked", "?from=1e9&to=2e9")["total"] <= 1


def test_a_series_that_is_kept_as_a_picture_can_still_be_zoomed_into(site):
    client, hunts, store = site
    store.keep(hunts["long"], hunt_id="abcabcabcabc", points=10)
    (series,) = get(client, "/hunts/abcabcabcabc/series")["items"]
    assert not series["whole"]
    whole = get(client, f"/hunts/abcabcabcabc/series/{series['id']}/chart")
    begin, end = whole["marks"][3][:2]
    part = get(client, f"/hunts/abcabcabcabc/series/{series['id']}/chart?from={begin}&to={end}")
    assert [mark[:2] for mark in part["marks"]] == [[begin, end]]
    assert get(client, f"/hunts/abcabcabcabc/series/{series['id']}/explain?at=%231", 422)["expected"]


def test_the_chart_is_the_one_of_the_report(site):
    """The same points as the page of the report draws, so that one script draws both."""
    found = site[1]["shop"]
    incident = get(site[0], f"/incidents/{first_incident(site, 'shop')}/charts")
    lead = incident["charts"][0]
    assert lead["title"] == found.incidents[0].lead.subject
    assert str(lead["lines"][0]["value"][:40])[1:-1].replace(" ", "") in render_page(found)
    assert lead["focus"][0] == lead["marks"][0][0]
    assert [one[2] for one in lead["events"]].count("config") == 1
    assert len(incident["charts"]) == 12
    assert incident["left_out"] == 2


def test_a_point_is_explained_as_on_the_original_data(site):
    client, _, _ = site
    (series,) = get(client, f"/hunts/{id_of(site, 'unclocked')}/series")["items"]
    for at in (0, 399, 405, 420):
        told = get(client, f"/hunts/{id_of(site, 'unclocked')}/series/{series['id']}/explain?at=%23{at}")
        was = explain(noisy(), f"#{at}")
        assert (told["actual"], told["alarm"], told["score"]) == (was.actual, was.alarm, was.score)
        assert told["reasons"] == list(was.reasons)
    wrong = get(client, f"/hunts/{id_of(site, 'unclocked')}/series/{series['id']}/explain?at=%23999", 422)
    assert "no point" in wrong["detail"] or "no series has a point" in wrong["detail"]


def test_a_table_has_rows_instead_of_lines(site):
    document = get(site[0], f"/incidents/{first_incident(site, 'table')}/charts")
    (chart,) = document["charts"]
    assert chart["lines"] == []
    assert [mark[0] for mark in chart["marks"]] == [17.0, 140.0]
    assert [row["row"] for row in document["rows"]["rows"]] == [17, 140]
    assert "5000" in [cell["text"] for cell in document["rows"]["rows"][0]["cells"]]


@pytest.mark.parametrize("name", ["shop", "table", "tickets", "unfriendly", "unclocked", "long"])
def test_an_investigation_is_played_back_from_reading_to_what_to_do(site, name):
    client, _, store = site
    incident = store.incident(first_incident(site, name)).incident
    steps = get(client, f"/incidents/{incident.id}/playback")["steps"]
    kinds = [step["kind"] for step in steps]
    assert kinds[:5] == ["read", "quality", "detect", "alarm", "group"]
    assert kinds[-3:] == ["severity", "verdict", "next"]
    assert [step["number"] for step in steps] == list(range(1, len(steps) + 1))
    known = {one.id for one in incident.verdict.evidence}
    told = {name for step in steps for name in step["evidence"]}
    assert {n for finding in incident.verdict.findings for n in finding.evidence if n in known} <= told
    assert [s["agent"] for s in steps if s["kind"] == "finding"] == [
        f.agent for f in incident.verdict.findings
    ]
    assert kinds.count("candidate") == min(6, len(incident.verdict.candidates))
    lead = next(step for step in steps if step["kind"] == "alarm")["light"]
    assert lead["series"] == [incident.lead.subject_id]
    assert lead["low"] <= lead["at"] <= lead["high"]
    assert all(step["title"] and step["text"] for step in steps)


def test_steps_light_what_they_speak_of(site):
    steps = get(site[0], f"/incidents/{first_incident(site, 'shop')}/playback")["steps"]
    onset = next(step for step in steps if step["evidence"][:1] == ["onset:latency_ms{file=inventory}"])
    assert onset["light"]["high"] - onset["light"]["low"] == 120
    cause = next(step for step in steps if step["kind"] == "candidate")
    assert cause["light"]["node"] == "inventory"
    assert cause["light"]["at"] == np.datetime64("2026-03-03T13:38:00", "s").astype(int)
    assert cause["against"]


def test_the_graph_lights_the_way_to_the_cause(site):
    graph = get(site[0], f"/incidents/{first_incident(site, 'shop')}/graph")
    states = {node["name"]: node["state"] for node in graph["nodes"]}
    assert states["inventory"] == "cause"
    assert states["stock-db"] == "abnormal"
    assert states["search"] == "normal"
    assert states["warehouse"] == "unmeasured"
    assert [(e["caller"], e["callee"]) for e in graph["edges"] if e["lit"]] == [("cart", "inventory")]
    place = {node["name"]: node["x"] for node in graph["nodes"]}
    assert all(place[edge["caller"]] < place[edge["callee"]] for edge in graph["edges"])


def test_the_graph_is_a_picture_too(site):
    answer = site[0].get(f"/api/v1/incidents/{first_incident(site, 'shop')}/graph.svg")
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert ElementTree.fromstring(answer.text).get("role") == "img"
    assert answer.text.count("graph-node is-cause") == 1


def test_unfriendly_names_run_nowhere(site):
    client, _, _ = site
    incident = first_incident(site, "unfriendly")
    picture = client.get(f"/api/v1/incidents/{incident}/graph.svg").text
    assert "<img" not in picture
    ElementTree.fromstring(picture)
    for path in ("charts", "playback", "graph"):
        answer = client.get(f"/api/v1/incidents/{incident}/{path}")
        assert answer.headers["content-type"] == "application/json"
        assert "\u202e" not in answer.text
        assert "\\u0000" not in answer.text
    assert get(client, f"/incidents/{incident}/charts")["charts"]


def test_an_incident_whose_hunt_is_gone_is_still_played_back(site):
    client, _, store = site
    (name,) = store.keep(spike_hunt(name="forgotten"), NOON, hunt_id="dddddddddddd")
    store.add_feedback(Feedback(name, "real", NOON))
    with store.writing() as (connection, _):
        for table, column in (("recording", "hunt_id"), ("hunt", "id")):
            connection.execute(text(f"DELETE FROM {table} WHERE {column} = 'dddddddddddd'"))
    steps = get(client, f"/incidents/{name}/playback")["steps"]
    assert [step["kind"] for step in steps][:2] == ["alarm", "group"]
    assert get(client, f"/incidents/{name}/charts")["note"]
    assert get(client, f"/incidents/{name}/graph")["nodes"] == []


def test_a_member_that_the_last_hunt_did_not_see_is_left_out(site):
    client, _, store = site
    first = spike_hunt(name="still there")
    (name,) = store.keep(first, NOON, hunt_id="eeeeeeeeeeee")
    quiet = replace(first.detections[0], anomalies=())
    store.keep(replace(first, detections=(quiet,)), NOON, hunt_id="eeeeeeeeeeef")
    document = get(client, f"/incidents/{name}/charts")
    assert (document["charts"], document["left_out"]) == ([], 1)
    assert get(client, f"/incidents/{name}/playback")["steps"]
