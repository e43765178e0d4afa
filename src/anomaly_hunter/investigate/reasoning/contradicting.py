"""Whether words contradict what is decided: how bad it is, and which cause is named.

Only plain statements count ("a critical incident", "caused by NAME"). What is denied, doubted, asked or said
of an agent is honest writing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from anomaly_hunter.investigate.reasoning.standing import without_whole
from anomaly_hunter.investigate.reasoning.text_faults import shown

if TYPE_CHECKING:
    from anomaly_hunter.investigate.reasoning.opinion import Sentence
    from anomaly_hunter.model import Cause
    from anomaly_hunter.model.basics import Level

_LEVELS: Final = ("information", "warning", "error", "critical")
_ORDINARY: Final = {
    "information": (0, 0), "low": (0, 1), "warning": (1, 1), "medium": (1, 1), "moderate": (1, 1),
    "error": (2, 2), "high": (2, 3),
}  # fmt: skip
"""The levels, from one to one, that a word may stand for."""
_STRONG: Final = {
    **dict.fromkeys(("negligible", "trivial", "harmless", "insignificant", "cosmetic"), (0, 0)),
    **dict.fromkeys(("minor", "informational"), (0, 1)),
    "serious": (1, 3),
    **dict.fromkeys(("major", "severe", "grave"), (2, 3)),
    **dict.fromkeys(("critical", "catastrophic", "disastrous"), (3, 3)),
}
_FITTING: Final = {**_ORDINARY, **_STRONG}
_ANY: Final = "|".join(_STRONG)
_RATED: Final = "|".join(_FITTING)
_WHAT: Final = "incident|outage|disruption|emergency"
_SEVERITY: Final = re.compile(
    rf"\b(?P<a>{_RATED})[\s-]+(?:severity|priority)\b"
    rf"|\b(?P<b>{_ANY})\s+(?:{_WHAT})\b"
    rf"|\b(?:severity|priority)\s*(?:\s(?:is|was|of|as|at|rated|level)\s|[:(,=])?\s*(?:as\s+)?(?P<c>{_RATED})\b"
    rf"|\bseverity\s+(?:is\s+|of\s+)?[\d.]+(?:\s*(?:of|/|out\s+of)\s*10)?\s*[,(:\u2013-]\s*(?P<e>{_RATED})\b"
    rf"|\b(?:{_WHAT}|this|it|situation|impact)\s+(?:is|was)\s+(?:very\s+|only\s+|really\s+)?(?P<d>{_ANY})\b(?!\s+(?:to|that|for)\b)",
    re.I,
)
_HEDGED: Final = re.compile(
    r"\b(?:no|not|nor|never|neither|cannot|unlikely|unproven|inconclusive|rather|whether|if|may|might|could|would"
    r"|possibl[ey]|perhaps|suspect\w*|candidates?|either|or|against|although|though|unclear|unknown|doubt\w*|less"
    r"|says?|said|names?|named|instead|than|open|check\w*|confirm|verify|rule\w*|excluded?)\b|n[o’']t\b|\?",
    re.I,
)
_BEFORE: Final = re.compile(
    r"(?:\b(?:root\s+|actual\s+|true\s+|real\s+|likely\s+)?(?:cause|culprit|origin)\s+(?:of\s+(?:\w+\s+){1,4})?(?:is|was|lies\s+(?:in|at))"
    r"|\b(?:caused|triggered|brought\s+about|provoked|explained)\s+by|\b(?:due\s+to|because\s+of|result\s+of|originates?\s+(?:in|at|from)))"
    r"\s+(?:the\s+|a\s+|an\s+)?(?:\w+\s+){0,2}['\"‘“]?\Z",
    re.I,
)
_AFTER: Final = re.compile(
    r"\A['\"’”]?\s+(?:\w+\s+){0,1}?(?:caused|causes|triggered|is\s+(?:the\s+)?(?:root\s+|actual\s+|true\s+|real\s+)?(?:cause|culprit|origin)"
    r"|was\s+(?:the\s+)?(?:root\s+|actual\s+|true\s+|real\s+)?(?:cause|culprit|origin)|is\s+to\s+blame|is\s+responsible)\b",
    re.I,
)
_LEAST_NAME: Final = 3


def other_severities(sentences: Sequence[Sentence], level: Level, names: Collection[str]) -> Iterator[str]:
    """Words for how bad it is that are not those of the verdict's level; names of the case are no words.

    >>> from anomaly_hunter.investigate.reasoning.opinion import Sentence
    >>> said = [Sentence(text="This is a critical incident."), Sentence(text="The severity is information.")]
    >>> list(other_severities(said, "information", ()))
    ["sentence 1 says 'critical'; the severity is decided: information"]
    """
    rank = _LEVELS.index(level)
    own = [name for name in names if len(name) >= _LEAST_NAME]
    for place, sentence in enumerate(sentences, 1):
        text = without_whole(sentence.text, own)
        for match in _SEVERITY.finditer(text):
            word = next(group for group in match.groups() if group).lower()
            least, most = _FITTING[word]
            if not least <= rank <= most and not _HEDGED.search(text[: match.start()]):
                yield f"sentence {place} says {shown(word)}; the severity is decided: {level}"
                break


def other_causes(
    sentences: Sequence[Sentence], cause: Cause | None, candidates: Sequence[Cause]
) -> Iterator[str]:
    """Candidates that are named as the right one, though another cause is decided, or none.

    >>> from anomaly_hunter.investigate.reasoning.opinion import Sentence
    >>> from anomaly_hunter.model import Cause
    >>> cart, search = Cause("event", "cart v2", "", 0.7), Cause("event", "search v9", "", 0.2)
    >>> said = [Sentence(text="It was caused by 'search v9'."), Sentence(text="Search v9 may be the cause.")]
    >>> list(other_causes(said, cart, [cart, search]))
    ["sentence 1 names 'search v9' as the cause; decided is 'cart v2'"]
    """
    decided = "that none is named" if cause is None else shown(cause.name)
    own = "" if cause is None else cause.name.casefold()
    others = {
        one.name
        for one in candidates
        if len(one.name) >= _LEAST_NAME
        and one.name.casefold() not in own
        and (cause is None or _apart(one, cause))
    }
    for place, sentence in enumerate(sentences, 1):
        text = sentence.text
        if own and own in text.casefold():
            continue
        named = next((name for name in sorted(others, key=len, reverse=True) if _blames(text, name)), None)
        if named is not None:
            yield f"sentence {place} names {shown(named, 50)} as the cause; decided is {decided}"


def _apart(one: Cause, cause: Cause) -> bool:
    """Whether two causes cannot both be meant: what lies at the same place is another side of the same."""
    return not (one.place and one.place == cause.place) and one.name.casefold() != cause.place.casefold()


def _blames(text: str, name: str) -> bool:
    """Whether a text says plainly that this is the cause."""
    for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.I):
        before, after = text[: match.start()], text[match.end() :]
        if _HEDGED.search(before) or _HEDGED.search(after):
            continue
        if _BEFORE.search(before) or _AFTER.search(after):
            return True
    return False
