"""`hunter init`, `hunter incidents`, and hunts that remember."""

import json
import sqlite3

import numpy as np
import pytest

from anomaly_hunter.config import load_settings
from anomaly_hunter.remember.records import Feedback
from anomaly_hunter.remember.store import Store


@pytest.fixture
def project(hunter, tmp_path):
    assert hunter("init").code == 0
    return tmp_path


def test_a_plain_folder_is_left_as_it_was(hunter, latency, tmp_path):
    before = sorted(tmp_path.iterdir())
    assert hunter("detect", latency).code == 0
    assert sorted(tmp_path.iterdir()) == before
    ran = hunter("incidents")
    assert ran.code == 2
    assert "run `hunter init`" in ran.err


def test_init_writes_settings_and_refuses_to_overwrite(hunter, project):
    text = (project / "hunter.yaml").read_text()
    assert "memory: .hunter/memory.db" in text
    assert (project / ".gitignore").read_text() == ".hunter/\n"
    assert hunter("config", "validate").code == 0
    again = hunter("init")
    assert again.code == 2
    assert "is there already" in again.err
    assert (project / "hunter.yaml").read_text() == text


def test_init_makes_a_folder_and_keeps_what_gitignore_says(hunter, tmp_path):
    folder = tmp_path / "a" / 'odd: "name" #1'
    folder.mkdir(parents=True)
    (folder / ".gitignore").write_text("*.log")
    assert hunter("init", folder).code == 0
    assert (folder / ".gitignore").read_text() == "*.log\n.hunter/\n"
    assert hunter("config", "validate", folder / "hunter.yaml").code == 0


def test_a_hunt_in_the_folder_is_kept_once_and_listed(hunter, project, latency):
    first = json.loads(hunter("detect", latency).out)
    hunter("detect", latency)
    listed = json.loads(hunter("incidents", "list", "--json").out)
    assert [(one["id"], one["times_kept"]) for one in listed] == [(first["incidents"][0]["id"], 2)]
    page = hunter("incidents").out
    assert "cause: inconclusive" in page
    assert page.count("inconclusive") == 1  # the headline leaves the cause to the line below it
    shown = hunter("incidents", "show", listed[0]["id"])
    assert shown.code == 0
    assert "[expected:latency_ms]" in shown.out
    document = json.loads(hunter("incidents", "show", listed[0]["id"], "--json").out)
    assert document["evidence"] == first["incidents"][0]["evidence"]
    assert document["memory"]["times_kept"] == 2


def test_a_folder_below_remembers_in_the_same_memory(hunter, project, latency, monkeypatch):
    (project / "below").mkdir()
    monkeypatch.chdir(project / "below")
    assert hunter("detect", latency).code == 0
    assert (project / ".hunter" / "memory.db").is_file()
    assert list((project / "below").iterdir()) == []


def test_no_memory_neither_asks_nor_keeps(hunter, project, latency):
    assert hunter("detect", "--no-memory", latency).code == 0
    assert not (project / ".hunter").exists()
    assert "nothing is remembered yet" in hunter("incidents").out


def test_a_similar_incident_is_shown_with_what_its_cause_turned_out_to_be(hunter, project, latency):
    name = json.loads(hunter("detect", latency).out)["incidents"][0]["id"]
    with Store.open(project / ".hunter" / "memory.db", project.name) as store:
        at = np.datetime64("2026-05-01", "ns")
        store.add_feedback(Feedback(name, "cause is", at, cause_kind="service", cause_name="ledger"))
    later = latency.read_text().replace("2026-03", "2027-03")
    latency.write_text(later)
    evidence = json.loads(hunter("detect", latency).out)["incidents"][0]["evidence"]
    (past,) = [e for e in evidence if e["id"] == f"past:{name}"]
    assert "the cause turned out to be ledger" in past["statement"]
    assert past["numbers"]["similarity"] > 0.8
    assert "cause: ledger (a person said so)" in hunter("incidents").out


