"""What is written is written whole, or not at all."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys

import pytest

from anomaly_hunter.errors import DataError, UsageError
from anomaly_hunter.tell.contract import Sink
from anomaly_hunter.tell.document import incident_line
from anomaly_hunter.tell.sinks.file import File
from anomaly_hunter.tell.write import write_whole
from tests import builders


def test_a_file_is_written_and_replaced(tmp_path):
    path = tmp_path / "report.md"
    write_whole(path, "one")
    write_whole(path, "zwei ± \ud800")
    assert path.read_text(encoding="utf-8") == "zwei ± ?"
    assert [entry.name for entry in tmp_path.iterdir()] == ["report.md"]


def test_a_replaced_file_keeps_its_permissions_and_a_link_its_target(tmp_path):
    path = tmp_path / "report.md"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o640)
    link = tmp_path / "latest.md"
    link.symlink_to(path)
    write_whole(link, "new")
    assert link.is_symlink()
    assert path.read_text(encoding="utf-8") == "new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_new_file_has_the_permissions_of_the_umask(tmp_path):
    old = os.umask(0o027)
    try:
        write_whole(tmp_path / "a", "x")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640


def test_a_pipe_is_written_to_and_not_replaced():
    code = "from anomaly_hunter.tell.write import write_whole; write_whole('/dev/stdout', 'ä')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout == "ä".encode()


@pytest.mark.parametrize("name", ["no/such/folder/a.md", ".", "a\x00b"])
def test_what_cannot_be_written_is_our_error_and_leaves_nothing(tmp_path, name):
    with pytest.raises(DataError, match="cannot be written"):
        write_whole(tmp_path / name, "x")
    assert list(tmp_path.iterdir()) == []


def test_the_sink_appends_one_line_per_incident(tmp_path):
    path = tmp_path / "incidents.jsonl"
    sink = File(str(path))
    assert isinstance(sink, Sink)
    incidents = builders.many_hunt(5, 3).incidents
    for incident in incidents:
        sink.send(incident)
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert lines == [incident_line(incident) for incident in incidents]


def test_the_sink_says_what_it_could_not_deliver(tmp_path):
    incident = builders.series_hunt().incidents[0]
    with pytest.raises(DataError, match="i-1 was not appended"):
        File(str(tmp_path)).send(incident)
    with pytest.raises(DataError, match="was not appended"):
        File("a\x00b").send(incident)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a full disk is played by /dev/full")  # noqa: PTH110
def test_a_full_disk_is_our_error():
    with pytest.raises(DataError, match="No space left"):
        File("/dev/full").send(builders.series_hunt().incidents[0])


def test_the_sink_needs_a_path():
    with pytest.raises(UsageError, match="has no path"):
        File(" ")
