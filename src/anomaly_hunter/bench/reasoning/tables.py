"""What an evaluation prints."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

import numpy as np

from anomaly_hunter.bench.reasoning import scores
from anomaly_hunter.bench.reasoning.conditions import NO_EVIDENCE, WITHOUT, Played
from anomaly_hunter.bench.reasoning.evaluating import Evaluated
from anomaly_hunter.bench.result import Result, Row, Table
from anomaly_hunter.investigate.reasoning import prompts

QUALITY: Final = {
    "condition": ("", ""),
    "cases": ("cases", "d"),
    "top1": ("top-1", ".2f"),
    "named_right": ("named and right", ".2f"),
    "named": ("named", "d"),
    "right_when_named": ("right when named", ".2f"),
    "wrong": ("wrong", "d"),
    "abstained": ("abstained", ".2f"),
    "ece": ("ECE", ".3f"),
    "brier": ("Brier", ".3f"),
}
COST: Final = {
    "condition": ("", ""),
    "requests": ("requests", ".1f"),
    "tool_calls": ("questions", ".1f"),
    "tokens": ("tokens", ",.0f"),
    "usd": ("USD, all cases", ""),
    "seconds": ("s in the model", ".2f"),
}
APART: Final = {
    "pair": ("", ""),
    "measure": ("measure", ""),
    "difference": ("difference, 95% interval", ""),
}
MOVED: Final = {
    "condition": ("", ""),
    "cases": ("cases", "d"),
    "changed": ("verdicts changed", "d"),
    "lost": ("right cause lost", "d"),
    "misled": ("wrong cause gained", "d"),
    "clear": ("clear calls changed", "d"),
    "found": ("right cause gained", "d"),
    "withdrawn": ("wrong cause lost", "d"),
    "surest": ("confidence of these, at most", ".2f"),
    "raised": ("confidence of others raised by", ".2f"),
}
STOOD: Final = {
    "condition": ("", ""),
    "roles": ("roles asked", "d"),
    "sent_back": ("answers sent back", "d"),
    "stood": ("finding stood", "d"),
    "share": ("share", ".2f"),
}
WHY: Final = {
    "condition": ("", ""),
    "why": ("why", ""),
    "sent_back": ("sent back", "d"),
    "stood": ("finding stood", "d"),
}
TIME: Final = {"what": ("", ""), "ms": ("ms", ".1f")}
NOTES: Final = (
    "Top-1: the likeliest candidate is right, named or not; named and right: the verdict names it (both of "
    "the cases that have a cause). Wrong: a cause is named that is not right, also where there is none. "
    "ECE (ten bins) and Brier are of the confidence in named causes.",
    "No evidence: the model gets the names of the candidates and nothing else, and its guess counts as it "
    "is: what it gets right there it did not learn from the data.",
    "Requests, questions, tokens and seconds are means per case; those of a recording are as recorded.",
)
STAND_IN: Final = (
    "A stand-in, not a language model: it shows the machinery, and says nothing on how well a model "
    "reasons. It follows rules, reads only what a model would be shown, and makes mistakes on purpose so "
    "that the checks are seen at work."
)


def result(
    done: Evaluated,
    models: Sequence[Played],
    notes: Sequence[str],
    import_ms: float,
    about: Mapping[str, Any],
) -> Result:
    """All tables of an evaluation."""
    over = [one.name for one in models]
    base = done.by[WITHOUT]
    tables = [Table("Conditions", QUALITY, [scores.quality(name, part) for name, part in done.by.items()])]
    tables += _by_source(done)
    if models:
        tables += [
            Table("Differences on the same cases", APART, scores.differences(_pairs(over), dict(done.by))),
            Table("What the models changed", MOVED, [scores.moves(n, base, done.by[n]) for n in over]),
            Table("How often the deterministic finding stood", STOOD, [_stood(done, n) for n in over]),
            Table("Why", WHY, [row for n in over for row in scores.refusals(n, done.by[n])]),
            Table("Cost of a case", COST, [scores.price(n, p) for n, p in done.by.items() if n != WITHOUT]),
        ]
    tables.append(Table("Time", TIME, _times(done, over, import_ms)))
    lost = (
        (f"{done.not_found} cases have no alarm to investigate and are left out.",) if done.not_found else ()
    )
    facts = {"prompts": ", ".join(prompts.prompt(name).label for name in prompts.names()), **about}
    single = [_flat(asdict(outcome)) for outcome in done.outcomes]
    title = "Agents on incidents with a known cause"
    if STAND_IN in notes:
        title += " (a stand-in, not a language model)"
    return Result("eval", title, tables, [*notes, *NOTES, *lost], single, facts)


def _by_source(done: Evaluated) -> list[Table]:
    sources = dict.fromkeys(outcome.source for outcome in done.outcomes)
    if len(sources) < 2:
        return []
    return [
        Table(
            f"Conditions: {source}",
            QUALITY,
            [scores.quality(name, [o for o in part if o.source == source]) for name, part in done.by.items()],
        )
        for source in sources
    ]


def _pairs(over: Sequence[str]) -> list[tuple[str, str]]:
    return [pair for name in over for pair in ((WITHOUT, name), (name + NO_EVIDENCE, name))]


def _stood(done: Evaluated, name: str) -> Row:
    return scores.asked(name, done.by[name])


def _times(done: Evaluated, over: Sequence[str], import_ms: float) -> list[Row]:
    ms = [outcome.ms for outcome in done.by[WITHOUT]]
    rows: list[Row] = [{"what": "agents and judge without a model, CPU, median", "ms": _median(ms)}]
    for name in over:
        median, most = scores.own_time(done.by[name])
        rows.append({"what": f"{name}: second pass outside the model, CPU, median", "ms": median})
        rows.append({"what": f"{name}: the same, 95th percentile", "ms": most})
    return [*rows, {"what": "importing what speaks to models, once", "ms": import_ms}]


def _median(values: Sequence[float]) -> float:
    return float(np.median(values)) if values else math.nan


def _flat(outcome: dict[str, Any]) -> dict[str, Any]:
    """One level for the JSON file."""
    said, used = outcome.pop("said"), outcome.pop("used")
    return {**outcome, **said, **used}
