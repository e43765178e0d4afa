"""A hunt that was kept is the hunt that was made: drawn, explained and headed alike."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from anomaly_hunter import explain, hunt
from anomaly_hunter.errors import UnknownError, UsageError
from anomaly_hunter.explain import explain_among
from anomaly_hunter.model import Column, Dataset, Detection, Hunt, Quality, Series, Table, stable_id
from anomaly_hunter.remember.hunts.recorded import KeptHunt, Recordings
from anomaly_hunter.remember.hunts.thinned import part, thinned, whole
from anomaly_hunter.remember.store import Store
from anomaly_hunter.tell.document import header_document
from tests import builders
from tests.remember.kept import NOON, spike_hunt
from tests.tell.html import cases


def numbered(found: Hunt) -> Hunt:
    """With ids as long as real ones: PostgreSQL takes no longer ones."""

    def short(anomalies):
        return tuple(replace(one, id=stable_id(one.id)) for one in anomalies)

    return replace(
        found,
        detections=tuple(replace(one, anomalies=short(one.anomalies)) for one in found.detections),
        incidents=tuple(replace(one, anomalies=short(one.anomalies)) for one in found.incidents),
    )


HUNTS = {
    "series": builders.series_hunt, "quiet": builders.quiet_hunt, "table": builders.table_hunt,
    "many": builders.many_hunt, "channels": builders.multichannel_hunt, "tickets": builders.tickets_hunt,
    "gaps": cases.with_gaps, "incidents": lambda: numbered(cases.many_incidents()), "texts": cases.tickets,
    "hostile": lambda: replace(cases.hostile(), incidents=()),
    "extreme": lambda: cases.extreme([1e300, -1e300, 5e-324] * 5),
}  # fmt: skip


def kept(memory, found, **more):
    """Keep it; the recordings and the hunt's id."""
    memory.keep(found, NOON, hunt_id="0123456789ab", **more)
    return Recordings(memory), "0123456789ab"


def assert_same_arrays(a, b):
    for name in ("score", "expected", "lower", "upper"):
        one, other = getattr(a, name), getattr(b, name)
        assert (one is None) == (other is None)
        if one is not None:
            assert np.array_equal(one, other, equal_nan=True), name
    assert list(a.parts) == list(b.parts)
    assert all(np.array_equal(a.parts[name], b.parts[name], equal_nan=True) for name in a.parts)


def assert_same(a: Detection, b: Detection):
    assert_same_arrays(a, b)
    assert (a.subject, a.detectors, a.quiet, a.note) == (b.subject, b.detectors, b.quiet, b.note)
    assert repr(a.profile) == repr(b.profile)  # NaN is not equal to itself
    for one, other in zip(a.anomalies, b.anomalies, strict=True):
        assert repr(replace(one, id="")) == repr(replace(other, id=""))
    if a.series is not None:
        assert b.series is not None
        assert a.series.id == b.series.id
        for name in ("name", "labels", "unit", "channels", "source", "clocked", "counts", "tz"):
            assert getattr(a.series, name) == getattr(b.series, name)
        for name in ("time", "value", "row"):
            assert getattr(a.series, name).tobytes() == getattr(b.series, name).tobytes()
    if a.table is not None:
        assert b.table is not None
        for column, copy in zip(a.table.columns, b.table.columns, strict=True):
            assert (column.name, column.role, column.categories) == (copy.name, copy.role, copy.categories)
            assert column.values.dtype == copy.values.dtype
            assert [column.text(i) for i in range(len(a.table))] == [
                copy.text(i) for i in range(len(b.table))
            ]


@pytest.mark.parametrize("name", HUNTS)
def test_every_detection_comes_back_as_it_was(memory, name):
    found = HUNTS[name]()
    recordings, hunt_id = kept(memory, found)
    subjects = recordings.subjects(hunt_id)
    assert len(subjects) == len(found.detections)
    for subject, detection in zip(subjects, found.detections, strict=True):
        assert subject.whole
        assert_same(detection, recordings.detection(hunt_id, subject.id))
        drawn = recordings.detection(hunt_id, subject.id, parts=False)
        assert np.array_equal(drawn.score, detection.score, equal_nan=True)


