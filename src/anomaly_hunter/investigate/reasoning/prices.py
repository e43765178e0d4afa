"""What a model costs, from the table in the settings. An unknown price is unknown, not zero."""

from __future__ import annotations

from collections.abc import Mapping

from anomaly_hunter.investigate.reasoning.options import Price


def price_of(model: str, prices: Mapping[str, Price]) -> Price | None:
    """The price of a model string: its own, else that of the longest name that ends in `*` and fits.

    >>> table = {"openai:*": Price(9, 9), "openai:gpt-5*": Price(1, 8), "openai:gpt-5-mini": Price(0.2, 2)}
    >>> price_of("openai:gpt-5-mini", table)
    Price(input=0.2, output=2)
    >>> price_of("openai:gpt-5.1", table)
    Price(input=1, output=8)
    >>> price_of("ollama:qwen3", table) is None
    True
    """
    if model in prices:
        return prices[model]
    fitting = [name for name in prices if name.endswith("*") and model.startswith(name[:-1])]
    return prices[max(fitting, key=len)] if fitting else None


def cost_of(price: Price | None, input_tokens: int, output_tokens: int) -> float | None:
    """USD for so many tokens; None where the price is not known.

    >>> cost_of(Price(input=1, output=8), 1_000_000, 500_000)
    5.0
    >>> cost_of(None, 10, 10) is None
    True
    """
    return None if price is None else (input_tokens * price.input + output_tokens * price.output) / 1e6
