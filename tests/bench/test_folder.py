"""What is found in a folder, and what is wrong with one."""

from __future__ import annotations

import numpy as np
import pytest

from anomaly_hunter.bench.asked import Asked
from anomaly_hunter.bench.bench import chosen_whats, found
from anomaly_hunter.bench.folder import chosen, find_series, in_half, quick_ones, read_npz
from anomaly_hunter.bench.what.alarms import parts_to_watch
from anomaly_hunter.bench.what.multivariate import parts_to_rank as many_to_rank
from anomaly_hunter.bench.what.ranking import parts_to_rank
from anomaly_hunter.bench.window import autocorrelation_window
from anomaly_hunter.errors import DataError, UsageError
from tests.bench.folders import labels, spiky, write_all, write_protocol, write_series


def names(parts):
    return [f"{part.source}/{part.name}" for part in parts]


def test_unknown_sets_are_found_and_scored_after_the_training_part(tmp_path):
    asked = found(write_all(tmp_path), Asked())
    ranked = parts_to_rank(asked)
    assert names(ranked) == ["alpha/alpha0", "alpha/alpha1", "beta/beta0", "beta/beta1"]
    assert {(part.start, part.stop, part.window) for part in ranked} == {(100, 400, 0)}
    assert names(parts_to_watch(asked)) == [*names(ranked)[:2], "alpha/calm", *names(ranked)[2:]]
    assert names(many_to_rank(asked)) == ["many/m0"]


def test_everything_that_has_data_is_measured(tmp_path):
    whats = chosen_whats(found(write_all(tmp_path), Asked()), ())
    assert {"ranking", "alarms", "scenarios", "multivariate", "band", "tables", "speed"} <= set(whats)
    assert "nab" not in whats


def test_the_protocol_says_which_part_counts(tmp_path):
    write_series(tmp_path, "alpha", "listed")
    write_series(tmp_path, "alpha", "other")
    write_protocol(tmp_path, [["alpha", "listed", 200, 390, 7, 1]])
    listed, other = find_series(tmp_path)
    assert (listed.start, listed.stop, listed.window, listed.quick) == (200, 390, 7, True)
    assert listed.floors["kmeans10"]["vus_pr"] == 0.5
    assert (other.listed, other.start) == (False, 100)
    assert names(parts_to_rank(Asked(parts=(listed, other)))) == ["alpha/listed"]


def test_a_set_that_is_scored_from_its_first_point_is_so_for_all_files(tmp_path):
    write_series(tmp_path, "alpha", "listed")
    write_series(tmp_path, "alpha", "other", label=np.zeros(400))
    write_protocol(tmp_path, [["alpha", "listed", 0, 400, 7, 1]])
    assert [part.start for part in find_series(tmp_path)] == [0, 0]


def test_the_two_halves_are_all_and_quick_files_are_never_held(tmp_path):
    for i in range(12):
        write_series(tmp_path, "alpha", f"s{i}")
    write_protocol(tmp_path, [["alpha", f"s{i}", 100, 400, 7, i % 2] for i in range(12)])
    parts = find_series(tmp_path)
    held = [part for part in parts if in_half(part, "held")]
    tune = [part for part in parts if in_half(part, "tune")]
    assert held
    assert len(held) + len(tune) == 12
    assert not any(part.quick for part in held)
    assert {part.name for part in quick_ones(parts)} == {f"s{i}" for i in range(1, 12, 2)}


@pytest.mark.parametrize(
    ("name", "arrays", "message"),
    [
        (
            "objects",
            {"value": np.array([1, "a", None], dtype=object), "label": np.zeros(3)},
            "cannot be read",
        ),
        ("short label", {"value": np.ones(400), "label": np.zeros(300)}, "300 labels for 400 values"),
        ("no label", {"value": np.ones(400)}, "no array `label`"),
        ("missing labels", {"value": np.ones(3), "label": np.array([0, np.nan, 1])}, "missing labels"),
        ("text", {"value": np.array(["a", "b"]), "label": np.zeros(2)}, "expected numbers"),
        ("short time", {"value": np.ones(9), "label": np.zeros(9), "time": np.arange(4)}, "4 times for 9"),
    ],
)
def test_a_bad_file_is_said_with_its_name_and_a_cure(tmp_path, name, arrays, message):
    place = tmp_path / "series" / "alpha"
    place.mkdir(parents=True)
    path = place / f"{name}.npz"
    np.savez(path, **arrays)
    with pytest.raises(DataError, match=message) as said:
        [read_npz(part.path) for part in find_series(tmp_path)]
    assert path.name in said.value.came
    assert said.value.cure


def test_a_damaged_npz_is_our_error(tmp_path):
    write_series(tmp_path, "alpha", "a")
    path = tmp_path / "series" / "alpha" / "a.npz"
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(DataError, match=r"a\.npz"):
        find_series(tmp_path)


@pytest.mark.parametrize("text", ["set,series\nalpha,a\n", "set,series,start,end,window\nalpha,a,x,2,3\n"])
def test_a_protocol_that_cannot_be_read_is_our_error(tmp_path, text):
    write_series(tmp_path, "alpha", "a")
    (tmp_path / "series" / "baselines.csv").write_text(text)
    with pytest.raises(DataError, match=r"baselines\.csv"):
        find_series(tmp_path)


def test_a_part_beyond_the_file_is_our_error(tmp_path):
    write_series(tmp_path, "alpha", "a")
    write_protocol(tmp_path, [["alpha", "a", 100, 999, 7, 1]])
    with pytest.raises(DataError, match="not within its 400 points"):
        find_series(tmp_path)


def test_a_folder_with_nothing_to_measure_says_what_belongs_there(tmp_path):
    with pytest.raises(DataError, match="holds nothing to measure") as said:
        found(tmp_path, Asked())
    assert "series/SET" in said.value.expected


def test_what_has_no_data_here_is_said(tmp_path):
    write_series(tmp_path, "alpha", "a")
    asked = found(tmp_path, Asked())
    with pytest.raises(DataError, match="nothing here for tables"):
        chosen_whats(asked, ["tables"])
    with pytest.raises(UsageError, match="cannot measure 'rankin'"):
        chosen_whats(asked, ["rankin"])
    with pytest.raises(DataError, match="no source 'gamma'"):
        chosen(asked.parts, ["gamma"], "all", False)


def test_the_detector_sees_values_and_times_and_no_label(tmp_path):
    write_series(tmp_path, "alpha", "a", value=spiky(0), label=labels())
    value, time_s = read_npz(tmp_path / "series" / "alpha" / "a.npz").history(350)
    assert value.tolist() == spiky(0)[:350].tolist()
    assert time_s[:2].tolist() == [600, 660]


def test_the_window_is_a_period_or_the_default():
    daily = np.sin(2 * np.pi * np.arange(3000) / 96) + np.random.default_rng(0).normal(0, 0.1, 3000)
    assert abs(autocorrelation_window(daily) - 96) <= 1
    assert autocorrelation_window(np.full(100, np.nan)) == 125
    assert autocorrelation_window(np.arange(5.0)) == 125
    assert autocorrelation_window(np.where(np.arange(3000) % 7 == 0, np.nan, daily)) in range(94, 99)
