"""Hunting from a page without scripts: a plain form, its job, its hunt."""

from __future__ import annotations

import time

import pytest

from anomaly_hunter.serve.hunting.form import Form
from anomaly_hunter.serve.rest.problem import Problem
from anomaly_hunter.serve.web.uploading import asked
from tests.serve.apps import served

AS_A_PAGE = {"Origin": "http://127.0.0.1:8787", "Accept": "text/html"}
NUMBERS = ",".join(["12", "11", "12.5"] * 40 + ["99"])


def none_of(name):
    raise AssertionError(name)


def file(name, role, content):
    return {"name": name, "role": role, "bytes": len(content)}


def test_files_pasted_numbers_and_options_are_one_hunt():
    form = Form(
        (file("a.csv", "files", b"v\n1\n"), file("e.csv", "events", b"t\n")),
        b"v\n1\nt\n",
        {"pasted": " 1, 2 ", "tz": "Europe/Berlin", "sensitivity": "2", "time": " "},
    )
    found = asked(form, none_of)
    assert [one["role"] for one in found.request["files"]] == ["files", "events", "files"]
    assert found.request["options"] == {"tz": "Europe/Berlin", "sensitivity": 2.0}
    assert found.content == b"v\n1\nt\nvalue\n1\n2\n"


def test_something_is_hunted_in_even_if_a_name_sounds_like_events():
    content = b"t,v\n"
    found = asked(Form((file("deploys.csv", "events", content),), content, {}), none_of)
    assert [one["role"] for one in found.request["files"]] == ["files"]


@pytest.mark.parametrize(
    ("said", "what"),
    [({}, "nothing to hunt in"), ({"pasted": "1", "sensitivity": "nan"}, "sensitivity"),
     ({"pasted": "1", "sensitivity": "much"}, "sensitivity")],
)  # fmt: skip
def test_what_makes_no_hunt_is_said(said, what):
    with pytest.raises(Problem, match=what):
        asked(Form((), b"", said), none_of)


@pytest.fixture
def client(tmp_path):
    with served(tmp_path, workers=1) as (client, _):
        yield client


def sent(client, files=(), **said):
    parts = [("picked", one) for one in files] or [("picked", ("", b""))]
    return client.post("/hunt", headers=AS_A_PAGE, files=parts, data=said, follow_redirects=False)


def finished(client, place):
    """The page of a job once it says no longer that it comes again by itself."""
    for _ in range(600):
        page = client.get(place, headers=AS_A_PAGE)
        if 'http-equiv="refresh"' not in page.text:
            return page
        time.sleep(0.05)
    raise AssertionError("the job does not end")


@pytest.mark.slow
def test_a_plain_form_leads_over_its_job_to_the_hunt(client):
    answer = sent(client, pasted=NUMBERS, time="", tz="", sensitivity="")
    assert answer.status_code == 303
    arrived = finished(client, answer.headers["location"])
    assert arrived.url.path.startswith("/hunts/")
    assert "What it found" in arrived.text
    binary = sent(client, [("a.csv", b"\x00\xff\x00")])
    failed = finished(client, binary.headers["location"])
    assert "a.csv is a binary file" in failed.text
    assert "Change it and try again" in failed.text
    stays = client.post(f"{binary.headers['location']}/cancel", headers=AS_A_PAGE)
    assert "a.csv is a binary file" in stays.text, "what is finished stays"


def test_a_form_that_cannot_be_hunted_comes_back_and_says_why(client):
    assert "nothing to hunt in" in sent(client).text
    zipped = sent(client, [("a.csv", b"PK\x03\x04")])
    assert (zipped.status_code, "is a zip archive" in zipped.text) == (415, True)
    assert sent(client, sample="passwd").status_code == 404
    assert client.get("/hunt/jobs/nothing", headers=AS_A_PAGE).status_code == 404
