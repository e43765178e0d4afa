"""What a user may set about language models."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Final

from anomaly_hunter.errors import UsageError

OFF: Final = "off"


@dataclass(frozen=True, slots=True)
class RoleOptions:
    """One role and the model that plays it. What is left out is taken from `agents.default`.

    Attributes
    ----------
    model:
        PROVIDER:NAME, such as openai:gpt-5-mini, anthropic:claude-sonnet-4-6, google:gemini-2.5-flash,
        openrouter:..., ollama:qwen3, stackai:ORG/FLOW; "off" = no model for this role.
    temperature:
        0 is the most repeatable; left out: the provider's default.
    role:
        What else to tell the model about its role, in words.
    base_url:
        Another server that speaks the protocol of OpenAI: http(s)://HOST/v1.
    key:
        Name of the environment variable that holds the key, where it is not the usual one.
    max_output_tokens:
        At most so many tokens in one answer.
    requests:
        At most so many requests by this role in one investigation.
    tool_calls:
        At most so many questions asked by this role in one investigation.
    seconds:
        At most so long for this role in one investigation.
    stream:
        True asks for the answer piece by piece, for gateways that offer nothing else.
    """

    model: str | None = None
    temperature: float | None = None
    role: str | None = None
    base_url: str | None = None
    key: str | None = None
    max_output_tokens: int | None = None
    requests: int | None = None
    tool_calls: int | None = None
    seconds: float | None = None
    stream: bool | None = None

    def __post_init__(self) -> None:
        if self.model and self.model != OFF and not all(self.model.partition(":")):
            cure = (
                f"write openai:{self.model}, or the like"
                if ":" not in self.model
                else "such as openai:gpt-5-mini"
            )
            raise UsageError(f"the model is {self.model!r}", "PROVIDER:NAME", cure)
        for name in ("max_output_tokens", "requests", "tool_calls", "seconds"):
            given = getattr(self, name)
            if given is not None and not given > 0:
                raise UsageError(f"{name} is {given}", "more than 0", 'to switch a role off set model: "off"')
        if self.temperature is not None and not 0 <= self.temperature <= 2:
            raise UsageError(f"temperature is {self.temperature}", "0 to 2", "set 0.2 or leave it out")

    def over(self, default: RoleOptions) -> RoleOptions:
        """These options, with what is left out taken from ``default``.

        >>> RoleOptions(temperature=0.0).over(RoleOptions("openai:a", 0.7)).model
        'openai:a'
        """
        own = {f.name: value for f in fields(self) if (value := getattr(self, f.name)) is not None}
        return replace(default, **own)


BUILT_IN: Final = RoleOptions(
    model=OFF, role="", base_url="", key="", max_output_tokens=2000, requests=8, tool_calls=30, seconds=30.0,
    stream=False,
)  # fmt: skip
ROLES: Final = ("pattern_analyst", "change_detective", "root_cause", "synthesizer")


@dataclass(frozen=True, slots=True)
class AgentsOptions:
    """Which language model plays which role.

    Attributes
    ----------
    default:
        For every role that does not say otherwise.
    pattern_analyst:
        Reads the statistics.
    change_detective:
        Looks for what changed.
    root_cause:
        Follows the calls.
    synthesizer:
        Words the summary and the recommendations of the verdict.
    """

    default: RoleOptions = field(default_factory=RoleOptions)
    pattern_analyst: RoleOptions = field(default_factory=RoleOptions)
    change_detective: RoleOptions = field(default_factory=RoleOptions)
    root_cause: RoleOptions = field(default_factory=RoleOptions)
    synthesizer: RoleOptions = field(default_factory=RoleOptions)

    def of(self, role: str) -> RoleOptions | None:
        """The whole options of a role, nothing left out; None where no model plays it.

        >>> AgentsOptions(root_cause=RoleOptions("openai:a")).of("root_cause").requests
        8
        >>> AgentsOptions(root_cause=RoleOptions("openai:a")).of("pattern_analyst") is None
        True
        """
        if role not in ROLES:
            return None
        own: RoleOptions = getattr(self, role)
        model = self.default.model if own.model is None else own.model
        return None if model in (None, OFF, "") else own.over(self.default.over(BUILT_IN))

    @property
    def reasons(self) -> bool:
        """Whether a model plays any role."""
        return any(self.of(role) is not None for role in ROLES)


@dataclass(frozen=True, slots=True)
class Price:
    """What a model costs.

    Attributes
    ----------
    input:
        USD for a million tokens in.
    output:
        USD for a million tokens out.
    """

    input: float
    output: float

    def __post_init__(self) -> None:
        if not (self.input >= 0 and self.output >= 0):
            raise UsageError(f"a price is {self.input}, {self.output}", "0 or more", "USD per million tokens")


@dataclass(frozen=True, slots=True)
class ReasoningOptions:
    """How much language models may do, what they may see, and what they cost.

    Attributes
    ----------
    most_reasoned:
        A model looks at so many incidents of a hunt, the worst first.
    least_severity:
        And only at those of this severity or more; quiet data cost nothing.
    limit_seconds:
        At most so long for all models together; then the verdict comes as it is.
    limit_requests, limit_tool_calls, limit_tokens:
        At most so many in one investigation.
    limit_usd:
        At most so much money in one investigation; a model without a known price is then not asked.
    day_seconds, day_requests, day_tool_calls, day_tokens, day_usd:
        The same for one day (UTC), over all hunts of the memory; without a memory, of the program.
    prices:
        MODEL: {input: USD, output: USD} for a million tokens. A name may end in `*`.
    prices_date:
        When the prices were looked up: 2026-11-01.
    answers:
        False asks again what was answered before from the same evidence.
    egress_log:
        A file that gets a line for everything that leaves: when, to whom, what; "" = none.
    private_columns:
        Columns of a table whose values are names of people, beside those that are called so.
    """

    most_reasoned: int = 3
    least_severity: float = 4.0
    limit_seconds: float = 45.0
    limit_requests: int = 40
    limit_tool_calls: int = 120
    limit_tokens: int = 200_000
    limit_usd: float | None = None
    day_seconds: float = 7200.0
    day_requests: int = 2000
    day_tool_calls: int = 10_000
    day_tokens: int = 5_000_000
    day_usd: float | None = None
    prices: Mapping[str, Price] = field(default_factory=dict)
    prices_date: str = ""
    answers: bool = True
    egress_log: str = ""
    private_columns: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for f in fields(self):
            given = getattr(self, f.name)
            if f.name.startswith(("limit_", "day_", "most_")) and given is not None and not given > 0:
                raise UsageError(f"{f.name} is {given}", "more than 0", "leave it out for the default")
        if self.prices_date and not re.fullmatch(r"\d{4}-\d\d-\d\d", self.prices_date):
            raise UsageError(f"prices_date is {self.prices_date!r}", "a date such as 2026-11-01", "mend it")
        if not 0 <= self.least_severity <= 10:
            raise UsageError(f"least_severity is {self.least_severity}", "0 to 10", "set 4 or leave it out")
