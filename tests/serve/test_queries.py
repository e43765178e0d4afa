"""What stands behind the ? of an address is read as it is described, or refused."""

from __future__ import annotations

import pytest

from tests.serve.apps import served


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    with served(tmp_path_factory.mktemp("queries")) as (client, _):
        yield client


@pytest.mark.parametrize(
    "query",
    [
        "limit=1&limit=2",
        "sevrity=3",
        "limit=",
        "limit=0",
        "limit=201",
        "limit=1e9",
        "limit=NaN",
        "<script>=1",
    ],
)
def test_a_parameter_that_is_not_described_is_refused(client, query):
    answer = client.get(f"/api/v1/events?{query}")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["faults"]
