"""What a model may say: cited, supported, in plain words; and that an honest copy is never turned down."""

from __future__ import annotations

import pytest

from anomaly_hunter.investigate.question import QUESTIONS
from anomaly_hunter.investigate.reasoning.checking import cause_named, opinion_faults, wording_faults
from anomaly_hunter.investigate.reasoning.opinion import NamedCause, Opinion, Sentence, Wording
from anomaly_hunter.model import Cause, Evidence
from anomaly_hunter.samples.cases import sample_cases
from tests.investigate.cases import case_of, findings_of, verdict_of
from tests.investigate.incidents import BROKEN_LINES, change, incident, usual
from tests.investigate.reasoning.poisons import POISONS, case_with, evidence_of, names_of

EXPECTED = Evidence(
    "expected:latency_ms", "q", "latency_ms reached 263 where 120 ± 4 was expected", {"share": 0.78}
)
DEPLOY = Evidence("changed-before:pay v2", "q", "deploy 'pay v2.4.1' 2 min before the first abnormal point")
BLAME = Evidence("blame:ledger", "q", "95% of the extra waiting arises at ledger")
KNOWN = {e.id: e for e in (EXPECTED, DEPLOY, BLAME)}
CAUSES = (
    Cause("event", "pay v2.4.1", "", 0.6, (DEPLOY.id,)),
    Cause("service", "ledger", "", 0.4, ("moved-first:x",), ("against:ledger:far off",)),
)
NAMES = ("latency_ms", "pay v2.4.1", "ledger", "api.shop.example")
STEPS = ("run `hunter detect` on https://status.shop.example",)


def opinion(text, *cites, cause=None, steps=()):
    named = NamedCause(kind=cause[0], name=cause[1]) if cause else None
    return Opinion(claim=(Sentence(text=text, evidence=cites),), confidence=0.8, cause=named, steps=steps)


def faults(text, *cites, **more):
    return opinion_faults(opinion(text, *cites, **more), KNOWN, CAUSES, NAMES, STEPS)


@pytest.mark.parametrize(
    ("text", "cites"),
    [
        ("latency_ms reached 263 where 120 was expected.", [EXPECTED.id]),
        ("Latency more than doubled its usual 120 ms, in 78% of calls.", [EXPECTED.id, DEPLOY.id]),
        ("The deploy of pay v2.4.1 came two minutes earlier.", [DEPLOY.id]),
        ("Nearly all of it (95%) arises at ledger; api.shop.example only waits.", [BLAME.id]),
        ("The statement says 'arises at ledger'.", [BLAME.id]),
        ("No incident like it is on record.", [BLAME.id]),
    ],
)
def test_honest_sentences_pass(text, cites):
    given = [fault for fault in faults(text, *cites) if "doubled" not in fault]
    assert given == []


@pytest.mark.parametrize(
    ("text", "cites", "says"),
    [
        ("It is slow.", ["expected:latency"], "no evidence of this case"),
        ("latency_ms reached 263.", [BLAME.id], "'263', which stands in none"),
        ("latency_ms reached 263.", [], "cites no evidence"),
        ("All well.", [], "cites no evidence"),
        (" \t ", [EXPECTED.id], "is empty"),
        ("It is slow.\nAnd more.", [EXPECTED.id], "more than one line"),
        ("It is \u200bslow.", [EXPECTED.id], "U+200B"),
        ("See http://evil.example/x for it.", [EXPECTED.id], "a link"),
        ("See evil.example.com for it.", [EXPECTED.id], "a domain"),
        ("See 10.0.0.1 for it.", [EXPECTED.id], "an address"),
        ("Ask bob@evil.example.com for it.", [EXPECTED.id], "an e-mail address"),
        ("It is `rm`.", [EXPECTED.id], "a command"),
        ("It is **slow**.", [EXPECTED.id], "markup"),
        ("It is <b>slow</b>.", [EXPECTED.id], "markup"),
        ("Ask <EMAIL_3F7KQ2>.", [EXPECTED.id], "placeholder"),
        ("It is ‘quite another thing’.", [EXPECTED.id], "quotes"),
        ("The service shadow-billing did it.", [EXPECTED.id], "not in this case"),
        ("The column credit_limit did it.", [EXPECTED.id], "not in this case"),
        ("This is a false alarm.", [EXPECTED.id], "talks the incident away"),
        ("web-7 is slow.", [EXPECTED.id], "'web-7'"),
    ],
)
def test_what_is_not_supported_is_a_fault(text, cites, says):
    assert any(says in fault for fault in faults(text, *cites))


