"""What leaves is written down first, whole lines for its owner's eyes, or it does not leave."""

import json
import multiprocessing
import os
import stat
from pathlib import Path

import pytest

from anomaly_hunter.errors import DataError, UsageError
from anomaly_hunter.investigate.reasoning.egress import Departure, EgressFile, NoEgressLog, egress_log


def departure(body="<EMAIL_ABCDEFGH> said ✓ \u2028 \n", role="root_cause"):
    return Departure(
        "2026-11-21T08:00:00Z", "api.openai.com", "openai:a", role, "46096cee957e", body, {"email": 1}
    )


def write_often(path, role):
    log = EgressFile(path)
    for number in range(20):
        log.left(departure(f"{number} " + role * 5000, role))


def test_a_line_says_when_to_whom_and_what(tmp_path):
    path = tmp_path / "left.jsonl"
    log = EgressFile(path)
    log.left(departure())
    log.left(departure("two"))
    first, second = path.read_text("ascii").splitlines()
    assert json.loads(first) == {
        "at": "2026-11-21T08:00:00Z", "to": "api.openai.com", "model": "openai:a", "role": "root_cause",
        "incident": "46096cee957e", "body": "<EMAIL_ABCDEFGH> said ✓ \u2028 \n", "masked": {"email": 1},
    }  # fmt: skip
    assert json.loads(second)["body"] == "two"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.slow
def test_several_programs_write_whole_lines(tmp_path):
    path = tmp_path / "left.jsonl"
    programs = multiprocessing.get_context("spawn")
    running = [programs.Process(target=write_often, args=(path, role)) for role in "ab"]
    for one in running:
        one.start()
    for one in running:
        one.join()
    lines = [json.loads(line) for line in path.read_text("ascii").splitlines()]
    assert sorted(line["role"] for line in lines) == [*"a" * 20, *"b" * 20]
    assert all(line["body"].endswith(line["role"] * 5000) for line in lines)


def test_a_log_that_cannot_be_opened_is_said_at_once(tmp_path):
    with pytest.raises(UsageError, match=r"folder that does not exist.* Cure: make `.*none` first"):
        EgressFile(tmp_path / "none" / "left.jsonl")
    with pytest.raises(UsageError, match="cannot be opened"):
        EgressFile(tmp_path)


def test_links_devices_and_files_of_others_are_refused(tmp_path):
    target, link, pipe, shared = (tmp_path / name for name in ("target", "link", "pipe", "shared"))
    link.symlink_to(target)
    os.mkfifo(pipe)
    shared.touch()
    shared.chmod(0o666)
    with pytest.raises(UsageError, match="is a link"):
        EgressFile(link)
    assert not target.exists()
    for path in (pipe, shared):
        with pytest.raises(UsageError, match=r"is no file|cannot be opened|can be written by others"):
            EgressFile(path)


def test_a_link_put_there_later_is_refused_too(tmp_path):
    log = EgressFile(tmp_path / "left.jsonl")
    log.path.unlink()
    log.path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="is a link"):
        log.left(departure())
    assert not (tmp_path / "elsewhere").exists()


def test_half_a_line_is_an_error_and_does_not_stay(tmp_path):
    resource = pytest.importorskip("resource")
    log = EgressFile(tmp_path / "left.jsonl")
    log.left(departure("whole"))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    signal = pytest.importorskip("signal")
    kept = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(DataError, match=r"could not be written .* nothing was sent"):
            log.left(departure("x" * 5000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, kept)
    (line,) = log.path.read_text("ascii").splitlines()
    assert json.loads(line)["body"] == "whole"


def test_no_log_is_a_log_too(tmp_path):
    egress_log("").left(departure())
    assert isinstance(egress_log(""), NoEgressLog)
    assert isinstance(egress_log(str(tmp_path / "left.jsonl")), EgressFile)


def test_a_path_that_no_system_knows_is_refused_in_our_words():
    with pytest.raises(UsageError, match="is no path"):
        EgressFile(Path("left\0.jsonl"))
