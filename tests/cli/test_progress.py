"""The line that says how far a long run is."""

import io

import pytest

from anomaly_hunter.cli import progress
from anomaly_hunter.hunt import hunt


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "QUIET_S", -1.0)
    monkeypatch.setattr(progress, "EVERY_S", -1.0)


def test_a_terminal_sees_how_far_it_is_and_then_a_clean_line(
    monkeypatch: pytest.MonkeyPatch, at_once: None
) -> None:
    monkeypatch.setattr("sys.stderr", terminal := _Terminal())
    with progress.ProgressLine("series") as line:
        line(1, 4)
    said = terminal.getvalue().split("\r")
    assert said[1].startswith("1 of 4 series, ")
    assert said[2].strip() == ""
    assert said[-1] == ""


@pytest.mark.parametrize(("stream", "shown"), [(io.StringIO(), True), (_Terminal(), False), (None, True)])
def test_a_pipe_a_quiet_run_and_a_closed_stderr_see_nothing(
    monkeypatch: pytest.MonkeyPatch, at_once: None, stream: io.StringIO | None, shown: bool
) -> None:
    monkeypatch.setattr("sys.stderr", stream)
    with progress.ProgressLine("series", shown=shown) as line:
        line(1, 4)
    assert stream is None or stream.getvalue() == ""


def test_a_short_run_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", terminal := _Terminal())
    monkeypatch.setattr("time.monotonic", lambda: 5.0)
    with progress.ProgressLine("series") as line:
        line(1, 4)
    assert terminal.getvalue() == ""


def test_a_hunt_counts_its_series() -> None:
    seen: list[tuple[int, int]] = []
    hunt({"a": [1.0, 2, 3], "b": [1.0, 2, 3]}, progress=lambda done, of: seen.append((done, of)))
    assert seen
    assert seen[-1][0] == seen[-1][1] == len(seen)


def test_what_comes_next_is_said_at_once_where_it_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", terminal := _Terminal())
    with progress.ProgressLine("series", then="asking language models, 45 s at most") as line:
        line(1, 2)
        line(2, 2)
    said = terminal.getvalue().split("\r")
    assert said[1].strip() == "asking language models, 45 s at most"
    assert said[-1] == ""
