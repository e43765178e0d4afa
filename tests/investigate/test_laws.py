"""The laws of agents, on every agent and every kind of case, and on agents that break them."""

from typing import ClassVar

import pytest

from anomaly_hunter.errors import PluginError
from anomaly_hunter.investigate.laws import check_agent
from anomaly_hunter.model import Cause, Finding
from anomaly_hunter.samples.cases import sample_cases
from tests.investigate.cases import AGENTS, case_of
from tests.investigate.odd import odd_cases

SAMPLES = sample_cases()
ODD = odd_cases()


@pytest.mark.parametrize("agent", AGENTS)
@pytest.mark.parametrize("name", SAMPLES)
def test_every_agent_keeps_the_laws_on_every_sample(agent, name):
    finding = check_agent(agent(), case_of(SAMPLES[name]))
    assert finding.agent == agent.name.replace("_", " ").title()


@pytest.mark.parametrize("agent", AGENTS)
@pytest.mark.parametrize("name", ODD)
def test_every_agent_keeps_the_laws_on_odd_input(agent, name):
    check_agent(agent(), ODD[name])


class Saying:
    """An agent that says what it was told to say."""

    name: ClassVar[str] = "saying"

    def __init__(self, *findings):
        self._findings = list(findings)

    async def investigate(self, case):
        return self._findings.pop(0) if len(self._findings) > 1 else self._findings[0]


@pytest.mark.parametrize(
    ("findings", "law"),
    [
        ((Finding("a", "claim", 0.5, ("made-up:id",)),), "evidence"),
        ((Finding("a", "claim", 1.5, ()),), "confidence"),
        ((Finding("a", "claim", float("nan"), ()),), "confidence"),
        ((Finding("a", "two\nlines", 0.5, ()),), "one line"),
        ((Finding("a", "claim", 0.5, (), Cause("event", "x", "y", 0.5)),), "rests on evidence"),
        ((Finding("a", "claim", 0.5, ()), Finding("a", "other", 0.5, ())), "same case"),
    ],
)
def test_an_agent_that_breaks_a_law_is_told_which(findings, law):
    with pytest.raises(PluginError, match=law):
        check_agent(Saying(*findings), case_of(SAMPLES["nobody-knows"]))


def test_what_is_no_agent_is_refused():
    with pytest.raises(PluginError, match="is no agent"):
        check_agent(object(), case_of(SAMPLES["nobody-knows"]))
