"""Times that people type are times, or the form says what is wrong with them."""

from __future__ import annotations

import pytest

from anomaly_hunter.remember.life.events import Events
from tests.serve.apps import served

NO_TIMES = (
    "NaT",
    "now",
    "9999-12-31T00:00",
    "0001-01-01T00:00+14:00",
    "-9999-01-01",
    "300000-01-01T00:00",
    "1e5",
)


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    with served(tmp_path_factory.mktemp("served")) as both:
        yield both


@pytest.mark.parametrize("given", NO_TIMES)
def test_what_is_no_time_is_said_so_and_nothing_is_kept(here, given):
    client, store = here
    silence = {"reason": "r", "lasts": "1h", "begins": given}
    asked = [
        client.post("/events", data={"title": "v2", "kind": "deploy", "at": given}),
        client.post("/silences", data=silence),
        client.get("/incidents", params={"since": given}),
    ]
    assert [one.status_code for one in asked] == [422, 422, 422]
    assert not Events(store).page().items


def test_a_zone_that_is_typed_counts(here):
    client, store = here
    client.post("/events", data={"title": "v2", "kind": "deploy", "at": "2026-03-01T12:00+02:00"})
    (kept,) = Events(store).page().items
    assert str(kept.event.time)[:16] == "2026-03-01T10:00"
