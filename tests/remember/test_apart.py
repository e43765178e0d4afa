"""Another organisation's ids are as unknown ids: in every call of every facet, whatever it is given."""

import inspect

import pytest

from anomaly_hunter.errors import UsageError
from anomaly_hunter.remember.life.happened import Happenings
from anomaly_hunter.remember.life.life import Life
from anomaly_hunter.remember.life.silences import Silences
from anomaly_hunter.remember.life.views import Views
from anomaly_hunter.remember.lists.listing import Asked, Listing
from anomaly_hunter.remember.options import RememberOptions
from anomaly_hunter.remember.records import Feedback, Matcher, Silence, View
from anomaly_hunter.remember.store import Store
from anomaly_hunter.remember.upkeep.retention import Retention
from tests.remember.kept import HOUR, NOON, spike_hunt

STRICT = RememberOptions(keep_incidents=1, keep_hunts=1, keep_days=1)
FACETS = (Life, Listing, Silences, Views, Happenings, Retention)
BY_ID = {
    "Life.acknowledge": lambda s, n: Life(s).acknowledge(n, "eve"),
    "Life.assign": lambda s, n: Life(s).assign(n, "eve", "eve"),
    "Life.resolve": lambda s, n: Life(s).resolve(n, "eve"),
    "Life.reopen": lambda s, n: Life(s).reopen(n, "eve"),
    "Life.mute": lambda s, n: Life(s).mute(n, "eve"),
    "Life.comment": lambda s, n: Life(s).comment(n, "x", "eve"),
    "Life.history": lambda s, n: Life(s).history(n),
    "Listing.similar": lambda s, n: Listing(s).similar(n),
    "Silences.end": lambda s, n: Silences(s).end(n, "eve"),
    "Silences.one": lambda s, n: Silences(s).one(n),
    "Silences.counted": lambda s, n: Silences(s).counted(n),
    "Views.remove": lambda s, n: Views(s).remove(n),
    "Store.incident": lambda s, n: s.incident(n),
    "Store.add_feedback": lambda s, n: s.add_feedback(Feedback(n, "real", NOON)),
}
OF_ALL = {
    "Listing.page": lambda s: Listing(s).page().items,
    "Listing.counts": lambda s: [n for n in Listing(s).counts(Asked(silenced=None)).values() if n],
    "Listing.severities": lambda s: [
        b for b in Listing(s).severities(NOON - 2000 * HOUR, NOON, 9 * HOUR, silenced=None) if b.count
    ],
    "Listing.lanes": lambda s: Listing(s).lanes(NOON - 2000 * HOUR, NOON, silenced=None),
    "Silences.all": lambda s: Silences(s).all(),
    "Silences.active": lambda s: Silences(s).active(NOON),
    "Views.all": lambda s: Views(s).all(),
    "Happenings.since": lambda s: Happenings(s).since(0),
    "Happenings.last_id": lambda s: Happenings(s).last_id(),
    "Retention.prune": lambda s: [
        n for n in vars_of(Retention(s, RememberOptions(keep_incidents=1)).prune()) if n
    ],
}
MAKING = {"Silences.add", "Views.add"}


def vars_of(record):
    return [getattr(record, name) for name in type(record).__dataclass_fields__]


@pytest.fixture
def ours(place):
    with Store.open(place, "ours") as store:
        yield store


@pytest.fixture(params=["never kept", "kept"])
def theirs(place, request):
    with Store.open(place, "theirs") as store:
        if request.param == "kept":
            store.pseudonym_key()
        yield store


@pytest.fixture
def ids(ours):
    """Ids of everything of ours that has one."""
    made = Silences(ours).add(Silence(Matcher("nothing"), NOON - HOUR, NOON + 9999 * HOUR))
    names = [ours.keep(spike_hunt(hours=48 * i), NOON)[0] for i in range(3)]
    Life(ours).resolve(names[0], "ann")
    ours.add_feedback(Feedback(names[0], "real", NOON))
    return [*names, made.id, Views(ours).add(View("mine", "incidents", "")).id, ours.incidents()[0].hunt_id]


def everything(store):
    return (
        store.incidents(), store.feedback(), Silences(store).all(), Views(store).all(),
        [Life(store).history(kept.id) for kept in store.incidents()], Happenings(store).since(0),
    )  # fmt: skip


def test_every_call_of_every_facet_stands_here():
    calls = {
        f"{facet.__name__}.{name}"
        for facet in FACETS
        for name, what in inspect.getmembers(facet, inspect.isfunction)
        if not name.startswith("_")
    } - {"Life.clock", "Silences.clock", "Views.clock", "Retention.clock"}
    assert calls <= {*BY_ID, *OF_ALL, *MAKING}


def test_an_id_of_theirs_is_an_unknown_id_to_the_last_letter(ours, theirs, ids):
    before = everything(ours)
    for name, call in BY_ID.items():
        for given in ids:
            with pytest.raises(UsageError) as real:
                call(theirs, given)
            with pytest.raises(UsageError) as made_up:
                call(theirs, "0" * len(given))
            same = str(real.value).replace(given, "?"), str(made_up.value).replace("0" * len(given), "?")
            assert same[0] == same[1], name
            assert type(real.value) is type(made_up.value), name
    assert everything(ours) == before


def test_what_is_listed_holds_nothing_of_theirs(ours, theirs, ids):
    before = everything(ours)
    assert {name: call(theirs) for name, call in OF_ALL.items() if call(theirs)} == {}
    assert not theirs.withdraw_feedback(ours.feedback()[0].id)
    assert Listing(theirs).page(Asked(after=Listing(ours).page(Asked(most=1)).next)).items == ()
    assert everything(ours) == before


def test_the_same_hunt_in_both_is_two_incidents_with_two_lives(ours, theirs, ids):
    (name,) = theirs.keep(spike_hunt(), NOON)
    assert name in ids
    assert Life(theirs).acknowledge(name, "eve").state == "acknowledged"
    assert ours.incident(name).kept.state == "resolved"
    assert [line.by for line in Life(theirs).history(name)] == ["", "eve"]
    assert {h.data["by"] for h in Happenings(theirs).since(0)} == {"", "eve"}
