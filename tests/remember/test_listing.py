"""The list of incidents: filters, search, pages that skip and double nothing, counts, time."""

from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anomaly_hunter.errors import UsageError
from anomaly_hunter.model import Cause
from anomaly_hunter.remember.life.life import Life
from anomaly_hunter.remember.life.silences import Silences
from anomaly_hunter.remember.lists.cursor import cursor
from anomaly_hunter.remember.lists.listing import Asked, Listing
from anomaly_hunter.remember.records import ACTIVE, Feedback, Matcher, Silence
from tests.builders import spike_detection, table_hunt
from tests.remember.kept import HOUR, NOON, hunt_of, later, spike_hunt

DAY = 24 * HOUR


@pytest.fixture
def listing(memory):
    """Seven incidents of three series, of three severities, one of them of rows without a clock."""
    for number in range(6):
        hunt = hunt_of(
            later(spike_detection(f"metric {number % 3}"), 48 * number),
            cause=Cause("event", f"deploy 100%_{number}", "then", 0.9),
            name=f"i-{number}",
        )
        (incident,) = hunt.incidents
        said = replace(incident.verdict, severity=float(4 + number % 3))
        memory.keep(replace(hunt, incidents=(replace(incident, verdict=said),)), NOON + number * HOUR)
    memory.keep(table_hunt(), NOON - HOUR)
    life = Life(memory)
    life.acknowledge("i-1", "ann")
    life.assign("i-2", "team x", "ann")
    life.resolve("i-3", "ann")
    return Listing(memory)


def ids(listing, **asked):
    return [kept.id for kept in listing.page(Asked(**asked)).items]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"states": ("resolved",)}, {"i-3"}),
        ({"states": ("acknowledged", "assigned")}, {"i-1", "i-2"}),
        ({"owner": "team x"}, {"i-2"}),
        ({"search": "METRIC 1"}, {"i-1", "i-4"}),
        ({"search": "Team X"}, {"i-2"}),
        ({"search": "100%_5"}, {"i-5"}),
        ({"search": "1%5"}, set()),
        ({"search": "1__%"}, set()),
        ({"search": "~"}, set()),
        ({"search": "'; DROP TABLE incident; --"}, set()),
        ({"cause": "deploy 100%_4"}, {"i-4"}),
        ({"cause": "deploy 100%"}, set()),
        ({"least_severity": 6.0, "search": "metric"}, {"i-2", "i-5"}),
        ({"subject_id": spike_detection("metric 0").anomalies[0].subject_id}, {"i-0", "i-3"}),
        ({"subject_id": "nothing"}, set()),
        ({"silenced": True}, set()),
    ],
)
def test_what_is_asked_is_found(listing, asked, found):
    assert set(ids(listing, **asked)) == found


def test_a_time_is_overlapped_also_by_what_began_before_it(listing, memory):
    one = memory.incident("i-2").kept
    assert ids(listing, since=one.begin + HOUR, until=one.end) == ["i-2"]
    assert ids(listing, since=one.end, until=one.end + HOUR) == ["i-2"]
    assert ids(listing, since=one.end + HOUR, until=one.end + 2 * HOUR) == []
    assert ids(listing, until=one.begin) == ["i-1", "i-0"]
    bare = set(ids(listing, since=NOON - HOUR, until=NOON - HOUR + np.timedelta64(1, "s")))
    assert bare == {kept.id for kept in memory.incidents() if kept.begin is None}


@pytest.mark.parametrize(
    ("sort", "key"), [("latest", "last_kept_at"), ("severity", "severity"), ("begin", "begin")]
)
@pytest.mark.parametrize("most", [1, 2, 3, 500])
def test_page_after_page_everything_comes_once_in_order(listing, sort, key, most):
    found, after = [], ""
    while True:
        page = listing.page(Asked(sort=sort, most=most, after=after))
        found += page.items
        after = page.next
        if not after:
            break
    assert len({kept.id for kept in found}) == len(found) == listing.counts()["all"]
    values = [getattr(kept, key) for kept in found]
    known = [value for value in values if value is not None]
    assert values == sorted(known, reverse=True) + [None] * (len(values) - len(known))


def test_what_is_added_while_somebody_pages_moves_nothing(listing, memory):
    first = listing.page(Asked(most=3))
    memory.keep(spike_hunt(hours=500), NOON + 2 * DAY)
    second = listing.page(Asked(most=500, after=first.next))
    assert {kept.id for kept in first.items}.isdisjoint(kept.id for kept in second.items)
    assert len(first.items) + len(second.items) == listing.counts()["all"] - 1


