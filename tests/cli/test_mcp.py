"""`hunter mcp` where it must not start; that it serves is tried in tests/serve."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--folder", "none"], "`none` is not a folder"),
        (["--allow-feedback"], "nothing is remembered here"),
        (["--token-env", "HUNTER_TOKEN"], "came without --http"),
        (["--allow-host", "hunter.example"], "came without --http"),
        (["--http", "--host", "0.0.0.0"], "name it with --token-env"),
        (["--http", "--token-env", "HUNTER_NO_SUCH_TOKEN"], "HUNTER_NO_SUCH_TOKEN holds no token"),
        (["--config", "none.yaml"], "none.yaml"),
    ],
)
def test_a_wrong_call_is_refused_with_the_cure(hunter, arguments, said):
    ran = hunter("mcp", *arguments)
    assert ran.code == 2
    assert said in ran.err
    assert ran.out == ""
