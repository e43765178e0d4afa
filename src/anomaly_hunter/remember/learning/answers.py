"""What a person said about an incident, with all that learning needs to know of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from anomaly_hunter.errors import UsageError
from anomaly_hunter.model import Direction, Shape

Word: TypeAlias = Literal["real", "expected", "ignore", "unsaid"]
WORDS: Final[tuple[Word, ...]] = ("real", "expected", "ignore", "unsaid")

DAY_NS: Final = 86_400_000_000_000
HALF_LIFE_DAYS: Final = 90.0
"""After this long an answer counts half: services and tastes change."""


@dataclass(frozen=True, slots=True)
class Seen:
    """An anomaly as it was answered on.

    ``score`` and ``sigmas`` as in :class:`~anomaly_hunter.model.Anomaly`, but the score in units of
    the boundary before anything was learned (what was shown, times the factor in force then);
    ``minute`` of the day in UTC, None without a clock; ``column`` that makes a row of a table strange.
    """

    series_id: str
    score: float
    shape: Shape = "spike"
    direction: Direction = "up"
    sigmas: float = 0.0
    minute: float | None = None
    subject: str = ""
    column: str = ""


@dataclass(frozen=True, slots=True)
class Opinion:
    """The cause that an agent named ("" = none), and how sure it said it was."""

    agent: str
    cause: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer on one incident.

    Attributes
    ----------
    id:
        Tells answers apart.
    word:
        real, expected (it happened, no alarm is wanted), ignore (nor for the like of it), or unsaid.
    seen:
        The anomalies of the incident, the lead first.
    named, kind:
        The cause of the verdict; "" = none; ``kind`` as in :class:`~anomaly_hunter.model.Cause`.
    confidence:
        Of the verdict, before it was calibrated.
    cause:
        "right", "wrong", the name of the true cause, or "" = nothing was said.
    opinions:
        What each agent had named.
    acted:
        The alarm led somebody to do something.
    at:
        When it was given, nanoseconds since 1970.
    """

    id: str
    incident_id: str
    word: Word
    seen: tuple[Seen, ...]
    at: int = 0
    named: str = ""
    kind: str = ""
    confidence: float = 0.0
    cause: str = ""
    opinions: tuple[Opinion, ...] = ()
    acted: bool = False
    who: str = ""
    why: str = ""

    def __post_init__(self) -> None:
        if self.word not in WORDS:
            raise UsageError(f"the answer is {self.word!r}", "real, expected or ignore", "use one of these")

    @property
    def true_cause(self) -> str:
        """The name of the true cause where the answer tells it; "" where it does not."""
        if self.cause == "right":
            return self.named
        return "" if self.cause == "wrong" else self.cause

    @property
    def was_right(self) -> bool | None:
        """Whether the named cause was the true one; None where that is open."""
        if not self.named or not self.cause:
            return None
        return self.cause != "wrong" and same(self.true_cause, self.named)

    def says_right(self, cause: str) -> bool | None:
        """Whether an agent that named ``cause`` was right; None where that is open."""
        if not cause or not self.cause:
            return None
        true = self.true_cause
        if true:
            return same(cause, true)
        return False if same(cause, self.named) else None


def same(a: str, b: str) -> bool:
    """Whether two names of causes are the same, whatever their case and spaces.

    >>> same("Deploy  api v3", "deploy api v3")
    True
    """
    return a == b or a.casefold().split() == b.casefold().split()


def standing(answers: Iterable[Answer]) -> tuple[Answer, ...]:
    """The answers that count, in the order of time: of several on one incident, the last one.

    A person may change their mind; times that are equal are put in order by id, so that the
    order in which answers arrive never matters.
    """
    last: dict[str, Answer] = {}
    for answer in sorted(answers, key=lambda a: (a.at, a.id)):
        last.pop(answer.incident_id, None)
        last[answer.incident_id] = answer
    return tuple(last.values())


def ages(answers: tuple[Answer, ...]) -> tuple[float, ...]:
    """What each answer counts, ``2^(-age / 90 days)``, the age measured from the last answer.

    >>> day = DAY_NS
    >>> ages((Answer("1", "i", "real", (), at=0), Answer("2", "j", "real", (), at=90 * day)))
    (0.5, 1.0)
    """
    newest = max((answer.at for answer in answers), default=0)
    return tuple(0.5 ** ((newest - answer.at) / DAY_NS / HALF_LIFE_DAYS) for answer in answers)
