"""What was set by hand is left out for a run, and stands again after it."""

import json

import pytest

from anomaly_hunter.investigate import changes, content, signatures, suspects
from benchmarks import causes_left_out as runner
from benchmarks.data import DataMissingError
from tests.bench.test_rootcausebench import folder_with_one_incident


def test_a_choice_holds_while_it_is_in_force_and_not_longer():
    choice = next(c for c in runner.choices() if c.group == "content.UNKNOWN" and c.setting == "halved")
    before = content.UNKNOWN
    with runner.in_force(choice):
        assert content.UNKNOWN == vars(suspects)["UNKNOWN"] == before / 2
    assert content.UNKNOWN == vars(suspects)["UNKNOWN"] == before


def test_kinds_are_weighed_anew_under_a_choice():
    choice = next(c for c in runner.choices() if (c.group, c.setting) == ("kinds of changes", "all 1"))
    with runner.in_force(choice):
        assert changes.kind_weight("commit", "bump left-pad") == 1.0
    assert changes.kind_weight("commit", "bump left-pad") < 1.0


def test_every_signature_is_left_out_once():
    left = [c.setting for c in runner.choices() if c.group == "signatures"]
    assert left == [
        "none",
        *(f"without {name}" for name in dict.fromkeys(s.name for s in signatures.SIGNATURES)),
    ]


def test_what_is_best_on_the_others_is_taken_for_the_one_left_out():
    def row(group, setting, case, right):
        return {
            "group": group,
            "setting": setting,
            "case": case,
            "removed": False,
            "named": "x",
            "right": right,
        }

    rows = [row(runner.AS_SET, "", case, case == "d") for case in "abcd"]
    rows += [row("scale", "halved", case, case in "abc") for case in "abcd"]
    (as_set, scale) = runner.left_out(rows)
    assert as_set["right"] == 1
    assert scale["right"] == 3  # also for d, where it is wrong, halved is best on the others
    assert [line["right"] for line in runner.by_choice(rows)] == [1, 3]


@pytest.mark.slow
def test_the_runner_writes_every_choice(tmp_path):
    folder = folder_with_one_incident(tmp_path)
    out = tmp_path / "results"
    runner.run(["--data", str(folder), "--out", str(out), "--jobs", "1"])
    found = json.loads((out / "causes_left_out.json").read_text())
    lines = {(row["group"], row["setting"]): row for row in found["tables"]["All choices"]}
    assert (lines[runner.AS_SET, ""]["right"], lines[runner.AS_SET, ""]["none"]) == (1, 1)
    assert {(row["of"], row["of_none"]) for row in lines.values()} == {(1, 1)}
    assert len(lines) == len(list(runner.choices()))


def test_without_the_set_it_says_so(tmp_path):
    (tmp_path / "causes").mkdir()
    with pytest.raises(DataMissingError):
        runner.run(["--data", str(tmp_path)])
