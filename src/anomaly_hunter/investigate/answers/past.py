"""Past incidents that are like this one, and what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from anomaly_hunter.investigate import wording as say
from anomaly_hunter.model import Evidence, Number, Past, iso

if TYPE_CHECKING:
    from anomaly_hunter.investigate.case import Case

QUESTION: Final = "have we seen this"
TOLD_FROM: Final = 0.5


def seen_before(case: Case) -> tuple[Evidence, ...]:
    """See :meth:`Case.seen_before`."""
    found = tuple(_one(past) for past in case.past)
    numbers: dict[str, Number] = {
        "times": len(found),
        "similarity": case.past[0].similarity if case.past else 0.0,
        "confirmed": sum(past.turned_out is not None for past in case.past),
    }
    text = "no past incident like it is on record"
    if found:
        text = f"{say.counted(len(found), 'past incident')} like it; the nearest: {found[0].statement}"
    return (Evidence(f"seen-before:{case.subject}", QUESTION, text, numbers), *found)


def in_short(case: Case) -> str:
    """One sentence on the nearest past incident for the summary; "" where none is half alike."""
    if not case.past or case.past[0].similarity < TOLD_FROM:
        return ""
    past = case.past[0]
    day = f" of {str(past.when)[:10]}" if past.when is not None else ""
    return f"Like incident {past.id}{day} ({say.percent(past.similarity)} alike): {became_of(past)}."


def past_id(past: Past) -> str:
    """The id of the evidence on one past incident."""
    return f"past:{past.id}"


def _one(past: Past) -> Evidence:
    numbers: dict[str, Number] = {
        "incident": past.id,
        "similarity": past.similarity,
        **{f"alike_{part}": value for part, value in past.alike.items()},
        "when": iso(past.when) if past.when is not None else None,
        "said": past.said[1] if past.said else None,
        "turned_out": past.turned_out[1] if past.turned_out else None,
    }
    day = f" of {str(past.when)[:10]}" if past.when is not None else ""
    alike = [part for part, value in sorted(past.alike.items(), key=lambda p: -p[1]) if value >= 0.05][:3]
    likeness = f"{say.percent(past.similarity)} alike{' in ' + ', '.join(alike) if alike else ''}"
    text = f"incident {past.id}{day} ({likeness}): {say.clip(past.headline)}; {became_of(past)}"
    return Evidence(past_id(past), QUESTION, say.one_line(text), numbers)


def became_of(past: Past) -> str:
    """What the cause turned out to be, or was said to be."""
    denied = " or ".join(say.clip(name) for _, name in past.not_it)
    ruled_out = f", not {denied}" if denied else ""
    if past.turned_out is not None:
        return f"the cause turned out to be {say.clip(past.turned_out[1])}{ruled_out}"
    if past.said is not None and past.said not in past.not_it:
        return f"the cause was said to be {say.clip(past.said[1])}, which nobody has confirmed"
    return f"its cause is not known{ruled_out}"
