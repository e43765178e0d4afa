"""The second pass: language models over incidents that were judged already.

Per incident the agents are asked side by side, then the synthesizer. Whatever fails, and whichever limit is
reached, the deterministic finding stands and the verdict says why.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeAlias

from anomaly_hunter.investigate import wording as say
from anomaly_hunter.investigate.candidates import candidates
from anomaly_hunter.investigate.reasoning.answering import Answer, Asked, answer_to
from anomaly_hunter.investigate.reasoning.asking import SYNTHESIZER
from anomaly_hunter.investigate.reasoning.brief import (
    Brief,
    Told,
    all_answers,
    fingerprint,
    names_of,
)
from anomaly_hunter.investigate.reasoning.checking import cause_named, opinion_faults, wording_faults
from anomaly_hunter.investigate.reasoning.contradicting import other_causes, other_severities
from anomaly_hunter.investigate.reasoning.limits import Purse
from anomaly_hunter.investigate.reasoning.means import Means
from anomaly_hunter.investigate.reasoning.one_wait import OneWait
from anomaly_hunter.investigate.reasoning.opinion import Opinion, Sentence, Wording
from anomaly_hunter.investigate.reasoning.options import RoleOptions
from anomaly_hunter.investigate.reasoning.settling import bounded, settled
from anomaly_hunter.model import Cause, Finding, Incident, Reasoned, Verdict
from anomaly_hunter.tracing import spans

if TYPE_CHECKING:
    from anomaly_hunter.investigate.case import Case

Judge: TypeAlias = Callable[["Case", Sequence[Finding]], Verdict]
FOR_THE_SUMMARY: Final = 0.25
"""The share of the time that is kept for the synthesizer."""


async def reasoned(
    cases: Sequence[Case], incidents: Sequence[Incident], judge: Judge, means: Means
) -> list[Incident]:
    """The incidents, the worst of them with findings and a summary in the words of models.

    Parameters
    ----------
    cases, incidents:
        Each incident and its case, in the same order.
    judge:
        Hears findings again; what it says is bounded by :mod:`.settling`.

    Raises nothing for what a model or a network does; takes no longer than ``limit_seconds``.
    """
    limits, means = means.reasoning, replace(means, keep=OneWait(means.keep))
    worst = sorted(range(len(incidents)), key=lambda i: -incidents[i].verdict.severity)[
        : limits.most_reasoned
    ]
    chosen = {i for i in worst if incidents[i].verdict.severity >= limits.least_severity}

    async def one(i: int) -> Incident:
        if i not in chosen:
            return incidents[i]
        with spans.span("reason", "CHAIN", **{"incident.id": incidents[i].id}):
            return await _reasoned(cases[i], incidents[i], judge, means)

    return list(await asyncio.gather(*(one(i) for i in range(len(incidents)))))


async def _reasoned(case: Case, incident: Incident, judge: Judge, means: Means) -> Incident:
    verdict = incident.verdict
    causes = tuple(c.cause for c in candidates(case, verdict.findings))
    room = _Room(
        case,
        incident.id,
        means,
        Purse(means.reasoning, means.keep),
        causes,
        names_of(case, causes),
        fingerprint(all_answers(case)),
    )
    summing_up = means.agents.of(SYNTHESIZER)
    limit = means.reasoning.limit_seconds
    ends = time.monotonic() + limit
    until = ends - (limit * FOR_THE_SUMMARY if summing_up is not None else 0.0)
    answers = await asyncio.gather(*(room.finding(first, until) for first in verdict.findings))
    findings = [finding for finding, _ in answers]
    done = [one for _, one in answers if one is not None]
    if any(finding.by for finding in findings):
        verdict = settled(verdict, findings, lambda heard: judge(case, heard))
    if summing_up is not None:
        verdict, one = await room.summary(verdict, summing_up, ends)
        done.append(one)
    return replace(incident, verdict=replace(verdict, reasoned=tuple(done)))


@dataclass(frozen=True, slots=True)
class _Room:
    """Where the roles of one incident are asked."""

    case: Case
    incident: str
    means: Means
    purse: Purse
    causes: tuple[Cause, ...]
    names: frozenset[str]
    known: str

    async def finding(self, first: Finding, until: float) -> tuple[Finding, Reasoned | None]:
        """The finding of one agent: the first opinion, or what a model made of it."""
        role = first.agent.lower().replace(" ", "_")
        options = self.means.agents.of(role)
        if options is None:
            return first, None
        brief = Brief(self.case, self.causes, first)
        asked = Asked(
            role,
            first.agent,
            options,
            self.case,
            brief.opening(),
            self.known,
            Opinion,
            lambda said: (
                *opinion_faults(said, self.case.answered(), self.causes, self.names, first.steps),
                *other_causes(said.claim, cause_named(said, self.causes), self.causes),
            ),
        )
        answer = await answer_to(asked, self.means, self.purse, self.incident, until)
        return self._taken(first, answer, options), answer.done

    def _taken(self, first: Finding, answer: Answer[Opinion], options: RoleOptions) -> Finding:
        said = answer.said
        if said is None:
            return first
        cause = cause_named(said, self.causes)
        spoken = Finding(
            first.agent,
            _text(said.claim),
            said.confidence,
            tuple(dict.fromkeys(name for s in (*said.claim, *said.steps) for name in s.evidence)),
            cause,
            tuple(say.one_line(s.text) for s in said.steps) or first.steps,
            by=options.model or "",
        )
        return bounded(first, spoken)

    async def summary(self, verdict: Verdict, options: RoleOptions, until: float) -> tuple[Verdict, Reasoned]:
        """The verdict with summary and recommendations in the words of the synthesizer."""
        told = Told.of(verdict)
        known = {fact.id: fact for fact in (*told.planned, *told.facts)}
        asked = Asked(
            SYNTHESIZER,
            SYNTHESIZER.title(),
            options,
            self.case,
            told.text(),
            "",
            Wording,
            lambda said: (
                *wording_faults(said, known, self.names, told.steps),
                *other_severities((*said.summary, *said.recommendations), verdict.level, self.names),
                *other_causes(said.summary, verdict.cause, (*self.causes, *verdict.candidates)),
                *told.left_out(said),
            ),
        )
        answer = await answer_to(asked, self.means, self.purse, self.incident, until)
        if answer.said is None:
            return verdict, answer.done
        worded = replace(
            verdict,
            summary=_text(answer.said.summary),
            recommendations=tuple(say.one_line(s.text) for s in answer.said.recommendations),
        )
        return worded, answer.done


def _text(sentences: Sequence[Sentence]) -> str:
    """Sentences as one line, each with an end."""
    return say.one_line(" ".join(_ended(s.text.strip()) for s in sentences))


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "!", "?", ":", "…")) else f"{sentence}."
