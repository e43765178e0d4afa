"""What a language model did for a verdict, and what it cost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reasoned:
    """One role that a language model was asked to play in an investigation.

    ``role`` reads as the agent's name ("Root Cause", or "Synthesizer"); ``model`` is the model string of
    the settings; ``stands`` says why the deterministic finding stands ("" where the model's words were
    taken); ``prompt`` is the name and version of the prompt. ``cost_usd`` is None where the price is
    not known, never 0 for that reason; ``prices_date`` is when prices were looked up ("" where the settings
    do not say). ``cached`` means that an earlier answer to the same question was used, and nothing was
    spent.
    """

    role: str
    model: str
    stands: str = ""
    prompt: str = ""
    requests: int = 0
    tool_calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = None
    seconds: float = 0.0
    cached: bool = False
    prices_date: str = ""

    @property
    def tokens(self) -> int:
        """Tokens in and out."""
        return self.input_tokens + self.output_tokens


@dataclass(frozen=True, slots=True)
class Spent:
    """What was spent: requests, questions asked, tokens, seconds and USD.

    ``usd`` is the sum of what is known; ``unpriced`` counts requests whose price is not known.
    """

    requests: int = 0
    tool_calls: int = 0
    tokens: int = 0
    seconds: float = 0.0
    usd: float = 0.0
    unpriced: int = 0

    def __add__(self, other: Spent) -> Spent:
        """Both together.

        >>> (Spent(requests=1, tokens=10) + Spent(requests=2, usd=0.5)).requests
        3
        """
        return Spent(
            self.requests + other.requests,
            self.tool_calls + other.tool_calls,
            self.tokens + other.tokens,
            self.seconds + other.seconds,
            self.usd + other.usd,
            self.unpriced + other.unpriced,
        )

    @property
    def negative(self) -> Spent:
        """What takes it back.

        >>> Spent(requests=1, usd=0.5) + Spent(requests=1, usd=0.5).negative == Spent()
        True
        """
        return Spent(-self.requests, -self.tool_calls, -self.tokens, -self.seconds, -self.usd, -self.unpriced)


def cost_of_all(roles: Iterable[Reasoned]) -> float | None:
    """USD for all roles together; None as soon as one that was asked has no known price.

    >>> one = Reasoned("Root Cause", "openai:a", requests=1, cost_usd=0.01)
    >>> cost_of_all([one, one])
    0.02
    >>> cost_of_all([one, Reasoned("Synthesizer", "openai:b", requests=2)]) is None
    True
    """
    asked = [role.cost_usd for role in roles if role.requests]
    return None if None in asked else round(sum(cost for cost in asked if cost is not None), 9)
