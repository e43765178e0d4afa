"""The rules of learning, one by one."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from anomaly_hunter.errors import UsageError
from anomaly_hunter.model import Learned
from anomaly_hunter.remember.learning.answers import Answer, Opinion, Seen, standing
from anomaly_hunter.remember.learning.calibration import line_of
from anomaly_hunter.remember.learning.effects import Recalled, alarms, replay
from anomaly_hunter.remember.learning.figures import figures, wilson
from anomaly_hunter.remember.learning.ignoring import is_like, rules_from
from anomaly_hunter.remember.learning.learn import learn
from anomaly_hunter.remember.learning.tolerance import boundary_factors, wanted_share
from anomaly_hunter.remember.learning.trust import weights_of
from tests.remember.learning.making import answer


def test_alarms_that_nobody_wanted_raise_the_boundary_of_their_series_alone():
    said = [answer(i, "expected") for i in range(6)] + [
        answer(9 + i, "real", series="disk") for i in range(3)
    ]
    factors = boundary_factors(said)
    assert factors["cpu"] > 1.3
    assert abs(math.log(factors["disk"])) < 0.1


def test_wanted_alarms_close_to_the_boundary_lower_it_and_far_ones_do_not():
    near = boundary_factors([answer(i, "real", score=1.0) for i in range(20)])
    far = boundary_factors([answer(i, "real", score=5.0) for i in range(20)])
    assert 0.7 <= near["cpu"] < 0.97
    assert far["cpu"] > 0.95


def test_the_boundary_settles_between_what_was_wanted_and_what_was_not():
    said = [answer(i, "expected", score=1.2) for i in range(10)]
    said += [answer(10 + i, "real", score=1.8) for i in range(10)]
    assert 1.25 < boundary_factors(said)["cpu"] < 1.75


def test_one_wrong_answer_in_ten_hardly_moves_what_the_others_teach():
    said = [answer(i, "expected", score=1.2 + 0.02 * i) for i in range(10)]
    wrong = [replace(one, word="real") if one.id == "7" else one for one in said]
    true, mistaken = boundary_factors(said)["cpu"], boundary_factors(wrong)["cpu"]
    assert mistaken > 1.0
    assert abs(math.log(true / mistaken)) < math.log(1.3)


def test_answers_of_a_coin_are_not_listened_to():
    rng = np.random.default_rng(5)
    said = [
        answer(i, ("real", "expected")[int(rng.integers(2))], score=float(np.exp(rng.exponential(0.6))))
        for i in range(60)
    ]
    assert abs(math.log(boundary_factors(said).get("cpu", 1.0))) < math.log(1.1)


def test_the_last_word_on_an_incident_counts_and_old_answers_fade():
    first, second = answer(1, "expected", incident="x"), answer(2, "real", incident="x")
    assert standing([second, first]) == (second,)
    old = [answer(i, "expected") for i in range(8)]
    assert (
        boundary_factors([*old, answer(9, "real", series="disk", day=900)])["cpu"]
        < boundary_factors(old)["cpu"]
    )


def test_the_posterior_is_that_of_a_slow_obvious_twin():
    """Without the step and with trusted answers: quantiles of prior times likelihood, written out."""
    from anomaly_hunter.remember.learning import tolerance as module

    said = [answer(i, "expected", score=1.5) for i in range(40)]
    grid = np.linspace(math.log(0.5), math.log(12.0), 128)
    weight = []
    for place, t in enumerate(grid):
        share = 0.1 + 0.8 / (1.0 + math.exp(-(math.log(1.5) - t) / 0.15))
        fades = math.fsum(0.5 ** ((39 - i) / 90) for i in range(40))
        weight.append(module._PRIOR[place] * (1.0 - share) ** fades)
    risen = np.cumsum(weight) / sum(weight)
    target = min(float(grid[np.searchsorted(risen, module.RAISED)]), math.log(2.0))
    assert math.log(boundary_factors(said)["cpu"]) == pytest.approx(target, abs=0.03)
    assert wanted_share(math.nan).shape == (128,)


def test_ignore_keeps_the_like_of_it_quiet_and_nothing_larger():
    [rule] = rules_from([answer(1, "ignore", score=2.0)])
    like = Seen("cpu", 2.2, sigmas=5.5, minute=100.0)
    assert is_like(rule, like)
    for other in (
        replace(like, score=2.6),
        replace(like, sigmas=9.0),
        replace(like, minute=400.0),
        replace(like, minute=None),
        replace(like, series_id="disk"),
        replace(like, direction="down"),
        replace(like, shape="drift"),
    ):
        assert not is_like(rule, other)


def test_a_later_real_takes_the_rule_back_and_an_earlier_one_does_not():
    ignored = answer(5, "ignore", score=2.0)
    assert rules_from([ignored, answer(6, "real", score=2.0)]) == ()
    assert len(rules_from([answer(4, "real", score=2.0), ignored])) == 1


def test_a_rule_for_data_without_a_clock_holds_always():
    one = replace(answer(1, "ignore"), seen=(Seen("cpu", 2.0, sigmas=5.0),))
    [rule] = rules_from([one])
    assert is_like(rule, Seen("cpu", 2.0, sigmas=5.0))
    assert is_like(rule, Seen("cpu", 2.0, sigmas=5.0, minute=77.0))


def opinions(**named):
    return tuple(Opinion(agent, cause, 0.7) for agent, cause in named.items())


def test_an_agent_that_is_right_weighs_more_than_one_that_is_wrong():
    said = [
        answer(i, named="api", cause="db", opinions=opinions(good="db", bad="api", silent=""))
        for i in range(12)
    ]
    weights = weights_of(said)
    assert weights["good"] > 1.05
    assert weights["bad"] < 0.75
    assert "silent" not in weights


def test_a_wrong_cause_says_nothing_of_agents_that_named_another_one():
    said = [answer(1, named="api", cause="wrong", opinions=opinions(other="db", bad="api"))]
    assert set(weights_of(said)) == {"bad"}


def test_the_confidence_follows_what_was_right_only_after_several_answers():
    def after(count):
        said = [answer(i, named="api", confidence=0.9, cause="wrong") for i in range(count)]
        return Learned(offset=line_of(said)[0], slope=line_of(said)[1]).calibrated(0.9)

    assert line_of([]) == (0.0, 1.0)
    assert after(2) > 0.75
    assert after(30) < 0.5


def test_no_answer_teaches_nothing_and_unknown_words_are_refused():
    assert learn([]) == Learned()
    assert learn([Answer("1", "a", "unsaid", ())]) == Learned()
    with pytest.raises(UsageError, match="real, expected or ignore"):
        Answer("1", "a", "nonsense", ())


def test_replay_tells_which_past_alarms_go_and_which_come_back():
    history = [Recalled("i", str(s), "", Seen("cpu", s)) for s in (0.9, 1.1, 1.4)]
    higher = replay(history, Learned(), Learned({"cpu": 1.2}))
    lower = replay(history, Learned(), Learned({"cpu": 0.8}))
    assert [one.anomaly_id for one in higher.gone] == ["1.1"]
    assert higher.kept == 1
    assert [one.anomaly_id for one in lower.back] == ["0.9"]
    assert not alarms(Seen("cpu", 0.9), Learned())


def test_figures_count_the_last_answer_on_each_incident():
    said = [
        answer(1, "expected", incident="x"),
        answer(2, "real", incident="x", acted=True),
        answer(3, named="api", confidence=0.95, cause="right", kind="pattern", opinions=opinions(a="api")),
        answer(9, named="api", confidence=0.92, cause="wrong", kind="pattern", opinions=opinions(a="api")),
    ]
    found = figures(said, incidents=7)
    assert (found.incidents, found.answers) == (7, 3)
    assert (found.real.hits, found.real.of, found.acted.hits) == (3, 3, 1)
    assert (found.cause.hits, found.cause.of) == (1, 2)
    assert [(b.low, b.right.hits, b.right.of) for b in found.bins] == [(0.9, 1, 2)]
    assert found.error == pytest.approx(0.435)
    assert [(p.name, p.hits, p.of) for p in (*found.agents, *found.patterns)] == [("a", 1, 2), ("api", 1, 2)]
    assert [week.name for week in found.weeks] == ["1969-12-29", "1970-01-05"]


def test_an_interval_of_nothing_is_everything():
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(10, 10)[1] == pytest.approx(1.0)
    assert math.isnan(figures([], 0).error)