def test_a_memory_that_is_locked_when_the_hunt_was_told_is_said_and_no_failure(
    hunter, project, latency, monkeypatch
):
    monkeypatch.setattr("anomaly_hunter.remember.store.WAIT_S", 0.05)
    hunter("detect", latency)
    monkeypatch.setattr("anomaly_hunter.remember.store.Store.open.__func__.__kwdefaults__", {"wait_s": 0.05})
    other = sqlite3.connect(project / ".hunter" / "memory.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    ran = hunter("detect", latency)
    other.close()
    assert ran.code == 0
    assert json.loads(ran.out)["incident_count"] == 1
    assert "was not remembered" in ran.err
    assert "locked by another program" in ran.err


def test_a_damaged_memory_stops_the_hunt_and_says_how_to_go_on(hunter, project, latency):
    (project / ".hunter").mkdir()
    (project / ".hunter" / "memory.db").write_text("not a database at all " * 30)
    ran = hunter("detect", latency)
    assert ran.code == 1
    assert "move it aside" in ran.err
    assert "--no-memory hunts without it" in ran.err
    assert hunter("detect", "--no-memory", latency).code == 0


def test_a_memory_that_cannot_be_written_is_said_and_the_hunt_goes_on(hunter, project, latency):
    (project / ".hunter").write_text("a file where the folder should be")
    ran = hunter("detect", latency)
    assert ran.code == 0
    assert "was not remembered" in ran.err


@pytest.mark.parametrize(
    ("text", "said"),
    [("disk I/O error", "free some room"), ("database is locked", "locked by another program")],
)
@pytest.mark.parametrize("call", ["opened", "asked", "kept"])
def test_a_disk_that_is_full_or_a_lock_at_any_moment_never_costs_the_hunt(
    hunter, project, latency, monkeypatch, call, text, said
):
    def broken(*_, **__):
        raise sqlite3.OperationalError(text)

    hunter("detect", latency, "-q")
    place = {"opened": "store.open_engine", "asked": "recalling.pasts", "kept": "keeping.keep_hunt"}[call]
    monkeypatch.setattr(f"anomaly_hunter.remember.{place}", broken)
    ran = hunter("detect", latency)
    assert ran.code == 0
    assert json.loads(ran.out)["incident_count"] == 1
    assert "this hunt was not remembered" in ran.err
    assert said in ran.err


def test_a_memory_that_is_torn_in_the_middle_of_a_hunt_says_how_to_go_on(
    hunter, project, latency, monkeypatch
):
    def torn(*_, **__):
        raise sqlite3.DatabaseError("Could not decode to UTF-8 column")

    hunter("detect", latency, "-q")
    monkeypatch.setattr("anomaly_hunter.remember.recalling.pasts", torn)
    ran = hunter("detect", latency)
    assert ran.code == 1
    assert "damaged" in ran.err
    assert "--no-memory hunts without it" in ran.err


def test_the_report_says_how_to_answer_and_the_next_one_what_was_said(hunter, project, latency):
    first = hunter("detect", latency, "-o", "terminal").out
    name = json.loads(hunter("incidents", "list", "--json").out)[0]["id"]
    assert f"Remembered as incident {name} (latency_ms)" in first
    assert f"hunter feedback {name} real|expected|ignore" in first
    hunter("feedback", name, "real", "--why", "customers complained")
    assert "of this incident you said real (answer 1" in hunter("detect", latency, "-o", "terminal").out
    hunter("feedback", name, "ignore", "--why", "load test")
    quiet = hunter("detect", latency, "-o", "terminal").out
    assert "Kept quiet by what you said:" in quiet
    assert "ignore, 'load test' (answer 2)" in quiet
    history = hunter("feedback", "history").out
    assert "keep quiet: spike up on latency_ms" in history
    hunter("feedback", "undo")
    assert "taken back" in hunter("feedback", "history").out


TRACED = {
    "phoenix": ("endpoint: http://localhost:6006/v1/traces",),
    "weave": ("endpoint: https://trace.wandb.ai", "headers: {wandb", "attributes:"),
    "logfire": ("endpoint: https://logfire", "headers: {Authorization"),
}


@pytest.mark.parametrize("wanted", TRACED.values(), ids=TRACED)
def test_the_lines_for_models_and_traces_only_have_to_be_uncommented(hunter, tmp_path, wanted):
    hunter("init")
    file = tmp_path / "hunter.yaml"
    tracing = ("endpoint:", "headers:", "attributes:")
    lines = [
        line.removeprefix("# ") if line.startswith("# ") else line for line in file.read_text().splitlines()
    ]
    begin = next(i for i, line in enumerate(lines) if line.startswith("agents:"))
    kept = [
        line
        for line in lines[begin:]
        if not line.strip().startswith(tracing) or line.strip().startswith(wanted)
    ]
    file.write_text("\n".join(kept))
    settings = load_settings(file, {"WANDB_API_KEY": "w", "LOGFIRE_TOKEN": "l"})
    assert settings.agents.of("root_cause").model == "openai:gpt-5-mini"
    assert settings.reasoning.prices["openai:gpt-5-mini"].output == 2.0
    assert (
        settings.tracing.endpoint in wanted[0]
        or wanted[0].removeprefix("endpoint: ") in settings.tracing.endpoint
    )
