"""Language models over what was judged already: bounded, checked, and never in the way of the first pass."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from anomaly_hunter.config import Settings, credentials
from anomaly_hunter.errors import HunterError
from anomaly_hunter.investigate.case import Case
from anomaly_hunter.model import Finding, Incident, Verdict

if TYPE_CHECKING:
    from anomaly_hunter.remember.store import Store


async def second_pass(
    cases: Sequence[Case],
    incidents: list[Incident],
    settings: Settings,
    store: Store | None,
    judge: Callable[[Case, Sequence[Finding]], Verdict],
) -> list[Incident]:
    """The incidents after the models of the settings have spoken; as they were where no model is set.

    Parameters
    ----------
    judge:
        The judge, who hears the findings again.
    """
    if not settings.agents.reasons or not cases:
        return incidents
    try:
        import pydantic_ai  # noqa: F401 - the first pass is worth having without it
    except ImportError:
        why = "a language model is set and cannot be asked. Cure: pip install 'anomaly-hunter[llm]'"
        warnings.warn(why, RuntimeWarning, stacklevel=2)
        return incidents
    from anomaly_hunter.investigate.reasoning.means import means_for
    from anomaly_hunter.investigate.reasoning.reason import reasoned

    try:
        means = means_for(settings.agents, settings.reasoning, credentials(settings), cases[0].dataset, store)
    except HunterError as error:
        warnings.warn(f"no language model is asked: {error}", RuntimeWarning, stacklevel=2)
        return incidents
    return await reasoned(cases, incidents, judge, means)
