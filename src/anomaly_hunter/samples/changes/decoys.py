"""Changes that were made and did no harm."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeAlias

import numpy as np

from anomaly_hunter.samples.changes.code import Code
from anomaly_hunter.samples.changes.stories import Record, Story, code_of, commit, deploy
from anomaly_hunter.samples.changes.systems import System

Dated: TypeAlias = tuple[float, Record, Record | None]
"""Minutes before the onset (negative: after it), the record, and the commit that it carries."""

SOON: Final = (1.0, 20.0)
EARLIER: Final = (60.0, 220.0)


def decoys(system: System, story: Story, hard: bool, rng: np.random.Generator) -> list[Dated]:
    """What else happened on that day; ``hard``: also another change of code at the same service, just before.

    Always a harmless one at the same service, one elsewhere, an older one and a later one; in part of the
    cases a flag elsewhere, a bump, a scheduled job and reports that all is well.
    """
    own, elsewhere = _service(system, story), _elsewhere(system, story, rng)
    but = story.code.topic if story.code is not None else None
    other = code_of(system, own, rng, but)
    found: list[Dated] = [
        _harmless(own, other, SOON, rng),
        _innocent(elsewhere.service, elsewhere, SOON, rng),
        _innocent(own, other, EARLIER, rng),
        _innocent(own, other, (-5.0, -1.0), rng),
    ]
    if hard:
        found.append(_innocent(own, code_of(system, own, rng, but), SOON, rng))
    some = list(_some(system, elsewhere, own, rng))
    return found + [one for one in some if rng.random() < 0.5]


def _service(system: System, story: Story) -> str:
    return story.service if story.service in system.topics else next(iter(system.topics))


def _elsewhere(system: System, story: Story, rng: np.random.Generator) -> Code:
    """A service that has no part in it, if there is one."""
    part = {*system.callers(story.service), *(b for a, b in system.calls if a == story.service)}
    free = [name for name in system.topics if name not in part] or list(system.topics)[-1:]
    return code_of(system, free[int(rng.integers(len(free)))], rng)


def _when(span: tuple[float, float], rng: np.random.Generator) -> float:
    return float(rng.uniform(*span))


def _innocent(service: str, code: Code, span: tuple[float, float], rng: np.random.Generator) -> Dated:
    messages = (f"{code.told} in one step", f"log how long it takes to {code.told}",
                f"clean up {code.topic.thing} code", f"{code.topic.thing}: keep {code.field}")  # fmt: skip
    message = messages[int(rng.integers(len(messages)))]
    diff = code.diff(f"timed({code.function}, {code.topic.thing})")
    return _when(span, rng), deploy(service, rng), commit(message, [code.path], diff)


def _harmless(service: str, code: Code, span: tuple[float, float], rng: np.random.Generator) -> Dated:
    message, path = (
        (f"README: how to {code.told}", f"{service}/README.md"),
        (f"cover {code.told} with tests", code.test),
        ("wider margins on the status page", f"{service}/web/status.css"),
    )[int(rng.integers(3))]
    return _when(span, rng), deploy(service, rng), commit(message, [path], f"@@ {path} @@\n+{code.told}\n")


def _some(system: System, elsewhere: Code, own: str, rng: np.random.Generator) -> Iterator[Dated]:
    who, _ = system.provider
    flag = {"kind": "flag", "service": elsewhere.service, "flag": f"{elsewhere.snake}_beta",
            "change": "on -> off"}  # fmt: skip
    yield _when(SOON, rng), flag, None
    manifest = f"{own}/package-lock.json"
    bump = commit("bump tinycolor from 1.4.1 to 1.4.2", [manifest], f"@@ {manifest} @@\n+tinycolor 1.4.2\n")
    yield _when(SOON, rng), deploy(own, rng), bump
    yield (
        _when(SOON, rng),
        {"kind": "job", "title": "nightly backup finished", "service": system.bases[0]},
        None,
    )
    well = {"kind": "status", "service": who, "title": f"{who}: all systems operational", "status": "ok"}
    yield _when(EARLIER, rng), well, None
    renewed = {"kind": "certificate", "service": elsewhere.service, "title": "certificate renewed"}
    yield _when(EARLIER, rng), renewed, None
    yield _when((1500.0, 2500.0), rng), {"kind": "holiday", "title": "public holiday"}, None
