"""Whether a model can be reached: one short question through the same door as all others."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from pydantic_ai import Agent

from anomaly_hunter.investigate.reasoning.answering import reason_of
from anomaly_hunter.investigate.reasoning.egress import NoEgressLog
from anomaly_hunter.investigate.reasoning.keeping import KeptInProcess
from anomaly_hunter.investigate.reasoning.limits import Purse
from anomaly_hunter.investigate.reasoning.masking import Mask
from anomaly_hunter.investigate.reasoning.means import Means
from anomaly_hunter.investigate.reasoning.options import AgentsOptions, ReasoningOptions, RoleOptions

MOST_SECONDS: Final = 15.0
MOST_TOKENS: Final = 200
"""Some models think before they say a word."""


def greeted(role: str, options: RoleOptions, limits: ReasoningOptions, credentials: Mapping[str, str]) -> str:
    """ "" where the model answered, else why not, in words."""
    short = replace(options, seconds=MOST_SECONDS, max_output_tokens=MOST_TOKENS)
    means = Means(AgentsOptions(), limits, credentials, KeptInProcess(), Mask(b""), NoEgressLog())

    async def greet() -> None:
        async with asyncio.timeout(MOST_SECONDS):
            model = means.guarded(role, short, "doctor", Purse(limits, means.keep))
            async with model:
                await Agent(model).run("Answer with the word: connected")

    try:
        asyncio.run(greet())
    except TimeoutError:
        return f"no answer within {MOST_SECONDS:.0f} s"
    except Exception as error:  # noqa: BLE001 - the rim around providers: whatever breaks there is told
        return reason_of(error, means)
    return ""
