"""Language models held to their limits: broken providers, claims checked again, and what bad models can do.

No language model takes part: programs stand in for one, and the tables say so.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from anomaly_hunter import hunt
from anomaly_hunter.bench.reasoning.asked import Asked, evaluated
from anomaly_hunter.bench.reasoning.conditions import Judged, without
from anomaly_hunter.bench.reasoning.generated import generated
from anomaly_hunter.bench.reasoning.playing import stood_in
from anomaly_hunter.bench.reasoning.replaying import Seen
from anomaly_hunter.bench.reasoning.stand_in import STYLES
from anomaly_hunter.config import Settings, override
from anomaly_hunter.investigate.judge import judge
from anomaly_hunter.investigate.reasoning.brief import names_of
from anomaly_hunter.investigate.reasoning.keeping import KeptInProcess
from anomaly_hunter.investigate.reasoning.numbers import numbers_in, stands_in
from anomaly_hunter.investigate.reasoning.opinion import Opinion
from anomaly_hunter.investigate.reasoning.options import RoleOptions
from anomaly_hunter.investigate.reasoning.reason import reasoned
from anomaly_hunter.model import Verdict
from benchmarks import record
from benchmarks.data import DataMissingError, find_data
from benchmarks.record import HERE, Result, Row, Table
from tests.investigate.reasoning.chat_server import Reply, chat_server, fails

SHOP = HERE.parent / "examples" / "data"
LIMIT_S = 2.0
BROKEN = {
    "refuses the key (401)": fails(401),
    "too many requests (429), for a minute": fails(429, retry_after="60"),
    "an error (500)": fails(500),
    "no JSON": Reply(raw=b"<html>bad gateway</html>"),
    "another form than was asked for": Reply(text="It was the database."),
    "an answer of 5 MB": Reply(text="a" * 5_000_000),
    "silence": Reply(wait=60.0),
    "a byte every 0.2 s": Reply(text="slow", drip=0.2),
    "the connection is cut": Reply(cut=True),
}


def run(arguments: Sequence[str] | None = None) -> None:
    """The measurements of the second pass; `hunter eval` beside them as `reasoning_eval`."""
    given = record.options("reasoning", "language models held to their limits").parse_args(arguments)
    most = 5 if given.quick else None
    record.write(
        evaluated(Asked(most=most, stand_ins=tuple(STYLES)), Settings()),
        given.out,
        arguments,
        "reasoning_eval",
    )
    try:
        public = Asked(folder=find_data(given.data, "causes"), most=most, stand_ins=("usual", "contrary"))
    except DataMissingError as missing:
        print(f"{missing}; the generated cases were measured", file=sys.stderr)
    else:
        record.write(evaluated(public, Settings()), given.out, arguments, "reasoning_eval_public")
    broken, checked = list(held()), again(most)
    tables = (
        Table(
            f"A provider that is broken, and a limit of {LIMIT_S:g} s for an investigation",
            {
                "kind": ("provider", ""),
                "seconds": ("s for the whole hunt", ".2f"),
                "complete": ("verdict complete and as without a model", ""),
                "requests": ("requests", "d"),
            },
            broken,
        ),
        Table(
            "Sentences of accepted findings, looked at again",
            {
                "sentences": ("sentences", "d"),
                "with_numbers": ("with a number", "d"),
                "held": ("whose numbers all stand in evidence that they cite", "d"),
                "findings": ("findings", "d"),
            },
            [checked],
        ),
    )
    notes = (
        f"The hunt is the shipped shop ({SHOP.name}/shop) with two incidents; without a model it takes "
        f"{_alone():.2f} s here.",
        "The sentences are those of a stand-in that makes up a number in 6 of 100 answers: accepted ones, "
        "but for steps of the deterministic finding that it repeats word by word.",
    )
    record.write(
        Result("reasoning", "Language models held to their limits", tables, notes),
        given.out,
        arguments,
        "reasoning",
    )


def held() -> Iterator[Row]:
    """A hunt with each kind of broken provider."""
    alone = _shop(Settings())
    for kind, reply in BROKEN.items():
        with chat_server([reply]) as server:
            role = RoleOptions("openai:broken", base_url=server.base_url)
            settings = override(Settings(), default=role, limit_seconds=LIMIT_S, answers=False)
            started = time.perf_counter()
            found = _shop(settings)
            took = time.perf_counter() - started
            same = [_bare(a) == _bare(b) for a, b in zip(alone, found, strict=True)]
            yield {
                "kind": kind,
                "seconds": took,
                "complete": "yes" if all(same) else "NO",
                "requests": len(server.received),
            }


def again(most: int | None) -> Row:
    """Every sentence of a stand-in that was accepted, checked once more from the outside."""
    sums = dict.fromkeys(("sentences", "with_numbers", "held", "findings"), 0)
    for known in generated()[:most]:
        judged = without(known)
        if judged is not None:
            for key, value in _of_case(judged).items():
                sums[key] += value
    return sums


def _of_case(judged: Judged) -> dict[str, int]:
    keep, case = KeptInProcess(), judged.fresh()
    means = stood_in("usual").means(Seen())
    means = replace(means, keep=keep, reasoning=replace(means.reasoning, answers=True))
    asyncio.run(reasoned([case], [judged.incident], judge, means))
    known, names = case.answered(), names_of(case)
    opinions = [Opinion.model_validate_json(text) for text in keep.answers.values() if '"claim"' in text]
    ours = {step for finding in judged.incident.verdict.findings for step in finding.steps}
    said = [s for one in opinions for s in (*one.claim, *one.steps) if s.text not in ours]
    numbers = [(numbers_in(s.text, names), [known[i] for i in s.evidence if i in known]) for s in said]
    stated = [(found, cited) for found, cited in numbers if found]
    return {
        "findings": len(opinions),
        "sentences": len(said),
        "with_numbers": len(stated),
        "held": sum(
            all(any(stands_in(n, e, names) for e in cited) for n in found) for found, cited in stated
        ),
    }


def _shop(settings: Settings) -> list[Verdict]:
    graph, events = SHOP / "shop-graph.yaml", SHOP / "shop-events.json"
    return [one.verdict for one in hunt(SHOP / "shop", graph=graph, events=events, settings=settings)]


def _bare(verdict: Verdict) -> Verdict:
    return replace(verdict, reasoned=())


def _alone() -> float:
    started = time.perf_counter()
    _shop(Settings())
    return time.perf_counter() - started


if __name__ == "__main__":
    record.main(run)
