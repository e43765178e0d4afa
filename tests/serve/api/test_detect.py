"""`POST /detect`, `POST /detection/run`, `POST /hunts` and jobs, asked as a client asks."""

from __future__ import annotations

import gzip
import json

import pytest

from anomaly_hunter.serve.hunting.asked import LONGEST_TEXT
from tests.serve.apps import served

pytestmark = pytest.mark.slow

VALUES = [*[10.0, 11, 10, 9] * 3, 60.0, 10, 11, 10, 9, 10, 11, 10]
STAMPS = [f"2026-03-01T10:{minute:02}:00Z" for minute in range(len(VALUES))]
CSV = ("time,cpu\n" + "\n".join(f"{t},{v}" for t, v in zip(STAMPS, VALUES, strict=True))).encode()


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    with served(folder, points=50_000, body_bytes=2_000_000, wait_seconds=30, workers=1) as both:
        yield both


@pytest.fixture
def client(here):
    return here[0]


@pytest.fixture
def store(here):
    return here[1]


def detect(client, query="", **body):
    return client.post(f"/api/v1/detect{query}", json=body)


def counted(store):
    return len(store.incidents())


def test_the_answer_says_what_where_how_bad_why_and_what_next(client):
    answer = detect(client, data=VALUES, timestamps=STAMPS)
    assert answer.status_code == 200
    found = answer.json()
    assert found["anomalies"] == [12]
    assert found["severity"] > 0
    assert [agent["name"] for agent in found["agents"]]
    assert set(found["agents"][0]) == {"name", "finding", "confidence"}
    assert found["spans"][0]["begin"] == "2026-03-01T10:12:00Z"
    assert found["redpanda_event_id"] is None
    assert found["sentry_alert_id"] is None
    assert found["hunt_id"] is None


def test_every_field_of_the_answer_is_described(client):
    schemas = client.get("/api/v1/openapi.json").json()["components"]["schemas"]
    found = detect(client, data=VALUES, timestamps=STAMPS).json()
    for name, record in (
        ("Detected", found),
        ("FoundSpan", found["spans"][0]),
        ("FoundIncident", found["incidents"][0]),
    ):
        assert set(schemas[name]["properties"]) == set(record)


def test_nothing_is_stored_unless_that_is_asked_for(client, store):
    before = counted(store)
    detect(client, data=VALUES, timestamps=STAMPS)
    assert counted(store) == before
    saved = detect(client, "?save=true", data={"disk": VALUES}, timestamps=STAMPS).json()
    assert counted(store) == before + 1
    assert client.get(f"/api/v1/hunts/{saved['hunt_id']}").status_code == 200


def test_positions_are_those_that_were_sent(client):
    records = [{"time": t, "cpu": v} for t, v in zip(STAMPS, VALUES, strict=True)]
    assert detect(client, data=records).json()["anomalies"] == [12]
    assert detect(client, data={"cpu": VALUES}, timestamps=STAMPS).json()["anomalies"] == [12]


def test_a_value_may_be_missing(client):
    assert detect(client, data=[*VALUES[:5], None, *VALUES[6:]]).json()["anomalies"] == [12]


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b'{"data": [NaN]}', 400, "NaN"),
        (b'{"data": [Infinity]}', 400, "Infinity"),
        (b'{"data": [1e999]}', 422, "1e308"),
        (b'{"data": [' + b"1" * 400 + b"]}", 422, "1e308"),
        (b'{"data": "/etc/passwd"}', 422, "the text"),
        (b'{"data": ["/etc/passwd"]}', 422, "the text"),
        (b'{"data": [true]}', 422, "true or false"),
        (b'{"data": [1, {"a": 1}]}', 422, "an object"),
        (b'{"data": []}', 422, "empty"),
        (b'{"data": {}}', 422, "empty"),
        (b'{"data": [{}]}', 422, "empty"),
        (b'{"data": [null, null]}', 422, "missing"),
        (b"{}", 422, "null"),
        (b"[1, 2]", 422, "a list"),
        (b"{", 422, "JSON"),
        (b'{"data": [1], "path": "/etc"}', 422, "unknown field"),
        (b'{"data": [1, 2], "timestamps": [1]}', 422, "1 timestamps"),
        (b'{"data": [1, 2], "timestamps": ["x", "y"]}', 422, "no times"),
        (b'{"data": [1, 2], "timestamps": [1700000060, 1700000000]}', 422, "timestamps[1] is not later"),
        (b'{"data": [1, 2], "timestamps": [1700000000, 1700000000]}', 422, "timestamps[1] is not later"),
        (b'{"data": [1, 2], "timestamps": [1700000000, "x"]}', 422, "one kind"),
        (b'{"data": [1], "events": "/etc/passwd"}', 422, "events"),
        (b'{"data": [1], "events": ["/etc/passwd"]}', 422, "events"),
        (b'{"data": [1], "graph": "/etc/passwd"}', 422, "graph"),
        (b'{"data": [1], "graph": {"a": "b"}}', 422, "graph"),
        (b'{"data": [1], "logs": "/etc/passwd"}', 422, "logs"),
        (b'{"data": [1], "options": {"memory": "x"}}', 422, "unknown option"),
        (b'{"data": [1], "options": {"sensitivity": -1}}', 422, "sensitivity"),
        (b'{"data": {"a": [1, 2], "b": [1]}}', 422, "1 to 2"),
        (b'{"data": {"a": [[1]]}}', 422, "a list"),
    ],
)
def test_what_cannot_be_hunted_is_refused_in_words(client, store, body, status, said):
    before = counted(store)
    answer = client.post(
        "/api/v1/detect?save=true", content=body, headers={"content-type": "application/json"}
    )
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert said in answer.json()["detail"]
    assert counted(store) == before


