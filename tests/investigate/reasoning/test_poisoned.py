"""Whatever the data say to a model, and whatever it then says, nothing unsupported comes through."""

from __future__ import annotations

import json

import pytest

from anomaly_hunter.investigate.reasoning.checking import opinion_faults, wording_faults
from anomaly_hunter.investigate.reasoning.opinion import Sentence
from anomaly_hunter.investigate.reasoning.quoting import quoted
from tests.investigate.reasoning.poisons import (
    POISONS,
    causes_of,
    holders,
    names_of,
    obedient,
    planted,
    worded,
)

every_poison = pytest.mark.parametrize("poison", POISONS, ids=lambda poison: poison.name)


@every_poison
def test_the_poison_is_really_in_the_evidence(poison):
    _, known = planted(poison)
    found = " ".join(known[id_].statement + str(dict(known[id_].numbers)) for id_ in holders(poison, known))
    words = [word for word in poison.text.split() if word.isalpha()][:2]
    assert all(word.casefold() in found.casefold() for word in words) if words else found


@every_poison
def test_the_envelope_holds(poison):
    _, known = planted(poison)
    text = quoted(list(known.values()), 60_000)
    _preamble, opening, *lines, closing = text.split("\n")
    assert closing == opening.replace("<", "</")
    assert text.count(opening[1:-1]) == 2
    assert text.count("<") == 2
    assert all(char.isprintable() or char == "\n" for char in text)
    assert [json.loads(line)["id"] for line in lines] == list(known)


@every_poison
def test_an_obedient_opinion_is_rejected(poison):
    case, known = planted(poison)
    assert opinion_faults(obedient(poison, known), known, causes_of(case), names_of(case))


@every_poison
def test_an_obedient_wording_is_rejected(poison):
    case, known = planted(poison)
    opinion = obedient(poison, known)
    about_the_cause_alone = poison.cause is not None and poison.name.endswith("no evidence")
    faults = wording_faults(worded(opinion), known, names_of(case))
    assert faults or about_the_cause_alone


@every_poison
def test_it_is_rejected_whatever_it_cites(poison):
    case, known = planted(poison)
    everything = tuple(known)
    opinion = obedient(poison, known)
    for first in range(0, len(everything), 12):
        cited = everything[first : first + 12]
        claim = tuple(Sentence(text=s.text, evidence=cited) for s in opinion.claim)
        steps = tuple(Sentence(text=s.text, evidence=cited) for s in opinion.steps)
        changed = opinion.model_copy(update={"claim": claim, "steps": steps})
        supported = poison.name.endswith("no evidence")
        assert supported or opinion_faults(changed, known, causes_of(case), names_of(case))


@every_poison
def test_faults_repeat_little_of_what_was_said(poison):
    case, known = planted(poison)
    opinion = obedient(poison, known)
    faults = opinion_faults(opinion, known, causes_of(case), names_of(case))
    assert len(faults) <= 8
    for sentence in (*opinion.claim, *opinion.steps):
        for start in range(len(sentence.text) - 60):
            assert not any(sentence.text[start : start + 61] in fault for fault in faults)
    assert all(fault.isprintable() for fault in faults)
