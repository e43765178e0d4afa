"""REST: silences."""

import numpy as np
import pytest

from anomaly_hunter.model import iso
from tests.remember.kept import spike_hunt
from tests.serve.apps import served

NOW = np.datetime64("now", "ns")
HOUR = np.timedelta64(3600, "s")


@pytest.fixture
def site(tmp_path):
    with served(tmp_path) as (client, store):
        yield client, store


def test_a_silence_is_made_counts_and_is_ended(site):
    client, store = site
    store.keep(spike_hunt())
    body = {"matcher": {"subject": "latency*"}, "ends_at": iso(NOW + HOUR), "reason": "known"}
    made = client.post("/api/v1/silences", json=body)
    assert made.status_code == 201
    one = made.json()
    assert (one["active"], one["incidents"], one["kind"], one["by"]) == (True, 1, "silence", "local")
    at = made.headers["location"]
    assert client.get(at).json() == one
    assert client.get("/api/v1/silences?active=true").json()["items"] == [one]
    assert client.get("/api/v1/silences?active=false").json()["items"] == []
    ended = client.delete(at).json()
    assert (ended["active"], ended["id"]) == (False, one["id"])
    assert ended["ended_at"]
    assert client.get("/api/v1/silences").json()["items"] == [ended], "it stays on the list"
    assert client.delete(at).status_code in (409, 422)
    assert client.delete("/api/v1/silences/nothing").status_code in (404, 422)


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"ends_at": "soon"},
        {"ends_at": iso(NOW - HOUR)},
        {"ends_at": "9999-01-01T00:00:00Z"},
        {"ends_at": iso(NOW + HOUR), "repeat": "hourly"},
        {"ends_at": iso(NOW + 48 * HOUR), "repeat": "daily"},
        {"ends_at": iso(NOW + HOUR), "kind": "holiday"},
        {"ends_at": iso(NOW + HOUR), "matcher": {"subject": ""}},
        {"ends_at": iso(NOW + HOUR), "matcher": {"subject": "x" * 201}},
        {"ends_at": iso(NOW + HOUR), "matcher": {"least_severity": 11}},
        {"ends_at": iso(NOW + HOUR), "matcher": {"labels": {str(i): "x" for i in range(21)}}},
        {"ends_at": iso(NOW + HOUR), "matcher": {"regex": ".*"}},
    ],
)
def test_what_makes_no_sense_is_said_and_not_kept(site, wrong):
    client, _ = site
    assert client.post("/api/v1/silences", json=wrong).status_code == 422
    assert client.get("/api/v1/silences").json()["items"] == []


def test_what_a_silence_would_cover_is_counted_before_it_is_made(site):
    client, store = site
    store.keep(spike_hunt())
    whole = client.get("/api/v1/silences/preview").json()
    assert (whole["incidents"], whole["waiting"], whole["silenced"]) == (1, 1, 0)
    assert whole["worst"] == [client.get("/api/v1/incidents").json()["items"][0]["id"]]
    assert whole["severity"] > 0
    nothing = {"incidents": 0, "waiting": 0, "silenced": 0, "severity": 0.0, "worst": []}
    for asked in ("subject=cpu*", "dataset=other*", "label=region=eu", "most_severity=0"):
        assert client.get(f"/api/v1/silences/preview?{asked}").json() == nothing, asked
    client.post("/api/v1/incidents/" + whole["worst"][0] + "/acknowledge")
    body = {"matcher": {"subject": "latency*"}, "ends_at": iso(NOW + HOUR), "reason": "known"}
    client.post("/api/v1/silences", json=body)
    after = client.get("/api/v1/silences/preview?subject=LATENCY*").json()
    assert (after["incidents"], after["waiting"], after["silenced"]) == (1, 0, 1)
    for odd in ("label=region", "least_severity=5&most_severity=2", "least_severity=11", "other=1"):
        assert client.get(f"/api/v1/silences/preview?{odd}").status_code == 422, odd


def test_the_form_of_a_page_says_what_it_would_cover(site):
    client, store = site
    assert "Covers no incident now" in client.get("/silences/covers").text
    store.keep(spike_hunt())
    assert "<strong>1 incident</strong> now" in client.get("/silences/covers?subject=latency*&least=").text
    assert "name=value" in client.get("/silences/covers?labels=odd").text