def test_times_of_objects_that_do_not_rise_are_refused(client):
    records = [{"time": t, "cpu": v} for t, v in zip(STAMPS, VALUES, strict=True)]
    answer = detect(client, data=[*records[:4], records[6], records[5], *records[7:]])
    assert answer.status_code == 422
    assert "do not rise" in answer.json()["detail"]


def test_too_many_points_are_refused_before_they_are_read(client):
    assert detect(client, data=[1] * 60_000).status_code == 413
    assert client.post("/api/v1/detect", content=b'{"data":[' + b"0," * 999_000 + b"0]}").status_code == 413


def test_deep_json_and_huge_texts_are_refused(client):
    deep = b'{"data":' + b"[" * 5_000 + b"]" * 5_000 + b"}"
    assert 400 <= client.post("/api/v1/detect", content=deep).status_code < 500
    assert detect(client, data=[{"a": "x" * (LONGEST_TEXT + 1)}]).status_code == 422
    assert detect(client, data={"n" * 501: [1, 2]}).status_code == 422


def test_script_in_names_comes_back_as_text_in_json(client):
    answer = detect(client, data={"<script>alert(1)</script>": VALUES})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"


def test_a_table_is_scored_row_by_row(client):
    rows = [[1, 2], [2, 1], [1, 1], [2, 2], [1, 2], [2, 1], [9, 9], [2, 2], [1, 1], [2, 1]]
    body = {"data": rows, "algorithm": "ecod", "contamination": 0.1}
    found = client.post("/api/v1/detection/run", json=body).json()
    assert found["anomalies"] == [6]
    assert len(found["scores"]) == len(rows)
    assert found["algorithm"] == "ecod"


@pytest.mark.parametrize(
    "body",
    [
        {"data": [[1, 2], [1]]},
        {"data": [1, 2]},
        {"data": [[]]},
        {"data": [["a"]]},
        {"data": [[1, 2]] * 20, "algorithm": "no such detector"},
        {"data": [[1, 2]] * 20, "algorithm": 3},
        {"data": [[1, 2]] * 20, "contamination": 2},
        {"data": [[1, 2]] * 20, "contamination": "x"},
        {"data": [[1, 2]] * 20, "more": 1},
    ],
)
def test_a_table_that_cannot_be_scored_is_refused(client, body):
    assert client.post("/api/v1/detection/run", json=body).status_code == 422


# ------------------------------------------------------------ uploads and jobs


def upload(client, content=CSV, name="cpu.csv", **data):
    return client.post("/api/v1/hunts", files={"files": (name, content)}, data=data)


def test_an_uploaded_file_is_hunted_and_kept(client):
    answer = upload(client, options=json.dumps({"sensitivity": 1.2}))
    assert answer.status_code == 200, answer.text
    assert answer.json()["anomalies"] == [12]
    job = client.get(answer.headers["location"]).json()
    assert job["state"] == "done"
    assert job["files"] == ["cpu.csv"]
    hunt = client.get(f"/api/v1/hunts/{answer.json()['hunt_id']}")
    assert hunt.status_code == 200
    assert "upload-" not in hunt.text
    assert "/tmp" not in hunt.text


def test_the_same_file_twice_is_the_same_incident(client, store):
    upload(client, name="again.csv")
    before = counted(store)
    upload(client, name="again.csv")
    assert counted(store) == before


