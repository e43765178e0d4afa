"""Does what changed speak of what broke? Words shared by a change and the symptoms."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from anomaly_hunter.investigate.surges import calm_templates, surges
from anomaly_hunter.stats.words import STOP

if TYPE_CHECKING:
    from anomaly_hunter.investigate.case import Case
    from anomaly_hunter.model import LogTemplate

LONGEST: Final = 6_000
MOST_WORDS: Final = 400
SCALE: Final = 1.5
LEAST: Final = 0.25
UNKNOWN: Final = 0.5
FEWEST_WORDS: Final = 4
METRIC_WEIGHT: Final = 0.5
MOST_SURGES: Final = 30
MOST_MOVED: Final = 30

# Words that every error, metric or change may hold: they say that something is wrong, not what.
_COMMON: Final = frozenset(
    [
        "err",
        "error",
        "errors",
        "fail",
        "failed",
        "failing",
        "failure",
        "exception",
        "warn",
        "warning",
        "info",
        "debug",
        "fatal",
        "critical",
        "http",
        "https",
        "server",
        "service",
        "svc",
        "request",
        "requests",
        "response",
        "upstream",
        "downstream",
        "call",
        "caller",
        "handler",
        "ms",
        "sec",
        "seconds",
        "second",
        "minute",
        "minutes",
        "hour",
        "total",
        "ratio",
        "rate",
        "pct",
        "percent",
        "avg",
        "mean",
        "sum",
        "count",
        "max",
        "min",
        "p50",
        "p90",
        "p95",
        "p99",
        "p999",
        "duration",
        "latency",
        "value",
        "metric",
        "metrics",
        "status",
        "code",
        "true",
        "false",
        "null",
        "nil",
        "none",
        "func",
        "function",
        "return",
        "returned",
        "returning",
        "if",
        "else",
        "for",
        "var",
        "const",
        "let",
        "new",
        "type",
        "string",
        "int",
        "float",
        "bool",
        "map",
        "struct",
        "import",
        "package",
        "class",
        "def",
        "self",
        "this",
        "public",
        "private",
        "static",
        "void",
        "context",
        "ctx",
        "err",
        "json",
        "yaml",
        "file",
        "src",
        "pkg",
        "internal",
        "cmd",
        "main",
        "lib",
        "test",
        "tests",
        "chore",
        "feat",
        "fix",
        "refactor",
        "perf",
        "build",
        "ci",
        "docs",
        "style",
        "update",
        "updated",
        "add",
        "added",
        "remove",
        "removed",
        "change",
        "changed",
        "use",
        "using",
        "used",
        "per",
        "via",
        "got",
        "get",
        "set",
    ]
)
_SPLIT: Final = re.compile(r"([a-z0-9])([A-Z])|([A-Z])([A-Z][a-z])")
_WORD: Final = re.compile(r"[a-z][a-z0-9]{2,29}")


@dataclass(frozen=True, slots=True)
class Symptoms:
    """Weight of every word that the symptoms hold, and how common each word is.

    ``weight`` in [0, 1] per word; ``commonness`` counts in how many of ``documents`` (changes and calm
    log templates) a word stands.
    """

    weight: Mapping[str, float]
    commonness: Mapping[str, int]
    documents: int

    def rarity(self, word: str) -> float:
        """Inverse document frequency, scaled: 1 for a word of one document, 0 for one in all."""
        n = self.documents + 1
        return max(0.0, math.log(n / max(1, self.commonness.get(word, 1))) / math.log(n)) if n > 1 else 1.0


@dataclass(frozen=True, slots=True)
class Overlap:
    """``value`` in [0.25, 1] (0.5: the change says too little of itself), and the words that are shared."""

    value: float
    words: tuple[str, ...]


def symptoms(case: Case, changes: Sequence[str]) -> Symptoms:
    """Words of surging log templates (weight of the surge), of the lead's name and of series that moved
    (0.5), without the names of services; ``changes`` are the texts that are compared with them."""
    names = _service_words(case)
    weight: dict[str, float] = {}
    for surge in surges(case)[:MOST_SURGES]:
        for word in words_in(f"{surge.template.text} {surge.template.example}"):
            weight[word] = max(weight.get(word, 0.0), surge.weight)
    for name in _metric_names(case):
        for word in words_in(name):
            weight[word] = max(weight.get(word, 0.0), METRIC_WEIGHT)
    documents = [*changes, *(template.text for template in _calm(case))]
    commonness: dict[str, int] = {}
    for text in documents:
        for word in words_in(text):
            commonness[word] = commonness.get(word, 0) + 1
    kept = {word: w for word, w in weight.items() if word not in names}
    return Symptoms(kept, commonness, len(documents))


def overlap(text: str, known: Symptoms) -> Overlap:
    """How much a change shares with the symptoms.

    ``s = sum of rarity(word) * weight(word)`` over shared words, ``value = 0.25 + 0.75 (1 - exp(-s / 1.5))``.
    A change with fewer than four words of its own, or without symptoms to compare with, is unknown: 0.5.
    """
    own = words_in(text)
    if len(own) < FEWEST_WORDS or not known.weight:
        shared = [word for word in own if word in known.weight]
        return Overlap(UNKNOWN, tuple(shared))
    shared = [word for word in own if word in known.weight]
    gains = {word: known.rarity(word) * known.weight[word] for word in shared}
    value = LEAST + (1.0 - LEAST) * (1.0 - math.exp(-sum(gains.values()) / SCALE))
    return Overlap(value, tuple(sorted(gains, key=lambda word: (-gains[word], word))))


@lru_cache(maxsize=8192)
def words_in(text: str) -> tuple[str, ...]:
    """The telling words of a text, each once: camelCase and paths split, plurals cut.

    >>> words_in("chore: lower poolSize in services/cart/db_pool.yaml")
    ('lower', 'pool', 'size', 'cart')
    """
    plain = _SPLIT.sub(_with_gap, text[:LONGEST]).lower()
    stems = (_stem(word) for word in _WORD.findall(plain.replace("_", " ")) if word not in _COMMON)
    found = dict.fromkeys(s for s in stems if s not in STOP and s not in _COMMON)
    return tuple(found)[:MOST_WORDS]


def _with_gap(found: re.Match[str]) -> str:
    return f"{found[1] or found[3]} {found[2] or found[4]}"


def _stem(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return (
        word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3 else word
    )


def _service_words(case: Case) -> frozenset[str]:
    """Names of services as one word: where they lie is judged by the graph."""
    names = {m.service for m in case.movements} | {event.service for event in case.events[:MOST_WORDS]}
    names |= set(case.graph.nodes) if case.graph is not None else set()
    joined = (re.sub(r"[^a-z0-9]", "", name.lower()) for name in names if name)
    return frozenset(joined)


def _metric_names(case: Case) -> Iterable[str]:
    moved = [m.series.name for m in case.movements if m.moved][:MOST_MOVED]
    return dict.fromkeys((*([case.series.name] if case.series is not None else []), *moved))


def _calm(case: Case) -> tuple[LogTemplate, ...]:
    return calm_templates(case)
