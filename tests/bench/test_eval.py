"""`hunter eval`: conditions side by side on incidents with a known cause."""

import json
from dataclasses import replace

import pytest

from anomaly_hunter.bench.reasoning import scores
from anomaly_hunter.bench.reasoning.asked import Asked, chosen_cases, evaluated
from anomaly_hunter.bench.reasoning.conditions import NO_EVIDENCE, WITHOUT
from anomaly_hunter.bench.reasoning.evaluating import evaluate
from anomaly_hunter.bench.reasoning.generated import generated
from anomaly_hunter.bench.reasoning.outcome import Outcome, Said, Used
from anomaly_hunter.bench.reasoning.playing import live, stood_in
from anomaly_hunter.bench.reasoning.recording import SHIPPED, NotRecordedError, read, write
from anomaly_hunter.bench.reasoning.stand_in import STYLES
from anomaly_hunter.config import Settings
from anomaly_hunter.errors import ConfigError, DataError, UsageError

FEW = 4


@pytest.fixture(scope="module")
def done():
    """All styles of stand-in on a few cases."""
    return evaluate(generated()[:FEW], [stood_in(style) for style in STYLES])


def test_the_generated_cases_are_forty_and_half_of_them_changes():
    cases = generated()
    assert len(cases) == len({(case.source, case.name) for case in cases}) == 40
    assert sum(case.source == "changes" for case in cases) == 20
    assert sum(case.caused for case in cases) == 30


def test_every_condition_is_asked_the_same_cases(done):
    cases = [outcome.case for outcome in done.by[WITHOUT]]
    assert len(cases) == FEW
    assert len(done.by) == 1 + 2 * len(STYLES)
    assert all([outcome.case for outcome in part] == cases for part in done.by.values())


def test_a_model_that_repeats_the_first_opinion_changes_nothing(done):
    before = [outcome.said for outcome in done.by[WITHOUT]]
    assert [outcome.said for outcome in done.by["stand-in:obedient"]] == before


@pytest.mark.parametrize("style", STYLES)
def test_no_model_overturns_a_clear_call_or_raises_a_confidence(done, style):
    row = scores.moves(style, done.by[WITHOUT], done.by[f"stand-in:{style}"])
    assert row["clear"] == 0
    assert row["raised"] == 0.0
    assert row["surest"] <= 0.69


def test_a_model_without_evidence_is_asked_once_and_asks_nothing(done):
    for outcome in done.by["stand-in:usual" + NO_EVIDENCE]:
        assert outcome.used.requests == 1
        assert outcome.used.tool_calls == 0


def test_a_price_that_is_not_known_is_unknown(done):
    assert scores.price("a", done.by["stand-in:usual"])["usd"] == "unknown"
    assert scores.price("a", done.by[WITHOUT])["usd"] == "0.0000"


def test_a_recording_gives_the_same_outcomes_again(tmp_path):
    file = tmp_path / "own.jsonl"
    asked = Asked(most=2, record=file, stand_ins=("usual",))
    first = evaluated(asked, Settings())
    again = evaluated(Asked(most=2, replay=file), Settings())
    said = [
        [(r["case"], r["named"], r["confidence"], r["tokens"]) for r in one.single] for one in (first, again)
    ]
    assert said[0] == said[1]


def test_the_shipped_recording_is_that_of_these_prompts_and_says_what_it_is():
    result = evaluated(Asked(most=3), Settings())
    assert "not a language model" in result.title
    assert "stand-in, not a language model" in " ".join(result.notes)
    head, *_ = SHIPPED.read_text(encoding="utf-8").splitlines()
    assert json.loads(head)["about"].startswith("A stand-in, not a language model")
    assert SHIPPED.stat().st_size < 300_000


def test_a_prompt_that_changed_since_the_recording_is_named(tmp_path):
    shipped = read(SHIPPED)
    shipped.header = replace(shipped.header, prompts={**shipped.header.prompts, "rules": 0})
    shipped.answers.clear()
    write(shipped, tmp_path / "old.jsonl")
    with pytest.raises(NotRecordedError, match="prompts changed: rules 0 -> "):
        evaluated(Asked(most=1, replay=tmp_path / "old.jsonl"), Settings())


def test_a_live_run_needs_a_model():
    with pytest.raises(ConfigError, match="a live run needs a model"):
        live(Settings())


def test_cases_and_stand_ins_that_are_not_there_are_named(tmp_path):
    with pytest.raises(DataError, match="there are no cases 'moon'"):
        chosen_cases(Asked(cases=("moon",)))
    with pytest.raises(DataError, match="holds no cases"):
        chosen_cases(Asked(folder=tmp_path))
    with pytest.raises(UsageError, match="there is no stand-in 'angry'"):
        stood_in("angry")


# ------------------------------------------------------------------ scores


def outcome(named="", right=False, sure=0.5, caused=True, first=False, **used):
    return Outcome("set", "case", caused, "c", Said(named, right, first, sure), Used(**used))


def test_quality_counts_what_is_named_and_what_is_right():
    row = scores.quality(
        "c",
        [
            outcome("db", right=True, first=True, sure=0.9),
            outcome("web", sure=0.7),
            outcome(first=True),
            outcome(right=True, caused=False),
        ],
    )
    assert row["top1"] == pytest.approx(2 / 3)
    assert row["named_right"] == pytest.approx(1 / 3)
    assert (row["named"], row["wrong"], row["right_when_named"], row["abstained"]) == (2, 1, 0.5, 0.5)
    assert row["brier"] == pytest.approx((0.1**2 + 0.7**2) / 2)
    assert row["ece"] == pytest.approx((0.1 + 0.7) / 2)


def test_what_a_model_changed_is_counted_as_harm_and_help():
    right, wrong, none = outcome("db", right=True, sure=0.6), outcome("web", sure=0.6), outcome()
    row = scores.moves("c", [right, right, wrong, none, right], [none, wrong, right, right, right])
    assert (row["changed"], row["lost"], row["misled"]) == (4, 2, 1)
    assert (row["found"], row["withdrawn"], row["clear"]) == (2, 1, 0)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ('{"error":[{"type":"less_than_equal"}]}', "a form that was not asked for"),
        ('{"error":"claim sentence 1 cites \'x\', which is no evidence of this case; copy ids exactly"}',
         "an id of evidence that is not there"),
        ("claim sentence 1 says '9', which stands in none of the evidence it cites",
         "a number that stands in no cited evidence"),
        ("step 1 holds a link\\nclaim sentence 1 says 9", "words that may not be said"),
        ("", "something else"),
    ],
)  # fmt: skip
def test_faults_are_told_apart_by_the_first_of_them(fault, kind):
    assert scores.kind_of(fault) == kind


def test_a_limit_is_a_reason_of_its_own():
    assert scores.reason_of("Root Cause: the limit of 40 requests is reached") == "a limit was reached"
