"""Answers on what a language model said teach nothing of the agent that it stood in for."""

from __future__ import annotations

from dataclasses import replace

from anomaly_hunter.feedback import feedback
from anomaly_hunter.hunt import hunt
from anomaly_hunter.remember.answering import answers_of, opinions_of
from anomaly_hunter.remember.store import Store
from tests.builders import spike_values


def test_only_own_findings_count_and_feedback_still_works(place):
    found = hunt(spike_values(), memory=place)
    verdict = found.incidents[0].verdict
    spoken = tuple(replace(finding, by="openai:any") for finding in verdict.findings)
    mixed = replace(verdict, findings=(*spoken[:1], *verdict.findings[1:]))
    assert opinions_of(spoken) == ()
    assert [one.agent for one in opinions_of(mixed.findings)] == [f.agent for f in verdict.findings[1:]]
    worded = replace(found.incidents[0], verdict=mixed)
    with Store.open(place) as store:
        store.keep(replace(found, incidents=(worded,)))
        feedback(worded.id, "real", memory=store)
        [answer] = answers_of(store)
        assert len(answer.opinions) == len(verdict.findings) - 1
