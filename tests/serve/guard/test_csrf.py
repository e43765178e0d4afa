"""The token of a session, in a header, in a plain form, or as the first field of a form with files."""

from __future__ import annotations

import pytest

from anomaly_hunter.serve.guard.csrf import FIRST

BOUNDARY = "----formboundary7MA4YWxk"
TYPE = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}


def field(name, content, more=""):
    return f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n{content}\r\n'


def form(*fields):
    return ("".join(fields) + f"--{BOUNDARY}--\r\n").encode()


def hunted(place, name, *fields):
    browser = place.browser(name)
    token = browser.headers.pop("X-CSRF-Token")
    body = form(*(one.replace("TOKEN", token) for one in fields))
    return browser.post("/hunt", content=body, headers=TYPE)


@pytest.mark.parametrize("filling", ["", "x" * (4 * FIRST)])
def test_a_form_with_files_brings_the_token_as_its_first_field(place, filling):
    said = hunted(place, "rob", field("csrf_token", "TOKEN"), field("time", filling))
    assert said.status_code == 422, "it is let in, and holds nothing to hunt in"
    assert "nothing to hunt in" in said.text


@pytest.mark.parametrize(
    "fields",
    [
        (field("csrf_token", "0" * 64),),
        (field("csrf_token", ""),),
        (field("pasted", "1,2,3"), field("csrf_token", "TOKEN")),
        (field("pasted", 'name="csrf_token"\r\n\r\nTOKEN'),),
        (field("csrf_token", "TOKEN" + "x" * FIRST),),
        (),
    ],
)
def test_another_token_a_later_one_or_none_is_refused(place, fields):
    assert hunted(place, "rob", *fields).status_code == 403


def test_a_viewer_with_the_token_still_hunts_nothing(place):
    assert hunted(place, "vic", field("csrf_token", "TOKEN")).status_code == 403
