"""The terminal report: what it says, how wide it is, and that data cannot steer it."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from rich.cells import cell_len

from anomaly_hunter.model import Dataset, Event, Hunt, Quality, Quiet
from anomaly_hunter.tell.contract import Report
from anomaly_hunter.tell.reports.terminal import Terminal
from tests import builders
from tests.tell.text.hostile import ALL, NUMBERS, hostile_hunt, odd_hunt

ROOT = Path(__file__).parents[3]
OURS = re.compile(r"\x1b\[[0-9;]*m")


def shown(hunt, width=100, color=False, encoding="utf-8"):
    return Terminal(width, color, encoding).render(hunt)


def words_of(text):
    """The text without frames, on one line."""
    return " ".join(re.sub(r"[│╭╮╰╯─|]", " ", text).split())


def test_it_is_a_report():
    assert isinstance(Terminal(), Report)
    assert Terminal.name == "terminal"


@pytest.mark.parametrize("width", [40, 41, 80, 100, 120, 200])
@pytest.mark.parametrize("build", [*ALL, hostile_hunt])
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_no_line_is_wider_than_the_terminal(build, width, encoding):
    lines = shown(build(), width, encoding=encoding).splitlines()
    assert max(map(cell_len, lines)) <= width


@pytest.mark.parametrize("build", [*ALL, hostile_hunt])
def test_colour_changes_nothing_but_colour(build):
    plain = shown(build(), 80)
    assert "\x1b" not in plain
    coloured = OURS.sub("", shown(build(), 80, color=True))
    assert [line.rstrip() for line in coloured.splitlines()] == plain.splitlines()


@pytest.mark.parametrize("build", [*ALL, hostile_hunt])
@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "cp437", "no-such-encoding"])
def test_what_cannot_hold_braille_gets_ascii(build, encoding):
    assert shown(build(), 80, encoding=encoding).isascii()


def test_text_from_the_data_cannot_steer_the_terminal():
    text = OURS.sub("", shown(hostile_hunt(), 120, color=True))
    assert not [sign for sign in text if sign != "\n" and not sign.isprintable()]
    text.encode("utf-8")
    flat = words_of(text)
    assert r"\x1b[31mred\x1b]0;title\x07" in flat
    assert "[bold red]markup[/] :boom:" in flat
    assert "名前" in flat


def test_the_heavy_parts_of_rich_stay_out():
    code = (
        "import sys\n"
        "from anomaly_hunter.tell.reports.terminal import Terminal\n"
        "from tests.builders import series_hunt\n"
        "Terminal(80, True, 'utf-8').render(series_hunt())\n"
        "print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True, cwd=ROOT)
    heavy = {"markdown", "syntax", "progress", "traceback", "pretty", "live", "json"}
    assert not {f"rich.{name}" for name in heavy} & set(done.stdout.split())


def test_the_verdict_stands_first():
    top = words_of(shown(builders.series_hunt())[:1600])
    assert "ERROR latency.csv" in top
    assert "latency_ms spiked 61% above normal after deploy 'checkout v2.4.1'" in top
    assert "7.4 of 10 error" in top
    assert "78% high" in top
    assert "2 of 3 agents (fair)" in top
    assert "2026-03-04 18:00 to 22:00 UTC · 5 h" in top


def test_every_agent_its_confidence_its_claim_and_its_evidence_are_told():
    text = words_of(shown(builders.series_hunt(), 120))
    for finding in builders.verdict().findings:
        assert finding.agent in text
        assert finding.claim in text
    for sure in ("93% (very high)", "81% (high)", "30% (low)"):
        assert sure in text
    for evidence in builders.verdict().evidence:
        assert evidence.id in text
        assert evidence.statement in text


def test_cause_disagreement_and_next_steps_are_told():
    text = words_of(shown(builders.series_hunt()))
    assert "Cause deploy 'checkout v2.4.1' 2 min before the onset" in text
    assert "against none of the checks speaks against it" in text
    assert "Root Cause is inconclusive (30%)" in text
    assert "1. roll back checkout v2.4.1 and watch latency_ms" in text


def test_without_a_cause_it_says_inconclusive():
    hunt = builders.series_hunt()
    verdict = replace(hunt.incidents[0].verdict, cause=None, candidates=())
    text = words_of(shown(replace(hunt, incidents=(replace(hunt.incidents[0], verdict=verdict),))))
    assert "Cause inconclusive" in text
    assert "Inconclusive: too little speaks for any one cause." in text


def test_the_data_their_quality_and_how_to_read_it_are_told():
    text = words_of(shown(builders.series_hunt(), 120))
    assert "120 points every 1 h, time=timestamp, value=latency_ms" in text
    assert "quality 97 of 100 · 1 issue" in text
    assert "1 gap of 2 h before 2026-03-02T05:00:00Z" in text
    assert "read 3.1 ms, detect 1.9 ms, investigate 0.8 ms, together 5.8 ms" in text
    assert "7-8 error, 9-10 critical" in text
    assert "70-85% high" in text
    assert "agents are at 70% or more" in text


def test_the_event_is_marked_and_named():
    text = shown(builders.series_hunt())
    assert "◆ 2026-03-04 17:58 UTC  deploy: checkout v2.4.1 · checkout" in text


def test_the_anomaly_is_marked_without_colour():
    assert "▲▲▲" in shown(builders.series_hunt())
    assert "^^^" in shown(builders.series_hunt(), encoding="ascii")


def test_quiet_data_are_told_calmly_and_say_what_was_looked_at():
    text = words_of(shown(builders.quiet_hunt()))
    assert "NOTHING ABNORMAL" in text
    assert "Looked at 1 series with 120 points; detector nearest." in text
    assert "Nearest to an alarm: 0.2 of 1.0 at 2026-03-01T00:00:00Z in latency_ms." in text
    assert "Expected there: 96 to 104." in text
    assert "▲" not in text


def test_what_was_kept_quiet_is_told_with_its_rule():
    hunt = builders.quiet_hunt()
    quiet = (Quiet(3, 4, 1.2, "min_dev", "a deviation of 1 is below the least of 5"),)
    text = words_of(shown(replace(hunt, detections=(replace(hunt.detections[0], quiet=quiet),))))
    assert "Kept quiet: a deviation of 1 is below the least of 5 (rule: min_dev)." in text


def test_nothing_scored_is_no_all_clear():
    for kind, told in (("tickets", "no rate can be judged"), ("table", "Nothing could be scored")):
        text = words_of(shown(Hunt(Dataset("d.csv", kind, Quality(100, 3), "3 rows"), (), ())))
        assert told in text
        assert "abnormal" not in text


def test_too_few_values_are_no_all_clear():
    hunt = builders.quiet_hunt()
    few = replace(hunt.detections[0], note="2 values: too few", score=np.zeros(120))
    text = words_of(shown(replace(hunt, detections=(few,))))
    assert "Too little to say anything" in text
    assert "2 values: too few" in text
    assert "Nothing abnormal" not in text


def test_anomalies_without_an_incident_are_no_all_clear():
    text = words_of(shown(replace(builders.series_hunt(), incidents=(), not_investigated=1)))
    assert "1 anomaly, none of them investigated." in text
    assert "1 smaller group of anomalies beyond the limit" in text


def test_many_incidents_do_not_flood():
    text = shown(builders.many_hunt(300, 200), 100)
    assert len(text.splitlines()) < 95
    assert "199 other incidents" in text
    assert "and 179 more: all of them with -o json or -o html" in text
    assert "and 100 smaller groups of anomalies beyond the limit, not investigated" in text


def test_the_rows_of_a_table_show_the_cells_that_make_them_odd():
    text = words_of(shown(builders.table_hunt()))
    assert "17 4.2 amount 5000 92%" in text
    assert "140 3.9 amount 5000 92%" in text


def test_of_many_channels_the_one_that_carries_the_anomaly_is_drawn():
    text = shown(builders.multichannel_hunt())
    assert "engine{plant=A} · temp (C)" in text
    assert "still going on" in words_of(text)
    assert "2 anomalies in this incident" in text


def test_observations_are_told():
    assert "largest theme: 'payment refused', 31% of the tickets" in shown(builders.tickets_hunt())


def test_of_many_events_the_nearest_to_the_beginning_are_named():
    hunt = builders.series_hunt()
    events = tuple(builders.deploy(minutes_before=60.0 * i) for i in range(1, 20))
    moved = replace(hunt, dataset=replace(hunt.dataset, events=(Event(events[0].time, "x", "near"), *events)))
    text = shown(moved)
    assert "and 17 more events" in text
    assert "x: near" in text


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_no_number_breaks_the_report(number, encoding):
    text = shown(odd_hunt(number), 80, encoding=encoding)
    assert max(map(cell_len, text.splitlines())) <= 80
    assert "nan" not in text.replace("nanoseconds", "")
