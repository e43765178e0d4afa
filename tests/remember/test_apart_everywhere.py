"""No call of any facet sees or changes what is another organisation's: theirs is as if it were not there."""

import inspect
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from anomaly_hunter.errors import HunterError
from anomaly_hunter.model import Event
from anomaly_hunter.remember import schema
from anomaly_hunter.remember.hunts.recorded import Recordings
from anomaly_hunter.remember.life.events import Events
from anomaly_hunter.remember.life.happened import Happenings
from anomaly_hunter.remember.lists.subjects import Subjects
from anomaly_hunter.remember.people.audit import Audit
from anomaly_hunter.remember.people.keys import Keys
from anomaly_hunter.remember.people.people import Doer, People
from anomaly_hunter.remember.people.sessions import Sessions
from anomaly_hunter.remember.serving.jobs import Jobs
from anomaly_hunter.remember.serving.replies import Asked, Replies, Reply
from anomaly_hunter.remember.store import Store
from anomaly_hunter.remember.watches.runs import Runs
from anomaly_hunter.remember.watches.watching import Watches
from tests.remember.kept import HOUR, NOON, spike_hunt

EVE = Doer("eve")


WINDOW = (NOON - HOUR, NOON)
LATER = NOON + 9_999 * HOUR
FILES = {"files": ["a.csv"], "every": "5m"}
FACETS = (Watches, Runs, Recordings, Subjects, Events, Jobs, Replies, People, Keys, Sessions, Audit)
BY_ID = {
    "Watches.find": lambda s, n: Watches(s).find(n),
    "Watches.one": lambda s, n: Watches(s).one(n),
    "Watches.change": lambda s, n: Watches(s).change(n, "eve", NOON, enabled=False),
    "Watches.run_now": lambda s, n: Watches(s).run_now(n, "eve", NOON),
    "Watches.remove": lambda s, n: Watches(s).remove(n, "eve", NOON),
    "Runs.of": lambda s, n: Runs(s).of(n),
    "Runs.known": lambda s, n: Runs(s).known([n]),
    "Runs.claim": lambda s, n: Runs(s).claim(n, WINDOW, "eve", LATER, LATER + HOUR),
    "Runs.wait": lambda s, n: Runs(s).wait(n, LATER),
    "Recordings.hunt": lambda s, n: Recordings(s).hunt(n),
    "Recordings.told": lambda s, n: Recordings(s).told(n),
    "Recordings.dataset": lambda s, n: Recordings(s).dataset(n),
    "Recordings.around": lambda s, n: Recordings(s).around(n),
    "Recordings.subjects": lambda s, n: Recordings(s).subjects(n),
    "Recordings.subject": lambda s, n: Recordings(s).subject(n, n),
    "Recordings.levels": lambda s, n: Recordings(s).levels([n]),
    "Recordings.overview": lambda s, n: Recordings(s).overview(n, n),
    "Recordings.detection": lambda s, n: Recordings(s).detection(n, n),
    "Subjects.one": lambda s, n: Subjects(s).one(n),
    "Subjects.anomalies": lambda s, n: Subjects(s).anomalies(n),
    "Events.one": lambda s, n: Events(s).one(n),
    "Events.remove": lambda s, n: Events(s).remove(n),
    "Jobs.find": lambda s, n: Jobs(s).find(n),
    "Jobs.given": lambda s, n: Jobs(s).given(n),
    "Jobs.take": lambda s, n: Jobs(s, "eve", lambda: LATER).take(n),
    "Jobs.renew": lambda s, n: Jobs(s).renew([n]),
    "Jobs.release": lambda s, n: Jobs(s).release([n]),
    "Jobs.begin": lambda s, n: Jobs(s).begin(n),
    "Jobs.progress": lambda s, n: Jobs(s).progress(n, 1, 2),
    "Jobs.finish": lambda s, n: Jobs(s).finish(n, {}),
    "Jobs.fail": lambda s, n: Jobs(s).fail(n, {}),
    "Jobs.cancel": lambda s, n: Jobs(s).cancel(n, "eve"),
    "Replies.before": lambda s, n: Replies(s).before(Asked(n, "b" * 64)),
    "People.one": lambda s, n: People(s).one(n),
    "People.named": lambda s, n: People(s).named(n),
    "People.change": lambda s, n: People(s).change(n, EVE, role="admin"),
    "People.set_password": lambda s, n: People(s).set_password(n, "hash", EVE),
    "People.strengthen": lambda s, n: People(s).strengthen(n, "hash"),
    "Keys.one": lambda s, n: Keys(s).one(n),
    "Keys.revoke": lambda s, n: Keys(s).revoke(n, EVE),
    "Keys.used": lambda s, n: Keys(s).used(n, NOON),
    "Sessions.of": lambda s, n: Sessions(s).of(n, NOON),
    "Sessions.seen": lambda s, n: Sessions(s).seen(n, LATER),
    "Sessions.end": lambda s, n: Sessions(s).end(n),
    "Sessions.end_all": lambda s, n: Sessions(s).end_all(n),
    "Audit.verify": lambda s, n: Audit(s).verify(n),
}
OF_ALL = {
    "Watches.all": lambda s: Watches(s).all(),
    "Watches.due": lambda s: Watches(s).due(LATER),
    "Recordings.hunts": lambda s: Recordings(s).hunts().items,
    "Subjects.series": lambda s: Subjects(s).series()[0],
    "Subjects.datasets": lambda s: Subjects(s).datasets()[0],
    "Events.page": lambda s: Events(s).page().items,
    "Events.between": lambda s: Events(s).between(NOON - HOUR, LATER),
    "Jobs.page": lambda s: Jobs(s).page().items,
    "People.all": lambda s: People(s).all(),
    "Keys.all": lambda s: Keys(s).all(),
    "Audit.page": lambda s: Audit(s).page(),
    "Happenings.since": lambda s: Happenings(s).since(0),
}
BY_RUN = {"Runs.renew", "Runs.done", "Runs.failed"}
MAKING = {
    "Watches.make", "Watches.settle", "Events.add", "Jobs.add", "Jobs.once", "Replies.keep", "People.add",
    "Keys.add", "Sessions.begin", "Audit.record",
}  # fmt: skip


