"""From PROVIDER:NAME in the settings to a model that can be asked."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from anomaly_hunter.errors import ConfigError, HunterError, MissingExtraError
from anomaly_hunter.investigate.reasoning.options import RoleOptions

if TYPE_CHECKING:
    from pydantic_ai.models import Model

OPENAI: Final = "https://api.openai.com/v1"
ANTHROPIC: Final = "https://api.anthropic.com"
GOOGLE: Final = "https://generativelanguage.googleapis.com"
OLLAMA: Final = "http://localhost:11434/v1"
STACKAI: Final = "https://api.stack-ai.com"
NO_KEY: Final = "none"
"""Sent where no key is needed: without one the SDK would look for it in the environment."""


def model_for(options: RoleOptions, credentials: Mapping[str, str]) -> Model:
    """The model that the settings of a role name.

    A usual key (OPENAI_API_KEY) goes to the usual server only. To another one (``base_url``) goes the key
    that ``options.key`` names, or none.

    Parameters
    ----------
    options:
        The whole options of a role.
    credentials:
        Values of environment variables by name.

    Raises
    ------
    ConfigError
        The provider is not known, the name is missing, the key is not set.
    MissingExtraError
        The extra ``llm`` is not installed.
    """
    provider, _, name = (options.model or "").partition(":")
    if not provider or not name:
        raise ConfigError(f"the model is {options.model!r}", "PROVIDER:NAME", "such as openai:gpt-5-mini")
    try:
        made = _BUILT_IN.get(provider, _any_other)
        return made(options, credentials)
    except ImportError as error:
        raise MissingExtraError(
            f"{options.model} needs a package that is not installed ({error.name or 'pydantic-ai'})",
            "the extra `llm`",
            "pip install 'anomaly-hunter[llm]'",
        ) from error


def goes_to(model: Model) -> str:
    """The host that a model is asked at; the provider's name where that is not known."""
    return urlsplit(model.base_url or "").netloc or model.system


def _openai(options: RoleOptions, credentials: Mapping[str, str]) -> Model:
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.profiles.openai import OpenAIModelProfile
    from pydantic_ai.providers.openai import OpenAIProvider
    from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider

    from anomaly_hunter.investigate.reasoning.connection import checked_url, client_for

    name = _name(options)
    if not options.base_url:
        key = _key(options, credentials, "OPENAI_API_KEY")
        own = OpenAIProvider(base_url=OPENAI, api_key=key, http_client=client_for(OPENAI))
        return OpenAIChatModel(name, provider=own)
    url = checked_url(options.base_url)
    other = OpenAICompatibleProvider(
        "openai-compatible",
        base_url=url,
        api_key=_key(options, credentials) if options.key else NO_KEY,
        http_client=client_for(url),
        # Gateways and local servers know the older name of the limit; some refuse the newer one.
        profile=OpenAIModelProfile(openai_chat_supports_max_completion_tokens=False),
    )
    return OpenAIChatModel(name, provider=other)


def _anthropic(options: RoleOptions, credentials: Mapping[str, str]) -> Model:
    from pydantic_ai.models.anthropic import AnthropicModel
    from pydantic_ai.providers.anthropic import AnthropicProvider

    from anomaly_hunter.investigate.reasoning.connection import checked_url, client_for

    key = _key(options, credentials, "ANTHROPIC_API_KEY")
    url = checked_url(options.base_url or ANTHROPIC)
    provider = AnthropicProvider(api_key=key, base_url=url, http_client=client_for(url))
    return AnthropicModel(_name(options), provider=provider)


def _google(options: RoleOptions, credentials: Mapping[str, str]) -> Model:
    from pydantic_ai.models.google import GoogleModel
    from pydantic_ai.providers.google import GoogleProvider

    from anomaly_hunter.investigate.reasoning.connection import checked_url, client_for

    key = _key(options, credentials, "GOOGLE_API_KEY", "GEMINI_API_KEY")
    url = checked_url(options.base_url or GOOGLE)
    provider = GoogleProvider(api_key=key, base_url=url, http_client=client_for(url))
    return GoogleModel(_name(options), provider=provider)


def _openrouter(options: RoleOptions, credentials: Mapping[str, str]) -> Model:
    from pydantic_ai.models.openrouter import OpenRouterModel
    from pydantic_ai.providers.openrouter import OpenRouterProvider

    from anomaly_hunter.investigate.reasoning.connection import client_for

    _refuse_base_url(options)
    key = _key(options, credentials, "OPENROUTER_API_KEY")
    return OpenRouterModel(
        _name(options), provider=OpenRouterProvider(api_key=key, http_client=client_for("https://"))
    )


