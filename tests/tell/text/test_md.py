"""Markdown: the same content, and text from data that stays text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_hunter.model import Dataset, Hunt, Quality
from anomaly_hunter.tell.reports.md import Markdown, escape
from tests import builders
from tests.tell.text.hostile import ALL, NUMBERS, hostile_hunt, odd_hunt


def shown(hunt):
    return Markdown().render(hunt)


def unescaped(text, sign):
    return re.findall(rf"(?<!\\)(?:\\\\)*{re.escape(sign)}", text)


def test_the_verdict_the_findings_the_cause_and_the_steps_are_told():
    text = shown(builders.series_hunt())
    assert text.startswith("## Error: latency\\_ms spiked 61% above normal after deploy 'checkout v2.4.1'\n")
    assert "| Severity | **7.4 of 10** (error) |" in text
    assert "| Confidence | **78% (high)** |" in text
    assert "| Consensus | 2 of 3 agents (fair) |" in text
    assert "| Root Cause | 30% (low) | no dependency graph: inconclusive | `expected:latency_ms` |" in text
    assert "\n**deploy 'checkout v2.4.1' 2 min before the onset**\n" in text
    assert "| against | none of the checks speaks against it |   |" in text
    assert "1. roll back checkout v2.4.1 and watch latency\\_ms" in text
    assert "- 2026-03-04 17:58 UTC, deploy: checkout v2.4.1 (checkout)" in text
    assert "### How to read this" in text


def test_the_spark_line_has_the_anomaly_marked_below():
    line, marks = re.findall(r"```text\n(.*)\n(.*)\n```", shown(builders.series_hunt()))[0]
    assert "█" in line[marks.index("▲") : len(marks)]


def test_quiet_data_are_told_calmly():
    assert shown(builders.quiet_hunt()).startswith("## Nothing abnormal: quiet.csv\n")


def test_nothing_scored_is_no_all_clear():
    text = shown(Hunt(Dataset("d.csv", "tickets", Quality(100, 3), "3 tickets"), (), ()))
    assert text.startswith("## No answer: d.csv\n")


def test_other_incidents_and_those_not_investigated_are_told():
    text = shown(builders.many_hunt(60, 40))
    assert "### 39 other incidents" in text
    assert "and 19 more incidents" in text
    assert "and 20 smaller groups of anomalies beyond the limit" in text


@pytest.mark.parametrize("build", [*ALL, hostile_hunt])
def test_every_table_is_whole(build):
    for block in shown(build()).split("\n\n"):
        if block.startswith("|"):
            bars = {len(unescaped(re.sub(r"`[^`|]*`", "", line), "|")) for line in block.splitlines()}
            assert len(bars) == 1, block


def test_text_from_the_data_brings_in_no_html_no_link_and_no_mention():
    text = shown(hostile_hunt())
    for sign in ("<", "![", "]("):
        assert not unescaped(text, sign)
    assert "http://" not in text
    assert "@everyone" not in text
    assert not set(text) & set("\x1b\x07\x9b\r\x00\u202e")
    text.encode("utf-8")


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab1.)-+=#>*_`[]()<>|\\~!&@:/\n\t ")))
def test_escaped_text_starts_no_block_and_stays_on_its_line(text):
    safe = escape(text)
    assert "\n" not in safe
    assert not re.match(r"([-+*>#=|<]|\d+[.)]|```)", safe)
    for sign in "<>|`[]*_":
        assert not unescaped(safe, sign)


@pytest.mark.parametrize("number", NUMBERS)
def test_no_number_breaks_the_report(number):
    assert shown(odd_hunt(number)).endswith("\n")
