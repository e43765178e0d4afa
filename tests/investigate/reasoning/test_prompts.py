"""A prompt has a version: a changed text without a new version fails here, and the diff shows both."""

import hashlib

import pytest

from anomaly_hunter.investigate.reasoning.options import ROLES
from anomaly_hunter.investigate.reasoning.prompts import FOLDER, names, prompt

PINNED = {  # name: (version, first 16 digits of the SHA-256 of the text)
    "change_detective": (1, "6f19d25b739f95b7"),
    "guess": (1, "5c6aba855ec78243"),
    "pattern_analyst": (1, "d574f821aea2d05d"),
    "root_cause": (1, "d3e4f608ddd73d89"),
    "rules": (1, "0e4e8a9d68128179"),
    "synthesizer": (1, "8308aeb880a5c06f"),
}


def pin(name):
    return prompt(name).version, hashlib.sha256(prompt(name).text.encode()).hexdigest()[:16]


@pytest.mark.parametrize("name", names())
def test_a_changed_prompt_has_a_new_version(name):
    version, digest = pin(name)
    pinned_version, pinned_digest = PINNED.get(name, (0, ""))
    changed = digest != pinned_digest
    assert not (changed and version <= pinned_version), (
        f"prompts/{name}.md has changed: raise its version to {pinned_version + 1}, pin it here, "
        "and record again (hunter eval --stand-in usual --record FILE)"
    )
    assert (version, digest) == (pinned_version, pinned_digest), f'pin it here: "{name}": {pin(name)}'


def test_nothing_is_pinned_that_is_gone():
    assert set(PINNED) == set(names())


@pytest.mark.parametrize("role", ROLES)
def test_every_role_has_a_prompt(role):
    assert prompt(role).text


def test_prompts_are_plain_text_in_files_that_begin_with_their_version():
    for path in FOLDER.glob("*.md"):
        text = path.read_text(encoding="utf-8")
        assert text.startswith("---\nversion: ")
        assert text.isascii()
