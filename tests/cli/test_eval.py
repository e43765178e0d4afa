"""`hunter eval` as a person calls it."""


def test_the_command_prints_the_conditions(hunter):
    ran = hunter("eval", "--stand-in", "silent", "--most", "1", "-o", "md")
    assert ran.code == 0, ran.err
    assert "| no model | 1 |" in ran.out
    assert "| stand-in:silent, no evidence | 1 |" in ran.out
    assert "not a language model" in ran.out


def test_two_sources_of_answers_are_refused(hunter):
    ran = hunter("eval", "--live", "--replay", "a.jsonl")
    assert ran.code == 2
    assert "several sources of answers" in ran.err
