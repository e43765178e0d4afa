"""What a memory that cannot be used costs: one wait, no answer twice, and never the verdict."""

from __future__ import annotations

import pytest

from anomaly_hunter.errors import StoreBusyError
from anomaly_hunter.investigate.reasoning.keeping import KeptInProcess
from tests.investigate.cases import verdict_of
from tests.investigate.incidents import change, incident
from tests.investigate.reasoning.speakers import Speaker, second_pass


class Locked(KeptInProcess):
    """A memory that another program holds while some of its calls are made."""

    def __init__(self, *calls: str) -> None:
        super().__init__()
        self.calls = calls
        self.waited = 0

    def _wait(self, call: str) -> None:
        if call in self.calls:
            self.waited += 1
            raise StoreBusyError("the memory is locked", "it to be free", "try again")

    def answer(self, key):
        self._wait("answer")
        return super().answer(key)

    def keep_answer(self, key, answer):
        self._wait("keep_answer")
        super().keep_answer(key, answer)

    def spend(self, day, amount):
        self._wait("spend")
        super().spend(day, amount)


@pytest.fixture
def case():
    return incident(change(3, "cart v2"))


def test_a_memory_that_is_locked_is_waited_for_once_and_nothing_is_sent(case):
    keep, speaker = Locked("answer", "keep_answer", "spend"), Speaker()
    after = second_pass(case, speaker, keep=keep, answers=True)
    assert after.findings == verdict_of(case).findings
    assert keep.waited == 1
    assert speaker.heard == []
    assert all("the memory is locked" in one.stands for one in after.reasoned)


def test_an_answer_that_cannot_be_kept_is_an_answer_all_the_same(case):
    keep = Locked("keep_answer")
    after = second_pass(case, Speaker(), keep=keep, answers=True)
    assert keep.waited == 1
    assert "" in {one.stands for one in after.reasoned}
