"""The laws of streaming kernels, as checks that anybody can run on their own.

>>> from anomaly_hunter.detect.online.full import FullKernel
>>> broken_laws(FullKernel, but=("restored_exactly", "a_lasting_shift_is_released", "always_finite"))
()
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from anomaly_hunter.detect.online.kernel import Kernel, Step
from anomaly_hunter.errors import DataError
from anomaly_hunter.model import FloatArray

Make = type[Kernel]

SEED = 7
STEPS = 900
ODD = 700
"""The point of the sample that is far off."""

FAR = 25.0
INTERVAL_S = 300.0
AFTER = 3_000
"""Points within which a lasting shift must be released."""


def sample(steps: int = STEPS) -> FloatArray:
    """``(steps,)`` a wave with noise and one spike."""
    generator = np.random.default_rng(SEED)
    wave = 50.0 + 10.0 * np.sin(np.arange(steps) * 2 * np.pi / 48) + generator.normal(size=steps)
    if steps > ODD:
        wave[ODD] += FAR * 2
    return wave


def run(kernel: Kernel, values: Sequence[float] | FloatArray, first: int = 0) -> list[Step]:
    """All steps of a series at five minutes, the first at place ``first``."""
    return [kernel.step(float(value), INTERVAL_S * (first + place)) for place, value in enumerate(values)]


def same(one: Sequence[Step], other: Sequence[Step]) -> bool:
    """Bit for bit, NaN like NaN."""
    return np.array(one, np.float64).tobytes() == np.array(other, np.float64).tobytes()


def scored_before_learned(make: Make) -> str:
    """What is said about a point does not depend on what follows."""
    values = sample()
    for cut in (ODD + 1, STEPS // 2 + 5):
        other = values.copy()
        other[cut:] = 1e6
        if not same(run(make(), values)[:cut], run(make(), other)[:cut]):
            return f"values from step {cut} on changed what was said before"
    return ""


def band_before_value(make: Make) -> str:
    """What was expected of a point does not depend on its value."""
    values = sample()
    other = values.copy()
    other[-1] = 1e6
    one, two = run(make(), values)[-1], run(make(), other)[-1]
    return "" if same([one._replace(score=0, final=0)], [two._replace(score=0, final=0)]) else (
        "the value moved its own expected band"
    )  # fmt: skip


def bounded(make: Make) -> str:
    """The state never exceeds ``most_bytes``."""
    kernel, values = make(), sample()
    values[100:103] = np.nan
    for place, value in enumerate(values):
        kernel.step(float(value), INTERVAL_S * place)
        if place % 41 == 0 or place % 64 in (30, 31, 32):
            size = len(kernel.dump())
            if size > make.most_bytes:
                return f"after {place + 1} steps the state has {size:,} bytes, over {make.most_bytes:,}"
    return ""


def restored_exactly(make: Make) -> str:
    """Dumped and loaded at any step, it goes on bit for bit; a replay gives the same."""
    values = sample()
    values[333:340] = np.nan
    live = run(make(), values)
    if not same(live, run(make(), values)):
        return "a replay gave something else"
    for cut in (0, 1, 3, 9, 31, 32, 33, 127, 334, 512, ODD, ODD + 1, 850):
        kernel = make()
        run(kernel, values[:cut])
        state = kernel.dump()
        again = make.load(state)
        if again.dump() != state:
            return f"loaded after {cut} steps, it dumps another state"
        if not same(run(again, values[cut:], cut), live[cut:]):
            return f"loaded after {cut} steps, it went on differently"
    return ""


def wrong_states_are_our_error(make: Make) -> str:
    """Empty, cut, changed, foreign or older states are a DataError."""
    kernel = make()
    run(kernel, sample(60))
    good = kernel.dump()
    middle = len(good) // 2
    changed = good[:middle] + bytes([good[middle] ^ 1]) + good[middle + 1 :]
    for name, state in (
        ("an empty", b""),
        ("a cut", good[:-1]),
        ("a changed", changed),
        ("a foreign", b"x" * 99),
    ):
        try:
            make.load(state)
        except DataError:
            continue
        return f"{name} state was no DataError"
    return ""


def asking_changes_nothing(make: Make) -> str:
    """``score`` gives what ``step`` would, and leaves no trace."""
    values = np.concatenate([np.full(40, 50.0), sample()])
    values[333:340] = np.nan
    kernel = make()
    for place, value in enumerate(values):
        when = INTERVAL_S * place
        asked = (
            kernel.score(float(value), when) if place % 7 == 0 or place < 50 or place == ODD + 40 else None
        )
        said = kernel.step(float(value), when).score
        if asked is not None and asked != said:
            return f"asked at step {place} it said {asked}, and then {said}"
    untouched = make()
    run(untouched, values)
    return "" if kernel.dump() == untouched.dump() else "a kernel that was asked is in another state"


def missing_moves_on(make: Make) -> str:
    """NaN scores 0, and the course goes on behind it."""
    values = sample()
    values[400:420] = np.nan
    steps = run(make(), values)
    if any(step.score != 0.0 for step in steps[400:420]):
        return "a missing value scored above 0"
    return "" if steps[ODD].score >= 1.0 else "after missing values the obvious anomaly was not found"


def always_finite(make: Make) -> str:
    """Huge, tiny, constant and far integers: finite scores, no warning."""
    plain = sample()
    whole = np.floor(plain) + 2.0**63
    jump = np.where(np.arange(STEPS) % 90 == 89, 1e308, -1e308)
    for name, values in (
        ("values near 1e308", plain / plain.max() * 1e308),
        ("values of both signs at 1e308", jump),
        ("values near 1e-308", plain * 1e-308),
        ("denormal values", plain * 5e-324),
        ("zeros", np.zeros(STEPS)),
        ("a constant", np.full(STEPS, 3.0)),
        ("a constant and one huge value", np.where(np.arange(STEPS) == ODD, 1e308, 3.0)),
        ("integers near 2^63", whole),
        ("infinities", np.where(np.arange(STEPS) % 100 == 99, np.inf, plain)),
    ):
        with np.errstate(over="raise", divide="raise", invalid="raise"):
            try:
                steps = run(make(), values)
            except FloatingPointError as error:
                return f"{name} made numpy warn: {error}"
        if not all(math.isfinite(step.score) and not math.isinf(step.final) for step in steps):
            return f"{name} gave scores that are not finite"
    return ""


def finds_the_obvious(make: Make) -> str:
    """A far value is over the boundary, and few others are."""
    scores = np.array([step.score for step in run(make(), sample())])
    if not scores[ODD] >= 1.0:
        return f"the obvious anomaly scores {scores[ODD]:.2f}, below the boundary of 1.0"
    others = int((scores[:ODD] >= 1.0).sum())
    return "" if others <= 10 else f"{others} of the {ODD} points before it are over the boundary"


def a_repeat_is_found(make: Make) -> str:
    """What was abnormal and passed is not learned: the same again is found again."""
    values = sample(2_000)
    generator = np.random.default_rng(SEED)
    for start in (1_000, 1_400, 1_800):
        values[start : start + 20] = 120.0 + generator.normal(size=20)
    steps = run(make(), values)
    for number, start in enumerate((1_000, 1_400, 1_800)):
        if not max(step.score for step in steps[start : start + 20]) >= 1.0:
            return f"the incident was not found at its occurrence {number + 1}"
    return ""


def a_lasting_shift_is_released(make: Make) -> str:
    """A level that stays is learned at last: alarms end, and a confirmed change is told."""
    values = np.concatenate([sample(1_200), sample(AFTER) + 60.0])
    steps = run(make(), values)
    if not any(step.shifted for step in steps[1_200:]):
        return "a shift that lasted was never confirmed"
    share = float(np.mean([step.score >= 1.0 for step in steps[-500:]]))
    return (
        "" if share < 0.1 else f"{share:.0%} of the points long after a shift still score over the boundary"
    )


LAWS: tuple[Callable[[Make], str], ...] = (
    scored_before_learned,
    band_before_value,
    bounded,
    restored_exactly,
    wrong_states_are_our_error,
    asking_changes_nothing,
    missing_moves_on,
    always_finite,
    finds_the_obvious,
    a_repeat_is_found,
    a_lasting_shift_is_released,
)
"""Each takes a kernel class, and gives "" or what is wrong."""


def broken_laws(make: Make, but: tuple[str, ...] = ()) -> tuple[str, ...]:
    """What is wrong with a kernel, one sentence per broken law; empty when all are kept.

    Parameters
    ----------
    make:
        The class of the kernel.
    but:
        Names of laws that are left out.
    """
    sentences = [f"{law.__name__}: {law(make)}" for law in LAWS if law.__name__ not in but]
    return tuple(sentence for sentence in sentences if not sentence.endswith(": "))
