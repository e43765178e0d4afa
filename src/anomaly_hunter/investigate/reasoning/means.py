"""What models work with: settings, keys, what is kept, what is masked, where it is written down."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from anomaly_hunter.investigate.reasoning.egress import EgressFile, EgressLog, NoEgressLog
from anomaly_hunter.investigate.reasoning.guarded import GuardedModel
from anomaly_hunter.investigate.reasoning.hiding import KeyShelf, mask_for
from anomaly_hunter.investigate.reasoning.keeping import Keep, KeptInProcess
from anomaly_hunter.investigate.reasoning.limits import Purse
from anomaly_hunter.investigate.reasoning.masking import Mask
from anomaly_hunter.investigate.reasoning.models import goes_to, model_for
from anomaly_hunter.investigate.reasoning.options import AgentsOptions, ReasoningOptions, RoleOptions
from anomaly_hunter.investigate.reasoning.ours import ButOurs
from anomaly_hunter.model import Dataset

if TYPE_CHECKING:
    from pydantic_ai.models import Model

_IN_PROCESS: Final = KeptInProcess()
"""Answers and spending where there is no memory: a day's limits then hold for this process."""


class Shelf(Keep, KeyShelf, Protocol):
    """What a memory keeps for models."""


@dataclass(frozen=True, slots=True)
class Means:
    """What models work with.

    Attributes
    ----------
    agents, reasoning:
        The settings.
    credentials:
        What models are reached with, by the name of the variable.
    keep:
        Answers and spending that outlive this hunt.
    mask:
        Replaces what is private before anything leaves.
    egress:
        Gets a line for everything that leaves.
    model_for:
        The model of a role; tests and replays bring their own.
    """

    agents: AgentsOptions
    reasoning: ReasoningOptions
    credentials: Mapping[str, str] = field(repr=False)
    keep: Keep
    mask: Mask
    egress: EgressLog
    model_for: Callable[[RoleOptions, Mapping[str, str]], Model] = model_for

    def guarded(self, role: str, options: RoleOptions, incident: str, purse: Purse) -> GuardedModel:
        """The model of a role behind the one door through which anything leaves."""
        model = self.model_for(options, self.credentials)
        return GuardedModel(
            model,
            role=role,
            incident=incident,
            options=options,
            purse=purse,
            mask=ButOurs(self.mask),
            egress=self.egress,
            to=goes_to(model),
        )


def means_for(
    agents: AgentsOptions,
    reasoning: ReasoningOptions,
    credentials: Mapping[str, str],
    dataset: Dataset,
    store: Shelf | None,
) -> Means:
    """Means for one hunt; a memory keeps answers, spending and the key of the pseudonyms."""
    egress = EgressFile(Path(reasoning.egress_log)) if reasoning.egress_log else NoEgressLog()
    keep = _IN_PROCESS if store is None else store
    mask = mask_for(reasoning.private_columns, dataset, store)
    return Means(agents, reasoning, credentials, keep, mask, egress)
