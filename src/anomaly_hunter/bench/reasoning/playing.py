"""Which models an evaluation measures: a recording, a stand-in, or those of the settings."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from anomaly_hunter.bench.reasoning.conditions import Played
from anomaly_hunter.bench.reasoning.recording import Header, Recording
from anomaly_hunter.bench.reasoning.replaying import RecordingModel, ReplayedModel
from anomaly_hunter.bench.reasoning.stand_in import STYLES, stand_in
from anomaly_hunter.bench.reasoning.tables import STAND_IN
from anomaly_hunter.config import Settings, credentials
from anomaly_hunter.errors import ConfigError, UsageError
from anomaly_hunter.investigate.reasoning import prompts
from anomaly_hunter.investigate.reasoning.egress import EgressFile, EgressLog, NoEgressLog
from anomaly_hunter.investigate.reasoning.keeping import KeptInProcess
from anomaly_hunter.investigate.reasoning.models import model_for
from anomaly_hunter.investigate.reasoning.options import (
    ROLES,
    AgentsOptions,
    Price,
    ReasoningOptions,
    RoleOptions,
)

if TYPE_CHECKING:
    from pydantic_ai.models import Model

STOOD_IN: Final = "stand-in:{}"
NOT_KEPT: Final = ("key", "base_url", "stream")
"""How a provider was reached is nobody's business, and does not change the answer."""


def replayed(recording: Recording) -> Played:
    """What was recorded, with the settings that it was recorded with."""
    agents = AgentsOptions(**{role: RoleOptions(**given) for role, given in recording.header.agents.items()})
    prices = {name: Price(*pair) for name, pair in recording.header.prices.items()}
    return Played(
        f"{recording.header.model}, recorded",
        agents,
        ReasoningOptions(prices=prices),
        lambda options, _: ReplayedModel(recording, str(options.model)),
    )


def stood_in(style: str) -> Played:
    """A stand-in of this style plays all roles."""
    if style not in STYLES:
        raise UsageError(f"there is no stand-in {style!r}", f"one of {', '.join(STYLES)}", "name one of them")
    name = STOOD_IN.format(style)
    agents = AgentsOptions(default=RoleOptions(model=name))
    return Played(name, agents, ReasoningOptions(), lambda options, _: stand_in(style))


def live(settings: Settings) -> Played:
    """The models of the settings, with their limits.

    Raises
    ------
    ConfigError
        No model is set for any agent.
    """
    agents = settings.agents
    if not agents.reasons:
        raise ConfigError(
            "a live run needs a model, and none is set",
            "agents: with a model in hunter.yaml, and its key in the environment",
            "set agents.default.model, or leave --live out",
        )
    log = settings.reasoning.egress_log
    egress: EgressLog = EgressFile(Path(log)) if log else NoEgressLog()
    models = dict.fromkeys(str(options.model) for role in ROLES if (options := agents.of(role)) is not None)
    return Played(
        " and ".join(models),
        agents,
        settings.reasoning,
        model_for,
        credentials(settings),
        KeptInProcess(),
        egress,
    )


def recorded(played: Played, recording: Recording) -> Played:
    """The same, with every request written into the recording."""

    def recording_model(options: RoleOptions, known: Mapping[str, str]) -> Model:
        return RecordingModel(played.model_for(options, known), recording, str(options.model))

    return Played(
        played.name,
        played.agents,
        played.reasoning,
        recording_model,
        played.credentials,
        played.keep,
        played.egress,
    )


def header_for(played: Played, is_stand_in: bool) -> Header:
    """What a recording of these models says of itself."""
    of = {role: options for role in ROLES if (options := played.agents.of(role)) is not None}
    used = {str(options.model) for options in of.values()}
    prices = {name: (p.input, p.output) for name, p in played.reasoning.prices.items() if name in used}
    return Header(
        model=played.name,
        date=time.strftime("%Y-%m-%d", time.gmtime()),
        prompts={name: prompts.prompt(name).version for name in prompts.names()},
        about=STAND_IN if is_stand_in else "Answers of language models, as recorded.",
        agents={role: _kept(options) for role, options in of.items()},
        prices=prices,
    )


def _kept(options: RoleOptions) -> dict[str, Any]:
    """What of the options a replay needs."""
    given = {f.name: getattr(options, f.name) for f in fields(options) if f.name not in NOT_KEPT}
    return {name: value for name, value in given.items() if value is not None}
