"""The documents keep the published schema, whatever the hunt holds."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_hunter.model import SCHEMA_VERSION
from anomaly_hunter.tell.document import SCHEMA_FILE, document, dump, header_document, incident_line
from anomaly_hunter.tell.reports.json import Json
from anomaly_hunter.tell.reports.jsonl import JsonLines
from tests import builders
from tests.tell.text.hostile import ALL, NUMBERS, hostile_hunt, odd_hunt
from tests.tell.text.schema_check import problems

SCHEMA = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))


def broken(record, name):
    return problems(record, SCHEMA["$defs"][name], SCHEMA)


def strictly(text):
    def refuse(name):
        raise AssertionError(f"{name} is not JSON")

    return json.loads(text, parse_constant=refuse)


@pytest.mark.parametrize("build", [*ALL, hostile_hunt])
def test_every_document_keeps_the_published_schema(build):
    hunt = build()
    assert broken(strictly(Json().render(hunt)), "hunt") == []
    header, *lines = map(strictly, JsonLines().render(hunt).splitlines())
    assert broken(header, "header") == []
    assert len(lines) == len(hunt.incidents)
    assert [broken(line, "incident_line") for line in lines] == [[]] * len(lines)


@pytest.mark.parametrize("number", NUMBERS)
def test_no_number_makes_a_document_that_is_not_json(number):
    record = strictly(Json().render(odd_hunt(number)))
    assert broken(record, "hunt") == []
    shown = record["incidents"][0]["anomalies"][0]["actual"]
    assert shown == (number if np.isfinite(number) else None)


@settings(derandomize=True, max_examples=30, deadline=None)
@given(st.text(max_size=30), st.floats())
def test_a_document_reads_back_as_it_was_whatever_the_text_and_the_numbers(text, number):
    hunt = builders.series_hunt()
    fact = replace(hunt.incidents[0].verdict.evidence[0], statement=text, numbers={text: number})
    verdict = replace(hunt.incidents[0].verdict, evidence=(fact,), headline=text)
    record = incident_line(replace(hunt.incidents[0], verdict=verdict))
    text = dump(record)
    assert strictly(text) == record
    assert "\n" not in text
    text.encode("utf-8")


def test_the_schema_file_carries_the_version_of_the_documents():
    assert SCHEMA_FILE.name == f"hunt-{SCHEMA_VERSION}.json"
    assert SCHEMA["$id"].endswith(SCHEMA_VERSION)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert SCHEMA["$defs"]["hunt"]["properties"]["schema_version"]["const"] == SCHEMA_VERSION


def test_the_schema_refuses_what_we_did_not_publish():
    record = document(builders.series_hunt())
    record["surprise"] = 1
    record["incidents"][0]["severity"] = 11
    del record["took_ms"]
    assert len(broken(record, "hunt")) == 3


def test_the_schema_describes_the_keys_in_the_order_of_the_documents():
    record = document(builders.series_hunt())
    keys = [(record, "hunt"), (record["incidents"][0], "incident"), (record["dataset"], "dataset")]
    keys.append((record["incidents"][0]["anomalies"][0], "anomaly"))
    for found, name in keys:
        assert list(found) == list(SCHEMA["$defs"][name]["properties"])


def test_every_part_of_the_schema_is_described_and_closed():
    for name, part in SCHEMA["$defs"].items():
        assert part.get("description"), name
        if part.get("type") == "object":
            assert part["additionalProperties"] is False
            assert part["required"] == list(part["properties"])


def test_the_same_hunt_gives_the_same_bytes():
    assert Json().render(builders.series_hunt()) == Json().render(builders.series_hunt())


def test_floats_are_written_in_full():
    hunt = builders.series_hunt()
    actual = strictly(Json().render(hunt))["incidents"][0]["anomalies"][0]["actual"]
    assert actual == hunt.incidents[0].lead.actual


def test_the_subjects_count_points_anomalies_and_abnormal_points():
    series = header_document(builders.series_hunt())["subjects"][0]
    assert (series["points"], series["anomalies"], series["anomalous_points"]) == (120, 1, 5)
    table = header_document(builders.table_hunt())["subjects"][0]
    assert (table["kind"], table["points"], table["anomalous_points"]) == ("table", 200, 2)


def test_steering_characters_do_not_leave_in_json():
    text = Json().render(hostile_hunt())
    assert not set(text) & set("\x1b\x07\x9b\x7f\u202e\u2066\x00")
    assert "名前" in text
