"""The form in which a model has to answer. What does not fit it is asked for again."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

Kind: TypeAlias = Literal["event", "service", "segment", "column", "pattern"]


class Sentence(BaseModel):
    """One sentence and the ids of the evidence that it rests on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: Annotated[str, Field(min_length=1, max_length=400, description="One plain sentence.")]
    evidence: Annotated[
        tuple[Annotated[str, Field(max_length=400)], ...],
        Field(max_length=12, description="Ids of the evidence it rests on, copied exactly."),
    ] = ()


class NamedCause(BaseModel):
    """A candidate of the case, named as the case names it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Kind
    name: Annotated[str, Field(min_length=1, max_length=400)]


class Opinion(BaseModel):
    """What one role says of a case."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    claim: Annotated[
        tuple[Sentence, ...],
        Field(min_length=1, max_length=5, description="What you found, most important first."),
    ]
    confidence: Annotated[float, Field(ge=0, le=1, description="Probability that your claim is right.")]
    cause: Annotated[
        NamedCause | None, Field(description="One of the candidates; null means inconclusive.")
    ] = None
    steps: Annotated[
        tuple[Sentence, ...], Field(max_length=4, description="What to check or do next, first things first.")
    ] = ()


class Wording(BaseModel):
    """What the synthesizer says: the verdict in words for the person on call."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    summary: Annotated[tuple[Sentence, ...], Field(min_length=1, max_length=6)]
    recommendations: Annotated[tuple[Sentence, ...], Field(min_length=1, max_length=5)]
