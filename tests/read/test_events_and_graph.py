from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_hunter.errors import DataError, UsageError
from anomaly_hunter.read.events import read_events
from anomaly_hunter.read.graph import read_graph
from tests.builders import deploy
from tests.read.writing import write

DEPLOY = {"timestamp": "2026-03-01T12:00:00Z", "service": "api", "commit_sha": "abcdef1234", "version": "v7"}
FLAG = {"timestamp": "2026-03-01T11:00:00+01:00", "flag": "new_cart", "change": "off->on", "service": "web"}
COMMIT = {
    "timestamp": "2026-03-01T09:00:00Z",
    "message": "fix: cart\n\nlong",
    "files_changed": ["a", "b"],
    "diff": None,
}


def test_context_files_are_events_in_order_of_time_with_the_kind_of_their_name(tmp_path):
    paths = [
        write(tmp_path, "deploys.json", json.dumps([DEPLOY])),
        write(tmp_path, "feature_flags.json", json.dumps({"flags": [FLAG]})),
        write(tmp_path, "commits.jsonl", json.dumps(COMMIT) + "\n"),
    ]
    commit, flag, release = read_events(paths)
    assert (commit.kind, commit.title, commit.service) == ("commit", "fix: cart", "")
    assert commit.labels == {"body": "long", "files_changed": '["a", "b"]'}
    assert (flag.kind, flag.title, flag.time) == (
        "flag",
        "new_cart off->on",
        np.datetime64("2026-03-01T10:00"),
    )
    assert (release.kind, release.title, release.service) == ("deploy", "api v7", "api")
    assert release.labels["commit_sha"] == "abcdef1234"
    assert len(read_events(tmp_path)) == 3


def test_events_come_from_csv_and_from_memory(tmp_path):
    path = write(
        tmp_path, "changes.csv", "date,type,title,team\n2026-03-01,config,pool 10 to 50,db\n1772366400,x,y,\n"
    )
    first, second = read_events(path)
    assert (first.kind, first.title, dict(first.labels)) == ("config", "pool 10 to 50", {"team": "db"})
    assert second.time == np.datetime64("2026-03-01T12:00")
    ready = deploy()
    assert read_events([ready, DEPLOY])[1] in (ready, read_events([DEPLOY])[0])
    assert read_events(ready) == (ready,)
    assert read_events([]) == ()
    assert read_events({"events": [DEPLOY]}) == read_events(DEPLOY)


def test_local_times_of_events_are_of_the_given_zone():
    (event,) = read_events([{"time": "2026-07-01 12:00", "title": "x"}], tz="Europe/Berlin")
    assert event.time == np.datetime64("2026-07-01T10:00")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ([{"title": "x"}], "entry 1 of the events has no time"),
        ([DEPLOY, {"time": "soon", "title": "x"}], "entry 2 of the events is 'soon'"),
        ([{"time": "2026-01-01"}], "has no title"),
        ([{"time": "03/04/2026", "title": "x"}], "'03/04/2026'"),
        ([5], "entry 1"),
        ({"a": 1}, "no list of events"),
        (5, "came as a int"),
    ],
)
def test_a_bad_event_is_named(given, says):
    with pytest.raises(DataError, match=says) as caught:
        read_events(given)
    assert caught.value.cure


def test_a_broken_events_file_is_refused(tmp_path):
    with pytest.raises(DataError, match="not JSON"):
        read_events(write(tmp_path, "deploys.json", '[{"time": '))
    with pytest.raises(UsageError, match="does not exist"):
        read_events(tmp_path / "none.json")


EDGES = (("web", "api"), ("api", "db"), ("db", "api"))
WAYS = {
    "g.yaml": "web: [api, web]\napi:\n  - db\ndb: api\n",
    "h.yml": "services:\n  web: {depends_on: [api]}\n  api: {calls: db}\n  db: {depends_on: {api: {x: 1}}}\n",
    "l.yaml": "- {from: web, to: api}\n- {caller: api, callee: db}\n- db -> api\n- a -> a\n",
    "e.json": json.dumps({"edges": [["web", "api"], ["api", "db"], ["db", "api"], ["web", "api"]]}),
    "c.csv": "Source,Target,Weight\nweb,api,1\nweb,api,2\napi,db,1\ndb,api,1\n",
    "n.csv": "web,api\napi,db\ndb,api\n",
    "m.csv": ",web,api,db\nweb,1.0,1.0,0.0\napi,0.0,0.0,1.0\ndb,0.0,1.0,0.0\n",
    "t.tsv": "id\tcaller\tcallee\n1\tweb\tapi\n2\tapi\tdb\n3\tdb\tapi\n",
}


@pytest.mark.parametrize("name", WAYS)
def test_every_way_to_write_a_graph_gives_the_same_edges(tmp_path, name):
    assert read_graph(write(tmp_path, name, WAYS[name])).edges == EDGES


def test_graphs_from_memory():
    assert read_graph({"web": "api", "api": ["db"], "db": {"api"}}).edges == EDGES
    assert read_graph(list(EDGES)).edges == EDGES
    assert read_graph(read_graph(list(EDGES))).edges == EDGES
    assert read_graph({"a": None}).edges == ()


@pytest.mark.parametrize("given", [5, None, "", [5], [["a"]], {"a": [[1]]}, {"a": 1.5}, object()])
def test_what_is_no_graph_is_refused(given):
    with pytest.raises((DataError, UsageError)) as caught:
        read_graph(given)
    assert caught.value.cure


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.yaml", "a: [b"),
        ("x.json", "{"),
        ("x.csv", "a,b,c\n1,2,3\n"),
        ("y.csv", "a\nb\n"),
        ("z.yaml", "hi"),
    ],
)
def test_a_broken_graph_file_is_refused(tmp_path, name, content):
    with pytest.raises(DataError):
        read_graph(write(tmp_path, name, content))


@settings(derandomize=True, max_examples=60)
@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd")), max_size=15))
def test_a_cleaned_graph_has_no_self_calls_and_no_repeats_and_stays_as_it_is(edges):
    found = read_graph(edges)
    assert all(a != b for a, b in found.edges)
    assert len(set(found.edges)) == len(found.edges)
    assert set(found.edges) == {(a, b) for a, b in edges if a != b}
    assert read_graph(found) == found


@pytest.mark.parametrize("name", ["deploys.json", "calls.json", "calls.yaml"])
@pytest.mark.parametrize("text", ["[" * 100_000, '{"a": ' + "9" * 6000 + "}"])
def test_files_that_python_cannot_hold_are_refused(tmp_path, name, text):
    with pytest.raises(DataError, match=r"nested too deeply|thousands of digits|cannot be read as YAML"):
        (read_events if name.startswith("deploys") else read_graph)(write(tmp_path, name, text))


def test_a_csv_of_values_is_no_graph(tmp_path):
    rows = "".join(f"2026-01-{d:02},{d}\n" for d in range(1, 29))
    with pytest.raises(DataError, match="holds numbers or times where services should stand"):
        read_graph(write(tmp_path, "load.csv", "time,load\n" + rows))
