"""One role asked: a pydantic-ai agent with the questions of the case as tools, its answer checked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeVar

from pydantic_ai import Agent, ModelRetry, Tool
from pydantic_ai.exceptions import UnexpectedModelBehavior
from pydantic_ai.settings import ModelSettings
from pydantic_ai.usage import UsageLimits

from anomaly_hunter.investigate.question import QUESTIONS, Question
from anomaly_hunter.investigate.reasoning.brief import Brief, Told, names_of
from anomaly_hunter.investigate.reasoning.checking import opinion_faults, wording_faults
from anomaly_hunter.investigate.reasoning.limits import LimitReachedError
from anomaly_hunter.investigate.reasoning.opinion import Opinion, Wording
from anomaly_hunter.investigate.reasoning.options import RoleOptions
from anomaly_hunter.investigate.reasoning.prompts import prompt
from anomaly_hunter.investigate.reasoning.quoting import quoted
from anomaly_hunter.tracing import spans

if TYPE_CHECKING:
    from pydantic_ai.models import Model

    from anomaly_hunter.investigate.case import Case

T = TypeVar("T", Opinion, Wording)
ASKED_AGAIN: Final = 1
FORMLESS: Final = "its answer had not the form that was asked for"
WRONG_CALLS: Final = 2
MOST_SHOWN: Final = 50
MOST_TEXT: Final = 200
TYPES: Final = {"int": "integer", "str": "string"}


class FaultyError(Exception):
    """What a model said did not pass the checks, nor when it was asked again; ``faults`` say why."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = tuple(faults)


async def opinion_of(
    role: str, brief: Brief, model: Model, options: RoleOptions, allow: Callable[[], None]
) -> Opinion:
    """What a role says of a case, checked.

    Parameters
    ----------
    model:
        A guarded one: whatever leaves passes it.
    allow:
        Called before each question; raises LimitReachedError when no more may be asked.

    Raises
    ------
    FaultyError
        What it said did not pass the checks, nor when it was asked again.
    """
    case = brief.case
    names = names_of(case, brief.candidates)
    steps = brief.first.steps if brief.first is not None else ()
    agent: Agent[None, Opinion] = Agent(
        model,
        output_type=Opinion,
        name=role,
        instructions=instructions(role, options),
        tools=questions(case, allow),
        retries={"output": ASKED_AGAIN, "tools": WRONG_CALLS},
    )

    def faults(said: Opinion) -> tuple[str, ...]:
        return opinion_faults(said, case.answered(), brief.candidates, names, steps)

    return await _checked(agent, brief.opening(), options, faults)


async def wording_of(brief: Brief, told: Told, model: Model, options: RoleOptions) -> Wording:
    """The verdict in the words of the synthesizer, checked. Raises as :func:`opinion_of` does."""
    agent: Agent[None, Wording] = Agent(
        model,
        output_type=Wording,
        name="synthesizer",
        instructions=instructions("synthesizer", options),
        retries={"output": ASKED_AGAIN, "tools": WRONG_CALLS},
    )
    names = names_of(brief.case, brief.candidates)
    known = {fact.id: fact for fact in told.facts}
    return await _checked(
        agent,
        told.text(),
        options,
        lambda said: wording_faults(said, known, names, told.steps),
    )


async def _checked(
    agent: Agent[None, T], text: str, options: RoleOptions, faults_of: Callable[[T], tuple[str, ...]]
) -> T:
    """Run the agent; what does not pass is sent back once, with the reasons."""
    found: list[tuple[str, ...]] = []

    @agent.output_validator
    def checked(said: T) -> T:
        faults = faults_of(said)
        if faults:
            found.append(faults)
            raise ModelRetry("\n".join(faults))
        return said

    try:
        run = await agent.run(text, model_settings=settings_of(options), usage_limits=_none())
    except UnexpectedModelBehavior as error:
        raise FaultyError(found[-1] if found else (FORMLESS,)) from error
    return run.output


def instructions(role: str, options: RoleOptions) -> str:
    """The rules, the role, and what the user adds to it."""
    own = f"\n\nFrom the people who run this system:\n{options.role}" if options.role else ""
    return f"{prompt('rules').text}\n\n{prompt(role).text}{own}"


def settings_of(options: RoleOptions) -> ModelSettings:
    """What a provider is told beside the words."""
    settings = ModelSettings()
    if options.max_output_tokens is not None:
        settings["max_tokens"] = options.max_output_tokens
    if options.temperature is not None:
        settings["temperature"] = options.temperature
    return settings


def questions(case: Case, allow: Callable[[], None]) -> list[Tool[None]]:
    """The questions of the case as tools; asynchronous, so that one thread alone works on the case."""
    return [_tool(question, case, allow) for question in QUESTIONS.values()]


def _tool(question: Question, case: Case, allow: Callable[[], None]) -> Tool[None]:
    async def ask(**given: Any) -> str:
        try:
            allow()
        except LimitReachedError as reached:
            return f"No answer: {reached.reason}. Answer now, with what you know."
        parameters = _parameters(question, given)
        with spans.span(f"tool {question.name}", "TOOL", **{"tool.name": question.name}) as opened:
            answer = quoted(question.ask(case, **parameters))
            opened.set({"tool.parameters": str(parameters), "output.value": answer})
        spans.count("hunter.tool_calls", 1, question=question.name)
        return answer

    return Tool.from_schema(ask, question.name, question.doc, _schema(question))


def _schema(question: Question) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    for name, kind in question.parameters.items():
        properties[name] = {"type": TYPES[kind]}
        properties[name] |= (
            {"minimum": 1, "maximum": MOST_SHOWN} if kind == "int" else {"maxLength": MOST_TEXT}
        )
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _parameters(question: Question, given: dict[str, Any]) -> dict[str, Any]:
    """What the model gave, if it is of the right kind; else it is told and may ask again."""
    unknown = given.keys() - question.parameters.keys()
    if unknown:
        raise ModelRetry(f"{question.name} takes {', '.join(question.parameters) or 'no parameters'}")
    for name, value in given.items():
        kind = question.parameters[name]
        if kind == "int" and (
            isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_SHOWN
        ):
            raise ModelRetry(f"{name} is a whole number from 1 to {MOST_SHOWN}")
        if kind == "str" and (not isinstance(value, str) or len(value) > MOST_TEXT):
            raise ModelRetry(f"{name} is text of at most {MOST_TEXT} characters")
    return given


def _none() -> UsageLimits:
    """Limits are held by the guarded model, before each call; two counts of the same would differ."""
    return UsageLimits(request_limit=None)
