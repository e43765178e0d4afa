"""Lists, counts, views and figures over REST."""

from __future__ import annotations

import pytest

from tests.remember.kept import spike_hunt
from tests.serve.apps import served


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A client of a server that remembers five incidents of five series."""
    with served(tmp_path_factory.mktemp("shop")) as (client, store):
        ids = [store.keep(spike_hunt(24 * i, f"{letter}_ms"))[0] for i, letter in enumerate("abcde")]
        client.post(f"/api/v1/incidents/{ids[0]}/resolve")
        yield client, ids


def got(client, path):
    answer = client.get(f"/api/v1/{path}")
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("sort", ["latest", "severity", "begin"])
def test_pages_hold_every_incident_once_in_every_order(shop, sort):
    client, ids = shop
    seen, address = [], f"/api/v1/incidents?limit=2&sort={sort}"
    while address:
        answer = client.get(address)
        seen += [one["id"] for one in answer.json()["items"]]
        address = answer.links["next"]["url"] if answer.json()["next"] else ""
    assert sorted(seen) == sorted(ids)


def test_filters_hold_together(shop):
    client, ids = shop
    assert [one["id"] for one in got(client, "incidents?state=resolved")["items"]] == ids[:1]
    assert len(got(client, "incidents?state=resolved&state=open")["items"]) == 5
    assert [one["id"] for one in got(client, "incidents?search=B_MS")["items"]] == [ids[1]]
    series = got(client, "series?search=c_ms")["items"][0]
    assert [one["id"] for one in got(client, f"incidents?series={series['id']}")["items"]] == [ids[2]]
    begin = got(client, f"incidents/{ids[4]}")["begin"]
    assert [one["id"] for one in got(client, f"incidents?since={begin}")["items"]] == [ids[4]]
    assert got(client, "incidents?least_severity=10")["items"] == []
    assert got(client, "incidents?silenced=true")["items"] == []
    assert got(client, f"incidents?until={begin}&state=open&owner=")["items"][0]["id"] in ids


@pytest.mark.parametrize(
    "query",
    ["state=gone", "least_severity=11", "least_severity=nan", "since=soon", "since=9999-01-01T00:00:00Z",
     "silenced=maybe", "sort=random", "search=" + "x" * 201],
)  # fmt: skip
def test_a_filter_that_means_nothing_is_refused(shop, query):
    client, _ = shop
    for path in ("incidents", "incidents/counts"):
        if not query.startswith("sort") or path == "incidents":
            assert client.get(f"/api/v1/{path}?{query}").status_code == 422


def test_a_cursor_of_another_order_is_refused(shop):
    client, _ = shop
    cursor = got(client, "incidents?limit=1&sort=severity")["next"]
    assert client.get(f"/api/v1/incidents?sort=begin&after={cursor}").status_code == 422


def test_counts_are_of_states(shop):
    client, _ = shop
    counts = got(client, "incidents/counts")
    assert (counts["open"], counts["resolved"], counts["active"], counts["all"]) == (4, 1, 4, 5)


def test_series_and_their_anomalies_come_in_pages(shop):
    client, ids = shop
    first = got(client, "series?limit=3")
    rest = got(client, f"series?limit=3&after={first['next']}")
    assert rest["next"] is None
    names = [one["name"] for one in first["items"] + rest["items"]]
    assert sorted(names) == ["a_ms", "b_ms", "c_ms", "d_ms", "e_ms"]
    (seen,) = got(client, f"series/{first['items'][0]['id']}/anomalies")["items"]
    assert seen["incident_id"] in ids
    assert client.get("/api/v1/series/ffffffffffff").status_code == 404
    assert client.get("/api/v1/series/ffffffffffff/anomalies").status_code == 404


def test_a_dataset_is_listed_with_its_last_hunt(shop):
    client, _ = shop
    (dataset,) = got(client, "datasets")["items"]
    assert dataset["name"] == "shop.csv"
    last = got(client, "hunts")["items"][0]
    assert dataset["hunt_id"] == last["id"]


def test_a_view_is_saved_replaced_and_removed(shop):
    client, _ = shop
    body = {"name": "Mine", "page": "incidents", "query": "state=open"}
    first = client.post("/api/v1/views", json=body).json()
    again = client.post("/api/v1/views", json=body | {"query": "state=muted"}).json()
    assert first["by"] == "local"
    assert [one["query"] for one in got(client, "views?page=incidents")["items"]] == ["state=muted"]
    assert client.delete(f"/api/v1/views/{again['id']}").status_code == 204
    assert client.delete(f"/api/v1/views/{again['id']}").status_code == 404
    assert client.post("/api/v1/views", json=body | {"page": "../x"}).status_code == 422


def test_severity_over_time_and_lanes_are_of_the_time_that_is_asked_for(shop):
    client, ids = shop
    begin = got(client, f"incidents/{ids[0]}")["begin"]
    day = begin[:10]
    buckets = got(client, f"stats/severity?since={day}T00:00:00Z&until={day}T23:00:00Z&step_s=3600")["items"]
    assert len(buckets) == 23
    assert max(one["worst"] for one in buckets) == got(client, f"incidents/{ids[0]}")["severity"]
    lanes = got(client, f"stats/lanes?since={day}T00:00:00Z&until={day}T23:59:00Z")["items"]
    assert [lane["spans"][0]["incident_id"] for lane in lanes] == [ids[0]]
    for wrong in (
        "since=2026-01-01T00:00:00Z", f"since={day}T01:00:00Z&until={day}T00:00:00Z",
        "since=2020-01-01T00:00:00Z&until=2026-01-01T00:00:00Z&step_s=1",
    ):  # fmt: skip
        assert client.get(f"/api/v1/stats/severity?{wrong}").status_code == 422


def test_figures_count_what_is_remembered(shop):
    client, _ = shop
    figures = got(client, "stats")
    assert figures["incidents"] == 5
    assert figures["real"] == {"name": "real", "hits": 0, "of": 0, "share": None, "low": 0.0, "high": 1.0}
