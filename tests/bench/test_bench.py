"""Running it: the same answers in one process or two, other methods, files of users, the command."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import numpy as np
import pytest

from anomaly_hunter.bench import others
from anomaly_hunter.bench.asked import Asked
from anomaly_hunter.bench.bench import chosen_whats, found, only_fitting
from anomaly_hunter.bench.bootstrap import paired_interval
from anomaly_hunter.bench.kernels import fed
from anomaly_hunter.bench.methods import OnWindows, Other, Product, Said, method_of, run
from anomaly_hunter.bench.nab import nab_score
from anomaly_hunter.bench.result import Table, cells
from anomaly_hunter.bench.what import alarms, forecasting, multivariate, ranking, tables
from anomaly_hunter.bench.what.tables import capped
from anomaly_hunter.detect.online.kernel import Step
from anomaly_hunter.errors import DataError, HunterError, UsageError
from tests.bench.folders import SPIKE, labels, spiky, write_all, write_protocol, write_rows, write_series
from tests.cli.conftest import hunter  # noqa: F401 - the fixture

SEEN: list[tuple[tuple[int, ...], bool]] = []


@dataclass(frozen=True)
class Recorded:
    """Distance from the median; remembers what it was handed."""

    name: str = "recorded"

    def __call__(self, value, time_s):
        SEEN.append((value.shape, time_s is not None))
        score = np.abs(value - np.median(value))
        return Said(score, ((300, 306),), value, value - 1, value + 1)


@dataclass(frozen=True)
class Broken:
    """A method that fails."""

    name: str = "broken"

    def __call__(self, value, time_s):
        raise RuntimeError("out of luck")


def asked(root, *methods, **more):
    return replace(found(root, Asked()), methods=methods, **more)


def plain(result):
    """Rows without what differs between runs."""
    return [{k: v for k, v in row.items() if k not in ("cpu_s", "peak_mb")} for row in result.single]


def test_a_method_is_handed_history_and_times_and_nothing_else(tmp_path):
    write_series(tmp_path, "alpha", "a")
    write_protocol(tmp_path, [["alpha", "a", 200, 390, 7, 1]])
    SEEN.clear()
    ranking.measure(asked(tmp_path, Recorded()))
    assert SEEN == [((390,), True)]


@pytest.mark.slow
def test_one_process_and_two_give_the_same(tmp_path):
    write_all(tmp_path)
    one = ranking.measure(asked(tmp_path, Product("residual"), jobs=1))
    two = ranking.measure(asked(tmp_path, Product("residual"), jobs=2))
    assert plain(one) == plain(two)


def test_methods_stand_in_rows_and_sources_in_columns(tmp_path):
    write_all(tmp_path)
    table, *_ = ranking.measure(asked(tmp_path, Recorded(), Other("random"), baseline="random")).tables
    first, second = table.rows
    assert (first["method"], second["method"]) == ("recorded", "random")
    assert first["alpha"] > 0.9
    assert first["mean over sources"] == pytest.approx((first["alpha"] + first["beta"]) / 2)
    assert first["difference"].startswith("+0.")


def test_numbers_of_the_protocol_are_marked_as_given(tmp_path):
    write_series(tmp_path, "alpha", "a")
    write_protocol(tmp_path, [["alpha", "a", 200, 390, 7, 1]])
    result = ranking.measure(asked(tmp_path, Recorded()))
    assert [row["method"] for row in result.tables[0].rows] == ["recorded", "kmeans10*"]
    assert result.tables[0].rows[1]["alpha"] == 0.5


def test_a_method_that_fails_scores_nothing_and_is_named(tmp_path):
    write_all(tmp_path)
    result = ranking.measure(asked(tmp_path, Broken()))
    assert result.tables[0].rows[0]["failed"] == 4
    assert any("RuntimeError: out of luck" in note for note in result.notes)


def test_an_unknown_baseline_is_refused(tmp_path):
    write_all(tmp_path)
    with pytest.raises(UsageError, match="no baseline 'kmean'"):
        ranking.measure(asked(tmp_path, Recorded(), baseline="kmean"))


def test_alarms_and_clean_files_are_counted(tmp_path):
    write_all(tmp_path)
    alpha, beta = alarms.measure(asked(tmp_path, Recorded())).tables[0].rows
    assert (alpha["event_recall"], alpha["clean"], alpha["false_alarms"]) == (1.0, "1 of 1", 1)
    assert (beta["precision"], beta["median_delay_points"], beta["clean"]) == (1.0, 0, "0 of 0")


def test_many_channels_are_handed_over_together(tmp_path):
    write_all(tmp_path)
    result = multivariate.measure(asked(tmp_path, Other("pca"), Other("channel_max"), Other("random")))
    pca, highest, chance = (row["many"] for row in result.tables[0].rows)
    assert min(pca, highest) > 0.5 > chance


def test_tables_are_ranked_and_averaged(tmp_path):
    write_all(tmp_path)
    auroc = tables.measure(replace(asked(tmp_path), detectors=("auto", "hbos"))).tables[0]
    assert auroc.rows[0]["auto"] > 0.9
    assert auroc.rows[1]["table"] == "**mean**"


def test_large_tables_are_capped_in_proportion():
    label = (np.arange(1000) < 50).astype(int)
    rows, kept = capped(np.arange(1000.0)[:, None], label, most=100)
    assert (len(kept), kept.sum()) == (100, 5)
    assert (np.diff(rows[:, 0]) > 0).all()


def test_forecasts_are_held_against_the_season(tmp_path):
    value = np.tile(np.sin(2 * np.pi * np.arange(24) / 24), 30)
    write_series(tmp_path, "alpha", "a", value=value + np.random.default_rng(0).normal(0, 0.01, 720),
                 label=np.zeros(720), interval_s=np.int64(3600))  # fmt: skip
    rows = {row["method"]: row for row in forecasting.measure(asked(tmp_path)).tables[0].rows}
    assert rows["seasonal"]["mase"] < 2 < rows["last"]["mase"]
    assert rows["seasonal"]["covered"] > 0.85


def test_the_interval_is_the_same_at_every_run_and_balanced_over_sources():
    differences = {"a": [0.1] * 50, "b": [0.3]}
    interval = paired_interval(differences)
    assert interval == paired_interval(differences)
    assert (interval.mean, interval.low, interval.high) == pytest.approx((0.2, 0.2, 0.2))
    assert paired_interval({"a": [np.nan]}) is None


@pytest.mark.parametrize("name", ["kmeans10", "absdiff", "random", "pca", "channel_max"])
@pytest.mark.parametrize(
    "value", [spiky(0), np.where(np.arange(60) % 9 == 0, np.nan, 5.0), np.full(3, np.nan)]
)
def test_simple_methods_score_every_point(name, value):
    score = others.load(name)(value, None)
    assert score.shape == value.shape
    assert np.isfinite(score).all()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "package"),
    [("halfspace_trees", "river"), ("stl", "statsmodels"), ("pyod_spectral_residual", "pyod"),
     ("pyod_matrix_profile", "pyod")],
)  # fmt: skip
def test_methods_of_other_packages_score_every_point(name, package):
    pytest.importorskip(package)
    said = run(method_of(name), spiky(0), None)
    assert said.error == ""
    assert said.score.shape == (400,)
    assert said.score.max() > 0


def test_a_detector_of_tables_is_run_on_windows():
    method = method_of("hbos")
    assert method == OnWindows("hbos")
    score = run(method, spiky(0) + 5 * np.sin(np.arange(400) * 2 * np.pi / 20), None).score
    assert 280 < score.argmax() < 326


def test_a_method_that_takes_too_long_fails():
    @dataclass(frozen=True)
    class Endless:
        name: str = "endless"

        def __call__(self, value, time_s):
            while True:
                pass

    assert "0.05 CPU seconds" in run(Endless(), spiky(0), None, most_s=0.05).error


def test_an_unknown_method_is_refused():
    with pytest.raises(UsageError, match="name one of these"):
        method_of("no such thing")


class Echo:
    """The value at once; the final score, two steps later, is its negative."""

    lag = 2

    def __init__(self):
        self.past = []

    def step(self, value, time_s):
        self.past.append(value)
        final = -self.past[-3] if len(self.past) > 2 else float("nan")
        return Step(value, 0.0, 0.0, 0.0, final)


def test_final_scores_belong_to_the_point_lag_steps_ago():
    immediate, final = fed(Echo(), np.array([1.0, 2.0, 3.0, 4.0]), None)
    assert immediate.tolist() == [1, 2, 3, 4]
    assert final.tolist() == [-1, -2, -3, -4]


def test_nab_by_hand():
    label = np.zeros(200)
    label[100:120] = 1
    early, late, false = np.zeros(200), np.zeros(200), np.zeros(200)
    early[100] = late[119] = 1
    false[[40, 100]] = 1
    assert nab_score([early], [label]) == pytest.approx(100)
    assert 50 < nab_score([late], [label]) < 60  # not missed, hardly early
    assert nab_score([false], [label]) == pytest.approx(100 - 100 * 0.11 / 2)
    probation = np.zeros(200)
    probation[[10, 100]] = 1
    assert nab_score([probation], [label]) == pytest.approx(100)
    assert nab_score([np.ones(200)], [label]) == 0  # firing everywhere is worse than never


def own(tmp_path, header="time,latency,label", truth=lambda i: int(SPIKE.start <= i < SPIKE.stop)):
    start = np.datetime64("2026-01-01T00:00:00")
    rows = [(f"{start + np.timedelta64(i, 'h')}Z", f"{x:.3f}", truth(i)) for i, x in enumerate(spiky(3))]
    write_rows(tmp_path / "own.csv", header, rows)
    return tmp_path / "own.csv"


@pytest.mark.parametrize("words", [(0, 1), ("false", "true"), ("no", "yes")])
def test_a_users_own_file_needs_a_label_column(tmp_path, words):
    path = own(tmp_path, "time,latency,bad", lambda i: words[SPIKE.start <= i < SPIKE.stop])
    (part,) = found(path, Asked(), "bad").parts
    assert (part.stop, part.abnormal, part.clocked) == (400, True, True)
    with pytest.raises(DataError, match="no label column"):
        found(path, Asked())
    with pytest.raises(DataError, match="no column 'wrong'"):
        found(path, Asked(), "wrong")


def test_a_users_spans_may_be_rows_or_times(tmp_path):
    path = own(tmp_path, "time,latency,ignored", lambda i: "")
    named = {"own.csv": [["2026-01-13 12:00", "2026-01-13T17:00:00Z"]]}
    for spans in ([[300, 305]], named, [["2026-01-13T13:00:00+01:00", "2026-01-13T17:00:00"]]):
        (tmp_path / "spans.json").write_text(json.dumps(spans))
        given = found(path, Asked(), str(tmp_path / "spans.json"), "latency")
        result = ranking.measure(replace(given, methods=(Recorded(),)))
        assert result.single[0]["auc_pr"] == pytest.approx(1)


@pytest.mark.parametrize("span", [[305, 300], [5_000, 6_000], ["2031-01-01", "2031-01-02"], ["soon", "late"]])
def test_a_span_without_a_point_is_refused(tmp_path, span):
    path = own(tmp_path)
    (tmp_path / "spans.json").write_text(json.dumps([[10, 12], span]))
    with pytest.raises(DataError, match="spans"):
        found(path, Asked(), str(tmp_path / "spans.json"), "latency")


def test_series_without_a_clock_are_said_to_be_left_out_of_alarms(tmp_path):
    write_series(tmp_path, "alpha", "a")
    write_series(tmp_path, "beta", "b", t0=None, interval_s=None)
    asked = found(tmp_path, Asked())
    assert any("for want of a clock" in note and "beta" in note for note in alarms.measure(asked).notes)
    only = alarms.measure(replace(asked, sources=("beta",)))
    assert [row["source"] for row in only.tables[0].rows] == ["beta"]
    assert not any("clock" in note for note in only.notes)


def test_nothing_is_printed_as_less_than_nothing():
    table = Table("T", {"a": ("A", ".0f"), "b": ("B", ".2f")}, [{"a": -0.4, "b": -0.01}])
    assert cells(table)[1] == ["0", "-0.01"]


def test_words_that_are_no_labels_are_refused(tmp_path):
    path = own(tmp_path, truth=lambda i: "maybe")
    with pytest.raises(DataError, match="holds maybe"):
        found(path, Asked())


def test_the_command_prints_writes_and_plots(hunter, tmp_path):  # noqa: F811
    path = own(tmp_path)
    ran = hunter("bench", path, "ranking", "alarms", "--jobs", 1, "--out", "r", "--plots", "p")
    assert ran.code == 0, ran.err
    assert ran.out.startswith("How well the score ranks\n")
    assert (tmp_path / "r" / "ranking.md").read_text().startswith("# How well the score ranks")
    facts = json.loads((tmp_path / "r" / "alarms.json").read_text())["facts"]
    assert facts["command"].startswith("hunter bench")
    page = (tmp_path / "p" / "alarms" / "own__own__auto.html").read_text()
    assert page.count('class="truth"') == 1
    assert 'class="band"' in page


def test_the_command_prints_json_for_programs(hunter, tmp_path):  # noqa: F811
    ran = hunter("bench", own(tmp_path), "ranking", "-o", "json", "--jobs", 1, "--detector", "residual")
    assert json.loads(ran.out)["ranking"]["single"][0]["method"] == "residual"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "does not exist"),
        (["alarms"], "no folder is named"),
        (["own.csv", "tables"], "nothing here for tables"),
        (["own.csv", "--detector", "nonsense"], "no detector 'nonsense'"),
    ],
)
def test_wrong_calls_end_with_a_cure(hunter, tmp_path, monkeypatch, arguments, message):  # noqa: F811
    monkeypatch.delenv("HUNTER_BENCH_DATA", raising=False)
    own(tmp_path)
    ran = hunter("bench", *arguments)
    assert ran.code in (1, 2)
    assert message in ran.err
    assert "Cure:" in ran.err


def test_an_interrupted_run_leaves_nothing_half_written(tmp_path):
    write_all(tmp_path)

    @dataclass(frozen=True)
    class Interrupted:
        name: str = "interrupted"

        def __call__(self, value, time_s):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ranking.measure(asked(tmp_path, Recorded(), Interrupted(), plots=tmp_path / "p"))
    assert all(page.read_text().endswith("</html>\n") for page in (tmp_path / "p").rglob("*.html"))
    assert not list(tmp_path.rglob("*.part"))


def test_every_measurement_is_our_error_or_a_result_on_a_folder_of_nothing_but_labels(tmp_path):
    write_series(tmp_path, "alpha", "a", value=np.full(400, np.nan), label=labels())
    result = ranking.measure(asked(tmp_path, Product()))
    assert result.single[0]["error"] == ""
    with pytest.raises(HunterError):
        found(tmp_path / "series", Asked())


def test_a_forecaster_that_is_named_does_not_stop_the_other_measurements(tmp_path):
    given = replace(found(write_all(tmp_path), Asked()), detectors=("seasonal-naive", "residual"))
    assert {"ranking", "alarms", "forecasting"} <= set(chosen_whats(given, ()))
    assert only_fitting(given, "ranking").detectors == ("residual",)
