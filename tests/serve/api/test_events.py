"""Events: our own shape, Grafana's and Alertmanager's; told twice, kept once."""

from __future__ import annotations

import numpy as np
import pytest

from anomaly_hunter.remember.life.events import Events
from anomaly_hunter.remember.life.happened import Happenings
from anomaly_hunter.serve.documents.told_events import AlertmanagerWebhook, GrafanaAnnotation
from anomaly_hunter.serve.rest.examples import EXAMPLES
from tests.serve.apps import served


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A client and the store behind it, for all tests: none of them minds the events of another."""
    with served(tmp_path_factory.mktemp("events")) as (client, store):
        yield client, store


@pytest.fixture
def client(shop):
    return shop[0]


@pytest.fixture
def store(shop):
    return shop[1]


def tell(client, body, way=""):
    answer = client.post(f"/api/v1/events{way}", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()["items"]


def test_an_event_is_kept_as_it_was_told_and_hunts_see_it(client, store):
    (kept,) = tell(client, {"time": "2025-03-01T14:00:00.5+02:00", "kind": "deploy",
                            "title": " v2 ", "service": "api", "labels": {"by": "ci"}})  # fmt: skip
    assert kept | {"kept_at": ""} == {
        "id": kept["id"], "time": "2025-03-01T12:00:00.500Z", "kind": "deploy", "title": "v2",
        "service": "api", "labels": {"by": "ci"}, "source": "api", "by": "local", "kept_at": "",
    }  # fmt: skip
    assert set(kept) == set(EXAMPLES["KeptEvent"])
    noon = np.datetime64("2025-03-01T12:00", "ns")
    (event,) = Events(store).between(noon, noon + np.timedelta64(1, "h"))
    assert (event.title, event.service, dict(event.labels)) == ("v2", "api", {"by": "ci"})
    assert client.get(f"/api/v1/events/{kept['id']}").json() == kept


def test_what_is_told_twice_is_kept_and_said_once(client, store):
    before = Happenings(store).last_id()
    body = [{"time": "2026-03-01T12:00:00Z", "title": "a"}, {"time": "2026-03-01T12:00:00Z", "title": "a"}]
    first, second = tell(client, body)
    assert first == second == tell(client, body[0])[0]
    assert [one.kind for one in Happenings(store).since(before)] == ["event.kept"]


def test_an_annotation_of_grafana_is_read_by_its_tags(client):
    (kept,) = tell(client, {
        "time": 1772366400000, "timeEnd": 1772366460000, "text": "<b>checkout</b> v42\nby ci &amp; co",
        "tags": ["deploy", "service:checkout", "team=shop", "odd"], "dashboardUID": "x", "panelId": 2,
    }, "/grafana")  # fmt: skip
    assert kept["kind"], kept["title"] == ("deploy", "checkout v42")
    assert kept["service"] == "checkout"
    assert kept["source"] == "grafana"
    assert kept["time"] == "2026-03-01T12:00:00Z"
    assert kept["labels"] == {
        "team": "shop", "odd": "odd", "body": "by ci & co", "until": "2026-03-01T12:01:00+00:00",
    }  # fmt: skip


def test_alerts_of_alertmanager_are_events_when_they_fire_and_when_they_are_over(client):
    alert = {
        "status": "firing", "labels": {"alertname": "HighLatency", "service": "checkout", "severity": "page"},
        "annotations": {"summary": "p99 above 2 s"}, "startsAt": "2026-03-01T12:00:00.123456789Z",
        "endsAt": "0001-01-01T00:00:00Z", "generatorURL": "http://p/graph", "fingerprint": "c4f1",
    }  # fmt: skip
    over = alert | {"status": "resolved", "endsAt": "2026-03-01T12:30:00Z"}
    kept = tell(client, {"version": "4", "status": "firing", "alerts": [alert, over], "truncatedAlerts": 0},
                "/alertmanager")  # fmt: skip
    assert [one["title"] for one in kept] == [
        "HighLatency: p99 above 2 s",
        "HighLatency: p99 above 2 s (resolved)",
    ]
    assert [one["time"] for one in kept] == ["2026-03-01T12:00:00.123456Z", "2026-03-01T12:30:00Z"]
    assert {one["kind"] for one in kept} == {"alert"}
    assert kept[0]["service"] == "checkout"


@pytest.mark.parametrize("model", [GrafanaAnnotation, AlertmanagerWebhook])
def test_the_examples_that_are_shown_are_taken(client, model):
    way = "/grafana" if model is GrafanaAnnotation else "/alertmanager"
    tell(client, model.model_config["json_schema_extra"]["examples"][0], way)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"title": ""},
        {"title": "   "},
        {"title": "x" * 501},
        {"title": "a", "time": "yesterday"},
        {"title": "a", "time": "0001-01-01T00:00:00Z"},
        {"title": "a", "time": "9999-12-31T23:59:59Z"},
        {"title": "a", "time": 1e300},
        {"title": "a", "labels": {"n": 1}},
        {"title": "a", "labels": {str(i): "" for i in range(65)}},
        {"title": "a", "titel": "b"},
        [],
        [{"title": "a"}] * 1001,
        "a",
    ],
)
def test_what_is_no_event_is_refused_and_nothing_is_kept(client, store, body):
    before = Events(store).page().items
    answer = client.post("/api/v1/events", json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert Events(store).page().items == before


def test_pages_of_events_hold_each_once_with_a_link_to_the_next(client):
    tell(
        client,
        [{"time": f"2026-03-01T{i // 3:02}:00:00Z", "title": f"e{i}", "kind": "page"} for i in range(25)],
    )
    seen, address = [], "/api/v1/events?limit=4&kind=page&since=2026-03-01T01:00:00Z"
    while address:
        answer = client.get(address)
        page = answer.json()
        seen += [one["title"] for one in page["items"]]
        address = answer.links["next"]["url"] if page["next"] else ""
        assert ("link" in answer.headers) == bool(page["next"])
    assert sorted(seen) == sorted(f"e{i}" for i in range(3, 25))


@pytest.mark.parametrize(
    "cursor", ["x", "e30", "WyJldmVudHMiLDFd", "A" * 900, "..", "WyJzZXZlcml0eSIsMSwiYSJd"]
)
def test_a_cursor_of_nothing_is_refused(client, cursor):
    tell(client, {"title": "a"})
    assert client.get("/api/v1/events", params={"after": cursor}).status_code == 422
