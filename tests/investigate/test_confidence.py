"""The probability that a cause is right: bounded, monotone, and never a share of blame."""

from dataclasses import asdict, fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_hunter.investigate.candidates import candidates
from anomaly_hunter.investigate.confidence import (
    LEAST,
    MOST,
    SUPPORT,
    Signs,
    confidence_of_cause,
    probability,
    signs_of,
    weights,
)
from anomaly_hunter.model import Graph
from anomaly_hunter.samples.cases import sample_cases
from tests.investigate.cases import case_of, findings_of, quick_case, verdict_of

SAMPLES = sample_cases()
NAMES = [field.name for field in fields(Signs)]


def ranked(case):
    return candidates(case, findings_of(case))


def test_there_is_a_weight_for_every_sign_and_support_never_speaks_against():
    assert set(weights()) == {"constant", *NAMES}
    assert all(weights()[name] >= 0 for name in SUPPORT)


@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=len(NAMES), max_size=len(NAMES)), st.sampled_from(SUPPORT))
def test_more_support_never_lowers_it(values, which):
    signs = dict(zip(NAMES, values, strict=True))
    before = probability(signs, weights())
    assert LEAST <= before <= probability(signs | {which: 1.0}, weights()) <= MOST


def test_a_deep_fault_is_surer_than_one_that_a_rival_explains_as_well():
    case = case_of(SAMPLES["deep-fault"])
    found = ranked(case)
    alone = confidence_of_cause(case, found[0], found[:1], 0.9)
    rival = replace(found[0], place="web")
    assert confidence_of_cause(case, found[0], [found[0], rival], 0.9) < alone


def test_all_signs_lie_between_0_and_1():
    for sample in ("deep-fault", "two-stories", "pool-exhaustion"):
        case = case_of(SAMPLES[sample])
        found = ranked(case)
        placed = [c for c in found if c.place]
        assert placed
        for candidate in placed:
            assert all(
                0.0 <= value <= 1.0 for value in asdict(signs_of(case, candidate, found, 0.5)).values()
            )


@pytest.mark.parametrize("sample", ["odd-payments", "season-break", "flag-flip"])
def test_where_services_are_not_measured_the_agents_word_stands(sample):
    case = case_of(SAMPLES[sample])
    found = ranked(case)
    assert confidence_of_cause(case, found[0], found, 0.61) == 0.61


def test_a_graph_with_cycles_and_strangers_changes_nothing_but_the_signs():
    sample = SAMPLES["deep-fault"]
    pairs = [(s, sample.spans.get(s.title)) for s in sample.series]
    edges = sample.graph.edges
    odd = Graph((*edges, *((b, a) for a, b in edges), ("web", "web"), ("ghost", "web"), ("ledger", "ghost")))
    verdict = verdict_of(quick_case(*pairs, graph=odd))
    assert LEAST <= verdict.confidence <= MOST
