"""Which past incidents are alike, and what they say about a cause."""

import sqlite3
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import anomaly_hunter as ah
from anomaly_hunter.bench.what.memory import questions
from anomaly_hunter.investigate.case import Case
from anomaly_hunter.investigate.judge import judge
from anomaly_hunter.investigate.recall import MOST_ODDS, recalled
from anomaly_hunter.model import Cause, Finding, Past
from anomaly_hunter.remember.fingerprint import Fingerprint, fingerprint, standardised
from anomaly_hunter.remember.records import Feedback
from anomaly_hunter.remember.similar import WEIGHTS, Rarity, Shelf, likeness
from anomaly_hunter.remember.store import Store
from tests.builders import series_hunt, table_hunt, tickets_hunt
from tests.remember.kept import NOON, spike_hunt

SETTINGS = settings(
    derandomize=True, max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
WORDS = st.lists(st.sampled_from(["pool", "latency", "cart", "db", "deploy"]), max_size=4).map(tuple)
PRINTS = st.builds(
    Fingerprint,
    curve=st.sampled_from([(), standardised(np.arange(24.0)), standardised(np.eye(24)[9])]),
    shape=st.sampled_from(["", "spike", "dip"]),
    span_s=st.sampled_from([float("nan"), 0.0, 300.0, 1e9]),
    sigmas=st.sampled_from([0.0, -3.0, 999.0]),
    moved=WORDS,
    alerting=st.sampled_from(["", "cart"]),
    root=st.sampled_from(["", "db"]),
    depth=st.integers(-1, 3),
    places=WORDS,
    labels=WORDS,
    patterns=WORDS,
    words=WORDS,
)


@SETTINGS
@given(a=PRINTS, b=PRINTS)
def test_likeness_is_symmetric_bounded_and_the_sum_of_its_parts(a, b):
    rarity = Rarity.among((a, b))
    alike = likeness(a, b, rarity)
    assert 0.0 <= alike.similarity <= 1.0
    assert alike.similarity == pytest.approx(likeness(b, a, rarity).similarity)
    assert alike.similarity == pytest.approx(min(1.0, sum(alike.parts.values())))
    assert set(alike.parts) <= set(WEIGHTS)


def test_a_fingerprint_names_the_services_that_the_verdict_names():
    rows = 1_000 * np.arange(1, 61) * 60_000_000
    value = np.where(np.arange(60) < 50, 10.0 + np.arange(60) % 3, 90.0)
    webinar = ah.Series.of(value, rows, name="webinar_latency_ms")
    by_file = ah.Series.of(value, rows, name="latency_ms", labels={"file": "cart"})
    graph = ah.Graph((("web", "cart"),))
    for series, service in ((webinar, ""), (by_file, "cart")):
        hunt = ah.hunt(ah.Dataset(series.name, "series", ah.Quality(60, 1), "", (series,)), graph=graph)
        assert fingerprint(hunt, hunt.incidents[0]).alerting == service


@SETTINGS
@given(a=PRINTS)
def test_nothing_is_more_alike_than_the_same(a):
    alike = likeness(a, a, Rarity.among((a,)))
    assert alike.similarity == pytest.approx(1.0) or not alike.parts
    assert Fingerprint.of(a.plain()).plain() == a.plain()


def test_rare_things_in_common_say_more_than_common_ones():
    past = [Fingerprint(words=("latency", "rose", name)) for name in ("pool", "disk", "cache")]
    now = Fingerprint(words=("pool", "fell"))
    assert Shelf.of(past).ranked(now, least=0.0)[0][0] == 0


@SETTINGS
@given(past=st.lists(PRINTS, max_size=12), now=PRINTS)
def test_the_shelf_ranks_as_comparing_with_everything_does(past, now):
    shelf = Shelf.of(past)
    alike = [likeness(now, one, shelf.rarity).similarity for one in past]
    shares = [bool(now.entries() & one.entries()) for one in past]
    slow = sorted(
        (i for i in range(len(past)) if shares[i] and alike[i] >= 0.35), key=lambda i: (-alike[i], -i)
    )
    assert [i for i, _ in shelf.ranked(now, most=20)] == slow


@pytest.mark.parametrize(
    "hunt", [series_hunt(), table_hunt(), tickets_hunt()], ids=["series", "table", "tickets"]
)
def test_every_domain_has_a_fingerprint_that_says_something(hunt):
    found = fingerprint(hunt, hunt.incidents[0])
    assert found.shape
    assert found.words
    assert found.moved
    assert Fingerprint.of(found.plain()).plain() == found.plain()


# ------------------------------------------------------------ what they say about a cause

DEPLOY = Cause("event", "checkout v3.0.0", "", 0.5, ("changed-before:x",))
KNOWN = ("event", "checkout v2.4.1")


def case_with(*past):
    hunt = series_hunt()
    return Case.of(hunt.dataset, hunt.detections, hunt.incidents[0].anomalies, past)


def test_a_confirmed_cause_of_a_similar_past_incident_supports_the_same_cause_within_bounds():
    one = Past("p", "latency rose", 0.9, turned_out=KNOWN)
    assert recalled(0.25, case_with(one), DEPLOY) == pytest.approx(0.5)
    many = case_with(*[replace(one, id=str(i)) for i in range(50)])
    assert recalled(0.25, many, DEPLOY) == pytest.approx(0.5)
    assert MOST_ODDS == 3.0


def test_a_ruled_out_cause_lowers_the_same_cause():
    assert recalled(0.5, case_with(Past("p", "x", 0.9, not_it=(KNOWN,))), DEPLOY) == pytest.approx(0.25)


@pytest.mark.parametrize(
    "past",
    [
        Past("p", "x", 0.5, turned_out=KNOWN),  # not alike enough
        Past("p", "x", 0.9, said=KNOWN),  # nobody has confirmed it
        Past("p", "x", 0.9, turned_out=("service", "checkout v2.4.1")),
        Past("p", "x", 0.9, turned_out=KNOWN, not_it=(KNOWN,)),
    ],
)
def test_other_past_incidents_say_nothing(past):
    assert recalled(0.3, case_with(past), DEPLOY) == pytest.approx(0.3)


def test_the_past_alone_never_names_a_cause():
    past = Past("p", "latency rose", 1.0, turned_out=("service", "nowhere"))
    case = case_with(past)
    silent = Finding("A", "nothing", 0.2, ())
    assert judge(case, [silent]).cause is None
    weak = replace(silent, cause=Cause("service", "nowhere", "", 0.2, ("x",)))
    assert judge(case, [weak]).cause is None


def test_a_hunt_with_a_memory_judges_with_what_a_person_said(memory):
    value = np.random.default_rng(3).normal(100, 2, 300)
    value[200:230] += 40

    def data(day):
        return {"time": np.datetime64(day) + np.arange(300) * np.timedelta64(60, "s"), "latency": value}

    def found(day, **more):
        at = str(np.datetime64(day) + np.timedelta64(199, "m"))
        deploy = [{"time": at, "kind": "deploy", "title": f"deploy api {day}"}]
        return ah.hunt(data(day), events=deploy, **more)

    with memory as store:
        (name, *_) = store.keep(found("2026-01-05"))
        plain = found("2026-01-06", memory=store, keep=False).verdict
        store.add_feedback(
            Feedback(name, "cause is", NOON, cause_kind="event", cause_name="deploy api 2026-01-05")
        )
        sure = found("2026-01-06", memory=store, keep=False).verdict
        assert len(store.incidents()) == 1
    assert f"past:{name}" in [e.id for e in plain.evidence]
    assert sure.summary.endswith("the cause turned out to be deploy api 2026-01-05.")
    weights = [{c.name: c.share for c in verdict.candidates} for verdict in (plain, sure)]
    assert weights[1]["deploy api 2026-01-06"] > weights[0]["deploy api 2026-01-06"]
    assert f"past:{name}" in next(c for c in sure.candidates if c.kind == "event").evidence


def test_a_hunt_that_cannot_be_kept_is_still_a_hunt(tmp_path, monkeypatch):
    place = tmp_path / "memory.db"
    Store.open(place).close()
    monkeypatch.setattr("os.access", lambda path, mode: False)
    with pytest.warns(RuntimeWarning, match="was not kept"):
        found = ah.hunt([10.0, 11, 10, 9] * 3 + [60.0, 10, 11, 10, 9, 10, 11, 10], memory=place)
    assert found.incidents


def test_a_hunt_whose_memory_breaks_when_it_is_kept_is_still_a_hunt(tmp_path, monkeypatch):
    def torn(*_):
        raise sqlite3.DatabaseError("database disk image is malformed")

    monkeypatch.setattr("anomaly_hunter.remember.keeping.keep_hunt", torn)
    with pytest.warns(RuntimeWarning, match="was not kept.*damaged"):
        found = ah.hunt([10.0, 11, 10, 9] * 3 + [60.0, 10, 11, 10, 9, 10, 11, 10], memory=tmp_path / "m.db")
    assert found.incidents


def test_memory_of_a_wrong_type_is_refused():
    with pytest.raises(ah.UsageError, match="memory came as a int"):
        ah.hunt([1.0, 2.0], memory=7)


@pytest.mark.slow
def test_the_benchmark_asks_every_family_that_came_back():
    found = questions(seed=5, turns=2)
    known = [q for q in found if not q.novel]
    assert len(known) >= 12
    assert sum(q.ranks["the memory"] == 1 for q in known) / len(known) >= 0.6


def test_what_is_found_again_is_never_its_own_past(memory):
    with memory as store:
        hunt = spike_hunt()
        store.keep(hunt)
        groups = [hunt.incidents[0].anomalies]
        assert store.past(groups, [fingerprint(hunt, hunt.incidents[0])]) == ((),)
        later = spike_hunt(hours=72)
        ((past,),) = store.past([later.incidents[0].anomalies], [fingerprint(later, later.incidents[0])])
        assert past.similarity > 0.9
