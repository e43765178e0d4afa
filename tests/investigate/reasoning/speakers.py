"""Scripted models for the second pass: they see what a model sees, and say what the script says."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic_ai.messages import ModelMessage, ModelResponse, ToolCallPart
from pydantic_ai.models.function import AgentInfo, FunctionModel

from anomaly_hunter.investigate.judge import judge
from anomaly_hunter.investigate.reasoning.egress import NoEgressLog
from anomaly_hunter.investigate.reasoning.keeping import Keep, KeptInProcess
from anomaly_hunter.investigate.reasoning.masking import Mask
from anomaly_hunter.investigate.reasoning.means import Means
from anomaly_hunter.investigate.reasoning.options import AgentsOptions, ReasoningOptions, RoleOptions
from anomaly_hunter.investigate.reasoning.reason import reasoned
from anomaly_hunter.model import Incident, Verdict
from tests.investigate.cases import verdict_of

ROLES = {
    "You are the Pattern Analyst": "pattern_analyst",
    "You are the Change Detective": "change_detective",
    "You are Root Cause": "root_cause",
    "You are the Synthesizer": "synthesizer",
}


@dataclass(frozen=True)
class Heard:
    """What a model sees at one turn: its role, all facts by id, the tools, and how often it was sent back."""

    role: str
    facts: Mapping[str, Any]
    tools: tuple[str, ...]
    asked: tuple[str, ...]
    sent_back: tuple[str, ...]
    words: str
    told: str

    @property
    def cited(self) -> list[str]:
        """Ids of the evidence that was told with the first opinion."""
        own = ("incident", "candidate ", "first-opinion")
        return [name for name in facts_in(self.told) if not name.startswith(own)]

    @property
    def sure(self) -> float:
        return float(self.facts["first-opinion"]["numbers"]["confidence"])

    @property
    def cause(self) -> dict[str, str] | None:
        """The cause that the first opinion names, as an answer names it."""
        named = self.facts["first-opinion"]["numbers"]["cause"]
        return None if named is None else self.candidate(named)

    def candidate(self, id_: str) -> dict[str, str]:
        fact = self.facts[id_]
        return {"kind": fact["numbers"]["kind"], "name": fact["statement"]}


def final(**given: Any) -> ToolCallPart:
    """The answer in the form that is asked for."""
    return ToolCallPart("final_result", given)


def ask(name: str, **given: Any) -> ToolCallPart:
    """A question of the case."""
    return ToolCallPart(name, given)


def sentence(text: str, *ids: str) -> dict[str, Any]:
    return {"text": text, "evidence": list(ids)}


def echo(heard: Heard) -> ToolCallPart:
    """Says again what the evidence says, as an honest writer would."""
    if heard.role == "synthesizer":
        told = [heard.facts[name] for name in ("verdict:headline", "verdict:severity")]
        return final(
            summary=[sentence(fact["statement"], fact["id"]) for fact in told],
            recommendations=[sentence(f"First {heard.facts['step:1']['statement']}.", "step:1")],
        )
    claim = [sentence(heard.facts[name]["statement"][:380], name) for name in heard.cited[:5]]
    return final(claim=claim, confidence=heard.sure, cause=heard.cause, steps=[])


@dataclass
class Speaker:
    """A model that says what ``script`` says; remembers what it heard, and how many spoke at once."""

    script: Callable[[Heard], ToolCallPart] = echo
    waits_s: float = 0.0
    heard: list[Heard] = field(default_factory=list)
    speaking: int = 0
    most_at_once: int = 0

    def model(self, options: RoleOptions, credentials: Mapping[str, str]) -> FunctionModel:
        """As ``Means.model_for`` wants it."""
        return FunctionModel(self._say, model_name="scripted")

    async def _say(self, messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        heard = _heard(messages, info)
        self.heard.append(heard)
        self.speaking += 1
        self.most_at_once = max(self.most_at_once, self.speaking)
        await asyncio.sleep(self.waits_s)
        self.speaking -= 1
        return ModelResponse([self.script(heard)])


def facts_in(text: str) -> dict[str, Any]:
    """The facts that stand in a text, by id; where one stands twice, as it was told first."""
    facts: dict[str, Any] = {}
    for line in text.splitlines():
        if line.startswith("{"):
            fact = json.loads(line)
            facts.setdefault(fact.get("id", ""), fact)
    return facts


def _heard(messages: list[ModelMessage], info: AgentInfo) -> Heard:
    words = info.instructions or ""
    role = next(role for text, role in ROLES.items() if text in words)
    parts = [part for message in messages for part in message.parts]
    told = next(str(part.content) for part in parts if part.part_kind == "user-prompt")
    text = "\n".join(str(part.content) for part in parts if hasattr(part, "content"))
    facts = facts_in(text)
    asked = tuple(p.tool_name for p in parts if isinstance(p, ToolCallPart) and p.tool_name != "final_result")
    back = tuple(str(p.content) for p in parts if getattr(p, "outcome", "") == "retried")
    return Heard(role, facts, tuple(t.name for t in info.function_tools), asked, back, words + text, told)


ALL = RoleOptions("scripted:model")


def second_pass(
    case: Any,
    speaker: Speaker,
    agents: AgentsOptions | None = None,
    keep: Keep | None = None,
    mask: Mask | None = None,
    egress: Any = None,
    **limits: Any,
) -> Verdict:
    """The verdict on a case after the models have spoken."""
    incident = Incident("i-1", case.anomalies, verdict_of(case))
    means = Means(
        agents or AgentsOptions(default=ALL),
        ReasoningOptions(**{"answers": False, **limits}),
        {},
        keep or KeptInProcess(),
        mask or Mask(b"k" * 32),
        egress or NoEgressLog(),
        speaker.model,
    )

    def hear(case: Any, findings: Any) -> Verdict:
        return judge(case, findings)

    [after] = asyncio.run(reasoned([case], [incident], hear, means))
    return after.verdict
