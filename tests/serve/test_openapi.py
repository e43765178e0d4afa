"""The description of the API is whole: every operation says what it takes, answers and refuses."""

from __future__ import annotations

import pytest

from anomaly_hunter.client import records
from anomaly_hunter.client.reading import record_of
from anomaly_hunter.serve.rest.examples import EXAMPLES
from anomaly_hunter.serve.rest.openapi import operations
from tests.serve.apps import served


@pytest.fixture(scope="module")
def document(tmp_path_factory):
    with served(tmp_path_factory.mktemp("openapi")) as (client, _):
        return client.get("/api/v1/openapi.json").json()


def test_every_operation_says_what_it_does_and_what_it_refuses(document):
    missing = []
    for path, method, operation in operations(document):
        name = f"{method} {path}"
        if not operation.get("summary") or not operation.get("description") or not operation.get("tags"):
            missing.append(f"{name}: summary, description or tag")
        if not any(status.startswith("2") for status in operation["responses"]):
            missing.append(f"{name}: success")
        for status, answer in operation["responses"].items():
            if status.startswith(("4", "5")) and "application/problem+json" not in answer.get("content", {}):
                missing.append(f"{name}: {status} is no problem")
        if not {"401", "403", "422", "429", "500"} <= set(operation["responses"]):
            missing.append(f"{name}: errors")
    assert missing == []
    assert len(list(operations(document))) > 5


def test_every_record_that_is_described_has_an_example(document):
    schemas = document["components"]["schemas"]
    made_by_clients = {"Detected", "AgentSaid", "Told"}
    ours = {name for name in vars(records) if name in schemas} - made_by_clients
    assert ours <= set(EXAMPLES)
    assert all("examples" in schemas[name] for name in ours)


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_an_example_is_what_the_client_reads(name):
    record_of(getattr(records, name), EXAMPLES[name])


def test_every_body_that_is_taken_has_an_example(document):
    schemas = document["components"]["schemas"]
    wanting = []
    for path, method, operation in operations(document):
        for kind, media in operation.get("requestBody", {}).get("content", {}).items():
            if kind == "multipart/form-data":  # files: docs/api.md shows how
                continue
            schema = media["schema"]
            name = schema.get("$ref", "").rpartition("/")[2]
            named = (
                [name]
                if name
                else [r["$ref"].rpartition("/")[2] for r in schema.get("anyOf", []) if "$ref" in r]
            )
            if "examples" not in media and not any("examples" in schemas[one] for one in named):
                wanting.append(f"{method} {path}")
    assert wanting == []


def test_no_two_shapes_have_one_name(document):
    assert [name for name in document["components"]["schemas"] if "anomaly_hunter__" in name] == []
