"""What opens something: taken from the environment, never from a file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import fields
from typing import Final

from anomaly_hunter.config.settings import Settings

KEYS: Final = (
    "OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GOOGLE_API_KEY", "GEMINI_API_KEY", "OPENROUTER_API_KEY",
    "OLLAMA_BASE_URL", "STACKAI_API_KEY",
)  # fmt: skip
"""Variables that hold what language models are reached with."""


def credentials(settings: Settings, environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """What language models are reached with, by the name of the variable; only those that are set.

    >>> credentials(Settings(), {"OPENAI_API_KEY": "sk-1", "HOME": "/root"})
    {'OPENAI_API_KEY': 'sk-1'}
    """
    environment = os.environ if environment is None else environment
    own = (getattr(settings.agents, f.name).key for f in fields(settings.agents))
    return {name: environment[name] for name in (*KEYS, *filter(None, own)) if environment.get(name)}


OIDC_SECRET: Final = "HUNTER_OIDC_CLIENT_SECRET"  # noqa: S105 - the name of the variable
"""Variable with what proves to the issuer of `serve.oidc_issuer` that it is this server."""


def oidc_client_secret(environment: Mapping[str, str] | None = None) -> str:
    """The secret of :data:`OIDC_SECRET`; no setting, so that no file holds it and no page shows it."""
    environment = os.environ if environment is None else environment
    return environment.get(OIDC_SECRET, "")
