"""Laws that every agent keeps. Run them on your own: ``check_agent(MyAgent(), case)``."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from anomaly_hunter.errors import PluginError
from anomaly_hunter.investigate.case import Case
from anomaly_hunter.investigate.contract import Agent
from anomaly_hunter.model import Finding


def check_agent(agent: object, case: Case) -> Finding:
    """Let the agent investigate and check all laws; its finding when it keeps them.

    Raises
    ------
    PluginError
        A law is broken; the message names the law and what was seen.
    """
    if not isinstance(agent, Agent):
        raise PluginError(f"{agent!r} is no agent", "a `name` and `async def investigate(case)`", "add them")
    before = _state(case)
    finding = asyncio.run(agent.investigate(case))
    for law in LAWS:
        law(agent, case, finding)
    if _state(case) != before:
        _broken(agent, "the case is not changed", "the case differs after the investigation")
    return finding


def evidence_was_answered(agent: Agent, case: Case, finding: Finding) -> None:
    """Every evidence id of a finding and of its cause was answered by the case."""
    known = case.answered()
    cited = (*finding.evidence, *(finding.cause.evidence if finding.cause else ()))
    unknown = [name for name in cited if name not in known]
    if unknown:
        _broken(agent, "evidence is what the case answered", f"unknown ids {unknown}")


def confidence_is_a_share(agent: Agent, case: Case, finding: Finding) -> None:
    """Confidence, and the share of a cause, lie in [0, 1]."""
    values = (finding.confidence, finding.cause.share if finding.cause else 0.0)
    if not all(0.0 <= value <= 1.0 for value in values):
        _broken(agent, "confidence and share lie in [0, 1]", f"{values}")


def words_are_said(agent: Agent, case: Case, finding: Finding) -> None:
    """A finding has a one-line claim and says whose it is."""
    if not finding.agent or not finding.claim or "\n" in finding.claim:
        _broken(
            agent, "a finding has an agent and a claim of one line", f"{finding.agent!r}: {finding.claim!r}"
        )


def a_cause_rests_on_evidence(agent: Agent, case: Case, finding: Finding) -> None:
    """A cause without evidence is an opinion."""
    if finding.cause is not None and not finding.cause.evidence:
        _broken(agent, "a cause rests on evidence", f"{finding.cause.name!r} cites none")


def same_case_same_finding(agent: Agent, case: Case, finding: Finding) -> None:
    """The same case, asked afresh, gives the same finding."""
    fresh = Case.of(case.dataset, case.detections, case.anomalies, case.past, case.catalogue)
    again = asyncio.run(agent.investigate(fresh))
    if again != finding:
        _broken(agent, "the same case gives the same finding", f"{again} after {finding}")


LAWS: Final[tuple[Callable[[Agent, Case, Finding], None], ...]] = (
    evidence_was_answered,
    confidence_is_a_share,
    words_are_said,
    a_cause_rests_on_evidence,
    same_case_same_finding,
)


def _state(case: Case) -> tuple[object, ...]:
    arrays = tuple(d.score.tobytes() for d in case.detections)
    values = tuple(d.series.value.tobytes() for d in case.detections if d.series is not None)
    return (id(case.dataset), case.detections, case.anomalies, case.past, arrays, values)


def _broken(agent: Agent, law: str, seen: str) -> None:
    raise PluginError(f"agent {agent.name!r} gave: {seen}", f"the law that {law}", "correct the agent")
