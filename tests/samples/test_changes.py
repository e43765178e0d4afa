"""Generated incidents with recorded changes."""

import json

import numpy as np
import pytest

from anomaly_hunter.samples.changes.cases import VARIANTS, ChangeSpec, change_case
from anomaly_hunter.samples.changes.stories import CHANGED, UNCHANGED
from anomaly_hunter.samples.changes.systems import SYSTEMS


def titles(case):
    return [record["title"] for record in case.records]


def at(record):
    return np.datetime64(record["time"].removesuffix("Z"), "ns")


def test_the_same_spec_gives_the_same_case():
    one, other = (change_case(ChangeSpec("code", seed=5)) for _ in range(2))
    assert one.records == other.records
    assert one.lines == other.lines
    assert all(np.array_equal(a.value, b.value) for a, b in zip(one.series, other.series, strict=True))


@pytest.mark.parametrize("kind", CHANGED)
def test_the_change_comes_before_users_notice_and_is_gone_when_it_is_removed(kind):
    case = change_case(ChangeSpec(kind, "devices", seed=2))
    (culprit,) = [record for record in case.records if record["title"] in case.truth]
    assert at(culprit) < case.onset < case.fired
    removed = change_case(ChangeSpec(kind, "devices", seed=2, removed=True))
    assert removed.truth == ()
    assert titles(removed) == [title for title in titles(case) if title not in case.truth]
    assert removed.lines == case.lines


@pytest.mark.parametrize("kind", UNCHANGED)
def test_where_no_change_did_it_there_is_none_to_be_named(kind):
    assert change_case(ChangeSpec(kind)).truth == ()


def test_a_hard_case_has_one_more_change_of_code_at_the_service():
    easy, hard = (change_case(ChangeSpec("flag", hard=hard)) for hard in (False, True))
    deploys = [sum(r["kind"] == "deploy" for r in case.records) for case in (easy, hard)]
    assert deploys[1] >= deploys[0]


def test_what_is_known_of_a_commit_is_what_was_asked_for():
    known = {
        detail: {key for record in change_case(ChangeSpec("code", detail=detail)).records for key in record}
        for detail in ("diff", "message", "version")
    }
    assert {"commit_message", "diff", "files_changed"} <= known["diff"]
    assert "diff" not in known["message"]
    assert "commit_message" not in known["version"]


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_variant_is_what_it_is_called(variant):
    case = change_case(ChangeSpec("restart", variant=variant))
    assert (case.lines == ()) == (variant == "no logs")
    assert (case.graph is None) == (variant == "no graph")
    assert any("service" in record for record in case.records) == (variant != "events without service")
    if case.lines:
        assert ("service" in json.loads(case.lines[0])) == (variant != "logs without service")


def test_every_service_is_reached_from_the_entry_and_no_word_is_shared():
    for system in SYSTEMS:
        entry, *others = system.services
        assert all(entry in system.callers(name) for name in others)
        things = [topic.thing for topics in system.topics.values() for topic in topics]
        assert len(set(things)) == len(things)
