"""hunter bench changes: the change that did it is named, and without it none."""

from anomaly_hunter.bench.asked import Asked
from anomaly_hunter.bench.what.changes import has, looked, specs
from anomaly_hunter.samples.changes.cases import ChangeSpec
from anomaly_hunter.samples.changes.stories import CHANGED, UNCHANGED


def test_a_change_that_speaks_of_what_broke_is_named_and_no_other_without_it():
    whole, removed = (looked(ChangeSpec("code", "payments", removed=removed)) for removed in (False, True))
    assert whole["right"]
    assert whole["named"] == whole["truth"]
    assert not removed["is_named"]


def test_every_kind_is_asked_with_and_without_its_culprit():
    drawn = list(specs(["games"], [1]))
    assert has(Asked())
    assert len(drawn) == 2 * len(CHANGED) + len(UNCHANGED)
    assert {spec.kind for spec in drawn} == {*CHANGED, *UNCHANGED}
