"""Memory: of all past incidents, does the right one come first?"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from anomaly_hunter.bench.asked import Asked
from anomaly_hunter.bench.jobs import in_jobs
from anomaly_hunter.bench.result import Result, Table
from anomaly_hunter.hunt import hunt
from anomaly_hunter.model import Hunt, Incident
from anomaly_hunter.remember.fingerprint import Fingerprint, fingerprint
from anomaly_hunter.remember.similar import PARTS, Likeness, Rarity, likeness
from anomaly_hunter.remember.store import Store
from anomaly_hunter.samples.repeats import Repeat, repeats

TUNED: Final = (0, 1)
HELD: Final = (100, 101, 102)
TURNS: Final = 5
METHODS: Final = {
    "method": ("how the past incident is chosen", ""),
    "asked": ("asked", "d"),
    "top1": ("right one first", ".3f"),
    "mrr": ("mean reciprocal rank", ".3f"),
}
DOMAINS: Final = {
    "domain": ("domain", ""),
    "asked": ("asked", "d"),
    "top1": ("right one first", ".3f"),
    "mrr": ("mean reciprocal rank", ".3f"),
    "similarity": ("similarity of the right one, median", ".2f"),
    "novel": ("families seen for the first time", "d"),
    "claimed": ("of these, called 70% alike or more", "d"),
}
NOTE: Final = (
    "Generated: 22 families of incidents in four domains (services, machines, orders, tickets), each five "
    "times with other noise, levels, onset, height, length and missing symptoms, in mixed order. Each is "
    "hunted with what was kept before it (false alarms too) as memory. Asked: incidents of a family seen "
    "before and that the hunt found. Ranks beyond the three that a verdict shows count as reciprocal rank 0 "
    "in 'the memory'; the rows below it rank everything that was kept. Part tune: seeds 0, 1; held: 100, "
    "101, 102."
)
CLAIMED: Final = 0.7


@dataclass(frozen=True, slots=True)
class Seen:
    """An incident that was kept: its family ("" = a false alarm), what it is like, who led."""

    id: str
    family: str
    print: Fingerprint
    subject: str


@dataclass(frozen=True, slots=True)
class Question:
    """One incident with the ranks of the first right answer per method (0 = not among them)."""

    family: str
    domain: str
    ranks: dict[str, int]
    similarity: float
    novel: bool


def has(asked: Asked) -> bool:
    """Always: the data are made here."""
    return True


def measure(asked: Asked) -> Result:
    """Every family, several times; ``--quick`` takes one seed."""
    seeds = {"tune": TUNED, "held": HELD, "all": (*TUNED, *HELD)}[asked.half]
    chosen = seeds[:1] if asked.quick else seeds
    found = [q for part in in_jobs(questions, chosen, asked.jobs, asked.label("memory")) for q in part]
    tables = [Table("Methods", METHODS, _methods(found)), Table("Domains", DOMAINS, _domains(found))]
    single = [{"family": q.family, "novel": q.novel, "similarity": q.similarity, **q.ranks} for q in found]
    return Result("memory", "Memory: does the right past incident come first?", tables, [NOTE], single)


def questions(seed: int, turns: int = TURNS) -> list[Question]:
    """All incidents of one seed, asked in their order."""
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder) / "memory.db") as store:
        return list(_asked(store, repeats(seed, turns)))


def _asked(store: Store, turns: Sequence[Repeat]) -> Iterator[Question]:
    kept: list[Seen] = []
    for repeat in turns:
        found = hunt(repeat.data, memory=store, keep=False)
        names = store.keep(found)
        its = [_belongs(incident, repeat) for incident in found.incidents]
        mine = next((i for i, fits in enumerate(its) if fits), None)
        if mine is not None:
            yield _question(found, found.incidents[mine], repeat.family, kept)
        kept += [
            Seen(name, repeat.family if fits else "", fingerprint(found, incident), incident.lead.subject)
            for name, incident, fits in zip(names, found.incidents, its, strict=True)
        ]


def _belongs(incident: Incident, repeat: Repeat) -> bool:
    """The incident and the fault overlap in time."""
    begin, end = incident.begin, incident.end
    return begin is not None and end is not None and bool(begin <= repeat.end and end >= repeat.begin)


def _question(found: Hunt, incident: Incident, family: str, kept: Sequence[Seen]) -> Question:
    families = {one.id: one.family for one in kept}
    told = [e for e in incident.verdict.evidence if e.id.startswith("past:")]
    shown = [families.get(e.id.removeprefix("past:"), "") for e in told]
    ranks = {"the memory": _rank(shown, family)}
    now = fingerprint(found, incident)
    rarity = Rarity.among([now, *(one.print for one in kept)])
    alike = [likeness(now, one.print, rarity) for one in kept]
    ranks["all parts, everything ranked"] = _by(kept, alike, family)
    for part in PARTS:
        ranks[f"{part} alone"] = _by(kept, [_only(part, one) for one in alike], family)
    subject = incident.lead.subject
    same = [one.family for one in reversed(kept) if one.subject == subject]
    ranks["the last one of the same series"] = _rank(same, family)
    ranks["the most recent"] = _rank([one.family for one in reversed(kept)], family)
    right = [a.similarity for a, one in zip(alike, kept, strict=True) if one.family == family]
    best = max((float(e.numbers["similarity"] or 0.0) for e in told), default=0.0)
    domain = "tickets" if found.dataset.kind == "tickets" else found.dataset.name
    return Question(family, domain, ranks, max(right, default=best), family not in families.values())


def _only(part: str, alike: Likeness) -> Likeness:
    return Likeness(alike.parts.get(part, 0.0), alike.parts)


def _by(kept: Sequence[Seen], alike: Sequence[Likeness], family: str) -> int:
    order = sorted(range(len(kept)), key=lambda i: (-alike[i].similarity, -i))
    return _rank([kept[i].family for i in order], family)


def _rank(families: Sequence[str], family: str) -> int:
    return families.index(family) + 1 if family in families else 0


def _methods(found: Sequence[Question]) -> list[dict[str, Any]]:
    known = [q for q in found if not q.novel]
    names = known[0].ranks if known else ()
    return [{"method": name, **_quality([q.ranks[name] for q in known])} for name in names]


def _domains(found: Sequence[Question]) -> list[dict[str, Any]]:
    rows = []
    for domain in sorted({q.domain for q in found}):
        mine = [q for q in found if q.domain == domain]
        known = [q for q in mine if not q.novel]
        novel = [q for q in mine if q.novel]
        middle = sorted(q.similarity for q in known)
        rows.append(
            {
                "domain": domain,
                **_quality([q.ranks["the memory"] for q in known]),
                "similarity": middle[len(middle) // 2] if middle else math.nan,
                "novel": len(novel),
                "claimed": sum(q.similarity >= CLAIMED for q in novel),
            }
        )
    return rows


def _quality(ranks: Sequence[int]) -> dict[str, Any]:
    """Share of first places, and the mean of 1 / rank (0 where the right one is not there)."""
    n = len(ranks)
    top1 = sum(rank == 1 for rank in ranks) / n if n else math.nan
    mrr = sum(1.0 / rank for rank in ranks if rank) / n if n else math.nan
    return {"asked": n, "top1": top1, "mrr": mrr}
