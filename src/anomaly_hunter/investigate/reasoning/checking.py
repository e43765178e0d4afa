"""Whether what a model says is supported: by evidence of the case, and in words that may be read.

A fault is a short text for the model, which is asked once more. It repeats at most 60 characters of what
the model said.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Final

from anomaly_hunter.investigate.reasoning.harming import harm_in
from anomaly_hunter.investigate.reasoning.numbers import (
    MOST_READ,
    is_word_of,
    named_in,
    numbers_in,
    speaks_of,
    stands_in,
)
from anomaly_hunter.investigate.reasoning.text_faults import (
    dangers,
    dismisses,
    foreign_quotes,
    other_script,
    shown,
    unknown_handle,
    unprintable,
)
from anomaly_hunter.model import Cause, Evidence

if TYPE_CHECKING:
    from anomaly_hunter.investigate.reasoning.opinion import Opinion, Sentence, Wording

MOST_FAULTS: Final = 8
_MOST_OF_A_NUMBER: Final = 30
_FOREIGN: Final = ("theme", "words", "log", "logs", "rows")


@dataclass(frozen=True, slots=True)
class _Ground:
    """What a sentence may rest on."""

    known: Mapping[str, Evidence]
    names: tuple[str, ...]
    allowed: tuple[str, ...]

    def things(self) -> tuple[str, ...]:
        """Texts in which the things of the case are named."""
        return _things(tuple(evidence.statement for evidence in self.known.values()), self.names)


@lru_cache(maxsize=8)
def _things(statements: tuple[str, ...], names: tuple[str, ...]) -> tuple[str, ...]:
    return named_in(statements, names)


def opinion_faults(
    opinion: Opinion,
    known: Mapping[str, Evidence],
    causes: Sequence[Cause],
    names: Collection[str],
    allowed: Collection[str] = (),
) -> tuple[str, ...]:
    """What is wrong with an opinion, for the model to mend; () where nothing is.

    ``known`` maps ids to all evidence of the case, ``causes`` are its candidates, ``names`` its services,
    series and event titles (numbers in them are none), ``allowed`` its own steps, which may be said as
    they stand.
    """
    names = {*names, *(cause.name for cause in causes)}
    ground = _Ground(known, tuple(sorted(names)), tuple(allowed))
    return tuple(islice(_opinion_faults(opinion, ground, causes), MOST_FAULTS))


def wording_faults(
    wording: Wording,
    known: Mapping[str, Evidence],
    names: Collection[str],
    allowed: Collection[str] = (),
) -> tuple[str, ...]:
    """What is wrong with the wording of a verdict: see :func:`opinion_faults`."""
    ground = _Ground(known, tuple(sorted(set(names))), tuple(allowed))
    faults = _sentences(
        (("summary", wording.summary, True), ("recommendation", wording.recommendations, False)), ground
    )
    return tuple(islice(faults, MOST_FAULTS))


def cause_named(opinion: Opinion, causes: Sequence[Cause]) -> Cause | None:
    """The candidate that an opinion names, whatever its case and spaces; None where it names none of them."""
    if opinion.cause is None:
        return None
    said = (opinion.cause.kind, _folded(opinion.cause.name))
    return next((cause for cause in causes if (cause.kind, _folded(cause.name)) == said), None)


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


def _opinion_faults(opinion: Opinion, ground: _Ground, causes: Sequence[Cause]) -> Iterator[str]:
    if opinion.cause is not None:
        cause = cause_named(opinion, causes)
        if cause is None:
            yield (
                f"the cause {shown(opinion.cause.name, 50)} is none of the candidates of this case; "
                "name one of them with its kind, or null"
            )
        elif not _rests_on(opinion.claim, cause, ground):
            yield "no sentence of the claim cites evidence for the cause that you name; cite it, or name none"
    yield from _sentences((("claim", opinion.claim, True), ("step", opinion.steps, False)), ground)


def _rests_on(claim: Sequence[Sentence], cause: Cause, ground: _Ground) -> bool:
    """Whether the claim cites what speaks for the cause, or what was measured of it."""
    cited = {id_ for sentence in claim for id_ in sentence.evidence if id_ in ground.known}
    if cited & set(cause.evidence):
        return True
    others = [ground.known[id_] for id_ in cited - set(cause.against)]
    return any(
        speaks_of(cause.name, evidence.statement)
        for evidence in others
        if evidence.id.partition(":")[0] not in _FOREIGN
    )


def _sentences(parts: Sequence[tuple[str, Sequence[Sentence], bool]], ground: _Ground) -> Iterator[str]:
    for part, sentences, must_cite in parts:
        for place, sentence in enumerate(sentences, 1):
            where = f"{part} sentence {place}" if must_cite else f"{part} {place}"
            yield from (f"{where} {fault}" for fault in _faults_of(sentence, ground, must_cite=must_cite))


def _faults_of(sentence: Sentence, ground: _Ground, *, must_cite: bool) -> Iterator[str]:
    bad = unprintable(sentence.text)
    if bad:
        yield bad
        return
    unknown = [id_ for id_ in sentence.evidence if id_ not in ground.known]
    if unknown:
        yield f"cites {shown(unknown[0], 50)}, which is no evidence of this case; copy ids exactly"
    cited = [ground.known[id_] for id_ in sentence.evidence if id_ in ground.known]
    if must_cite and not sentence.evidence:
        yield "cites no evidence; every sentence of it needs some"
    if dismisses(sentence.text):
        yield "talks the incident away; say what was measured, or that the cause is inconclusive"
    yield from dangers(sentence.text, ground.names, ground.allowed)
    yield from filter(None, (harm_in(sentence.text, ground.names, ground.allowed),))
    yield from _words(sentence, cited, ground)
    yield from _numbers(sentence, cited, ground)


def _words(sentence: Sentence, cited: Sequence[Evidence], ground: _Ground) -> Iterator[str]:
    statements = [evidence.statement[:MOST_READ] for evidence in cited]
    sources = [*statements, *(evidence.id for evidence in cited), *ground.names, *ground.allowed]
    for inner in islice(foreign_quotes(sentence.text, sources), 2):
        yield f"quotes {shown(inner, 50)}, which stands in none of the evidence it cites"
    handle = unknown_handle(sentence.text, [*ground.things(), *ground.allowed])
    if handle:
        yield f"names {shown(handle, 40)}, which is not in this case"
    word = other_script(sentence.text, sources)
    if word:
        yield f"holds {shown(word, 30)}, in a script that none of the evidence it cites has"


def _numbers(sentence: Sentence, cited: Sequence[Evidence], ground: _Ground) -> Iterator[str]:
    text = sentence.text
    for step in ground.allowed:
        text = text.replace(step, " ")
    statements = [evidence.statement[:MOST_READ] for evidence in cited]
    for number in numbers_in(text, ground.names, statements):
        if number.kind == "word" and is_word_of(number.text, ground.things()):
            continue
        if any(stands_in(number, evidence, ground.names) for evidence in cited):
            continue
        said = shown(number.text, _MOST_OF_A_NUMBER)
        if not sentence.evidence:
            yield f"says {said} and cites no evidence that holds it"
        else:
            yield f"says {said}, which stands in none of the evidence it cites"
