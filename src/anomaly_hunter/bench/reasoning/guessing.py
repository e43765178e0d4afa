"""A model that is shown no evidence: it gets the names of the candidates, and guesses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pydantic_ai import Agent, ModelRetry
from pydantic_ai.exceptions import UnexpectedModelBehavior
from pydantic_ai.usage import UsageLimits

from anomaly_hunter.bench.reasoning.known import Known, Opened
from anomaly_hunter.errors import HunterError
from anomaly_hunter.investigate.reasoning.asking import settings_of
from anomaly_hunter.investigate.reasoning.guarded import ModelCallError
from anomaly_hunter.investigate.reasoning.limits import LimitReachedError, Purse
from anomaly_hunter.investigate.reasoning.opinion import Opinion
from anomaly_hunter.investigate.reasoning.options import RoleOptions
from anomaly_hunter.investigate.reasoning.prompts import prompt
from anomaly_hunter.investigate.reasoning.quoting import quoted
from anomaly_hunter.model import Evidence, Reasoned

if TYPE_CHECKING:
    from pydantic_ai.models import Model

    from anomaly_hunter.investigate.reasoning.means import Means

ROLE: Final = "guess"
PLAYED_BY: Final = ("root_cause", "change_detective", "pattern_analyst", "synthesizer")
"""The model of the first of these that has one."""

ASKED: Final = {
    "service": "At which service did it begin? All services, by the alphabet:",
    "event": "Say which change caused it, if any did. All recorded changes, by the alphabet:",
}
MOST_CHARS: Final = 16_000


async def guess(known: Known, opened: Opened, means: Means) -> tuple[Opinion | None, Reasoned]:
    """The guess, None where none could be used; and what it took."""
    options = next(filter(None, map(means.agents.of, PLAYED_BY)))
    purse = Purse(means.reasoning, means.keep)
    said, stands = None, ""
    try:
        async with means.guarded(ROLE, options, known.name, purse) as model:
            said = await _asked(model, known, opened, options)
    except (HunterError, LimitReachedError, ModelCallError, UnexpectedModelBehavior) as error:
        stands = str(error)
    spent = purse.of(ROLE)
    return said, Reasoned(
        "Guess", str(options.model), stands, prompt(ROLE).label, spent.requests, 0,
        spent.input_tokens, spent.output_tokens, spent.cost_usd, spent.seconds,
    )  # fmt: skip


async def _asked(model: Model, known: Known, opened: Opened, options: RoleOptions) -> Opinion:
    names = frozenset(opened.names)
    agent: Agent[None, Opinion] = Agent(
        model, output_type=Opinion, name=ROLE, instructions=prompt(ROLE).text, retries={"output": 1}
    )

    @agent.output_validator
    async def checked(said: Opinion) -> Opinion:  # asynchronous: the other kind is run in a thread
        if said.cause is not None and said.cause.name not in names:
            raise ModelRetry("the cause is none of the candidates; copy one of them, or name none")
        return said

    names_told = [Evidence(f"candidate {i}", "", name) for i, name in enumerate(opened.names, 1)]
    text = f"{ASKED[known.asks]}\n{quoted(names_told, MOST_CHARS)}"
    run = await agent.run(
        text, model_settings=settings_of(options), usage_limits=UsageLimits(request_limit=None)
    )
    return run.output
