"""The rules of the stand-in: what it makes of what it read."""

from __future__ import annotations

from typing import Any, Final

from anomaly_hunter.bench.reasoning.stand_in_reading import Fact, Read, fraction

FIRST_COUNTS: Final = 0.25
BLAME_COUNTS: Final = 0.4
MENTION_COUNTS: Final = 0.1
DOUBT_COSTS: Final = 0.12
LEAST: Final = 0.4
MOST_TEXT: Final = 300
GUESSED: Final = ("db", "database", "sql", "cache", "queue", "deploy", "release")
OF_INTEREST: Final[dict[str, tuple[str, ...]]] = {
    "change_detective": ("event",),
    "root_cause": ("service", "pattern"),
    "pattern_analyst": ("segment", "column", "pattern"),
}
"""Kinds of causes that a role names."""


def weighed(seen: Read) -> dict[str, Any]:
    """The candidate with the most weight; none where none has enough."""
    kinds = OF_INTEREST[seen.role]
    own = [c for c in seen.candidates if c["kind"] in kinds or _is_first(seen, c)]
    weights = sorted(((weight(seen, c), -i) for i, c in enumerate(own)), reverse=True)
    if not weights or weights[0][0] < LEAST:
        return inconclusive(seen, 0.3)
    best, at = weights[0]
    return naming(seen, own[-at], round(min(0.9, 0.2 + 0.6 * best), 2))


def weight(seen: Read, cause: dict[str, Any]) -> float:
    """Share, the first opinion, blame and mentions for it; doubts against it."""
    name = cause["name"]
    total = float(cause.get("share", 0.0)) + (FIRST_COUNTS if _is_first(seen, cause) else 0.0)
    for fact in seen.evidence:
        if name not in fact.statement and name not in fact.id:
            continue
        if fact.question == "doubts":
            total -= DOUBT_COSTS
        elif fact.question == "blame":
            total += BLAME_COUNTS * float(fact.numbers.get("share") or 0.0)
        elif fact.question in ("moved_first", "changed_before"):
            total += MENTION_COUNTS
    return total


def second(seen: Read) -> dict[str, Any] | None:
    """The likeliest candidate that is not the first one."""
    first = seen.candidates[0] if seen.candidates else None
    return next((c for c in seen.candidates if c != first and _about(seen, c)), None)


def naming(seen: Read, cause: dict[str, Any], sure: float) -> dict[str, Any]:
    """An opinion that names this cause, with what was read of it; inconclusive where nothing was."""
    about = _about(seen, cause)
    if not about:
        return inconclusive(seen, sure)
    others = [fact for fact in seen.cited if fact.id != about[0].id]
    claim = [sentence(fact) for fact in (about[0], *others[:1])]
    return {
        "claim": claim,
        "confidence": sure,
        "cause": {"kind": cause["kind"], "name": cause["name"]},
        "steps": _steps(seen),
    }


def inconclusive(seen: Read, sure: float) -> dict[str, Any]:
    """An opinion that names nothing."""
    facts = (seen.cited or seen.evidence)[:2]
    claim = [sentence(fact) for fact in facts] or [{"text": "Nothing was found.", "evidence": []}]
    return {"claim": claim, "confidence": sure, "cause": None, "steps": _steps(seen)}


def sentence(fact: Fact) -> dict[str, Any]:
    """A fact in its own words, and its id."""
    return {"text": f"{shortened(fact.statement)}.", "evidence": [fact.id]}


def shortened(text: str) -> str:
    """At most 300 letters, cut between words: half a number would be another one.

    >>> shortened("a" * 298 + " 12345")[-3:]
    'aaa'
    """
    return text if len(text) <= MOST_TEXT else text[: MOST_TEXT + 1].rpartition(" ")[0]


def wording(seen: Read) -> dict[str, Any]:
    """The verdict in its own words: the headline, how bad and how sure; the steps that are planned."""
    by_id = {fact.id: fact for fact in seen.evidence}
    told = [
        by_id[name]
        for name in ("verdict:headline", "verdict:severity", "verdict:confidence")
        if name in by_id
    ]
    summary = [sentence(fact) for fact in told] or [{"text": "Nothing was found.", "evidence": []}]
    steps = [sentence(fact) for fact in seen.planned[:4]]
    return {"summary": summary, "recommendations": steps or [sentence(told[0])]}


def guess(style: str, seen: Read) -> dict[str, Any]:
    """A guess from bare names."""
    names = seen.numbered
    likely = [n for n in names if any(word in n.lower() for word in GUESSED)] or list(names)
    at = int(fraction("guess", *names) * len(likely)) if likely else 0
    chosen = {
        "usual": likely[at] if likely and fraction("none", *names) > 0.2 else None,
        "contrary": names[-1] if names else None,
        "obedient": names[0] if names else None,
    }.get(style)
    sure = 0.99 if style == "contrary" else 0.3
    kind = "event" if "which change" in seen.opening else "service"
    cause = None if chosen is None else {"kind": kind, "name": chosen}
    return {
        "claim": [{"text": "This is a guess from the names alone.", "evidence": []}],
        "confidence": sure, "cause": cause, "steps": [],
    }  # fmt: skip


def _is_first(seen: Read, cause: dict[str, Any]) -> bool:
    first = seen.first
    return first is not None and (first["kind"], first["name"]) == (cause["kind"], cause["name"])


def _about(seen: Read, cause: dict[str, Any]) -> list[Fact]:
    """What was read of a candidate, apart from doubts."""
    name = cause["name"]
    facts = [f for f in seen.evidence if name in f.statement or f.id.endswith(f":{name}")]
    return [fact for fact in facts if fact.question != "doubts"]


def _steps(seen: Read) -> list[dict[str, Any]]:
    """The steps of the first opinion, resting on its evidence."""
    cited = [fact.id for fact in seen.cited[:3]]
    return [{"text": shortened(step), "evidence": cited} for step in seen.first_steps[:2]]
