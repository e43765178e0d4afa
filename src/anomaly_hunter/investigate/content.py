"""Does what changed speak of what broke? Words shared by a change and the symptoms."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from anomaly_hunter.investigate.semantics import RESOURCES, MetricKind
from anomaly_hunter.investigate.surges import calm_templates, surges
from anomaly_hunter.stats.words import STOP, word_set

if TYPE_CHECKING:
    from anomaly_hunter.investigate.case import Case

LONGEST: Final = 6_000
MOST_WORDS: Final = 400
MOST_NAMES: Final = 2_000
SCALE: Final = 2.0
LEAST: Final = 0.15
ONE_WORD: Final = LEAST + (1.0 - LEAST) * (1.0 - math.exp(-1.0 / SCALE))
"""Overlap of a change that shares one telling word with the symptoms."""

UNKNOWN: Final = 0.25
FITS: Final = 0.4
FEWEST_WORDS: Final = 2
MECHANISM: Final = 1.0
SYMPTOM: Final = 0.4
KIN: Final = 0.5
MOST_SURGES: Final = 30
MOST_MOVED: Final = 30


# Words that every error, metric or change may hold: they say that something is wrong, not what.
_COMMON: Final = word_set(
    """
    err error fail failed failing failure exception warn warning info debug fatal critical http
    https server service svc request response upstream downstream call caller handler sec second
    minute hour total ratio rate pct percent avg mean sum count max min p50 p90 p95 p99 p999
    duration latency value metric status code true false func function return returned returning var
    const let new type string int float bool struct import package class def self this public
    private static void context ctx json yaml file src pkg internal cmd main lib test chore feat fix
    refactor perf build docs style update updated add added remove removed change changed use used
    using per via got get set java python rust kotlin scala ruby php golang typescript javascript
    csharp tsx jsx yml toml csproj com org lang
    """
)
_SPLIT: Final = re.compile(r"([a-z0-9])([A-Z])|([A-Z])([A-Z][a-z])")
_NAME: Final = re.compile(r"[A-Za-z][\w-]*")
_WORD: Final = re.compile(r"[a-z][a-z0-9]{2,29}")


_SUFFIX: Final = re.compile(r"[-_.]?(?:service|svc|server|api|app|[-_]?\d+)$", re.IGNORECASE)
_RELAYED: Final = re.compile(
    r"\bslow (?:request|response|call)|time[d ]?-?out|exceeded|upstream|deadline|propagat"
    r"|\breturn(?:ed|ing) (?:<\*>|\d{3})",
    re.IGNORECASE,
)

KIN_WORDS: Final[dict[MetricKind, str]] = {
    "queries": "query sql select database fetch lookup find row table join index orm preload lazy",
    "memory": "memory heap alloc append buffer cache slice retain history leak unbounded grow evict limit",
    "cache hit": "cache ttl expire expiry evict invalidate redis memcached key warm",
    "cache miss": "cache ttl expire expiry evict invalidate redis memcached key warm",
    "cpu": "loop regex sort compress encrypt hash parse serialize encode render recursion",
    "pool": "pool connection acquire release close idle limit thread worker concurrency lock",
    "disk used": "disk log write temp retention rotate dump snapshot backup",
    "disk free": "disk log write temp retention rotate dump snapshot backup",
    "queue": "queue consumer producer batch publish subscribe ack offset partition prefetch",
    "certificate": "certificate cert tls ssl x509 cipher trust ca",
    "network": "network dns proxy route port firewall mtu socket",
    "restarts": "memory panic limit probe liveness signal exit",
    "freshness": "schedule cron lag watermark partition batch ingest",
}
"""Words of code and settings that belong to what a metric measures."""


@dataclass(frozen=True, slots=True)
class Symptoms:
    """Weight of every word that the symptoms hold, and how common each word is.

    ``weight`` in [0, 1] per word; ``commonness`` counts in how many of ``documents`` (changes and calm
    log templates) a word stands; ``name_of`` maps a word to the first word of the name it stands in.
    """

    weight: Mapping[str, float]
    commonness: Mapping[str, int]
    documents: int
    places: frozenset[str] = frozenset()
    name_of: Mapping[str, str] = field(default_factory=dict)

    def rarity(self, word: str) -> float:
        """Inverse document frequency, scaled: 1 for a word of one document, 0 for one in all."""
        n = self.documents + 1
        return max(0.0, math.log(n / max(1, self.commonness.get(word, 1))) / math.log(n)) if n > 1 else 1.0


@dataclass(frozen=True, slots=True)
class Overlap:
    """``value`` in [0.15, 1] (0.25: the change says too little of itself), and the words that are shared.

    ``fits`` is False where the two can be compared and the value is below 0.4.
    """

    value: float
    words: tuple[str, ...]
    fits: bool = True


def symptoms(case: Case, changes: Sequence[str]) -> Symptoms:
    """Words of surging log templates and of series that moved; ``changes`` are the texts to compare with.

    A template weighs what its surge weighs, 0.4 of that where it speaks of slowness or of somebody
    else's answer. The name of a resource (queries, memory, cache, pool) weighs 1, that of a latency or
    of errors 0.4; words that belong to what it measures (:data:`KIN_WORDS`) 0.5. Names of services are left
    out: where a change lies is judged by the graph.
    """
    weight: dict[str, float] = {}
    name_of: dict[str, str] = {}
    for surge in surges(case)[:MOST_SURGES]:
        text = f"{surge.template.text} {surge.template.example}"
        _raise(weight, text, surge.weight * (SYMPTOM if _RELAYED.search(text) else 1.0))
        for words in names_in(text):
            for word in words:
                name_of.setdefault(word, words[0])
    for movement in [m for m in case.movements if m.moved][:MOST_MOVED]:
        mechanism = movement.kind in RESOURCES
        _raise(weight, movement.series.name, MECHANISM if mechanism else SYMPTOM)
        _raise(weight, KIN_WORDS.get(movement.kind, ""), KIN)
    documents = [*changes, *(template.text for template in calm_templates(case))]
    commonness: dict[str, int] = {}
    for text in documents:
        for word in words_in(text):
            commonness[word] = commonness.get(word, 0) + 1
    places = _places(case)
    kept = {word: w for word, w in weight.items() if word not in places}
    return Symptoms(kept, commonness, len(documents), places, name_of)


def _raise(weight: dict[str, float], text: str, to: float) -> None:
    for word in words_in(text):
        weight[word] = max(weight.get(word, 0.0), to)


def overlap(text: str, known: Symptoms) -> Overlap:
    """How much a change shares with the symptoms.

    ``s = sum of rarity(word) * weight(word)`` over shared words, ``value = 0.15 + 0.85 (1 - exp(-s / 2))``.
    Words that stand in one name of the change or of the symptoms (``PlaceOrder``, ``db_pool``) are one:
    the best of them counts.
    A change with fewer than two words of its own, or without symptoms to compare with, is unknown: 0.25.
    """
    own = [word for word in words_in(text) if word not in known.places]
    if len(own) < FEWEST_WORDS or not known.weight:
        return Overlap(UNKNOWN, ())
    gains = {word: known.rarity(word) * known.weight[word] for word in own if word in known.weight}
    best: dict[str, float] = {}
    for words in names_in(text):
        gain, word = max((gains.get(word, 0.0), word) for word in words)
        name = known.name_of.get(word, word)
        best[name] = max(best.get(name, 0.0), gain)
    value = LEAST + (1.0 - LEAST) * (1.0 - math.exp(-sum(best.values()) / SCALE))
    return Overlap(value, tuple(sorted(gains, key=lambda word: (-gains[word], word))), value >= FITS)


def words_in(text: str) -> tuple[str, ...]:
    """The telling words of a text, each once: camelCase and paths split, plurals cut.

    >>> words_in("chore: lower poolSize in services/cart/db_pool.yaml")
    ('lower', 'pool', 'size', 'cart')
    """
    return tuple(dict.fromkeys(word for words in names_in(text) for word in words))[:MOST_WORDS]


@lru_cache(maxsize=4096)
def names_in(text: str) -> tuple[tuple[str, ...], ...]:
    """The telling words of a text, those of one name together; each name once.

    >>> names_in("slow PlaceOrder in services/cart/db_pool.yaml")
    (('slow',), ('place', 'order'), ('cart',), ('pool',))
    """
    found = (_words_of(name) for name in _NAME.findall(text[:LONGEST]))
    return tuple(dict.fromkeys(words for words in found if words))


def _words_of(name: str) -> tuple[str, ...]:
    plain = _SPLIT.sub(_with_gap, name).lower().replace("_", " ").replace("-", " ")
    stems = (_stem(word) for word in _WORD.findall(plain) if word not in _COMMON)
    return tuple(dict.fromkeys(s for s in stems if s not in STOP and s not in _COMMON))


def _with_gap(found: re.Match[str]) -> str:
    return f"{found[1] or found[3]} {found[2] or found[4]}"


def _stem(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return (
        word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3 else word
    )


def _places(case: Case) -> frozenset[str]:
    """Words that name a service of the case: order for orderservice, ingestor for metric-ingestor-1."""
    names = {m.service for m in case.movements} | {event.service for event in case.events[:MOST_NAMES]}
    names |= set(case.graph.nodes) if case.graph is not None else set()
    found: set[str] = set()
    for name in names:
        found.update(words_in(name), words_in(_SUFFIX.sub("", name)))
    return frozenset(found)
