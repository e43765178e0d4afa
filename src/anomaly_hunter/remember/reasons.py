"""Because you said so: what is learned, in the words of those who taught it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from anomaly_hunter.model import Evidence, Incident, Learned
from anomaly_hunter.remember.records import Feedback

if TYPE_CHECKING:
    from anomaly_hunter.remember.store import Store

ANSWERED = "answered:"
"""How the id of the evidence begins that tells what was said of this very incident."""


def learned_with_reasons(store: Store) -> Learned:
    """What a memory has learned, with who said what."""
    from anomaly_hunter.remember.answering import learned_of

    values = store.learned()
    return replace(learned_of(values), because=reasons(store.answered())) if values else Learned()


def reasons(answered: Iterable[tuple[str, Sequence[Feedback]]]) -> dict[str, str]:
    """Per leading series what was said of its alarms; for agents and confidence what of causes.

    >>> import numpy as np
    >>> said = Feedback("i", "expected", np.datetime64("2026-05-01"), "ann", note="backup", id=3)
    >>> reasons([("cpu", [said])])
    {'series:cpu': "you said expected (answer 3, ann: 'backup')"}
    """
    of_alarms: dict[str, list[Feedback]] = defaultdict(list)
    of_causes: list[Feedback] = []
    for series_id, said in answered:
        of_alarms[f"series:{series_id}"] += [one for one in said if one.answer in ("real", "expected")]
        of_causes += [one for one in said if one.answer.startswith("cause")]
    found = {scope: _in_words(said) for scope, said in of_alarms.items() if said}
    if of_causes:
        found["agents"] = _in_words(sorted(of_causes, key=lambda one: one.id))
    return found


def with_answers(incident: Incident, said: Sequence[Feedback]) -> Incident:
    """A known incident with what was said of it as evidence; it changes nothing by itself."""
    if not said:
        return incident
    names = [one.answer for one in said]
    fact = Evidence(
        f"{ANSWERED}{incident.id}",
        "what was said of it",
        f"of this incident {_in_words(said)}",
        {name: names.count(name) for name in dict.fromkeys(names)},
    )
    verdict = incident.verdict
    return replace(incident, verdict=replace(verdict, evidence=(*verdict.evidence, fact)))


def _in_words(said: Sequence[Feedback]) -> str:
    last = said[-1]
    detail = f"answer {last.id}" + (f", {last.by}" if last.by else "")
    detail += f": {last.note!r}" if last.note else ""
    counts: dict[str, int] = defaultdict(int)
    for one in said:
        counts[_meant(one)] += 1
    words = ", ".join(f"{word} ({n} times)" if n > 1 else word for word, n in counts.items())
    return f"you said {words} ({detail if len(said) == 1 else f'last: {detail}'})"


def _meant(one: Feedback) -> str:
    return f"the cause is {one.cause_name}" if one.answer == "cause is" else one.answer
