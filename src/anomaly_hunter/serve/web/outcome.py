"""What became of an answer of a person, as the page says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from anomaly_hunter.feedback import Effect


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an answer would change, or did change.

    ``said`` are the fields of the form that asked, so that the answer itself can be sent with one more
    click; ``fault`` says why there is nothing to show.
    """

    title: str = ""
    changed: Effect | None = None
    said: Mapping[str, str] = field(default_factory=dict)
    sent: bool = False
    fault: str = ""
