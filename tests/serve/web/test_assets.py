"""Files of the pages: kept for ever under the address of their content, small on the wire."""

import gzip

import pytest

from anomaly_hunter.serve.web.assets import FOREVER, address, assets
from tests.serve.apps import served


@pytest.fixture
def client(tmp_path):
    with served(tmp_path) as (client, _):
        yield client


def test_a_file_is_kept_for_ever_under_the_address_of_its_content(client):
    answer = client.get(address("app.css"))
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == FOREVER
    assert answer.headers["content-type"].startswith("text/css")
    assert answer.content == assets()["app.css"].plain


def test_an_address_of_an_older_content_is_answered_and_not_kept(client):
    answer = client.get("/static/0123456789abcdef/app.css")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-cache"


def test_who_has_it_is_told_that_it_is_the_same(client):
    first = client.get(address("app.js"))
    again = client.get(address("app.js"), headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_it_is_packed_for_those_who_can_unpack(client):
    with client.stream("GET", address("htmx.min.js"), headers={"Accept-Encoding": "gzip"}) as answer:
        raw = b"".join(answer.iter_raw())
    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(raw) == assets()["htmx.min.js"].plain
    plain = client.get(address("htmx.min.js"), headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers


@pytest.mark.parametrize("name", ["nothing.js", "VENDOR.json", "..%2Fassets.py", "templating.py"])
def test_nothing_else_is_served(client, name):
    assert client.get(f"/static/0123456789abcdef/{name}").status_code == 404


def test_no_two_files_have_one_name():
    from anomaly_hunter.serve.web.assets import CHARTS, FOLDERS, KINDS

    names = [file.name for folder in FOLDERS for file in folder.rglob("*") if file.suffix in KINDS]
    names += [file.name for file in CHARTS]
    assert len(names) == len(set(names))
