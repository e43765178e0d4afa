"""One role and its answer: from what was kept, or from the model within the limits, or why there is none."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from anomaly_hunter.errors import HunterError
from anomaly_hunter.investigate.reasoning.asking import SYNTHESIZER, Desk, FaultyError, instructions, said_by
from anomaly_hunter.investigate.reasoning.guarded import ModelCallError
from anomaly_hunter.investigate.reasoning.limits import LimitReachedError, Purse
from anomaly_hunter.investigate.reasoning.means import Means
from anomaly_hunter.investigate.reasoning.options import RoleOptions
from anomaly_hunter.investigate.reasoning.prompts import prompt
from anomaly_hunter.model import Reasoned
from anomaly_hunter.tracing import spans

if TYPE_CHECKING:
    from anomaly_hunter.investigate.case import Case

T = TypeVar("T", bound=BaseModel)
MOST_REASON: Final = 240


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """What a role said (None where nothing of it may be used), and what that took."""

    said: T | None
    done: Reasoned


@dataclass(frozen=True, slots=True)
class Asked(Generic[T]):
    """What is asked of a role.

    ``role`` is its key ("root_cause"), ``title`` its name in reports; ``text`` is what it is told, ``known``
    a hash of what it could ask for; ``form`` is the type of the answer, and ``faults`` checks it.
    """

    role: str
    title: str
    options: RoleOptions
    case: Case
    text: str
    known: str
    form: type[T]
    faults: Callable[[T], tuple[str, ...]]

    @property
    def key(self) -> str:
        """The same question, to the same model, with the same prompt, about the same evidence."""
        options = self.options
        parts = (
            self.role, options.model, options.base_url, options.temperature, options.max_output_tokens,
            instructions(self.role, options), self.text, self.known,
        )  # fmt: skip
        return hashlib.sha256(json.dumps(parts, ensure_ascii=True).encode()).hexdigest()


async def answer_to(asked: Asked[T], means: Means, purse: Purse, incident: str, until: float) -> Answer[T]:
    """The answer of one role. Raises nothing for what a model, a network or a setting does.

    Parameters
    ----------
    until:
        Time of ``time.monotonic`` when there must be an answer, or none.
    """
    about = {"agent.name": asked.role, "hunt.step": "synthesise" if asked.role == SYNTHESIZER else "analyse"}
    with spans.span(f"agent {asked.role}", "AGENT", **about) as opened:
        kept = _kept(asked, means)
        if kept is not None:
            opened.set({"hunter.cached": True})
            return Answer(kept, _done(asked, cached=True))
        began = time.monotonic()
        said, stands = await _asked(asked, means, purse, incident, until)
        if said is None:
            opened.fail(stands)
        else:
            opened.set({"output.value": said.model_dump_json()})
            if means.reasoning.answers:
                means.keep.keep_answer(asked.key, said.model_dump_json())
        return Answer(
            said,
            _done(asked, purse, stands, time.monotonic() - began, prices_date=means.reasoning.prices_date),
        )


def _kept(asked: Asked[T], means: Means) -> T | None:
    """An answer that was kept and still passes the checks."""
    text = means.keep.answer(asked.key) if means.reasoning.answers else None
    if text is None:
        return None
    try:
        said = asked.form.model_validate_json(text)
    except ValidationError:
        return None
    return None if asked.faults(said) else said


async def _asked(
    asked: Asked[T], means: Means, purse: Purse, incident: str, until: float
) -> tuple[T | None, str]:
    """What the model said, or None and why."""
    options = asked.options
    allowed = min(options.seconds or 0.0, until - time.monotonic())
    if allowed <= 0:
        return None, "no time was left"
    role = asked.role
    desk = Desk(role, options, asked.case, lambda: purse.before_tool_call(role, options), asked.faults)
    try:
        async with asyncio.timeout(allowed):
            model = means.guarded(role, options, incident, purse)
            async with model:
                return await said_by(model, asked.text, asked.form, desk), ""
    except TimeoutError:
        return None, f"no answer within {allowed:.3g} s"
    except Exception as error:  # noqa: BLE001 - the rim around providers: whatever breaks there, the finding stands
        return None, reason_of(error, means)


def reason_of(error: Exception, means: Means) -> str:
    """Why there is no answer, in one short line without anything private."""
    return _short(_reason(error, means))


def _reason(error: Exception, means: Means) -> str:
    if isinstance(error, FaultyError):
        return f"its answer did not pass the checks: {error.faults[0]}"
    if isinstance(error, LimitReachedError | ModelCallError):
        return error.reason
    if isinstance(error, HunterError):
        return str(error)
    return f"{type(error).__name__}: {means.mask.mask(str(error))}"


def _done(
    asked: Asked[T],
    purse: Purse | None = None,
    stands: str = "",
    seconds: float = 0.0,
    *,
    cached: bool = False,
    prices_date: str = "",
) -> Reasoned:
    """What it took, for the verdict."""
    model, label = asked.options.model or "", prompt(asked.role).label
    if purse is None:
        return Reasoned(asked.title, model, prompt=label, cached=cached, cost_usd=0.0)
    spent = purse.of(asked.role)
    return Reasoned(
        asked.title,
        model,
        stands,
        label,
        spent.requests,
        spent.tool_calls,
        spent.input_tokens,
        spent.output_tokens,
        spent.cost_usd,
        round(seconds, 3),
        prices_date=prices_date if spent.cost_usd else "",
    )


def _short(reason: str) -> str:
    """One printable line of at most 240 characters."""
    line = " ".join("".join(c if c.isprintable() else " " for c in reason).split())
    return line if len(line) <= MOST_REASON else line[: MOST_REASON - 1] + "…"
