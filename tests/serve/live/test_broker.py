"""Everybody who listens is told what they want to hear, once and in order."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from anomaly_hunter.remember.life import feed
from anomaly_hunter.remember.moments import now
from anomaly_hunter.serve.live import broker
from anomaly_hunter.serve.live.broker import Broker, Wanted
from tests.stores import new_store


@pytest.fixture
def store(tmp_path):
    with new_store(tmp_path / "memory.db") as opened:
        yield opened


def tell(store, kind="incident.opened", about="a", **data):
    with store.writing() as (connection, owner):
        feed.tell(connection, owner, now(), kind, about, data)


async def heard(listener, count, seconds=10.0):
    """The next so many."""
    found: list[broker.Told] = []
    while len(found) < count:
        taken = await listener.take(seconds)
        assert taken, f"only {len(found)} of {count}"
        found += taken
    return found


def listening(store, use):
    async def run():
        feeding = Broker(store, every_s=0.01)
        try:
            return await asyncio.wait_for(use(feeding), 30)
        finally:
            feeding.close()

    return asyncio.run(run())


def test_a_listener_hears_what_happens_from_now_on(store):
    tell(store, about="before")

    async def use(feeding):
        listener = await feeding.listen("default")
        await asyncio.to_thread(tell, store, about="after")
        return await heard(listener, 1)

    (told,) = listening(store, use)
    assert told.heard.about == "after"
    assert told.event.startswith(b"id: 2\nevent: incident.opened\ndata: {")


def test_who_comes_back_goes_on_after_the_last_it_heard(store):
    for number in range(5):
        tell(store, about=str(number))

    async def use(feeding):
        listener = await feeding.listen("default", after=2)
        await asyncio.to_thread(tell, store, about="5")
        return await heard(listener, 4)

    assert [told.heard.about for told in listening(store, use)] == ["2", "3", "4", "5"]


def test_more_than_one_query_gives_is_still_heard_whole(store):
    with store.writing() as (connection, owner):
        for number in range(1_300):
            feed.tell(connection, owner, now(), "job.progress", str(number), {})

    async def use(feeding):
        listener = await feeding.listen("default", after=400)
        return await heard(listener, 900)

    assert [told.heard.id for told in listening(store, use)] == list(range(401, 1_301))


def test_kinds_and_the_incident_choose(store):
    async def use(feeding):
        nouns = await feeding.listen("default", Wanted(kinds=("job",)))
        about = await feeding.listen("default", Wanted(about="b"))
        for kind, name in (("incident.opened", "a"), ("job.done", "j"), ("incident.muted", "b")):
            await asyncio.to_thread(tell, store, kind, name)
        return await heard(nouns, 1), await heard(about, 1)

    (job,), (incident,) = listening(store, use)
    assert job.heard.kind == "job.done"
    assert incident.heard.kind == "incident.muted"


def test_another_organisation_is_not_heard(store):
    other = replace(store, organisation="other")

    async def use(feeding):
        listener = await feeding.listen("other")
        await asyncio.to_thread(tell, store, about="mine")
        await asyncio.to_thread(tell, other, about="theirs")
        return await heard(listener, 1)

    assert [told.heard.about for told in listening(store, use)] == ["theirs"]


def test_a_hundred_listeners_hear_the_same_words_that_were_made_once(store):
    async def use(feeding):
        listeners = [await feeding.listen("default") for _ in range(100)]
        await asyncio.to_thread(tell, store)
        return [(await heard(one, 1))[0] for one in listeners]

    assert len({id(told) for told in listening(store, use)}) == 1


def test_a_listener_that_does_not_keep_up_is_let_go_and_the_others_stay(store):
    async def use(feeding):
        slow, quick = await feeding.listen("default"), await feeding.listen("default")
        with store.writing() as (connection, owner):
            for _ in range(broker._MOST_HELD + 1):
                feed.tell(connection, owner, now(), "job.progress", "x", {})
        await heard(quick, broker._MOST_HELD)
        while not slow.gone:
            await asyncio.sleep(0.01)
        return quick.gone

    assert not listening(store, use)


def test_closing_lets_everybody_go(store):
    async def use(feeding):
        listener = await feeding.listen("default")
        asyncio.get_running_loop().call_later(0.05, feeding.close)
        taken = await listener.take(10)
        late = await feeding.listen("default")
        return taken, listener.gone, late.gone

    assert listening(store, use) == ([], True, True)


def test_nobody_listening_costs_nothing(store):
    async def use(feeding):
        listener = await feeding.listen("default")
        feeding.leave(listener)
        while not feeding._looking.done():
            await asyncio.sleep(0.01)
        return feeding.listeners

    assert listening(store, use) == 0


def test_words_of_data_cannot_break_the_stream(store):
    async def use(feeding):
        listener = await feeding.listen("default")
        await asyncio.to_thread(tell, store, "a\nevent: b", "x", text="one\n\ntwo\u2028three")
        return await heard(listener, 1)

    (told,) = listening(store, use)
    assert told.event.count(b"\n") == 4
    assert told.event.endswith(b"\n\n")


def test_a_number_that_no_event_has_means_now_and_disturbs_nobody(store):
    tell(store, about="before")

    async def use(feeding):
        others = [await feeding.listen("default"), await feeding.listen("other")]
        odd = [await feeding.listen(name, after=10**29) for name in ("default", "other")]
        for name in ("default", "other"):
            await asyncio.to_thread(tell, replace(store, organisation=name), about=name)
        return [await heard(one, 1) for one in (*others, *odd)]

    told = [one.heard.about for (one,) in listening(store, use)]
    assert told == ["default", "other", "default", "other"]