@pytest.mark.parametrize("name", HUNTS)
def test_the_header_is_the_published_one(memory, name):
    found = HUNTS[name]()
    recordings, hunt_id = kept(memory, found)
    line = recordings.hunt(hunt_id)
    told = header_document(recordings.told(hunt_id)) | {
        "severity": line.severity,
        "level": header_document(found)["level"],
        "incident_count": len(line.incident_ids),
    }
    assert json.dumps(told) == json.dumps(header_document(found))
    events, graph = recordings.around(hunt_id)
    assert events == tuple(found.dataset.events)
    assert (graph.edges if graph else None) == (found.dataset.graph.edges if found.dataset.graph else None)


def test_what_can_not_be_scored_is_kept_too(memory):
    never = np.full(30, np.nan)
    found = hunt([Series.of(never, name="nothing"), Series.of([4.0], name="one"), Series.of([], name="none")])
    recordings, hunt_id = kept(memory, found)
    for subject, detection in zip(recordings.subjects(hunt_id), found.detections, strict=True):
        assert_same(detection, recordings.detection(hunt_id, subject.id))
        assert recordings.overview(hunt_id, subject.id).total == len(detection.score)


def test_a_table_of_300_columns_is_kept(memory):
    rng = np.random.default_rng(0)
    columns = tuple(Column(f"c{i}", "measure", rng.normal(size=50)) for i in range(300))
    table = Table("wide", columns)
    detection = Detection("wide", rng.uniform(size=50), (), ("rows",), table=table)
    found = Hunt(Dataset("wide", "table", Quality(100.0, 15_000), "rows", table=table), (detection,), ())
    recordings, hunt_id = kept(memory, found)
    assert_same(detection, recordings.detection(hunt_id, table.id))


def test_any_point_of_a_kept_hunt_is_explained_as_it_was_then(memory):
    rng = np.random.default_rng(3)
    value = 100 + 8 * np.sin(np.arange(600) / 24 * 2 * np.pi) + rng.normal(size=600)
    value[400:406] += 40
    value[100] = np.nan
    time = np.datetime64("2026-01-01", "ns") + np.arange(600) * np.timedelta64(3600, "s")
    series = Series("load", time, value)
    recordings, hunt_id = kept(memory, hunt(series))
    detection = recordings.detection(hunt_id, series.id)
    for at in (0, 99, 100, 101, 250, 399, 400, 403, 406, 410, 599):
        assert repr(explain_among((detection,), f"#{at}")) == repr(explain(series, f"#{at}"))
    when = "2026-01-17T19:10:00Z"
    assert explain_among((detection,), when) == explain(series, when)


def test_any_row_of_a_kept_table_is_explained_as_it_was_then(memory):
    rows = {name: np.random.default_rng(i).normal(size=80).tolist() for i, name in enumerate("abc")}
    rows["a"][40] = 90.0
    recordings, hunt_id = kept(memory, hunt(rows))
    (subject,) = recordings.subjects(hunt_id)
    detection = recordings.detection(hunt_id, subject.id)
    for at in (0, 39, 40, 79):
        assert explain_among((detection,), f"#{at}") == explain(rows, f"#{at}")


def test_the_picture_of_a_long_series_keeps_spikes_and_anomalies(memory):
    found = cases.million(120_000)
    detection = found.detections[0]
    recordings, hunt_id = kept(memory, found)
    picture = recordings.overview(hunt_id, detection.series.id)
    assert len(picture.axis) < 8_000
    assert picture.total == 120_000
    assert picture.detection.series.value.max() == detection.series.value.max()
    for before, after in zip(detection.anomalies, picture.detection.anomalies, strict=True):
        assert picture.axis[after.start] == detection.axis[before.start]
        assert picture.axis[after.stop - 1] == detection.axis[before.stop - 1]
        assert picture.axis[after.peak] == detection.axis[before.peak]
    made = thinned(detection)
    assert np.array_equal(made.positions, picture.positions)
    assert made.gaps == picture.gaps


