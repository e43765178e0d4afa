"""Files that name their series alike stand for places."""

from anomaly_hunter.hunt import hunt


def write(path, *names):
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"2026-03-01T{i:02d}:00:00Z,{','.join('5' for _ in names)}" for i in range(20)]
    path.write_text("\n".join([f"time,{','.join(names)}", *lines]))


def titles(folder):
    return sorted(series.title for series in hunt(str(folder)).dataset.series)


def test_series_of_the_same_name_carry_their_file(tmp_path):
    write(tmp_path / "web.csv", "latency_ms", "errors")
    write(tmp_path / "db.csv", "latency_ms")
    assert titles(tmp_path) == ["errors{file=web}", "latency_ms{file=db}", "latency_ms{file=web}"]


def test_names_that_differ_already_stay_as_they_are(tmp_path):
    write(tmp_path / "web.csv", "web_latency_ms")
    write(tmp_path / "db.csv", "db_latency_ms")
    assert titles(tmp_path) == ["db_latency_ms", "web_latency_ms"]


def test_files_of_the_same_name_in_different_folders_go_by_their_folder(tmp_path):
    write(tmp_path / "web" / "metrics.csv", "latency_ms")
    write(tmp_path / "db" / "metrics.csv", "latency_ms")
    assert titles(tmp_path / "*" / "metrics.csv") == ["latency_ms{file=db}", "latency_ms{file=web}"]
