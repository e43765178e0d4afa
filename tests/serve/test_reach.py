"""Everything that the API describes, asked by a machine that tries to break it: no fault, nothing undescribed."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings

from anomaly_hunter.config import Settings, override
from anomaly_hunter.remember.store import Store
from anomaly_hunter.serve.app import create_app
from tests.remember.kept import spike_hunt

EXAMPLES = 6


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    place = tmp_path_factory.mktemp("reach") / "memory.db"
    with Store.open(place) as store:
        store.keep(spike_hunt())
        yield create_app(override(Settings(), memory=str(place), requests_per_minute=0), store)


@pytest.fixture
def described(whole):
    return schemathesis.openapi.from_asgi("/api/v1/openapi.json", whole)


schema = schemathesis.pytest.from_fixture("described")


@pytest.mark.slow
@schema.parametrize()
@settings(
    max_examples=EXAMPLES, derandomize=True, deadline=None, database=None,
    suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate],
)  # fmt: skip
def test_nothing_that_is_described_fails(case):
    case.call_and_validate(headers={"host": "127.0.0.1:8787"})
