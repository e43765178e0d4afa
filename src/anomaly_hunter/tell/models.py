"""What language models did for a verdict, in words: who was asked, what it took, what it cost."""

from __future__ import annotations

from collections.abc import Sequence

from anomaly_hunter.model import Finding, Hunt, Reasoned, Verdict, cost_of_all
from anomaly_hunter.model.saying import counted

STANDS = "the finding without a model stands"
WORDING_STANDS = "the wording without a model stands"


def title(finding: Finding) -> str:
    """The agent, and the model that worded its finding.

    >>> title(Finding("Root Cause", "", 0.5, (), by="openai:gpt-5"))
    'Root Cause · openai:gpt-5'
    """
    return f"{finding.agent} · {finding.by}" if finding.by else finding.agent


def taken(role: Reasoned) -> bool:
    """Whether the words of the model were taken."""
    return not role.stands


def line(role: Reasoned) -> str:
    """What one role took, or why its finding stands.

    >>> line(Reasoned("Root Cause", "m", "", "root_cause 1", 3, 5, 4000, 120, 0.0123, 3.14))
    '3 requests, 5 questions, 4,120 tokens, $0.012, 3.1 s'
    >>> line(Reasoned("Synthesizer", "m", "no answer within 9 s", requests=1, input_tokens=9, seconds=9.0))
    'no answer within 9 s; the wording without a model stands (1 request, 9 tokens, cost unknown, 9 s)'
    """
    if role.cached:
        return "answered before from the same evidence; nothing was spent"
    if not role.stands:
        return _took(role)
    stands = WORDING_STANDS if role.role == "Synthesizer" else STANDS
    return f"{role.stands.rstrip('.')}; {stands}" + (f" ({_took(role)})" if role.requests else "")


def rows(roles: Sequence[Reasoned]) -> list[tuple[str, Reasoned]]:
    """Whom to tell of; roles that were not asked at all, for one reason, share a row.

    >>> no_key = [Reasoned(role, "m", "no key") for role in ("Root Cause", "Synthesizer")]
    >>> [names for names, _ in rows([Reasoned("Pattern Analyst", "m", requests=1), *no_key])]
    ['Pattern Analyst', 'Root Cause, Synthesizer']
    >>> [names for names, _ in rows(no_key)]
    ['all 2 roles']
    """
    alike: dict[object, list[Reasoned]] = {}
    for at, role in enumerate(roles):
        unasked = role.stands and not role.requests
        alike.setdefault((role.model, role.stands) if unasked else at, []).append(role)
    everyone = len(alike) == 1 and len(roles) > 1
    return [
        (f"all {len(roles)} roles" if everyone else ", ".join(one.role for one in group), group[0])
        for group in alike.values()
    ]


def total(roles: Sequence[Reasoned]) -> str:
    """All roles together; they are asked side by side, so their seconds do not add up.

    >>> total([Reasoned("A", "m", requests=1, input_tokens=90, cost_usd=0.5), Reasoned("B", "n", requests=1)])
    '2 requests, 90 tokens, cost unknown'
    """
    requests = sum(role.requests for role in roles)
    if not requests:
        return "nothing was spent"
    tokens = sum(role.tokens for role in roles)
    return f"{counted(requests, 'request')}, {counted(tokens, 'token')}, {money(cost_of_all(roles))}"


def together(hunt: Hunt) -> str:
    """What the worst incident took, and the whole hunt where models looked at more incidents.

    >>> asked = Verdict(9.0, 0.9, "", "", (), (), reasoned=(Reasoned("A", "m", requests=1, cost_usd=0.5),))
    >>> from types import SimpleNamespace as Some
    >>> together(Some(incidents=[Some(verdict=asked), Some(verdict=asked)]))
    'Together 1 request, 0 tokens, $0.5; with 1 other incident 2 requests, 0 tokens, $1.00.'
    """
    worst, *others = [incident.verdict.reasoned for incident in hunt.incidents if incident.verdict.reasoned]
    told = f"Together {total(worst)}"
    everything = [role for roles in (worst, *others) for role in roles]
    if others:
        told += f"; with {counted(len(others), 'other incident')} {total(everything)}"
    dates = sorted({role.prices_date for role in everything if role.prices_date})
    return f"{told} (prices of {dates[0]})." if dates else f"{told}."


def money(usd: float | None) -> str:
    """USD in two digits; an unknown price is said, never 0.

    >>> money(0.01234), money(12.5), money(0.00001), money(0.0), money(None)
    ('$0.012', '$12.50', 'under $0.0001', '$0', 'cost unknown')
    """
    if usd is None:
        return "cost unknown"
    if usd == 0:
        return "$0"
    if usd < 0.0001:
        return "under $0.0001"
    return f"${usd:.2f}" if usd >= 1 else f"${float(f'{usd:.2g}'):.10f}".rstrip("0")


def seconds(took: float) -> str:
    """Seconds in two digits, and never in powers of ten.

    >>> seconds(0.0532), seconds(12.34), seconds(123.4)
    ('0.053', '12', '123')
    """
    return f"{took:.2g}" if took < 99 else f"{took:,.0f}"


def _took(role: Reasoned) -> str:
    parts = [counted(role.requests, "request")]
    if role.tool_calls:
        parts.append(counted(role.tool_calls, "question"))
    parts += [counted(role.tokens, "token"), money(role.cost_usd), f"{seconds(role.seconds)} s"]
    return ", ".join(parts)


def note(verdict: Verdict) -> str:
    """Who worded the summary; "" where no model did."""
    for role in verdict.reasoned:
        if role.role == "Synthesizer" and taken(role):
            return f"worded by {role.model}"
    return ""
