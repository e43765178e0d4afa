"""What holds for every set of answers."""

from __future__ import annotations

import math
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_hunter.model import Learned
from anomaly_hunter.remember.answering import learned_of, rows_of
from anomaly_hunter.remember.learning import calibration, tolerance, trust
from anomaly_hunter.remember.learning.effects import moves
from anomaly_hunter.remember.learning.learn import learn
from tests.remember.learning.making import histories

few = settings(derandomize=True, max_examples=60, deadline=None)


@few
@given(histories())
def test_every_number_stays_within_its_bounds(answers):
    learned = learn(answers)
    assert all(0.7 <= factor <= 2.0 for factor in learned.boundaries.values())
    assert all(0.5 <= weight <= 1.5 for weight in learned.weights.values())
    assert abs(learned.offset) <= calibration.MOST_OFFSET
    assert calibration.SLOPES[0] <= learned.slope <= calibration.SLOPES[1]
    assert (tolerance.LOWEST, tolerance.HIGHEST) == (0.7, 2.0)
    assert (trust.LOWEST, trust.HIGHEST) == (0.5, 1.5)


@few
@given(histories(), st.randoms(use_true_random=False))
def test_the_order_in_which_answers_arrive_does_not_matter(answers, chance: random.Random):
    shuffled = list(answers)
    chance.shuffle(shuffled)
    assert learn(shuffled) == learn(answers)


@few
@given(histories(most=8))
def test_one_more_answer_moves_no_boundary_by_more_than_the_step(answers):
    told = sorted(answers, key=lambda a: (a.at, a.id))
    before: dict[str, float] = {}
    for count in range(1, len(told) + 1):
        now = tolerance.boundary_factors(told[:count])
        for name, factor in now.items():
            assert abs(math.log(factor / before.get(name, 1.0))) <= math.log(1.15) + 1e-9
        before = now


@few
@given(histories(), st.integers(0, 11))
def test_to_take_an_answer_back_is_as_if_it_had_never_been_given(answers, place):
    without = [answer for answer in answers if answer.id != str(place)]
    assert learn([a for a in answers if a in without]) == learn(without)


@few
@given(histories())
def test_what_is_learned_survives_the_rows_of_the_store(answers):
    learned = learn(answers)
    assert learned_of(rows_of(learned)) == learned
    assert moves(rows_of(learned), rows_of(learned)) == ()


@few
@given(st.floats(0.001, 0.999), st.floats(-2, 2), st.floats(0.4, 2.0))
def test_a_calibrated_confidence_can_be_taken_back(confidence, offset, slope):
    learned = Learned(offset=offset, slope=slope)
    again = learned.calibrated(learned.before(confidence))
    assert 0.0 <= learned.calibrated(confidence) <= 1.0
    inside = 0.0002 < learned.before(confidence) < 0.9998
    assert not inside or math.isclose(again, confidence, abs_tol=1e-9)