@settings(derandomize=True, max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(word=st.text(max_size=30) | st.builds(cursor, st.sampled_from(["latest", "begin"]), st.lists(
    st.none() | st.integers() | st.floats() | st.text(max_size=5) | st.booleans(), max_size=4)))  # fmt: skip
def test_a_cursor_that_somebody_made_up_finds_something_or_is_refused(listing, word):
    for sort in ("latest", "begin"):
        with suppress(UsageError):
            assert len(listing.page(Asked(sort=sort, after=word)).items) <= 50


@pytest.mark.parametrize(
    "wrong", [{"states": ("closed",)}, {"sort": "name"}, {"most": 0}, {"most": 501}, {"search": "x" * 201}]
)
def test_a_question_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(UsageError):
        Asked(**wrong)


def test_text_that_no_database_holds_finds_nothing(listing):
    assert ids(listing, search="\ud800", owner="\x00\ud800", cause="\x00", subject_id="\ud800") == []


def test_counts_are_by_state_and_what_is_silenced_stays_countable(listing, memory):
    before = listing.counts()
    assert (before["acknowledged"], before["assigned"], before["resolved"]) == (1, 1, 1)
    assert before["active"] == before["all"] - 1 == sum(before[state] for state in ACTIVE)
    now = np.datetime64("now", "ns")
    Silences(memory).add(Silence(Matcher("metric 1"), now - HOUR, now + HOUR))
    after = listing.counts()
    assert (after["silenced"], after["all"]) == (2, before["all"] - 2)
    assert listing.counts(Asked(silenced=None))["all"] == before["all"]
    assert listing.counts(Asked(search="metric 1", silenced=True))["all"] == 2
    assert set(ids(listing, silenced=True)) == {"i-1", "i-4"}


def test_severity_over_time_is_the_worst_of_what_overlaps(listing, memory):
    begin = memory.incident("i-0").kept.begin.astype("datetime64[D]").astype("datetime64[ns]")
    buckets = listing.severities(begin, begin + 12 * DAY, DAY)
    assert len(buckets) == 12
    slow = {one.begin: [0.0, 0] for one in buckets}
    for kept in memory.incidents():
        for one in buckets:
            if kept.begin is not None and kept.begin < one.begin + DAY and kept.end >= one.begin:
                slow[one.begin] = [max(slow[one.begin][0], kept.severity), slow[one.begin][1] + 1]
    assert {one.begin: [one.worst, one.count] for one in buckets} == slow


@pytest.mark.parametrize(("span", "step"), [(-HOUR, HOUR), (DAY, 0 * HOUR), (3000 * HOUR, HOUR)])
def test_a_time_that_cannot_be_shown_is_refused(listing, span, step):
    with pytest.raises(UsageError):
        listing.severities(NOON, NOON + span, step)


def test_lanes_are_series_with_their_anomalies_worst_first(listing, memory):
    begin = memory.incident("i-0").kept.begin
    lanes = listing.lanes(begin, begin + 30 * DAY)
    assert [lane.subject for lane in lanes] == ["metric 2", "metric 1", "metric 0"]
    assert [span.incident_id for span in lanes[0].spans] == ["i-2", "i-5"]
    assert len(listing.lanes(begin, begin + 30 * DAY, most=1)) == 1
    assert listing.lanes(begin, begin + DAY)[0].subject == "metric 0"
    assert listing.lanes(begin - 9 * DAY, begin - 8 * DAY) == ()


def test_what_is_alike_comes_without_itself_and_follows_what_is_kept(listing, memory):
    assert {one.id for one in listing.similar("i-0")} > {"i-3"}
    memory.keep(hunt_of(later(spike_detection("metric 9"), 900), name="i-new"), NOON + DAY)
    assert listing.similar("i-new")
    memory.keep(hunt_of(later(spike_detection("metric 9"), 990), name="i-newer"), NOON + DAY + HOUR)
    assert listing.similar("i-new")[0].id == "i-newer"
    with pytest.raises(UsageError, match="no incident"):
        listing.similar("nowhere")


def test_answers_are_on_the_page(listing, memory):
    memory.add_feedback(Feedback("i-2", "real", NOON))
    assert [kept.answers for kept in listing.page(Asked(owner="team x")).items] == [("real",)]


def test_an_empty_store_has_empty_lists(memory):
    listing = Listing(memory)
    assert listing.page().items == ()
    assert set(listing.counts().values()) == {0}
    assert [one.count for one in listing.severities(NOON, NOON + 2 * HOUR, HOUR)] == [0, 0]
    assert listing.lanes(NOON, NOON + HOUR) == ()


def test_steps_beyond_the_limit_are_refused_before_they_are_made(memory):
    century, step = np.timedelta64(100 * 365, "D").astype("timedelta64[ns]"), np.timedelta64(1, "ns")
    with pytest.raises(UsageError, match="3,153,600,000,000,000,000 steps"):
        Listing(memory).severities(NOON - century, NOON, step)
