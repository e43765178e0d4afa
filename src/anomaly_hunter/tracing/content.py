"""What of a span's attributes may leave: content only where it is wanted, every text masked and cut."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Integral, Real
from typing import Final

from anomaly_hunter.tracing.spans import Attribute, hidden

LONGEST: Final = 16_000
_CONTENT: Final = (
    "input.", "output.", "llm.input_messages", "llm.output_messages", "llm.prompts", "llm.completions",
    "llm.prompt_template.template", "llm.prompt_template.variables", "llm.tools", "tool.parameters",
    "tool_call.", "message.", "exception.message", "exception.stacktrace",
)  # fmt: skip


def may_leave(attributes: Mapping[str, Attribute], content: bool) -> dict[str, str | int | float | bool]:
    """Attributes as they are sent; None and, unless wanted, content are left out.

    >>> may_leave({"series": 3, "cause": None, "output.value": "it was the deploy"}, content=False)
    {'series': 3}
    """
    return {
        key: _plain(value)
        for key, value in attributes.items()
        if value is not None and (content or not is_content(key))
    }


def is_content(key: str) -> bool:
    """Whether an attribute holds what was asked or said.

    >>> is_content("llm.input_messages.0.message.content"), is_content("llm.model_name")
    (True, False)
    """
    return key.startswith(_CONTENT)


def shown(text: str) -> str:
    """A text as it is sent: masked, then cut; what UTF-8 cannot hold becomes "?"."""
    masked = hidden(text).encode("utf-8", "replace").decode("utf-8")
    return masked if len(masked) <= LONGEST else f"{masked[:LONGEST]} [{len(masked) - LONGEST} more]"


def _plain(value: object) -> str | int | float | bool:
    """Numbers of NumPy as Python's; whole numbers beyond 64 bits, which OTLP cannot hold, as text."""
    if isinstance(value, bool):
        return value
    if isinstance(value, Integral):
        return int(value) if -(2**63) <= int(value) < 2**63 else str(value)
    return float(value) if isinstance(value, Real) else shown(str(value))
