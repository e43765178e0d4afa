"""Does feedback help, how soon, and can it do harm? Simulated people, so no data are needed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from anomaly_hunter.bench.asked import Asked
from anomaly_hunter.bench.bootstrap import paired_interval
from anomaly_hunter.bench.jobs import in_jobs
from anomaly_hunter.bench.people import WORLDS, Happening, People, World, alarms, verdict_of
from anomaly_hunter.bench.result import Result, Table
from anomaly_hunter.model import Learned
from anomaly_hunter.remember.learning.answers import Answer
from anomaly_hunter.remember.learning.calibration import calibration_error
from anomaly_hunter.remember.learning.learn import learn

AFTER: Final = (0, 5, 10, 20, 30, 50)
"""Numbers of answers after which quality is measured."""

TESTED: Final = 1_000
SEEDS: Final = 60
QUICK: Final = 15
EVERY: Final = 5
"""Answers after which the product learns again."""

NOTE: Final = (
    "Simulated people answer one alarm a day, 10% of their answers are wrong. Their 12 series have wanted "
    "boundaries of 0.74 to 2.2 times the built-in one, some have a nightly job that nobody wants to hear "
    "of; three agents are right in 85, 55 and 30% and equally sure. F1: alarms that were wanted, in 1,000 "
    "happenings that nobody has answered on; cause: the named one is the true one; ECE: expected calibration "
    "error, 10 bins; Brier: mean square of stated confidence less right (1) or wrong (0), which a cause that "
    "is more often right lowers too. Differences, with learning less without on the same happenings: mean "
    "over seeds [95% bootstrap interval]."
)
COLUMNS: Final = {
    "world": ("people", ""),
    "answers": ("answers", "d"),
    "off_f1": ("F1 without", ".3f"),
    "on_f1": ("F1 with", ".3f"),
    "f1": ("difference", ""),
    "off_cause": ("cause without", ".3f"),
    "on_cause": ("cause with", ".3f"),
    "cause": ("difference", ""),
    "off_ece": ("ECE without", ".3f"),
    "on_ece": ("ECE with", ".3f"),
    "ece": ("difference", ""),
    "off_brier": ("Brier without", ".3f"),
    "on_brier": ("Brier with", ".3f"),
    "brier": ("difference", ""),
}


@dataclass(frozen=True, slots=True)
class Quality:
    """F1 of wanted alarms, share of right causes, calibration error, Brier score."""

    f1: float
    cause: float
    ece: float
    brier: float


def has(asked: Asked) -> bool:
    """Always: the data are generated."""
    return True


def measure(asked: Asked) -> Result:
    """Every kind of people, with and without learning."""
    seeds = range(QUICK if asked.quick else SEEDS)
    tasks = [(world, seed) for world in WORLDS for seed in seeds]
    singles = [row for rows in in_jobs(course, tasks, asked.jobs, asked.label("learning")) for row in rows]
    return Result(
        "learning",
        "Learning from answers, simulated",
        [Table("After so many answers", COLUMNS, summary(singles))],
        [NOTE],
        singles,
    )


def course(task: tuple[World, int]) -> list[dict[str, Any]]:
    """The qualities along the answers of one seed."""
    world, seed = task
    people = People(world, seed)
    answers: list[Answer] = []
    learned = Learned()
    rows = []
    for number in range(AFTER[-1] + 1):
        if number % EVERY == 0:
            learned = learn(answers)
        if number in AFTER:
            test = list(people.happenings(TESTED, 10_000, number))
            on, off = quality(test, learned), quality(test, Learned())
            rows.append(
                {"world": world, "seed": seed, "answers": number} | _named(on, "on") | _named(off, "off")
            )
        day = people.happenings(200, number, number)
        told = next((h for h in day if alarms(h, learned)), None)
        if told is not None:
            answers.append(people.answer(told, number, learned))
    return rows


def quality(test: Sequence[Happening], learned: Learned) -> Quality:
    """The quality on happenings that nobody has answered on."""
    told = np.array([alarms(h, learned) for h in test])
    wanted = np.array([h.wanted for h in test])
    hit = float((told & wanted).sum())
    named = [(verdict_of(h.opinions, learned), h.cause) for h in test]
    right = np.array([cause == true for (cause, _), true in named], dtype=np.float64)
    stated = np.array([learned.calibrated(sure) for (_, sure), _ in named])
    return Quality(
        2.0 * hit / max(float(told.sum() + wanted.sum()), 1.0),
        float(right.mean()),
        calibration_error(stated, right),
        float(np.mean((stated - right) ** 2)),
    )


def _named(found: Quality, side: str) -> dict[str, float]:
    return {f"{side}_{name}": value for name, value in asdict(found).items()}


def summary(singles: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row per kind of people and number of answers."""
    rows = []
    for world, answers in dict.fromkeys((row["world"], row["answers"]) for row in singles):
        mine = [row for row in singles if (row["world"], row["answers"]) == (world, answers)]
        row: dict[str, Any] = {"world": world, "answers": answers}
        for key in ("f1", "cause", "ece", "brier"):
            on, off = (np.array([one[f"{side}_{key}"] for one in mine]) for side in ("on", "off"))
            row |= {f"on_{key}": float(on.mean()), f"off_{key}": float(off.mean())}
            interval = paired_interval({"seeds": on - off})
            row[key] = str(interval) if interval is not None else math.nan
        rows.append(row)
    return rows