def _ollama(options: RoleOptions, credentials: Mapping[str, str]) -> Model:
    from pydantic_ai.models.ollama import OllamaModel
    from pydantic_ai.providers.ollama import OllamaProvider

    from anomaly_hunter.investigate.reasoning.connection import checked_url, client_for

    url = checked_url(options.base_url or credentials.get("OLLAMA_BASE_URL") or OLLAMA)
    key = _key(options, credentials) if options.key else NO_KEY
    provider = OllamaProvider(base_url=url, api_key=key, http_client=client_for(url))
    return OllamaModel(_name(options), provider=provider)


def _stackai(options: RoleOptions, credentials: Mapping[str, str]) -> Model:
    from anomaly_hunter.investigate.reasoning.connection import checked_url
    from anomaly_hunter.investigate.reasoning.stackai import StackAIModel

    organisation, _, flow = _name(options).partition("/")
    if not organisation or not flow or "/" in flow:
        raise ConfigError(
            f"the model is {options.model!r}", "stackai:ORG/FLOW", "both ids are in its address"
        )
    key = _key(options, credentials, "STACKAI_API_KEY")
    return StackAIModel(organisation, flow, key=key, base_url=checked_url(options.base_url or STACKAI))


def _any_other(options: RoleOptions, credentials: Mapping[str, str]) -> Model:
    """What pydantic-ai knows and reaches through the SDK of OpenAI, whose client can be bounded."""
    from pydantic_ai.models import infer_model
    from pydantic_ai.providers import Provider, infer_provider_class

    from anomaly_hunter.investigate.reasoning.connection import checked_url, client_for

    named = (options.model or "").partition(":")[0]
    try:
        provider: Callable[..., Provider[Any]] = infer_provider_class(named)
    except ValueError:
        raise _unknown(options) from None
    taken = inspect.signature(provider).parameters
    if not {"api_key", "openai_client", "http_client"} <= set(taken):
        raise _unknown(options)
    given: dict[str, Any] = {
        "api_key": _key(options, credentials, f"{named.upper().replace('-', '_')}_API_KEY")
    }
    if options.base_url:
        if "base_url" not in taken:
            _refuse_base_url(options)
        given["base_url"] = checked_url(options.base_url)

    def made(_: str) -> Provider[Any]:
        return provider(**given, http_client=client_for(options.base_url or "https://"))

    return infer_model(options.model or "", made)


_BUILT_IN: Final[Mapping[str, Callable[[RoleOptions, Mapping[str, str]], Model]]] = {
    "openai": _openai,
    "openai-chat": _openai,
    "anthropic": _anthropic,
    "google": _google,
    "google-gla": _google,
    "openrouter": _openrouter,
    "ollama": _ollama,
    "stackai": _stackai,
}


def _name(options: RoleOptions) -> str:
    return (options.model or "").partition(":")[2]


def _key(options: RoleOptions, credentials: Mapping[str, str], *usual: str) -> str:
    """The key: the one that is named, else the first usual one that is set, for the usual server."""
    names = (options.key,) if options.key else () if options.base_url else usual
    for name in names:
        key = credentials.get(name, "").strip()
        if not (key.isascii() and key.isprintable()):
            raise ConfigError(
                f"{name} holds a sign that is in no key", "the key alone", f"export {name} again"
            )
        if key:
            return key
    if not names:
        raise ConfigError(
            f"{options.model} has a base_url and no key",
            "the variable that holds the key of this server",
            f"set key: NAME beside base_url, such as key: {usual[0]}",
        )
    raise ConfigError(
        f"{options.model} needs a key, and {' or '.join(names)} is not set",
        "the key in the environment",
        f"export {names[0]}=..., or name another variable with `key`",
    )


def _refuse_base_url(options: RoleOptions) -> None:
    if options.base_url:
        raise ConfigError(
            f"{options.model} has a base_url",
            "none for this provider",
            "write openai:NAME with this base_url",
        )


def _unknown(options: RoleOptions) -> HunterError:
    known = ", ".join(name for name in _BUILT_IN if name not in ("openai-chat", "google-gla"))
    return ConfigError(
        f"{options.model} names a provider that cannot be reached from here",
        f"one of {known}, or another one that speaks the protocol of OpenAI",
        "for a gateway write openai:NAME and its base_url",
    )