def test_a_part_has_the_anomalies_that_lie_in_it():
    detection = cases.million(120_000).detections[0]
    first = detection.anomalies[0]
    seen = part(detection, slice(first.start + 2, first.start + 50))
    assert [(a.id, a.start, a.stop, a.peak) for a in seen.detection.anomalies] == [(first.id, 0, 5, 1)]
    assert part(detection, slice(0, 10)).detection.anomalies == ()
    assert part(builders.table_hunt().detections[0], slice(100, 200)).detection.anomalies[0].rows == (40,)
    assert whole(detection).detection is detection


def test_of_many_channels_the_picture_shows_those_that_carry_the_anomaly(memory):
    found = cases.channels(k=40, n=3_000)
    recordings, hunt_id = kept(memory, found)
    picture = recordings.overview(hunt_id, found.detections[0].series.id)
    assert picture.detection.expected.shape == picture.detection.series.value.shape
    assert picture.channels == 40
    assert len(picture.detection.series.channels) == 6
    assert {"sensor 4", "sensor 2"} <= set(picture.detection.series.channels)


def test_what_is_too_large_is_kept_as_a_picture_incidents_last(memory):
    found = builders.many_hunt(count=10, investigated=2)
    recordings, hunt_id = kept(memory, found, points=2 * 120)
    subjects = recordings.subjects(hunt_id)
    assert [one.whole for one in subjects] == [True, True] + [False] * 8
    with pytest.raises(UsageError, match="only the overview is kept"):
        recordings.detection(hunt_id, subjects[5].id)
    assert recordings.overview(hunt_id, subjects[5].id).total == 120


def test_marks_know_the_level_of_their_incident_under_the_ids_that_are_kept(memory):
    memory.keep(spike_hunt(), NOON)
    again = spike_hunt()
    renamed = replace(again.detections[0], anomalies=(replace(again.anomalies[0], id="another"),))
    incident = replace(again.incidents[0], anomalies=renamed.anomalies)
    recordings, hunt_id = kept(memory, replace(again, detections=(renamed,), incidents=(incident,)))
    (one,) = recordings.overview(hunt_id, renamed.series.id).detection.anomalies
    assert recordings.levels([one.id, "nobody"]) == {one.id: "error"}
    assert memory.incidents()[0].hunt_id == hunt_id


def test_hunts_come_in_pages_the_last_first(memory):
    for number in range(5):
        memory.keep(spike_hunt(hours=48 * number), NOON + np.timedelta64(number // 2, "s"), "upload", "ann")
    recordings, after = Recordings(memory), ""
    seen: list[KeptHunt] = []
    while True:
        page = recordings.hunts(after, 2)
        seen += page.items
        after = page.next
        if not after:
            break
    assert len({one.id for one in seen}) == 5
    assert [one.kept_at for one in seen] == sorted((one.kept_at for one in seen), reverse=True)
    assert {(one.origin, one.by, one.dataset) for one in seen} == {("upload", "ann", "shop.csv")}
    assert recordings.hunts(dataset="another").items == ()
    with pytest.raises(UsageError, match="cursor"):
        recordings.hunts("no cursor")


def test_another_organisation_sees_nothing_of_it(place, memory):
    recordings, hunt_id = kept(memory, spike_hunt())
    sid = recordings.subjects(hunt_id)[0].id
    with Store.open(place, "others") as store:
        others = Recordings(store)
        assert others.hunts().items == ()
        for ask in (others.hunt, others.told, others.around, others.subjects, others.dataset):
            with pytest.raises(UnknownError):
                ask(hunt_id)
        for look in (others.overview, others.detection, others.subject):
            with pytest.raises(UnknownError):
                look(hunt_id, sid)


def test_a_hunt_is_kept_whole_or_not_at_all(memory):
    def torn():
        with memory.at_once() as together:
            together.keep(spike_hunt())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        torn()
    assert Recordings(memory).hunts().items == ()
    assert memory.incidents() == ()
