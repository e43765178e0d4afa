"""One role asked: a pydantic-ai agent with the questions of the case as tools, its answer checked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from pydantic import BaseModel
from pydantic_ai import Agent, ModelRetry, RunContext, Tool
from pydantic_ai.exceptions import UnexpectedModelBehavior
from pydantic_ai.settings import ModelSettings
from pydantic_ai.toolsets import FunctionToolset, ToolsetTool
from pydantic_ai.usage import UsageLimits

from anomaly_hunter.errors import UsageError
from anomaly_hunter.investigate.functions import LARGEST, LONGEST, check
from anomaly_hunter.investigate.question import QUESTIONS, Question
from anomaly_hunter.investigate.reasoning.limits import LimitReachedError
from anomaly_hunter.investigate.reasoning.options import RoleOptions
from anomaly_hunter.investigate.reasoning.prompts import prompt
from anomaly_hunter.investigate.reasoning.quoting import quoted
from anomaly_hunter.tracing import spans

if TYPE_CHECKING:
    from pydantic_ai.models import Model

    from anomaly_hunter.investigate.case import Case

T = TypeVar("T", bound=BaseModel)
SYNTHESIZER: Final = "synthesizer"
ASKED_AGAIN: Final = 1
FORMLESS: Final = "its answer had not the form that was asked for"
WRONG_CALLS: Final = 2
TYPES: Final = {"int": "integer", "str": "string"}


class FaultyError(Exception):
    """What a model said did not pass the checks, nor when it was asked again; ``faults`` say why."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = tuple(faults)


@dataclass(slots=True)
class Desk(Generic[T]):
    """What lies before a role: the case, whether it may ask more, and what is wrong with an answer.

    ``role`` is its key ("root_cause"); ``allow`` is called before each question and raises
    LimitReachedError when no more may be asked; ``faults`` says what is wrong with an answer, and ``found``
    keeps what it said.
    """

    role: str
    options: RoleOptions
    case: Case
    allow: Callable[[], None]
    faults: Callable[[T], tuple[str, ...]]
    found: list[tuple[str, ...]] = field(default_factory=list)


async def said_by(model: Model, text: str, form: type[T], desk: Desk[T]) -> T:
    """What a role says to a text, in the form that is asked for, and checked.

    Parameters
    ----------
    model:
        A guarded one: whatever leaves passes it.

    Raises
    ------
    FaultyError
        What it said did not pass the checks, nor when it was asked again.
    """
    agent = agent_for(form, desk.role != SYNTHESIZER)
    words, settings = instructions(desk.role, desk.options), settings_of(desk.options)
    try:
        run = await agent.run(
            text, model=model, deps=desk, instructions=words, model_settings=settings, usage_limits=_none()
        )
    except UnexpectedModelBehavior as error:
        raise FaultyError(desk.found[-1] if desk.found else (FORMLESS,)) from error
    said: T = run.output
    return said


@cache
def agent_for(form: type[T], may_ask: bool) -> Agent[Desk[T], T]:
    """The agent for a form of answer; made once, since schemas of tools and answers take milliseconds."""
    agent: Agent[Desk[T], T] = Agent(
        output_type=form,
        deps_type=Desk,
        toolsets=[_Questions()] if may_ask else [],
        retries={"output": ASKED_AGAIN, "tools": WRONG_CALLS},
    )

    @agent.output_validator
    async def checked(context: RunContext[Desk[T]], said: T) -> T:
        faults = context.deps.faults(said)
        if faults:
            context.deps.found.append(faults)
            raise ModelRetry("\n".join(faults))
        return said

    return agent


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


def questions() -> list[Tool[Any]]:
    """The questions of the case as tools; asynchronous, so that one thread alone works on the case."""
    return [_tool(question) for question in QUESTIONS.values()]


class _Questions(FunctionToolset[Any]):
    """The questions as a toolset that is listed once: they are the same at every step of every run."""

    def __init__(self) -> None:
        super().__init__(questions(), max_retries=WRONG_CALLS)
        self._listed: dict[str, ToolsetTool[Any]] = {}

    async def get_tools(self, ctx: RunContext[Any]) -> dict[str, ToolsetTool[Any]]:
        """All of them."""
        if not self._listed:
            self._listed = {
                name: replace(tool, tool_def=replace(tool.tool_def, return_schema=None))  # nobody is told it
                for name, tool in (await super().get_tools(ctx)).items()
            }
        return dict(self._listed)


def _tool(question: Question) -> Tool[Any]:
    async def ask(context: RunContext[Desk[Any]], **given: Any) -> str:
        try:
            context.deps.allow()
        except LimitReachedError as reached:
            return f"No answer: {reached.reason}. Answer now, with what you know."
        try:
            check(question, given)
        except UsageError as error:
            raise ModelRetry(str(error)) from error
        with spans.span(f"tool {question.name}", "TOOL", **{"tool.name": question.name}) as opened:
            answer = quoted(question.ask(context.deps.case, **given))
            opened.set({"tool.parameters": str(given), "output.value": answer})
        spans.count("hunter.tool_calls", 1, question=question.name)
        return answer

    return Tool.from_schema(ask, question.name, question.doc, _schema(question), takes_ctx=True)


def _schema(question: Question) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    for name, kind in question.parameters.items():
        properties[name] = {"type": TYPES[kind]}
        properties[name] |= {"minimum": 1, "maximum": LARGEST} if kind == "int" else {"maxLength": LONGEST}
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _none() -> UsageLimits:
    """Limits are held by the guarded model, before each call; two counts of the same would differ."""
    return UsageLimits(request_limit=None)
