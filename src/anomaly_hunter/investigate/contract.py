"""The contract of an agent: one question, one finding."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Protocol, runtime_checkable

from anomaly_hunter.model import Finding

if TYPE_CHECKING:
    from anomaly_hunter.investigate.case import Case


@runtime_checkable
class Agent(Protocol):
    """Looks at a case through its questions and says what it found.

    Laws: every evidence id in the finding was answered by the case; confidence is in [0, 1];
    the case is not changed; the same case gives the same finding.
    """

    name: ClassVar[str]

    async def investigate(self, case: Case) -> Finding:
        """One finding; "inconclusive" (no cause, low confidence) is a legal one."""
        ...
