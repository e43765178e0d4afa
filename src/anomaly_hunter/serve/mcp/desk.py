"""Where outsiders ask: hunts, questions and the memory behind one set of bounds.

Nothing here writes, except an answer of a person where that is allowed, and nothing reaches the
network: hunts are not kept and not sent, and no language model is called, since who asks is one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from anomaly_hunter.config import Settings
from anomaly_hunter.errors import HunterError, UsageError
from anomaly_hunter.investigate.functions import answer_of
from anomaly_hunter.investigate.question import Question
from anomaly_hunter.investigate.reasoning.options import AgentsOptions
from anomaly_hunter.serve.mcp.folders import Folders
from anomaly_hunter.serve.mcp.given import Given
from anomaly_hunter.serve.mcp.held import HeldHunt, HeldHunts
from anomaly_hunter.serve.mcp.limits import Limits
from anomaly_hunter.serve.mcp.workers import Stop, Workers
from anomaly_hunter.tracing.options import TracingOptions

if TYPE_CHECKING:
    from anomaly_hunter.detect.explain import Explanation
    from anomaly_hunter.remember.store import Store

T = TypeVar("T")


class Desk:
    """One server's hunts, the folders it may read, and the memory of its settings.

    Every call raises :class:`~anomaly_hunter.errors.HunterError` with the cure, in words that name no
    place outside the folders.

    Parameters
    ----------
    settings:
        As for a hunt; language models, sinks and tracing in them are left out.
    folders:
        What may be read.
    may_answer:
        Whether feedback may be written.
    """

    def __init__(
        self,
        settings: Settings,
        folders: Folders,
        *,
        limits: Limits | None = None,
        may_answer: bool = False,
    ) -> None:
        if may_answer and not settings.remember.memory:
            raise UsageError(
                "feedback is allowed and nothing is remembered here",
                "a folder with a memory",
                "run `hunter init`, then `hunter detect`",
            )
        self.limits = limits or Limits()
        self.folders = folders
        self.may_answer = may_answer
        self._settings = replace(settings, agents=AgentsOptions(), tracing=TracingOptions())
        self._held = HeldHunts(self.limits)
        self._hunting = Workers(self.limits.at_once, self.limits.call_s)
        self._asking = Workers(self.limits.at_once, self.limits.call_s)

    @property
    def remembers(self) -> bool:
        """Whether a memory is set."""
        return bool(self._settings.remember.memory)

    def close(self) -> None:
        """Let go of what runs."""
        self._hunting.close()
        self._asking.close()

    async def hunt(self, given: Given) -> HeldHunt:
        """Hunt in what was given; the memory counts as evidence, and nothing is kept in it."""
        return await self._run(self._hunting, lambda stop: self._hunted(given, stop))

    async def ask(self, incident: str, question: Question, **parameters: Any) -> dict[str, Any]:
        """What the case of an incident answers."""

        def work(_: Stop) -> dict[str, Any]:
            held, case = self._held.case(incident)
            with held.asking:
                return {"incident": incident, **answer_of(case, question, **parameters)}

        return await self._run(self._asking, work)

    async def explain(self, hunt: str, at: str, series: str = "") -> Explanation:
        """Why a point of a hunt alarms or does not."""

        def work(_: Stop) -> Explanation:
            from anomaly_hunter.explain import explain_among

            held = self._held.hunt(hunt)
            return explain_among(held.hunt.detections, at, series=series, settings=held.settings)

        return await self._run(self._asking, work)

    async def incidents(self, most: int) -> list[dict[str, Any]]:
        """What is remembered, the last hunted first."""
        from anomaly_hunter.serve.documents.remembered import kept_document

        return await self._in_memory(lambda store: [kept_document(kept) for kept in store.incidents(most)])

    async def incident(self, name: str) -> dict[str, Any]:
        """One remembered incident in full."""
        from anomaly_hunter.serve.documents.remembered import remembered_document

        return await self._in_memory(lambda store: remembered_document(store.incident(name)))

    async def feedback(self, incident: str, word: str, *, preview: bool, **said: Any) -> dict[str, Any]:
        """What an answer would change; kept only where that is allowed and asked for."""
        from anomaly_hunter.feedback import feedback
        from anomaly_hunter.serve.documents.remembered import effect_document

        if not (preview or self.may_answer):
            raise UsageError("feedback may not be written here", "a preview", "start with --allow-feedback")

        def work(store: Store) -> dict[str, Any]:
            return effect_document(feedback(incident, word, memory=store, preview=preview, **said))

        return await self._in_memory(work)

    def _hunted(self, given: Given, stop: Stop) -> HeldHunt:
        from anomaly_hunter.hunt import cases_of, hunt

        given.check(self.limits)
        settings = given.settings(self._settings)
        data, around = given.data(self.folders, settings.read), given.around(self.folders)
        stop.check()
        with self._store() as store:
            found = hunt(data, **around, settings=settings, memory=store, keep=False, progress=stop.check)
            stop.check()
            return self._held.hold(found, cases_of(found, settings, store), settings)

    async def _in_memory(self, work: Callable[[Store], T]) -> T:
        def ask(_: Stop) -> T:
            with self._store() as store:
                if store is None:
                    raise UsageError(
                        "nothing is remembered here yet", "a memory", "the user can run `hunter detect` first"
                    )
                return work(store)

        return await self._run(self._asking, ask)

    @contextmanager
    def _store(self) -> Iterator[Store | None]:
        """The memory; None where none is set or nothing was ever kept in it: asking makes no file."""
        remember = self._settings.remember
        place = remember.memory
        if not place or ("://" not in place and not Path(place).is_file()):
            yield None
            return
        from anomaly_hunter.remember.store import Store

        with Store.open(place, remember.organisation) as store:
            yield store

    async def _run(self, workers: Workers, work: Callable[[Stop], T]) -> T:
        try:
            return await workers.run(work)
        except HunterError as error:
            came, expected, cure = map(self.folders.hidden, (error.came, error.expected, error.cure))
            raise type(error)(came, expected, cure) from error
