"""Evidence as a page shows it: each fact under an anchor that a link can name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from anomaly_hunter.model import Evidence, Verdict, stable_id


@dataclass(frozen=True, slots=True)
class Proof:
    """One fact; the anchor depends on its id alone, so that a link outlives a new verdict.

    >>> Proof(Evidence("reach:shop", "how far does it reach?", "2 of 3")).anchor
    'e-23576c887be8'
    """

    evidence: Evidence

    @property
    def anchor(self) -> str:
        """The fragment of its address."""
        return f"e-{stable_id(self.evidence.id)}"


@dataclass(frozen=True, slots=True)
class Theme:
    """What many texts are about: shares now and before, and a few of the texts themselves."""

    proof: Proof
    terms: str
    count: float
    share: float
    before: float
    quotes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facet:
    """Which values of a column carry the increase, the largest share first."""

    proof: Proof
    name: str
    parts: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Texts:
    """What stands in the place of a chart where records were counted."""

    themes: tuple[Theme, ...]
    facets: tuple[Facet, ...]

    def __bool__(self) -> bool:
        return bool(self.themes or self.facets)


def proofs_of(verdict: Verdict) -> dict[str, Proof]:
    """Every fact of a verdict by its id."""
    return {evidence.id: Proof(evidence) for evidence in verdict.evidence}


def homes(verdict: Verdict) -> dict[str, str]:
    """For each fact the first agent that rests on it: its anchor stands there, and nowhere twice."""
    found: dict[str, str] = {}
    for finding in verdict.findings:
        for name in finding.evidence:
            found.setdefault(name, finding.agent)
    return found


def texts_of(proofs: Iterable[Proof]) -> Texts:
    """The themes and facets among the facts."""
    themes, facets = [], []
    for proof in proofs:
        numbers = proof.evidence.numbers
        if "terms" in numbers and "share" in numbers:
            themes.append(_theme(proof))
        elif any(name.startswith("part:") for name in numbers):
            facets.append(_facet(proof))
    return Texts(tuple(themes), tuple(facets))


def _theme(proof: Proof) -> Theme:
    numbers = proof.evidence.numbers
    quotes = tuple(str(value) for name, value in numbers.items() if name.startswith("quote"))
    share, before = (_share(numbers, name) for name in ("share", "share_before"))
    return Theme(proof, str(numbers["terms"]), float(_real(numbers.get("count"))), share, before, quotes)


def _facet(proof: Proof) -> Facet:
    numbers = proof.evidence.numbers
    parts = {name.removeprefix("part:"): _real(v) for name, v in numbers.items() if name.startswith("part:")}
    whole = _real(numbers.get("increase")) or sum(parts.values()) or 1.0
    shares = sorted(((name, value / whole) for name, value in parts.items()), key=lambda pair: -pair[1])
    return Facet(proof, str(numbers.get("facet", "")), tuple((n, s) for n, s in shares if s > 0))


def _share(numbers: Mapping[str, object], name: str) -> float:
    return min(max(_real(numbers.get(name)), 0.0), 1.0)


def _real(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