def test_a_packed_file_and_what_is_known_around_it_are_read(client):
    files = [
        ("files", ("cpu.csv.gz", gzip.compress(CSV))),
        ("events", ("deploys.json", json.dumps([{"time": STAMPS[11], "title": "api v2"}]).encode())),
        ("graph", ("graph.json", b'{"web": ["api"]}')),
    ]
    answer = client.post("/api/v1/hunts", files=files)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    "name",
    [
        "../x.csv",
        "/etc/x.csv",
        "a/b.csv",
        "..\\x.csv",
        ".bashrc",
        "-rf",
        "a\x00b.csv",
        "x" * 300,
        "*.csv",
        "~x",
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(client, name):
    body = (
        b'--b\r\ncontent-disposition: form-data; name="files"; filename="' + name.encode() + b'"\r\n\r\n'
        + CSV + b"\r\n--b--\r\n"
    )  # fmt: skip
    answer = client.post(
        "/api/v1/hunts", content=body, headers={"content-type": "multipart/form-data; boundary=b"}
    )
    assert 400 <= answer.status_code < 500


def test_an_archive_is_refused(client):
    assert upload(client, b"PK\x03\x04" + b"0" * 100, "data.csv").status_code == 415


def zst(value, times):
    """A zstd file of one frame: blocks that each say one byte many times (RFC 8878, section 3.1.1.2)."""
    block, blocks = 128 * 1024, []
    for start in range(0, times, block):
        size = min(block, times - start)
        blocks.append((int(start + size >= times) | 1 << 1 | size << 3).to_bytes(3, "little") + value)
    return b"\x28\xb5\x2f\xfd" + b"\x00" + b"\x58" + b"".join(blocks)


@pytest.mark.parametrize(
    ("name", "packed"),
    [
        ("wide.csv.gz", gzip.compress(b"0" * 30_000_000)),
        ("long.csv.gz", gzip.compress(b"0\n" * 8_000_000)),
        ("long.csv.zst", zst(b"\n", 2_000_000_000)),
        ("events.csv.zst", zst(b"\n", 2_000_000_000)),
    ],
)
def test_a_bomb_is_refused_while_it_is_unpacked(client, name, packed):
    assert len(packed) < 100_000
    files = {"files": (name, packed)}
    if name.startswith("events"):
        files = {"files": ("cpu.csv", CSV), "events": (name, packed)}
    answer = client.post("/api/v1/hunts", files=files)
    assert answer.status_code == 413, answer.text
    assert "at most 20 MB unpacked" in answer.json()["detail"]


def test_a_damaged_file_is_refused_and_its_place_is_not_told(client):
    answer = upload(client, gzip.compress(CSV)[:60], "cut.csv.gz")
    assert answer.status_code == 422
    assert "/tmp" not in answer.text
    assert "cut.csv.gz" in answer.text


@pytest.mark.parametrize("kind", ["text/plain", "application/xml"])
def test_another_type_is_refused(client, kind):
    assert client.post("/api/v1/hunts", content=b"x", headers={"content-type": kind}).status_code == 415


def test_a_form_without_a_file_is_refused(client):
    assert client.post("/api/v1/hunts", files={"events": ("e.json", b"[]")}).status_code == 422
    assert upload(client, options="[1]").status_code == 422
    assert upload(client, nonsense="1").status_code == 422


def test_json_becomes_a_job_too(client):
    answer = client.post("/api/v1/hunts", json={"data": VALUES, "timestamps": STAMPS})
    assert answer.status_code == 200
    assert answer.json()["hunt_id"]
    items = client.get("/api/v1/jobs?limit=1").json()
    assert items["items"][0]["state"] == "done"
    assert items["next"]


def test_a_job_that_fails_says_why(client):
    answer = client.post("/api/v1/hunts", json={"data": ["x"]})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    job = client.get(answer.headers["location"]).json()
    assert (job["state"], job["error"]["status"]) == ("failed", 422)


def test_a_job_that_is_done_cannot_be_cancelled(client):
    place = client.post("/api/v1/hunts", json={"data": VALUES}).headers["location"]
    assert client.delete(place).status_code == 409
    assert client.delete("/api/v1/jobs/0123456789ab").status_code == 404
    assert client.get("/api/v1/jobs/0123456789ab").status_code == 404


def test_a_long_hunt_is_a_job_that_can_be_cancelled(tmp_path):
    with served(tmp_path, wait_seconds=0.0, workers=1) as (client, store):
        many = {f"s{i}": [float((i + j) * j % 101) for j in range(2_000)] for i in range(200)}
        answer = client.post("/api/v1/hunts", json={"data": many})
        assert answer.status_code == 202
        place = answer.headers["location"]
        assert client.delete(place).json()["state"] == "cancelled"
        assert client.get(place).json()["state"] == "cancelled"
        assert store.incidents() == ()


def test_figures_are_in_the_format_of_prometheus(client):
    detect(client, data=VALUES)
    text = client.get("/metrics").text
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert all(len(line.rsplit(" ", 1)) == 2 and float(line.rsplit(" ", 1)[1]) >= 0 for line in lines)
    assert 'hunter_requests_total{method="POST",route="/api/v1/detect",status="200"}' in text
    from prometheus_client.parser import text_string_to_metric_families

    families = {one.name for one in text_string_to_metric_families(text)}
    assert {"hunter_hunts", "hunter_request_seconds", "hunter_listeners"} <= families


def test_it_lives_and_it_is_ready(client):
    detect(client, data=VALUES)
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ok", "memory": "ok", "workers": "ok"}
