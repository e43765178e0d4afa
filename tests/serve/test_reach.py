"""Everything that the API describes, asked by a machine that tries to break it: no fault, no surprise."""

from __future__ import annotations

import time

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.remember.kept import spike_hunt
from tests.serve.running import running

ENDLESS = {"GET /api/v1/live"}
"""They do not end by themselves; they have tests of their own."""

MAY = [positive_data_acceptance]
"""What is as described may still not fit (a cursor of another list, a state); it is refused as described."""

EXAMPLES = {GenerationMode.POSITIVE: 6, GenerationMode.NEGATIVE: 4}


@pytest.fixture(scope="module")
def described(tmp_path_factory):
    """The whole application with one incident in its store, as it describes itself."""
    with running(tmp_path_factory.mktemp("reach"), requests_per_minute=0) as (url, store):
        store.keep(spike_hunt())
        while httpx.get(f"{url}/readyz").status_code != 200:  # "not yet" is no fault
            time.sleep(0.05)
        yield schemathesis.openapi.from_url(f"{url}/api/v1/openapi.json")


def faults_of(operation, mode):
    """What is wrong with the answers to some requests that are as described, or just not."""
    found: list[str] = []

    @settings(
        max_examples=EXAMPLES[mode], derandomize=True, deadline=None, database=None,
        suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate],
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case):
        try:
            case.call_and_validate(excluded_checks=MAY)
        except FailureGroup as group:
            found.extend(f"{operation.label} {one.title}: {one.message}"[:900] for one in group.exceptions)

    ask()
    return found


@pytest.mark.slow
@pytest.mark.parametrize("mode", EXAMPLES, ids=lambda mode: mode.value)
def test_nothing_that_is_described_fails_or_answers_otherwise(described, mode):
    found: list[str] = []
    for result in described.get_all_operations():
        operation = result.ok()
        if operation.label in ENDLESS:
            continue
        if mode is GenerationMode.POSITIVE or operation.body or operation.query or operation.headers:
            found += faults_of(operation, mode)
    assert found == [], "\n\n".join(dict.fromkeys(found))
