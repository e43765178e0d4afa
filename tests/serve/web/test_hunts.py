"""Past hunts, the result of one, a point explained, and the page to upload on."""

from __future__ import annotations

import pytest

from tests import builders
from tests.serve.web.shown import FRAGMENT, Page, kept


def test_the_list_leads_to_every_hunt(tmp_path):
    with kept(tmp_path, builders.series_hunt(), builders.quiet_hunt()) as (client, _, _):
        page = Page(client.get("/hunts").text)
        places = [one["href"] for one in page.all("a") if "data-open" in one]
        assert len(places) == 2
        assert {client.get(place).status_code for place in places} == {200}


def test_an_empty_product_says_what_to_do(tmp_path):
    with kept(tmp_path) as (client, _, _):
        page = Page(client.get("/hunts").text)
        assert "No hunt is kept yet" in page.text
        assert "/hunt" in [one.get("href") for one in page.all("a")]
        assert len([one for one in Page(client.get("/hunt").text).all("button") if "data-sample" in one]) == 4


def test_a_result_shows_its_incidents_and_the_quality_of_the_data(tmp_path):
    hunt = builders.series_hunt()
    with kept(tmp_path, hunt) as (client, store, (name, *_)):
        page = Page(client.get(f"/hunts/{store.incident(name).kept.hunt_id}").text)
    assert f"/incidents/{name}" in [one.get("href") for one in page.all("a")]
    for issue in hunt.dataset.quality.issues:
        assert issue.statement in page.text
    assert page.all("figure")


@pytest.mark.parametrize("address", ["/hunts/0123456789ab", "/hunts/0123456789ab/series/x/explain?at=%231"])
def test_an_unknown_hunt_is_a_404(tmp_path, address):
    with kept(tmp_path, builders.series_hunt()) as (client, _, _):
        assert client.get(address).status_code == 404


def test_a_point_is_explained_as_a_panel_and_as_a_page(tmp_path):
    with kept(tmp_path, builders.series_hunt()) as (client, _, (name, *_)):
        figure = Page(client.get(f"/incidents/{name}").text).all("figure")[0]
        asked = {"at": "2026-03-04T19:00:00Z"}
        panel = Page(client.get(figure["data-explain"], params=asked, headers=FRAGMENT).text)
        page = Page(client.get(figure["data-explain"], params=asked).text)
        nowhere = Page(client.get(figure["data-explain"], params={"at": "yesterday"}, headers=FRAGMENT).text)
    assert "Alarms" in panel.text
    assert not panel.all("html")
    assert page.all("html")
    assert "cannot be explained" in nowhere.text


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """A client of a server that remembers nothing."""
    with kept(tmp_path_factory.mktemp("empty")) as (client, _, _):
        yield client


@pytest.mark.parametrize("name", ["checkout", "shop", "orders", "tickets"])
def test_an_example_is_files_for_the_fields_of_an_upload(empty, name):
    files = empty.get(f"/hunt/samples/{name}").json()["files"]
    assert {field for field, _, _ in files} <= {"files", "events", "graph"}
    assert all("/" not in title and text for _, title, text in files)


def test_there_is_no_other_example(empty):
    assert empty.get("/hunt/samples/passwd").status_code == 404
