"""Both databases tell the same of the same work: pages, counts, lanes, figures."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anomaly_hunter.errors import ConflictError
from anomaly_hunter.feedback import stats
from anomaly_hunter.model import Cause, Event
from anomaly_hunter.remember.answering import answers_of
from anomaly_hunter.remember.learning.figures import figures
from anomaly_hunter.remember.life.events import Events
from anomaly_hunter.remember.life.life import Life
from anomaly_hunter.remember.life.silences import Silences
from anomaly_hunter.remember.lists.listing import Asked, Listing
from anomaly_hunter.remember.lists.subjects import Subjects
from anomaly_hunter.remember.records import Change, Feedback, Matcher, Silence
from anomaly_hunter.remember.store import Store
from tests.builders import START, spike_detection
from tests.remember.kept import HOUR, NOON, hunt_of, later

SETTINGS = settings(
    derandomize=True, max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
NAMES = ("latency", "Ärger_100%", "ärger~", "\U0001f600 Straße", "ΣΊΣΥΦΟΣ")
SEARCHES = ("", "LATENCY", "ÄRGER", "_100%", "~", "straße", "σίσυφοσ", "team", "nothing")
STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("keep"), st.sampled_from(NAMES), st.integers(0, 3),
            st.sampled_from([0.0, 2.5, 2.5 + 1e-15, 9.9]), st.booleans(), st.integers(0, 2),
        ),
        st.tuples(
            st.sampled_from(["acknowledge", "assign", "resolve", "mute", "comment"]), st.integers(0, 9)
        ),
        st.tuples(st.just("quiet"), st.sampled_from(["*", "*ärger*", "latency"])),
        st.tuples(
            st.just("say"), st.integers(0, 9),
            st.sampled_from(["real", "expected", "ignore", "cause right", "cause wrong", "cause is"]),
            st.integers(0, 2), st.booleans(),
        ),
        st.tuples(st.just("learn"), st.sampled_from([None, [0.5, 1.5], [-1.0, 1.0]]), st.integers(0, 2)),
        st.tuples(st.just("undo"), st.integers(1, 3)),
    ),
    min_size=6, max_size=18,
)  # fmt: skip
NUMBERS = itertools.count()


def keep(store, name, hours, severity, clocked, minutes):
    detection = later(spike_detection(name), 48 * hours)
    if not clocked:
        bare = tuple(replace(one, begin=None, end=None) for one in detection.anomalies)
        detection = replace(detection, anomalies=bare)
    found = hunt_of(
        detection, cause=Cause("event", f"deploy {hours}", "", 0.8), name=f"{hash_of(name)}{hours}"
    )
    (incident,) = found.incidents
    said = replace(incident.verdict, severity=severity)
    store.keep(replace(found, incidents=(replace(incident, verdict=said),)), NOON + minutes * HOUR)


def hash_of(name):
    return f"{NAMES.index(name):08x}"


def done(store, steps):
    """The same steps in this store."""
    life = Life(store, clock=lambda: NOON + 5 * HOUR)
    silences = Silences(store, clock=lambda: NOON + 5 * HOUR)
    for number, (what, *rest) in enumerate(steps):
        names = sorted(one.id for one in store.incidents())
        if what == "keep":
            name, hours, severity, clocked, spread = rest
            keep(store, name, hours, severity, clocked, number if spread else 0)
        elif what == "quiet":
            silences.add(Silence(Matcher(subject=rest[0]), NOON, NOON + 24 * HOUR))
        elif what == "learn":
            store.learn([Change("confidence", "line", None, rest[0], "why", NOON + rest[1] * HOUR)])
        elif what == "undo":
            last = [one.id for one in store.changes()][-rest[0] :]
            if last:
                store.undo(last[0], NOON + HOUR)
        elif names:
            one = names[rest[0] % len(names)]
            if what == "say":
                lead = store.incident(one).incident.lead.id if rest[3] else ""
                name = "another" if rest[1] == "cause is" else ""
                store.add_feedback(
                    Feedback(one, rest[1], NOON + rest[2] * HOUR, cause_name=name, anomaly_id=lead)
                )
                continue
            try:
                acted(life, what, one)
            except ConflictError:
                continue


def acted(life, what, name):
    if what == "assign":
        life.assign(name, "Team Ä", "ann")
    elif what == "comment":
        life.comment(name, "look", "ann")
    else:
        getattr(life, what)(name, "ann")


def paged(ask):
    found, after = [], ""
    while True:
        items, after = ask(after)
        found.append(items)
        if not after:
            return found


def plain(kept):
    """Without what is drawn by chance: the ids of hunts and silences."""
    return replace(kept, hunt_id=None, silenced=kept.silenced and "quiet")


def told(store):
    """All that the lists say, page by page."""
    listing, subjects = Listing(store), Subjects(store)

    def page(**asked):
        def ask(after):
            found = listing.page(Asked(after=after, most=2, **asked))
            return [plain(one) for one in found.items], found.next

        return paged(ask)

    since, until = START, START + 400 * HOUR
    return {
        "sorted": [
            page(sort=sort, silenced=quiet)
            for sort in ("latest", "severity", "begin")
            for quiet in (None, True, False)
        ],
        "searched": [page(search=word, silenced=None) for word in SEARCHES],
        "worse": page(least_severity=2.5, silenced=None),
        "then": page(since=START + 24 * HOUR, until=START + 100 * HOUR, silenced=None),
        "counts": [listing.counts(), listing.counts(Asked(search="Ä", silenced=None))],
        "over time": listing.severities(since, until, 12 * HOUR, silenced=None),
        "lanes": [
            listing.lanes(since, until, most, silenced=quiet)
            for most in (1, 20)
            for quiet in (None, False, True)
        ],
        "series": [paged(lambda after, word=word: subjects.series(after, 2, word)) for word in ("", "ÄRGER")],
        "anomalies": [
            paged(lambda after, name=one.id: subjects.anomalies(name, after, 2))
            for one in subjects.series("", 50)[0]
        ],
        "figures": repr(stats(store)),
    }


def lanes_by_hand(store, most):
    """The lanes of everything, from what the lists and incidents say."""
    worst = [
        one
        for one in Listing(store).page(Asked(sort="severity", silenced=None, most=500)).items
        if one.begin is not None
    ]
    names = list(dict.fromkeys(store.incident(one.id).incident.lead.subject_id for one in worst))[:most]
    severity = {one.id: one.severity for one in Listing(store).page(Asked(silenced=None, most=500)).items}
    spans = [
        (anomaly.subject_id, anomaly.begin, anomaly.end, severity[home], home)
        for home, _, anomaly in store.anomalies()
        if anomaly.begin is not None
    ]
    return {name: sorted(span[1:] for span in spans if span[0] == name) for name in names}


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    with Store.open(tmp_path_factory.mktemp("alike") / "memory.db") as store:
        yield store


@pytest.fixture(scope="module")
def server(new_database):
    with Store.open(new_database()) as store:
        yield store


def anew(store):
    """The same store for an organisation of which nothing is kept."""
    return replace(store, organisation=f"organisation {next(NUMBERS)}")


@SETTINGS
@given(steps=STEPS)
def test_figures_and_lanes_say_what_all_rows_say(file, steps):
    store = anew(file)
    done(store, steps)
    assert repr(stats(store)) == repr(figures(answers_of(store), len(store.incidents())))
    drawn = Listing(store).lanes(START - HOUR, START + 4_000 * HOUR, 3, silenced=None)
    shown = {
        lane.subject_id: sorted((one.begin, one.end, one.severity, one.incident_id) for one in lane.spans)
        for lane in drawn
    }
    assert shown == lanes_by_hand(store, 3)


@pytest.mark.slow  # a server starts
@SETTINGS
@given(steps=STEPS)
def test_both_databases_tell_the_same_page_by_page(file, server, steps):
    mine, theirs = anew(file), anew(server)
    done(mine, steps)
    done(theirs, steps)
    here, there = told(mine), told(theirs)
    for name, found in here.items():
        assert found == there[name], name


@pytest.mark.slow  # a server starts
@SETTINGS
@given(
    times=st.lists(st.tuples(st.integers(0, 3), st.sampled_from(NAMES)), min_size=1, max_size=12, unique=True)
)
def test_both_databases_tell_the_same_events(file, server, times):
    events = [Event(NOON + np.timedelta64(at, "ns"), "deploy", name) for at, name in times]
    found = []
    for store in (anew(file), anew(server)):
        facet = Events(store, clock=lambda: NOON)
        facet.add(events, source="api", by="ci")

        def ask(after, facet=facet):
            page = facet.page(after, 2)
            return page.items, page.next

        found.append((paged(ask), facet.between(NOON, NOON + np.timedelta64(2, "ns"))))
    assert found[0] == found[1]
