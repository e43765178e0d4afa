"""`hunter detect` with a language model behind a real server: what a person sees, and what leaves."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

from docs.generate import ROOT, comparable
from tests.investigate.reasoning.chat_server import Reply, chat_server, fails
from tests.investigate.reasoning.chat_speaker import speaking
from tests.tracing.sink import Sink

SHOP = ROOT / "examples" / "data"
ASKED = (
    "detect", SHOP / "shop", "--graph", SHOP / "shop-graph.yaml", "--events", SHOP / "shop-events.json", "-o",
)  # fmt: skip


@pytest.fixture(autouse=True)
def key(monkeypatch):
    """The key of the local server."""
    monkeypatch.setenv("LOCAL_KEY", SECRETS["key"])


def configured(folder, server, **more):
    """A hunter.yaml whose models are all behind this server."""
    role = {"model": "openai:local", "base_url": server.base_url, "key": "LOCAL_KEY", **more.pop("role", {})}
    prices = {"openai:local": {"input": 1.0, "output": 4.0}}
    reasoning = {
        "most_reasoned": 1,
        "prices": prices,
        "prices_date": "2026-11-01",
        **more.pop("reasoning", {}),
    }
    settings = {"agents": {"default": role}, "reasoning": reasoning, **more}
    (folder / "hunter.yaml").write_text(json.dumps(settings))


def test_the_report_is_reasoned_and_says_what_it_cost(hunter, tmp_path):
    with chat_server(speaking()) as server:
        configured(tmp_path, server)
        ran = hunter(*ASKED, "terminal")
    assert ran.code == 0
    assert "Root Cause · openai:local" in ran.out
    assert "(worded by" in ran.out
    assert "✓ Synthesizer" in ran.out
    assert "Together 7 requests, 840 tokens, $0.0013 (prices of 2026-11-01)." in ran.out


def test_the_json_holds_models_tokens_cost_and_seconds(hunter, tmp_path):
    with chat_server(speaking()) as server:
        configured(tmp_path, server)
        found = json.loads(hunter(*ASKED, "json").out)["incidents"][0]
    assert {finding["by"] for finding in found["findings"]} == {"openai:local"}
    assert [role["role"] for role in found["reasoning"]["roles"]] == [
        "Pattern Analyst", "Change Detective", "Root Cause", "Synthesizer",
    ]  # fmt: skip
    assert found["reasoning"]["tokens"] == 840
    assert found["reasoning"]["cost_usd"] == pytest.approx(0.00126)
    assert all(role["seconds"] > 0 and role["prompt"] for role in found["reasoning"]["roles"])


BROKEN = {
    "no key": [fails(401, "Incorrect API key provided: sk-live-1234567890abcdef")],
    "an error": [fails(500)],
    "too many requests": [fails(429, retry_after="60")],
    "no JSON": [Reply(raw=b"<html>bad gateway</html>")],
    "another form": [Reply(text="I think it was the database.")],
    "five megabytes": [Reply(text="a" * 5_000_000)],
    "silence": [Reply(wait=30.0)],
    "a drip": [Reply(text="slow", drip=0.2)],
    "a cut": [Reply(cut=True)],
}


@pytest.mark.slow
@pytest.mark.parametrize("replies", BROKEN.values(), ids=BROKEN)
def test_a_broken_model_costs_its_time_and_the_verdict_is_complete(hunter, tmp_path, replies):
    plain = json.loads(hunter(*ASKED, "json").out)["incidents"][0]
    with chat_server(replies) as server:
        configured(tmp_path, server, reasoning={"limit_seconds": 1.5})
        ran = hunter(*ASKED, "json")
    found = json.loads(ran.out)["incidents"][0]
    assert ran.code == 0
    assert all(role["stands"] for role in found.pop("reasoning")["roles"])
    plain.pop("reasoning")
    assert found == plain
    assert "sk-live" not in ran.out + ran.err


def test_nothing_listens_and_the_verdict_is_complete(hunter, tmp_path):
    with chat_server(speaking()) as server:
        configured(tmp_path, server)
    ran = hunter(*ASKED, "terminal")
    assert ran.code == 0
    assert "cannot be reached" in ran.out
    assert "set back config 'stock cache ttl 300 s to 0 s'" in ran.out


def test_a_model_can_be_left_out_for_once(hunter, tmp_path):
    with chat_server(speaking()) as server:
        configured(tmp_path, server)
        ran = hunter(*ASKED, "json", "--model", "off")
        assert server.received == []
    assert json.loads(ran.out)["incidents"][0]["reasoning"] is None


def test_a_missing_key_is_named_and_the_verdict_is_complete(hunter, tmp_path, monkeypatch):
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    ran = hunter(*ASKED, "terminal", "--model", "anthropic:any")
    assert ran.code == 0
    assert "ANTHROPIC_API_KEY" in ran.out


@pytest.mark.parametrize("model", ["gpt-5", "openai:", ":gpt-5"])
def test_a_model_without_a_provider_is_refused_before_anything_is_read(hunter, model):
    ran = hunter("detect", "no-such-file.csv", "--model", model)
    assert ran.code == 2
    assert "PROVIDER:NAME" in ran.err


def test_what_was_answered_once_is_remembered_and_costs_nothing(hunter, tmp_path):
    with chat_server(speaking()) as server:
        configured(tmp_path, server, remember={"memory": "memory.db"})
        hunter(*ASKED, "json")
        asked = len(server.received)
        again = json.loads(hunter(*ASKED, "json").out)["incidents"][0]
        assert len(server.received) == asked
    assert all(role["cached"] for role in again["reasoning"]["roles"] if role["role"] != "Synthesizer")


def test_the_limit_of_a_day_holds_over_runs_with_one_memory(hunter, tmp_path):
    limits = {"day_requests": 8, "answers": False}
    with chat_server(speaking()) as server:
        configured(tmp_path, server, remember={"memory": "memory.db"}, reasoning=limits)
        hunter(*ASKED, "json")
        second = hunter(*ASKED, "terminal")
        assert len(server.received) <= 8
    assert "the limit of 8 requests for a day is reached" in " ".join(second.out.split())


# ---------------------------------------------------------------- what leaves

SECRETS = {
    "e-mail": "ann.lee@customer.example",
    "phone": "+49 30 9876543",
    "card": "4111 1111 1111 1111",
    "iban": "DE89 3704 0044 0532 0130 00",
    "address": "203.0.113.77",
    "token": "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    "password": "hunter2-was-it",
    "person": "Rosamund Quill",
    "key": "local-key-1234567890",
}


@pytest.fixture
def tickets(tmp_path):
    """Tickets whose texts are full of private values, with a day on which there are many."""
    rows = ["created_at,requester,subject,body,queue"]
    for day in range(1, 29):
        for i in range(60 if day == 21 else 6):
            when = f"2026-03-{day:02}T{8 + i % 10:02}:{i:02}:00Z"
            said = (
                f"Cannot pay. I am {SECRETS['person']} mail {SECRETS['e-mail']} or {SECRETS['phone']}. "
                f"Card {SECRETS['card']} account {SECRETS['iban']} from {SECRETS['address']} "
                f"token {SECRETS['token']} password: {SECRETS['password']}"
            )
            rows.append(f"{when},{SECRETS['person']},Payment fails,{said},billing")
    path = tmp_path / "tickets.csv"
    path.write_text("\n".join(rows) + "\n")
    events = tmp_path / "events.json"
    title = f"rollout by {SECRETS['e-mail']} from {SECRETS['address']}"
    events.write_text(json.dumps([{"time": "2026-03-21T00:00:00Z", "kind": "deploy", "title": title}]))
    return path, events


def test_no_secret_is_in_a_request_a_log_or_a_trace(hunter, tmp_path, tickets):
    data, events = tickets
    with chat_server(speaking()) as server, Sink() as sink:
        configured(
            tmp_path, server, reasoning={"egress_log": "egress.jsonl"},
            tracing={"endpoint": sink.traces, "metrics_endpoint": sink.metrics},
        )  # fmt: skip
        ran = hunter("detect", data, "--events", events, "-o", "terminal")
        bodies = [one.body for one in server.received]
        sent = [{name.lower(): value for name, value in one.headers.items()} for one in server.received]
    log = (tmp_path / "egress.jsonl").read_bytes()
    assert ran.code == 0
    assert bodies
    assert sink.bodies
    for name, secret in SECRETS.items():
        written = [secret.encode(), json.dumps(secret)[1:-1].encode(), secret.replace(" ", "").encode()]
        for place, texts in {"requests": bodies, "log": [log], "traces": sink.bodies}.items():
            assert not [name for text in texts for form in written if form in text], (name, place)
    assert {headers["authorization"] for headers in sent} == {f"Bearer {SECRETS['key']}"}


def test_the_egress_log_says_what_left_when_and_to_whom(hunter, tmp_path, tickets):
    data, events = tickets
    with chat_server(speaking()) as server:
        configured(tmp_path, server, reasoning={"egress_log": "egress.jsonl"})
        hunter("detect", data, "--events", events, "-o", "json")
        lines = [json.loads(line) for line in (tmp_path / "egress.jsonl").read_text().splitlines()]
        assert len(lines) == len(server.received)
    assert {line["to"] for line in lines} == {server.base_url.removeprefix("http://").removesuffix("/v1")}
    assert {line["role"] for line in lines} >= {"root_cause", "synthesizer"}
    assert all(line["at"].startswith("20") and line["model"] == "openai:local" for line in lines)
    assert any(line["masked"].get("email") for line in lines)


def test_where_the_egress_log_cannot_be_written_nothing_leaves(hunter, tmp_path):
    with chat_server(speaking()) as server:
        configured(tmp_path, server, reasoning={"egress_log": "no/such/folder/egress.jsonl"})
        with pytest.warns(RuntimeWarning, match="no language model is asked: the egress log"):
            ran = hunter(*ASKED, "terminal")
        assert server.received == []
    assert ran.code == 0


# ---------------------------------------------------------------- hunter doctor


def test_doctor_asks_each_model_for_a_word(hunter, tmp_path):
    with chat_server([Reply(text="connected")]) as server:
        configured(tmp_path, server)
        assert "openai:local: connected" in hunter("doctor").out
        assert len(server.received) == 1


def test_doctor_says_why_a_model_does_not_answer(hunter, tmp_path):
    with chat_server([fails(401)]) as server:
        configured(tmp_path, server)
        ran = hunter("doctor")
    assert ran.code == 1
    assert "refused the key" in ran.out


# ---------------------------------------------------------------- what a person reads


def test_one_reason_for_all_roles_is_told_once(hunter, monkeypatch):
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    out = " ".join(hunter(*ASKED, "terminal", "--model", "anthropic:any").out.split())
    assert out.count("needs a key") == 1
    assert "! all 4 roles" in out
    assert "with `key`; the finding without a model stands" in out


def test_a_long_model_name_gets_a_line_of_its_own(hunter, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    name = "openai:some-vendor/a-model-with-a-long-name-2026-11"
    with chat_server(speaking()) as server:
        configured(tmp_path, server, role={"model": name})
        out = hunter(*ASKED, "terminal").out
    assert re.search(rf"^✓ Root Cause +{name}\n +2 requests, 1 question, 240 tokens", out, re.MULTILINE)


def test_markdown_says_who_worded_the_summary(hunter, tmp_path):
    with chat_server(speaking()) as server:
        configured(tmp_path, server)
        assert " *(worded by openai:local)*\n" in hunter(*ASKED, "md").out


def test_the_memory_says_who_worded_what(hunter, tmp_path):
    with chat_server(speaking()) as server:
        configured(tmp_path, server, remember={"memory": "memory.db"})
        found = json.loads(hunter(*ASKED, "json").out)["incidents"][0]
    page = hunter("incidents", "show", found["id"]).out
    assert " (worded by openai:local)\n" in page
    assert "\n  Root Cause · openai:local (" in page
    assert "\nLanguage models\n  Pattern Analyst · openai:local: 2 requests, 1 question, 240 tokens" in page


def test_the_cost_of_the_whole_hunt_is_told(hunter, tmp_path):
    with chat_server(speaking()) as server:
        configured(tmp_path, server, reasoning={"most_reasoned": 2, "least_severity": 0, "answers": False})
        reports = [hunter(*ASKED, form).out for form in ("terminal", "md")]
    whole = (
        "Together 7 requests, 840 tokens, $0.0013; with 1 other incident 14 requests, 1,680 tokens, $0.0025 "
        "(prices of 2026-11-01)."
    )
    for report in reports:
        assert whole in " ".join(report.replace("\\$", "$").split())


def test_the_excerpt_in_the_docs_is_of_a_real_report(hunter, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    with chat_server(speaking()) as server:
        configured(tmp_path, server)
        report = comparable(hunter(*ASKED, "terminal").out).splitlines()
    page = comparable((ROOT / "docs" / "language-models.md").read_text())
    excerpt = page.partition("<!-- excerpt:")[2].split("```")[1].splitlines()[1:]
    assert "Together 7 requests, 840 tokens, $0.0013 (prices of 2026-11-01)." in excerpt
    assert [line for line in excerpt if line not in report] == []


@pytest.mark.slow
def test_a_warning_is_a_line_for_people_without_a_line_of_the_program(tmp_path):
    command = [sys.executable, "-m", "anomaly_hunter", *map(str, ASKED), "json", "--config", "own.yaml"]
    own = {"agents": {"default": {"model": "openai:any"}}, "reasoning": {"egress_log": "no/such/folder/log"}}
    (tmp_path / "own.yaml").write_text(json.dumps(own))
    ran = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=True)
    assert ran.stderr.startswith("hunter: warning: no language model is asked: the egress log")
    assert ".py" not in ran.stderr
