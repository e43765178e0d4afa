"""A guarded model on a local server, with a mask and an egress log that can be looked at."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from typing import Any

from pydantic_ai.messages import ModelMessage, ModelRequest, UserPromptPart
from pydantic_ai.models import ModelRequestParameters

from anomaly_hunter.errors import UsageError
from anomaly_hunter.investigate.reasoning.guarded import GuardedModel
from anomaly_hunter.investigate.reasoning.keeping import KeptInProcess
from anomaly_hunter.investigate.reasoning.limits import Purse
from anomaly_hunter.investigate.reasoning.models import goes_to, model_for
from anomaly_hunter.investigate.reasoning.options import BUILT_IN, ReasoningOptions, RoleOptions

SECRET = "ann@example.com"
PSEUDONYM = "<EMAIL_AAAAAAAA>"


class OneAddress:
    """A mask that knows one address, and one word that it finds but cannot hide."""

    def __init__(self) -> None:
        self.counts = {"email": 1}

    def mask(self, text: str) -> str:
        return text.replace(SECRET, PSEUDONYM)

    def restore(self, text: str) -> str:
        return text.replace(PSEUDONYM, SECRET)

    def leaks(self, text: str) -> tuple[str, ...]:
        return tuple(
            name for name, pattern in (("email", SECRET), ("token", "sk-live")) if re.search(pattern, text)
        )


@dataclass
class Written:
    """An egress log in a list; ``full`` as if the disk were."""

    full: bool = False
    departures: list[Any] = field(default_factory=list)

    def left(self, departure) -> None:
        if self.full:
            raise UsageError("the egress log cannot be written", "a disk with room", "make room")
        self.departures.append(departure)


def options_for(server, **more) -> RoleOptions:
    given = {"model": "openai:some-model", "base_url": server.base_url, "seconds": 5.0, **more}
    return RoleOptions(**given).over(BUILT_IN)


def door(
    server, limits=None, keep=None, mask=None, egress=None, purse=None, credentials=None, **more
) -> GuardedModel:
    """A guarded model that asks this server."""
    options = options_for(server, **more)
    model = model_for(options, credentials or {})
    return GuardedModel(
        model,
        role="root_cause",
        incident="incident-1",
        options=options,
        purse=purse or Purse(limits or ReasoningOptions(), keep or KeptInProcess()),
        mask=mask or OneAddress(),
        egress=egress or Written(),
        to=goes_to(model),
    )


def asked(text: str) -> list[ModelMessage]:
    return [ModelRequest(parts=[UserPromptPart(text)])]


def ask(model: GuardedModel, text: str = "why?", parameters: ModelRequestParameters | None = None):
    """One request, waited for."""
    return asyncio.run(model.request(asked(text), None, parameters or ModelRequestParameters()))
