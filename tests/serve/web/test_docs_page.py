"""The page /docs shows every operation, and runs nothing that stands in it."""

from __future__ import annotations

import re

import pytest

from anomaly_hunter.serve.rest.openapi import operations
from anomaly_hunter.serve.web.reference import resources, sample
from tests.serve.apps import served


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    with served(tmp_path_factory.mktemp("docs")) as (client, _):
        yield client.get("/docs"), client.get("/api/v1/openapi.json").json()


def test_every_operation_stands_on_the_page_with_its_summary(shown):
    answer, document = shown
    assert answer.status_code == 200
    text = answer.text
    for path, _, operation in operations(document):
        assert f'<code class="path">{path}</code>' in text
        assert operation["summary"].replace("'", "&#39;") in text


def test_the_page_needs_no_script_and_no_style_of_its_own(shown):
    answer, _ = shown
    assert not re.search(r"<script(?![^>]*\ssrc=)", answer.text)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=", answer.text)
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", answer.text)


def test_what_a_description_holds_is_text_on_the_page():
    evil = "<script>alert(1)</script>"
    document = {"paths": {"/x": {"get": {"tags": ["t"], "summary": evil, "description": f"a `{evil}`",
                "responses": {"200": {"description": evil}}}}}}  # fmt: skip
    (resource,) = resources(document, "http://h")
    assert resource.operations[0].title == evil
    assert resource.operations[0].text == ("a ", evil, "")


def test_an_example_is_found_or_put_together():
    schemas = {"A": {"properties": {"n": {"type": "integer", "minimum": 4}, "again": {"$ref": "#/c/A"}}}}
    made = sample({"$ref": "#/c/A"}, schemas)
    assert made["n"] == 4
    assert sample({"anyOf": [{"type": "null"}, {"enum": ["x", "y"]}]}, {}) == "x"
    assert sample({"type": "array", "items": {"format": "date-time", "type": "string"}}, {}) == [
        "2026-03-01T12:00:00Z"
    ]
