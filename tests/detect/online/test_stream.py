"""A stream: what comes in any order goes out on a grid, and a saved one goes on as if nothing were."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_hunter.detect.online.state import pack, text, unpack
from anomaly_hunter.detect.online.stream import Stream
from anomaly_hunter.errors import DataError, UsageError

MINUTE = 60.0


def values(n=500, odd=450):
    generator = np.random.default_rng(3)
    series = 20 + 3 * np.sin(np.arange(n) * 2 * np.pi / 24) + 0.3 * generator.normal(size=n)
    series[odd : odd + 4] += 40
    return series.tolist()


def fed(stream, points):
    return [point for time, value in points for point in stream.update(time, value)]


def minutes(series):
    return [(MINUTE * place, value) for place, value in enumerate(series)]


def minutes_of_five(series):
    return [(5 * MINUTE * place, value) for place, value in enumerate(series)]


def plain(points):
    """Points as text: NaN equals NaN."""
    return [repr(point) for point in points]


@settings(derandomize=True, max_examples=12, deadline=None)
@given(
    profile=st.sampled_from(["full", "light"]),
    cut=st.integers(0, 400),
    mode=st.sampled_from(["immediate", "lagged"]),
    duplicates=st.sampled_from(["first", "last"]),
    lateness=st.sampled_from([0.0, 150.0]),
    seed=st.integers(0, 9),
)
def test_a_stream_saved_and_restored_anywhere_says_what_the_live_one_says(
    profile, cut, mode, duplicates, lateness, seed
):
    generator = np.random.default_rng(seed)
    points = [(t + float(generator.choice([0, 0, 0, -120, 60, 7])), v) for t, v in minutes(values(420, 300))]
    points[200:215] = []
    live = Stream(profile, mode=mode, duplicates=duplicates, lateness_s=lateness, most_missing=10)
    fed(live, points[:cut])
    state = live.save()
    again = Stream.restore(state)
    assert again.save() == state
    assert plain(fed(live, points[cut:]) + live.finish()) == plain(fed(again, points[cut:]) + again.finish())
    assert (live.late, live.repeated) == (again.late, again.repeated)


def test_a_replay_gives_the_same_ids():
    first, second = (fed(Stream(series="cpu"), minutes(values())) for _ in range(2))
    ids = [(event.kind, event.id) for point in first for event in point.events]
    assert ids == [(event.kind, event.id) for point in second for event in point.events]
    opened = [one for kind, one in ids if kind == "opened"]
    assert opened == [one for kind, one in ids if kind == "closed"]
    assert len(opened) == 1


def test_the_interval_is_learned_from_the_first_times_and_nothing_is_lost():
    stream = Stream()
    points = fed(stream, minutes(values(50, 40)))
    assert len(points) == 50
    assert points[7].time == np.datetime64("1970-01-01T00:07")


@pytest.mark.parametrize("profile", ["full", "light"])
def test_an_alarm_opens_at_the_first_abnormal_point(profile):
    points = fed(Stream(profile, interval_s=MINUTE), minutes(values()))
    alarms = [place for place, point in enumerate(points) if point.is_anomaly]
    assert alarms[0] == 450
    assert not points[449].lower > points[449].value
    assert points[450].upper < points[450].value


@pytest.mark.parametrize("profile", ["full", "light"])
def test_lagged_points_come_later_and_all_of_them(profile):
    stream = Stream(profile, interval_s=MINUTE, mode="lagged")
    points = fed(stream, minutes(values()))
    assert len(points) == 500 - stream.lag
    points += stream.finish()
    assert [point.value for point in points] == values()
    assert max(range(500), key=lambda place: points[place].score) in range(440, 465)


def test_late_points_within_the_allowed_lateness_are_put_in_order():
    ordered = minutes(values(40, 30))
    shuffled = ordered.copy()
    shuffled[20], shuffled[21] = shuffled[21], shuffled[20]
    patient, hasty = Stream(interval_s=MINUTE, lateness_s=120), Stream(interval_s=MINUTE)
    assert [p.value for p in fed(patient, shuffled) + patient.finish()] == values(40, 30)
    points = fed(hasty, shuffled)
    assert hasty.late == 1
    assert np.isnan(points[20].value)
    assert points[20].note == "missing"
    assert "1 late dropped" in points[22].note


@pytest.mark.parametrize(("rule", "taken"), [("first", 1.0), ("last", 3.0)])
def test_of_points_at_the_same_time_the_rule_takes_one(rule, taken):
    stream = Stream(interval_s=MINUTE, duplicates=rule)
    points = fed(stream, [(0, 0.0), (60, 1.0), (60, 2.0), (61, 3.0), (120, 4.0)]) + stream.finish()
    assert [point.value for point in points] == [0.0, taken, 4.0]
    assert stream.repeated == 2


def test_a_short_hole_is_stepped_through_and_a_long_one_is_a_gap():
    stream = Stream(interval_s=MINUTE, most_missing=3)
    points = fed(stream, [(0, 1.0), (180, 2.0), (180 + 60 * 50, 3.0)])
    assert [point.note for point in points] == [
        "", "missing", "missing", "", "missing", "missing", "missing", "after a gap of 49 steps",
    ]  # fmt: skip
    assert [event.kind for point in points for event in point.events] == ["gap"]


def test_a_clock_that_runs_slow_does_not_add_up():
    points = fed(Stream(interval_s=MINUTE), [(60.4 * place, 1.0) for place in range(500)])
    assert len(points) == 500


def test_times_may_be_texts_datetimes_or_numbers():
    stream = Stream(interval_s=3600)
    zone = datetime(2026, 1, 1, 1, tzinfo=UTC)
    given_times = ["2026-01-01T00:00:00Z", zone, np.datetime64("2026-01-01T02:00"), 1767236400]
    points = fed(stream, [(time, 1.0) for time in given_times])
    assert [str(point.time)[11:16] for point in points] == ["00:00", "01:00", "02:00", "03:00"]


@pytest.mark.parametrize(
    "time",
    [
        *(float("nan"), float("inf"), 1e308, "soon", None, np.datetime64("NaT")),
        *(datetime(9999, 1, 1, tzinfo=UTC), datetime(1, 1, 1, tzinfo=UTC), "9999-01-01"),
        *(np.datetime64("9999-01-01"), np.datetime64(2**62, "Y"), np.datetime64(-(2**62), "s")),
    ],
)
def test_a_time_that_is_none_is_our_error_and_changes_nothing(time):
    stream = Stream(interval_s=MINUTE)
    stream.update(0, 1.0)
    state = stream.save()
    with pytest.raises(DataError, match="no time"):
        stream.update(time, 1.0)
    assert stream.save() == state


def test_milliseconds_are_refused_with_the_cure():
    with pytest.raises(DataError, match="divided by 1e3"):
        Stream().update(1_767_225_600_000, 1.0)


def test_a_value_that_is_none_is_missing_and_a_word_is_our_error():
    stream = Stream(interval_s=MINUTE)
    points = fed(stream, [(0, None), (60, float("inf")), (120, 1e308), (180, 2**63), (240, 10**400)])
    assert [point.note for point in points] == ["missing", "missing", "", "", "missing"]
    with pytest.raises(DataError, match="no value"):
        stream.update(300, "many")


@pytest.mark.parametrize("profile", ["full", "light"])
def test_update_is_score_then_learn(profile):
    one, two = Stream(profile, interval_s=MINUTE), Stream(profile, interval_s=MINUTE)
    for place, value in enumerate(values()):
        asked = place % 50 == 49
        said = one.score_one(value) if asked else 0.0
        one.learn_one(value)
        (point,) = two.update(MINUTE * place, value)
        assert not asked or said == point.score
    assert one.save() == two.save()


@pytest.mark.parametrize("option", [
    {"interval_s": 0.0}, {"interval_s": float("nan")}, {"mode": "later"}, {"duplicates": "all"},
    {"lateness_s": -1}, {"most_missing": -1}, {"profile": "huge"},
])  # fmt: skip
def test_wrong_options_are_our_error(option):
    with pytest.raises(UsageError):
        Stream(**option)


def test_a_damaged_foreign_or_cut_state_is_our_error():
    stream = Stream(interval_s=MINUTE)
    fed(stream, minutes(values(60, 50)))
    state = stream.save()
    for bad in (
        b"",
        b"x" * 200,
        state[:-1],
        state[:300] + b"?" + state[301:],
        state[:24] + b"\x09" + state[25:],
    ):
        with pytest.raises(DataError):
            Stream.restore(bad)


@pytest.mark.parametrize(
    ("profile", "mode", "most"),
    [("full", "immediate", 65_536), ("full", "lagged", 65_536), ("light", "immediate", 4_096)],
)
def test_a_saved_stream_keeps_within_its_bytes(profile, mode, most):
    stream = Stream(profile, mode=mode, series="latency of the checkout in eu-west-1")
    generator = np.random.default_rng(1)
    sizes = []
    for place in range(1_500):
        stream.update(MINUTE * place, float(generator.normal()))
        sizes += [len(stream.save())] if place > 1_400 else []
    assert max(sizes) <= most


@pytest.mark.parametrize("profile", ["full", "light"])
def test_the_interval_sets_how_rare_an_alarm_is(profile):
    series = np.random.default_rng(4).standard_t(3, size=3_000).tolist()
    alarms = []
    for interval in (1.0, 3_600.0):
        points = fed(Stream(profile, interval_s=interval), [(interval * p, v) for p, v in enumerate(series)])
        alarms.append(sum(point.is_anomaly for point in points))
    assert alarms[0] < alarms[1]


@pytest.mark.parametrize("profile", ["full", "light"])
def test_a_learned_interval_reaches_the_kernel(profile):
    learned, told = Stream(profile), Stream(profile, interval_s=300.0)
    points = [(300.0 * place, value) for place, value in enumerate(values())]
    assert plain(fed(learned, points)) == plain(fed(told, points))
    assert learned.save() == told.save()


@pytest.mark.parametrize("profile", ["full", "light"])
def test_values_of_any_size_give_finite_scores_and_a_sound_state(profile):
    hostile = [1e308, -1e308, 2.0**63, 5e-324, float("inf"), float("nan"), 0.0, None]
    stream = Stream(profile, interval_s=MINUTE)
    generator = np.random.default_rng(5)
    for place in range(600):
        for point in stream.update(MINUTE * place, hostile[generator.integers(len(hostile))]):
            assert np.isfinite(point.score)
    assert Stream.restore(stream.save()).save() == stream.save()


@pytest.mark.parametrize("profile", ["full", "light"])
def test_a_long_run_of_missing_values_raises_no_alarm_and_ends_nothing(profile):
    series = values(800, 750)
    stream = Stream(profile, interval_s=MINUTE)
    nothing = [None] * 3_000
    points = fed(stream, minutes([*nothing[:50], *series[:400], *nothing, *series[400:]]))
    alarms = [place for place, point in enumerate(points) if point.is_anomaly]
    assert alarms
    assert alarms[0] == 50 + 3_000 + 750


@pytest.mark.parametrize("apart", [2, 5, 9, 30, 70])
def test_values_far_apart_from_the_beginning_on_are_taken_in(apart):
    stream = Stream("full", interval_s=MINUTE)
    said = fed(stream, [(MINUTE * place, None if place % apart else place % 4.0) for place in range(400)])
    assert len(said) == 400
    assert not any(point.is_anomaly for point in said)


def test_looking_back_raises_no_alarm_over_the_first_points_of_a_clean_series():
    for seed in range(6):
        noise = np.random.default_rng(seed).normal(0.0, 2.0, 420)
        clean = 100 + 15 * np.sin(np.arange(420) * 2 * np.pi / 288) + noise
        points = fed(Stream("full", interval_s=5 * MINUTE, mode="lagged"), minutes_of_five(clean))
        assert not any(point.is_anomaly for point in points)


def test_a_finer_interval_is_dropped_and_a_coarser_one_is_missing_between():
    stream = Stream(interval_s=MINUTE)
    fed(stream, minutes(values(100)))
    finer = fed(stream, [(6_000.0 + 10.0 * step, 20.0) for step in range(60)])
    assert len(finer) < 20
    assert stream.repeated > 40
    coarser = fed(stream, [(6_600.0 + 300.0 * step, 20.0) for step in range(1, 4)])
    assert sum(point.note == "missing" for point in coarser) >= 12


def test_a_state_of_another_profile_or_of_a_kernel_is_our_error():
    light, full = Stream("light", interval_s=MINUTE), Stream("full", interval_s=MINUTE)
    for stream in (light, full):
        fed(stream, minutes(values(60, 50)))
    parts = unpack("stream", 1, light.save())
    mixed = parts | {"how": text(parts["how"]).replace("light", "full")}
    unknown = parts | {"how": text(parts["how"]).replace("light", "huge")}
    for state in (pack("stream", 1, mixed), pack("stream", 1, unknown), parts["kernel"].tobytes()):
        with pytest.raises(DataError):
            Stream.restore(state)


@pytest.mark.parametrize(
    "option", [{"interval_s": "60"}, {"lateness_s": None}, {"most_missing": 1.5}, {"interval_s": [1]}]
)
def test_options_of_another_type_are_our_error(option):
    with pytest.raises(UsageError, match="does not make a stream"):
        Stream(**option)


@pytest.mark.parametrize("state", ["text", None, 5, [1]])
def test_what_is_no_bytes_is_no_state(state):
    with pytest.raises(DataError, match="no saved state"):
        Stream.restore(state)