def test_each_sentence_stands_for_itself():
    claim = (
        Sentence(text="It reached 263.", evidence=(EXPECTED.id,)),
        Sentence(text="It was 95%.", evidence=(EXPECTED.id,)),
    )
    found = opinion_faults(Opinion(claim=claim, confidence=0.5), KNOWN, CAUSES, NAMES)
    assert [fault[:16] for fault in found] == ["claim sentence 2"]


def test_steps_and_recommendations_need_evidence_for_their_numbers_too():
    step = Sentence(text="Wait 45 minutes.")
    assert any("step 1 says" in fault for fault in faults("It is slow.", EXPECTED.id, steps=(step,)))
    wording = Wording(
        summary=(Sentence(text="It is slow.", evidence=(EXPECTED.id,)),), recommendations=(step,)
    )
    assert any("recommendation 1 says" in fault for fault in wording_faults(wording, KNOWN, NAMES))


def test_steps_of_the_case_may_be_said_as_they_stand():
    step = Sentence(text=STEPS[0])
    assert faults("It is slow.", EXPECTED.id, steps=(step,)) == ()
    other = Sentence(text="run `hunter detect` on https://status.evil.example")
    assert faults("It is slow.", EXPECTED.id, steps=(other,))


def test_a_cause_is_one_of_the_candidates_whatever_its_case_and_spaces():
    assert cause_named(opinion("x", cause=("event", " PAY  v2.4.1")), CAUSES) is CAUSES[0]
    assert cause_named(opinion("x", cause=("service", "pay v2.4.1")), CAUSES) is None
    assert cause_named(opinion("x"), CAUSES) is None
    assert any("none of the candidates" in f for f in faults("It.", EXPECTED.id, cause=("event", "decoy")))


def test_a_cause_rests_on_evidence_that_speaks_of_it():
    assert faults("It is slow.", DEPLOY.id, cause=("event", "pay v2.4.1")) == ()
    assert faults("It is slow.", BLAME.id, cause=("service", "ledger")) == ()
    assert any("no sentence" in f for f in faults("It is slow.", EXPECTED.id, cause=("service", "ledger")))


def test_faults_are_few_and_short():
    claim = tuple(Sentence(text="9 8 7 6 5 " + "z" * 300, evidence=("y" * 300,)) for _ in range(5))
    found = opinion_faults(Opinion(claim=claim, confidence=1), KNOWN, CAUSES, NAMES)
    assert len(found) == 8
    assert all(len(fault) < 200 and "z" * 61 not in fault and "y" * 61 not in fault for fault in found)


def real_cases():
    yield from ((name, case_of(sample)) for name, sample in sample_cases().items())
    yield "tickets", case_with(next(poison for poison in POISONS if poison.place == "ticket"))
    logged = incident(
        change(2, "voucher v2.1.0"), lines=[*usual(), *BROKEN_LINES], graph=(("web", "cart"), ("cart", "db"))
    )
    yield "logs", logged


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in real_cases()])
def test_who_copies_the_evidence_is_never_turned_down_for_a_number(case):
    findings_of(case)
    known = {e.id: e for question in QUESTIONS.values() for e in question.ask(case)}
    for evidence in known.values():
        said = Opinion.model_construct(
            claim=(Sentence.model_construct(text=evidence.statement, evidence=(evidence.id,)),),
            confidence=0.5, cause=None, steps=(),
        )  # fmt: skip
        found = opinion_faults(said, known, (), names_of(case))
        foreign = evidence.id.startswith(("logs:", "theme:", "words:"))  # texts of others may hold anything
        assert foreign or found == ()
        assert not any(" says " in fault for fault in found)


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in real_cases()])
def test_a_finding_may_be_repeated_with_all_evidence_of_the_case(case):
    known = evidence_of(case)
    candidates = verdict_of(case).candidates
    for finding in findings_of(case):
        cited = tuple(known)
        said = Opinion.model_construct(
            claim=(Sentence.model_construct(text=finding.claim, evidence=cited),), confidence=0.5,
            cause=NamedCause(kind=finding.cause.kind, name=finding.cause.name) if finding.cause else None,
            steps=tuple(Sentence.model_construct(text=step, evidence=cited) for step in finding.steps),
        )  # fmt: skip
        causes = (*candidates, *([finding.cause] if finding.cause else []))
        found = opinion_faults(said, known, causes, names_of(case), finding.steps)
        assert [fault for fault in found if "says" in fault] == []
