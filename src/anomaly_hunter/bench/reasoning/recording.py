"""Recorded answers of a model: a file of JSON lines, a header first, then one line for each request."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final

from anomaly_hunter.bench.reasoning.request_key import Request
from anomaly_hunter.errors import DataError

FORMAT: Final = 1
SHIPPED: Final = Path(__file__).with_name("stand_in.jsonl")
RECORD_AGAIN: Final = "record again: hunter eval --record FILE"
DIFFERENT: Final = (
    "the model is another one",
    "the instructions (the prompt) differ",
    "the tools, or the form of the answer, differ",
    "the settings of the model differ",
)


class NotRecordedError(DataError):
    """A request that is not in the recording."""


@dataclass(frozen=True, slots=True)
class Header:
    """What was recorded: the model (or what stood in for it), when, and with which prompts.

    ``prompts`` maps each prompt to its version; ``agents`` each role to its options, with which it is
    replayed; ``prices`` each model to USD per million tokens in and out, as far as they were known;
    ``about`` is for whoever opens the file.
    """

    model: str
    date: str
    prompts: Mapping[str, int]
    about: str = ""
    agents: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    prices: Mapping[str, tuple[float, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recorded:
    """One answer: its parts as ["text", TEXT] or ["ask", TOOL, ARGUMENTS], tokens in and out, seconds."""

    answer: Sequence[Sequence[Any]]
    tokens: tuple[int, int]
    seconds: float
    parts: Sequence[str] = ()


@dataclass(slots=True)
class Recording:
    """Answers by the key of the request; grows while it is recorded."""

    header: Header
    answers: dict[str, Recorded] = field(default_factory=dict)

    def find(self, request: Request) -> Recorded:
        """The answer to this request.

        Raises
        ------
        NotRecordedError
            It was not recorded; the message says what differs.
        """
        found = self.answers.get(request.key)
        if found is None:
            raise NotRecordedError(
                f"a request to {request.model} is not in the recording: {self.difference(request)}",
                f"a request that was recorded on {self.header.date}",
                RECORD_AGAIN,
            )
        return found

    def difference(self, request: Request) -> str:
        """In words, the first thing in which this request differs from all that were recorded."""
        alike = list(self.answers.values())
        for i, (part, words) in enumerate(zip(request.parts, DIFFERENT, strict=True)):
            alike = [one for one in alike if len(one.parts) > i and one.parts[i] == part]
            if not alike:
                return words
        return "the evidence, or what was said so far, differs"


def text_of(recording: Recording) -> str:
    """The file: the header, then the answers sorted by their keys."""
    header = recording.header
    first = {
        "format": FORMAT, "about": header.about, "model": header.model, "date": header.date,
        "prompts": header.prompts, "agents": header.agents, "prices": header.prices,
    }  # fmt: skip
    lines = [
        {"key": key, "parts": "-".join(one.parts), "tokens": one.tokens, "seconds": round(one.seconds, 3),
         "answer": one.answer}
        for key, one in sorted(recording.answers.items())
    ]  # fmt: skip
    return "".join(
        json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in (first, *lines)
    )


def write(recording: Recording, path: Path) -> None:
    """The file, whole or not at all."""
    from anomaly_hunter.tell.write import write_whole

    write_whole(path, text_of(recording))


def read(path: Path) -> Recording:
    """A recording from its file.

    Raises
    ------
    DataError
        The file is not there, is not a recording, or is of another format.
    """
    try:
        first, *rest = path.read_text(encoding="utf-8").splitlines()
        head = json.loads(first)
        if head["format"] != FORMAT:
            raise DataError(f"`{path}` is of format {head['format']!r}", f"format {FORMAT}", RECORD_AGAIN)
        header = Header(**{f.name: head[f.name] for f in fields(Header)})
        return Recording(header, dict(map(_answer, rest)))
    except OSError as error:
        raise DataError(f"`{path}` cannot be read ({error.strerror})", "a recording", RECORD_AGAIN) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"`{path}` is not a recording ({error})", "JSON lines", RECORD_AGAIN) from error


def _answer(line: str) -> tuple[str, Recorded]:
    given = json.loads(line)
    tokens_in, tokens_out = map(int, given["tokens"])
    answer = [list(part) for part in given["answer"]]
    return given["key"], Recorded(
        answer, (tokens_in, tokens_out), float(given["seconds"]), tuple(given["parts"].split("-"))
    )