def lived_in(store):
    """Ids of one of everything, and the run of a watch that is held."""
    (incident,) = store.keep(spike_hunt(), NOON, "upload", "ann")
    watch = Watches(store).make("shop", FILES, "ann", NOON)
    run = Runs(store).claim(watch.id, WINDOW, "ann", NOON, LATER)
    (event,) = Events(store, lambda: NOON).add([Event(NOON, "deploy", "v1")], source="api", by="ann")
    ann = People(store).add("ann", "admin", Doer("ann"), password="hash")
    key, _ = Keys(store).add("ci", ["read"], Doer("ann"))
    Sessions(store).begin(ann, "d" * 64, "token", NOON, address="", agent="")
    Replies(store).keep(Asked("a" * 64, "b" * 64), Reply(200, {}, b"secret"))
    job = Jobs(store).add("hunt", "ann", {}, b"secret")
    whole = store.incident(incident).incident
    (hunt,) = Recordings(store).hunts().items
    names = [
        incident, watch.id, "shop", event.id, ann.id, "ann", key.id, "d" * 64, "a" * 64, job.id, hunt.id,
        whole.anomalies[0].id, Recordings(store).subjects(hunt.id)[0].id, Audit(store).page()[0].digest,
    ]  # fmt: skip
    return names, run


def rows(store):
    """Every row of the organisation, of every table."""
    found = {}
    with store.reading() as (connection, owner):
        for table in schema.metadata.sorted_tables:
            if "organisation_id" in table.c:
                query = select(table).where(table.c.organisation_id == owner)
                found[table.name] = connection.execute(query.order_by(*table.primary_key.columns)).all()
    return found


