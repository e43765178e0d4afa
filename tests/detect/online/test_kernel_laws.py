"""Every kernel keeps every law; and the laws notice kernels that do not."""

from __future__ import annotations

import math

import numpy as np
import pytest

from anomaly_hunter.detect.online import laws
from anomaly_hunter.detect.online.kernel import Kernel, Step
from anomaly_hunter.detect.online.profiles import kernel, kernels
from anomaly_hunter.errors import UsageError


@pytest.mark.parametrize("name", kernels())
@pytest.mark.parametrize("law", laws.LAWS, ids=lambda law: law.__name__)
def test_every_kernel_keeps_every_law(name, law):
    assert law(kernels()[name]) == ""


@pytest.mark.parametrize("name", kernels())
def test_kernels_are_named_for_their_file_and_keep_the_contract(name):
    assert isinstance(kernels()[name](), Kernel)


def test_an_unknown_profile_is_our_error():
    with pytest.raises(UsageError, match="huge"):
        kernel("huge")


class Careless:
    """Learns before it scores, forgets on restore, swallows anything."""

    name = "careless"
    version = 1
    most_bytes = 4
    lag = 0

    def __init__(self):
        self.past = []

    def step(self, value, time_s):
        self.past.append(value)
        score = float(np.max(self.past)) / 1e300
        return Step(score, value, value, value, math.nan)

    def score(self, value, time_s):
        return self.step(value, time_s).score + 1.0

    def dump(self):
        return bytes(len(self.past))

    @classmethod
    def load(cls, state):
        return cls()


def test_the_laws_notice_what_is_broken():
    with np.errstate(all="ignore"):
        broken = {sentence.split(":")[0] for sentence in laws.broken_laws(Careless)}
    assert broken >= {
        "band_before_value", "bounded", "restored_exactly", "wrong_states_are_our_error",
        "missing_moves_on", "asking_changes_nothing", "finds_the_obvious", "a_repeat_is_found",
        "a_lasting_shift_is_released",
    }  # fmt: skip
