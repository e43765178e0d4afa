"""docs/patterns.md: its example is valid and works, its keys and numbers are those of the code."""

from __future__ import annotations

import re

import pytest
import yaml

from anomaly_hunter.investigate import matching, pattern_schema
from anomaly_hunter.investigate.matching import matches
from anomaly_hunter.investigate.pattern_files import catalogue
from anomaly_hunter.investigate.pattern_steps import steps
from tests.docs.pages import page
from tests.investigate.pattern_samples import pattern_case

PAGE = page("patterns.md")
SENTENCES = " ".join(PAGE.split())


def test_the_example_is_complete_and_comes_first_on_its_own_sample(tmp_path):
    block = re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert block is not None
    file = tmp_path / "valve.yaml"
    file.write_text(block[1], encoding="utf-8")
    assert set(yaml.safe_load(block[1])) == set(pattern_schema.PATTERN_KEYS)
    known = catalogue((str(file),))
    own = known[-1]
    case = pattern_case(own.sample, known)
    found = matches(case)
    assert found[0].pattern is own
    assert found[0].score == pytest.approx(1.0)
    assert "room-12" in steps(case, found[0])[0]


def test_every_key_and_placeholder_is_explained():
    for key in (*pattern_schema.PATTERN_KEYS, *pattern_schema.SIGN_KEYS):
        assert f"`{key}`" in PAGE, key
    for name in pattern_schema.PLACEHOLDERS:
        assert "`{" + name + "}`" in PAGE


@pytest.mark.parametrize(
    ("sentence", "numbers"),
    [
        ("seen − against − {:g} contradicted", (matching.CONTRADICTED_COSTS,)),
        ("the score is {:g} or more", (matching.LEAST_SCORE,)),
        ("at most {}, best first", ({3: "three"}[matching.MOST_PATTERNS],)),
        ("its confidence is {:g} of the score", (matching.SURE_OF_A_FULL_FIT,)),
    ],
)
def test_a_number_on_the_page_is_that_of_the_code(sentence, numbers):
    assert sentence.format(*numbers) in SENTENCES