def outcome(call, store, name):
    """What comes of a call, without the id that it was given."""
    try:
        return repr(call(store, name)).replace(name, "?")
    except HunterError as error:
        return f"{type(error).__name__}: {error}".replace(name, "?")


def unknown(name):
    return "0" * len(name)


def test_every_call_of_every_facet_is_walked():
    calls = {
        f"{facet.__name__}.{name}"
        for facet in FACETS
        for name, what in inspect.getmembers(facet, inspect.isfunction)
        if not name.startswith("_") and name != "clock"
    }
    assert calls - {"Happenings.since"} <= {*BY_ID, *OF_ALL, *BY_RUN, *MAKING}


@pytest.mark.parametrize("kept", [False, True])
def test_what_is_ours_is_to_them_as_if_it_were_not_there(place, kept):
    with Store.open(place, "ours") as ours, Store.open(place, "theirs") as theirs:
        names, run = lived_in(ours)
        if kept:
            theirs.pseudonym_key()
        before = rows(ours)
        assert min(len(before[name]) for name in ("hunt", "recording", "session", "reply", "audit")) == 1
        for name, call in BY_ID.items():
            for given_id in names:
                assert outcome(call, theirs, given_id) == outcome(call, theirs, unknown(given_id)), name
        assert {name: found for name, call in OF_ALL.items() if (found := call(theirs))} == {}
        assert not Runs(theirs).renew(run, LATER)
        assert not Runs(theirs).failed(run, NOON, LATER, "no")
        with pytest.raises(HunterError, match="taken over"):
            Runs(theirs).done(run, NOON, LATER, took_ms=1.0, points=1, incident_ids=())
        assert rows(ours) == before


def test_the_same_names_can_be_made_in_both(place):
    with Store.open(place, "ours") as ours, Store.open(place, "theirs") as theirs:
        lived_in(ours)
        before = rows(ours)
        Watches(theirs).make("shop", FILES, "eve", NOON)
        assert Watches(theirs).settle({"other": FILES}, NOON) == ()
        Events(theirs).add([Event(NOON, "deploy", "v1")], source="api", by="eve")
        Keys(theirs).add("ci", ["admin"], EVE)
        Jobs(theirs).add("hunt", "eve", {}, b"")
        assert not Jobs(theirs).once(Asked("a" * 64, "b" * 64), "hunt", "eve", {}, b"")[1]
        Replies(theirs).keep(Asked("a" * 64, "c" * 64), Reply(200, {}, b""))
        theirs.keep(spike_hunt(), NOON, "upload", "eve")
        assert {one.by for one in Recordings(theirs).hunts().items} == {"eve"}
        assert Audit(theirs).verify().entries == 1
        assert rows(ours) == before


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def both(request, tmp_path_factory):
    """Two organisations in one store, ids of ours, and all that ours holds."""
    file = str(tmp_path_factory.mktemp("both") / "memory.db")
    place = file if request.param == "sqlite" else request.getfixturevalue("new_database")()
    with Store.open(place, "ours") as ours:
        theirs = replace(ours, organisation="theirs")
        names, _ = lived_in(ours)
        Watches(theirs).make("mine", FILES, "eve", NOON)
        People(theirs).add("eve", "admin", EVE)
        yield ours, theirs, names, rows(ours)


@settings(derandomize=True, max_examples=10, deadline=None)
@given(st.data())
def test_no_walk_through_all_calls_leads_over(both, data):
    ours, theirs, names, before = both
    steps = st.tuples(st.sampled_from(sorted(BY_ID)), st.sampled_from(names))
    for name, given_id in data.draw(st.lists(steps, min_size=5, max_size=15)):
        assert outcome(BY_ID[name], theirs, given_id) == outcome(BY_ID[name], theirs, unknown(given_id))
    assert rows(ours) == before
    assert {one.by for one in Audit(theirs).page()} <= {"eve"}
