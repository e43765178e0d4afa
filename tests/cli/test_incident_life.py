"""`hunter incidents ack|assign|...` with its filters, and `hunter store`."""

import json
import re

import numpy as np
import pytest

from anomaly_hunter.cli.incident_life import moment_of
from anomaly_hunter.config import load_settings
from anomaly_hunter.errors import UsageError
from anomaly_hunter.remember.store import Store
from tests.remember.kept import NOON, spike_hunt


@pytest.fixture
def project(hunter, tmp_path):
    assert hunter("init").code == 0
    where = load_settings(tmp_path / "hunter.yaml").remember
    with Store.open(where.memory, where.organisation) as memory:
        memory.keep(spike_hunt(), NOON)
        memory.keep(spike_hunt(name="errors"), NOON)
    return tmp_path


def listed(hunter, *options):
    return [one["id"] for one in json.loads(hunter("incidents", "list", "--json", *options).out)]


def test_a_life_by_the_command_line(hunter, project):
    one = listed(hunter, "--search", "LATENCY")[0]
    assert "is acknowledged: " in hunter("incidents", "ack", one, "--by", "ann").out
    assert "is assigned, owner team: " in hunter("incidents", "assign", one, "team").out
    assert "is muted until " in hunter("incidents", "mute", one, "--until", "2h", "--why", "known").out
    assert "is reopened" in hunter("incidents", "reopen", one).out
    assert hunter("incidents", "comment", one, "looking \x1b[31m at it").code == 0
    assert "is resolved" in hunter("incidents", "resolve", one, "--why", "rolled back").out
    page = hunter("incidents", "show", one).out
    assert "resolved, owner team" in page
    assert "acknowledged by ann" in page
    assert "rolled back" in page
    assert "\x1b" not in page
    refused = hunter("incidents", "ack", one)
    assert refused.code == 2
    assert "is resolved, one cannot acknowledge it" in refused.err


def test_filters_narrow_the_list(hunter, project):
    one, other = listed(hunter)
    hunter("incidents", "assign", one, "team")
    assert listed(hunter, "--owner", "team") == [one]
    assert listed(hunter, "--owner", "") == [other]
    assert listed(hunter, "--state", "assigned") == [one]
    assert set(listed(hunter, "--state", "active")) == {one, other}
    assert listed(hunter, "--severity", "9.9") == []
    assert listed(hunter, "--since", "2h") == []
    assert len(listed(hunter, "--until", "2026-12-01", "--sort", "begin", "--announced")) == 2
    assert "no incident is like this" in hunter("incidents", "list", "--state", "muted").out
    assert "no incident is like this" in hunter("incidents", "list", "--since", "2h").out
    assert hunter("incidents", "list", "--state", "closed").code == 2
    assert hunter("incidents", "list", "--since", "yesterday").code == 2


def test_times_are_said_as_people_say_them():
    now = np.datetime64("now", "ns")
    later, before = moment_of("2h", ahead=True), moment_of("1d", ahead=False)
    assert later is not None
    assert before is not None
    assert abs(later - now) >= np.timedelta64(7190, "s")
    assert before < now
    assert moment_of("2026-04-01T12:00Z", ahead=False) == NOON
    assert moment_of("", ahead=False) is None
    with pytest.raises(UsageError, match="'soon'"):
        moment_of("soon", ahead=True)


def test_a_memory_is_backed_up_checked_restored_and_pruned(hunter, project, tmp_path):
    before = listed(hunter)
    assert len(before) == 2
    assert "2 incidents" in hunter("store", "backup", "all.gz").out
    assert hunter("store", "backup", "all.gz").code == 2
    assert "is whole: 2 incidents" in hunter("store", "check", "all.gz").out
    assert "the memory is whole: 2 incidents" in hunter("store", "check").out
    assert hunter("store", "restore", "all.gz").code == 2
    assert "gone: 0 incidents" in hunter("store", "prune").out
    for file in (tmp_path / ".hunter").iterdir():
        file.unlink()
    assert "2 incidents" in hunter("store", "restore", "all.gz").out
    assert listed(hunter) == before


def test_a_list_for_programs_says_where_an_incident_stands(hunter, project):
    (one,) = listed(hunter, "--search", "errors ")
    hunter("incidents", "assign", one, "team")
    hunter("incidents", "mute", one, "--until", "2099-01-01T00:00Z")
    (line,) = json.loads(hunter("incidents", "list", "--json", "--owner", "team").out)
    assert (line["owner"], line["state"], line["silenced"]) == ("team", "muted", None)
    assert line["muted_until"].startswith("2099-01-01T00:00")
    assert line["subject"] == "errors"
    assert re.fullmatch("[0-9a-f]{12}", line["hunt_id"])
    assert json.loads(hunter("incidents", "show", one, "--json").out)["memory"] == line
