"""The conditions: no model, a model over the evidence, a model that is shown no evidence."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from anomaly_hunter import registry
from anomaly_hunter.bench.reasoning.guessing import guess
from anomaly_hunter.bench.reasoning.known import Known, Opened
from anomaly_hunter.bench.reasoning.outcome import Outcome, Used, guess_said, used_by, verdict_said
from anomaly_hunter.bench.reasoning.replaying import Seen, WatchedModel
from anomaly_hunter.config import Settings
from anomaly_hunter.investigate.case import Case
from anomaly_hunter.investigate.judge import judge
from anomaly_hunter.investigate.reasoning.egress import EgressLog, NoEgressLog
from anomaly_hunter.investigate.reasoning.keeping import Keep, KeptInProcess
from anomaly_hunter.investigate.reasoning.masking import Mask
from anomaly_hunter.investigate.reasoning.means import Means
from anomaly_hunter.investigate.reasoning.options import AgentsOptions, ReasoningOptions, RoleOptions
from anomaly_hunter.investigate.reasoning.reason import reasoned
from anomaly_hunter.model import Finding, Incident, Verdict, stable_id

if TYPE_CHECKING:
    from pydantic_ai.models import Model

WITHOUT: Final = "no model"
NO_EVIDENCE: Final = ", no evidence"
KEY: Final = b"the same pseudonyms in each run"
"""A recording is found again only if the same value is always replaced by the same pseudonym."""


@dataclass(frozen=True, slots=True, eq=False)
class Played:
    """A model that is measured: its name in the tables, the settings, and where the model comes from.

    ``keep`` holds what a day may spend; None: nothing is spent and answers come at once, so that the time
    of the second pass itself can be measured.
    """

    name: str
    agents: AgentsOptions
    reasoning: ReasoningOptions
    model_for: Callable[[RoleOptions, Mapping[str, str]], Model]
    credentials: Mapping[str, str] = field(default_factory=dict)
    keep: Keep | None = None
    egress: EgressLog = field(default_factory=NoEgressLog)

    def means(self, seen: Seen) -> Means:
        """What the second pass works with; every case is reasoned, and no answer is used again."""
        whole = replace(self.reasoning, most_reasoned=1, least_severity=0.0, answers=False)

        def watched(options: RoleOptions, credentials: Mapping[str, str]) -> Model:
            return WatchedModel(self.model_for(options, credentials), seen)

        return Means(
            self.agents,
            whole,
            self.credentials,
            self.keep or KeptInProcess(),
            Mask(KEY),
            self.egress,
            watched,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A case that was judged without a model."""

    known: Known
    opened: Opened
    incident: Incident
    outcome: Outcome

    def fresh(self) -> Case:
        """The case as it is after the first pass; what one condition asks does not help the next."""
        case = self.opened.case
        return replace(case, answers=dict(case.answers), _known=dict(case._known))


def without(known: Known) -> Judged | None:
    """The case as every hunt judges it; None where there is nothing to investigate."""
    opened = known.open()
    if opened is None:
        return None
    case = opened.case
    started = time.process_time()
    verdict = judge(case, asyncio.run(_findings(case)))
    ms = 1e3 * (time.process_time() - started)
    incident = Incident(stable_id("incident", case.lead.id), case.anomalies, verdict)
    said = verdict_said(opened, case, verdict, known.caused)
    outcome = Outcome(known.source, known.name, known.caused, WITHOUT, said, Used(), ms)
    return Judged(known, opened, incident, outcome)


async def _findings(case: Case) -> list[Finding]:
    agents = [registry.lookup("agents", name)() for name in Settings().investigate.agents]
    return [await agent.investigate(case) for agent in agents]


def with_model(judged: Judged, played: Played, seen: Seen) -> Outcome:
    """The verdict after the second pass."""
    case, known = judged.fresh(), judged.known
    verdict, took = asyncio.run(_reasoned(case, judged.incident, played.means(seen)))
    own_ms = 1e3 * max(0.0, took - seen.inside_s) if played.keep is None else math.nan
    said = verdict_said(judged.opened, case, verdict, known.caused)
    used = used_by(verdict.reasoned, seen, own_ms)
    return Outcome(known.source, known.name, known.caused, played.name, said, used)


async def _reasoned(case: Case, incident: Incident, means: Means) -> tuple[Verdict, float]:
    started = time.process_time()
    (after,) = await reasoned([case], [incident], judge, means)
    return after.verdict, time.process_time() - started


def guessed(judged: Judged, played: Played, seen: Seen) -> Outcome:
    """What the model says when it sees nothing but names."""
    known, opened = judged.known, judged.opened
    opinion, done = asyncio.run(guess(known, opened, played.means(seen)))
    said = guess_said(opened, opinion, known.caused)
    condition = played.name + NO_EVIDENCE
    return Outcome(known.source, known.name, known.caused, condition, said, used_by([done], seen, math.nan))
