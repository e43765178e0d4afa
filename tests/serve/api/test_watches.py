"""REST: watches."""

import pytest

from anomaly_hunter.remember.watches.runs import Runs
from anomaly_hunter.remember.watches.watching import Watches
from tests.serve.apps import served
from tests.watch.watching import FILES, NOON, later


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "metrics.csv").write_text("time,value\n2026-01-01,1\n")
    return tmp_path


@pytest.fixture
def site(folder):
    with served(folder, background=False, folders=(str(folder),)) as (client, store):
        yield client, store


@pytest.fixture
def client(site):
    return site[0]


def test_a_watch_is_made_listed_changed_paused_and_removed(client):
    made = client.post("/api/v1/watches", json={"name": "shop", **FILES})
    assert made.status_code == 201
    one = made.json()
    assert (one["state"], one["source"], one["looks_at"], one["origin"]) == (
        "new",
        "files",
        "metrics.csv",
        "people",
    )
    at = made.headers["location"]
    assert client.get("/api/v1/watches").json()["items"] == [client.get(at).json()] == [one]
    changed = client.put(at, json={"name": "checkout", **FILES, "every": "1h"}).json()
    assert (changed["name"], changed["every"], changed["id"]) == ("checkout", "1h", one["id"])
    assert client.post(f"{at}/pause").json()["state"] == "paused"
    assert client.post(f"{at}/run").status_code == 409
    assert client.post(f"{at}/resume").json()["state"] == "new"
    assert client.post(f"{at}/run").status_code == 202
    assert client.get(f"{at}/runs").json() == {"items": [], "next": None}
    assert client.delete(at).status_code == 204
    assert client.get(at).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"files": ["../secret.csv"]}, "leads up"),
        ({"files": ["/etc/passwd"]}, "no file below"),
        ({"files": ["memory.db/x"]}, "no file below"),
        ({"files": ["*.parquet"]}, "no file below"),
        ({"files": []}, "looks at nothing"),
        ({"files": ["metrics.csv"], "every": "often"}, "'often' is no length of time"),
        ({"files": ["metrics.csv"], "every": "0s"}, "every is '0s'"),
        ({"files": ["metrics.csv"], "detect": {"sensitivty": 1}}, "did you mean 'sensitivity'"),
        ({"files": ["metrics.csv"], "detect": {"sensitivity": -1}}, "a number above 0"),
        ({"files": ["metrics.csv"], "read": {"max_series": 10**9}}, "max_series is set"),
        ({"files": ["metrics.csv"], "events": "/etc/passwd"}, "no file below"),
        ({"files": ["metrics.csv"], "sql": {"url": "sqlite:///x.db", "query": "select 1"}}, "files and sql"),
        ({"sql": {"url": "sqlite:////etc/passwd", "query": "select 1"}}, "no file below"),
        ({"sql": {"url": "sqlite://", "query": "select 1"}}, "sqlite:///FILE"),
        ({"sql": {"url": "mysql://db/x", "query": "select 1"}}, "sqlite:///FILE"),
        ({"sql": {"url": "postgresql://me:pw@db/x", "query": "select 1"}}, "holds a password"),
        ({"sql": {"url": "postgresql://me:${HOME}@db/x", "query": "select 1"}}, "begins with WATCH_"),
        ({"sql": {"url": "postgresql:///hunter", "query": "select 1"}}, "no host"),
        ({"sql": {"url": "postgresql:///hunter?host=/run/postgresql", "query": "select 1"}}, "no host"),
        ({"sql": {"url": "postgresql://hunter@db/hunter", "query": "select 1"}}, "no password"),
        ({"sql": {"url": "postgresql://a:${WATCH_A}@%2Frun%2Fpostgresql/b", "query": "select 1"}}, "no host"),
        ({"sql": {"url": "postgresql://a:${WATCH_A}@db,x/b", "query": "select 1"}}, "or several"),
        ({"sql": {"url": "postgresql://a:${WATCH_A}@db/b?host=/run", "query": "select 1"}}, "says host"),
        ({"sql": {"url": "postgresql://a:${WATCH_A}@db/b?sslkey=/x", "query": "select 1"}}, "says sslkey"),
        ({"prometheus": {"url": "http://169.254.169.254/", "query": "up"}}, "the address 169.254.169.254"),
        ({"prometheus": {"url": "http://[::ffff:169.254.169.254]/", "query": "up"}}, "the address"),
        ({"prometheus": {"url": "file:///etc/passwd", "query": "up"}}, "http://HOST:9090"),
        ({"prometheus": {"url": "http://p", "query": "up", "token": "abc"}}, "holds a token"),
        ({"prometheus": {"url": "http://p", "query": "up", "token": "${HOME}"}}, "begins with WATCH_"),
        ({"prometheus": {"url": "http://p", "query": "up", "x": 1}}, "Extra inputs"),
        ({"files": "metrics.csv"}, "valid list"),
    ],
)  # fmt: skip
def test_what_people_may_not_have_is_said_and_nothing_is_kept(client, wrong, says):
    answer = client.post("/api/v1/watches", json={"name": "x", **wrong})
    assert answer.status_code == 422
    assert says in str(answer.json())
    assert client.get("/api/v1/watches").json()["items"] == []


def test_the_name_of_a_variable_is_shown_and_a_secret_never(client):
    url = "postgresql://me:${WATCH_PASSWORD}@db/shop"
    body = {"name": "db", "sql": {"url": url, "query": "select 1"}}
    made = client.post("/api/v1/watches", json=body).json()
    assert made["definition"]["sql"]["url"] == url


def test_a_watch_of_the_file_is_changed_there(site):
    client, store = site
    Watches(store).settle({"a": FILES}, NOON)
    at = f"/api/v1/watches/{Watches(store).one('a').id}"
    assert client.delete(at).status_code == 409
    assert "stands in hunter.yaml" in client.put(at, json={"name": "a", **FILES}).json()["detail"]
    assert client.post(f"{at}/pause").json()["state"] == "paused"


def test_the_runs_of_a_watch_are_pages(site):
    client, store = site
    watch = Watches(store).make("a", FILES, "ann", NOON)
    for minute in range(5):
        window = (later(minutes=minute), later(minutes=minute + 1))
        run = Runs(store).claim(watch.id, window, "p", NOON, later(minutes=1))
        Runs(store).done(run, NOON, NOON, took_ms=1.5, points=3, incident_ids=())
    first = client.get(f"/api/v1/watches/{watch.id}/runs?limit=3").json()
    rest = client.get(f"/api/v1/watches/a/runs?limit=3&after={first['next']}").json()
    assert [one["end"] for one in first["items"] + rest["items"]] == [
        f"2026-04-01T12:0{minute}:00Z" for minute in (5, 4, 3, 2, 1)
    ]
    assert rest["next"] is None
    assert client.get(f"/api/v1/watches/{watch.id}/runs?after=x").status_code == 422
    assert client.get("/api/v1/watches").json()["items"][0]["state"] == "ok"


def test_the_memory_itself_is_no_data(site, folder):
    client, _ = site
    body = {"name": "x", "sql": {"url": "sqlite:///memory.db", "query": "SELECT * FROM member"}}
    answer = client.post("/api/v1/watches", json=body)
    assert "no file below" in answer.json()["detail"]
