"""Answers for tests."""

from __future__ import annotations

from hypothesis import strategies as st

from anomaly_hunter.remember.learning.answers import DAY_NS, Answer, Opinion, Seen


def answer(number, word="real", *, series="cpu", score=1.3, day=None, incident=None, **more) -> Answer:
    """One answer a day, each on an incident of its own."""
    at = int((number if day is None else day) * DAY_NS)
    seen = (Seen(series, score, sigmas=5.0, minute=120.0),)
    return Answer(str(number), incident or f"incident {number}", word, seen, at=at, **more)


@st.composite
def histories(draw, most=12):
    """Any set of answers: every word, several series, changes of mind, old and new ones."""
    count = draw(st.integers(0, most))
    return [
        Answer(
            id=str(number),
            incident_id=draw(st.sampled_from(["a", "b", f"own {number}"])),
            word=draw(st.sampled_from(["real", "expected", "ignore", "unsaid"])),
            seen=(
                Seen(
                    draw(st.sampled_from(["cpu", "disk"])),
                    draw(st.sampled_from([0.0, 0.8, 1.0, 1.3, 2.0, 1e6, float("inf"), float("nan")])),
                    sigmas=draw(st.floats(0, 999)),
                    minute=draw(st.sampled_from([None, 0.0, 700.0, 1439.0])),
                ),
            )[: draw(st.integers(0, 1))],
            at=draw(st.integers(0, 1000)) * DAY_NS,
            named=draw(st.sampled_from(["", "api", "db"])),
            confidence=draw(st.floats(0, 1)),
            cause=draw(st.sampled_from(["", "right", "wrong", "db"])),
            opinions=(Opinion("Root Cause", "api", draw(st.floats(0, 1))),),
        )
        for number in range(count)
    ]
