"""Events, replies, series and datasets, in both databases."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from anomaly_hunter.errors import UnknownError, UsageError
from anomaly_hunter.model import Event
from anomaly_hunter.remember.life.events import Events
from anomaly_hunter.remember.lists.subjects import Subjects
from anomaly_hunter.remember.serving.replies import Asked, Replies, Reply
from tests.remember.kept import NOON, spike_hunt

MINUTE = np.timedelta64(60, "s").astype("timedelta64[ns]")


def paged(ask):
    """Everything of a list, page by page."""
    found, after = [], ""
    while True:
        items, after = ask(after)
        found += items
        if not after:
            return found


def test_events_come_back_in_pages_and_by_time(memory):
    told = [
        Event(NOON + i // 2 * MINUTE, "deploy", f"v{i}\x00\ud800", "api", {"n": str(i)}) for i in range(9)
    ]
    events = Events(memory)
    kept = events.add(told, source="api", by="ci")
    assert events.add(told[:2], source="grafana", by="x") == kept[:2]

    def ask(after):
        page = events.page(after, 2)
        return page.items, page.next

    found = paged(ask)
    assert sorted(one.id for one in found) == sorted(one.id for one in kept)
    assert found[0].event.labels["n"] == "8"
    between = events.between(NOON + MINUTE, NOON + 2 * MINUTE)
    assert sorted(event.title for event in between) == ["v2?", "v3?", "v4?", "v5?"]
    assert [one.event.title for one in events.page(since=NOON + 4 * MINUTE).items] == ["v8?"]
    assert events.page(kind="flag").items == ()
    events.remove(kept[0].id)
    with pytest.raises(UnknownError):
        events.one(kept[0].id)


def test_nothing_of_another_organisation_is_there(memory):
    other = replace(memory, organisation="other")
    (kept,) = Events(memory).add([Event(NOON, "deploy", "v1")], source="api", by="ci")
    memory.keep(spike_hunt())
    (series,) = Subjects(memory).series()[0]
    for store in (other, replace(memory, organisation="nobody")):
        assert Events(store).page().items == ()
        assert Events(store).between(NOON, NOON) == ()
        assert Subjects(store).series() == ((), "")
        assert Subjects(store).datasets() == ((), "")
        for ask in (Events(store).one, Events(store).remove, Subjects(store).one, Subjects(store).anomalies):
            for name in (kept.id, series.id):
                with pytest.raises(UnknownError):
                    ask(name)
    Replies(memory).keep(Asked("k", "r"), Reply(200, {}, b""))
    assert Replies(other).before(Asked("k", "r")) is None


def test_series_anomalies_and_datasets_come_in_pages(memory):
    for i in range(5):
        memory.keep(spike_hunt(24 * i, "a_ms"), NOON + i * MINUTE)
    memory.keep(spike_hunt(0, "b_ms"), NOON)
    subjects = Subjects(memory)
    found = paged(lambda after: subjects.series(after, 1))
    assert [(one.name, one.anomalies) for one in found] == [("a_ms", 5), ("b_ms", 1)]
    assert [one.name for one in subjects.series(search="B_M")[0]] == ["b_ms"]
    assert subjects.series(search="%")[0] == ()
    seen = paged(lambda after: subjects.anomalies(found[0].id, after, 2))
    begins = [anomaly.begin for _, anomaly in seen]
    assert begins == sorted(begins, reverse=True)
    assert len(begins) == 5
    ((dataset,), after) = subjects.datasets()
    assert (dataset.dataset, dataset.kept_at, after) == ("shop.csv", NOON + 4 * MINUTE, "")


@pytest.mark.parametrize("cursor", ["x", "W10", "WyJldmVudHMiLDEsIlx1MDAwMCJd"])
def test_a_cursor_of_nothing_is_refused(memory, cursor):
    Events(memory).add([Event(NOON, "deploy", "v1")], source="api", by="ci")
    with pytest.raises(UsageError, match="cursor"):
        Events(memory).page(cursor)
