"""The one door: whatever goes to a language model and whatever comes back passes through here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from time import perf_counter
from typing import Any, Final, NoReturn

from pydantic_ai.messages import ModelMessage, ModelResponse
from pydantic_ai.models import CompletedStreamedResponse, Model, ModelRequestParameters, StreamedResponse
from pydantic_ai.models.wrapper import WrapperModel
from pydantic_ai.settings import ModelSettings

from anomaly_hunter.investigate.reasoning.egress import Departure, EgressLog
from anomaly_hunter.investigate.reasoning.failing import ModelCallError, failure
from anomaly_hunter.investigate.reasoning.leaving import (
    Leaving,
    Masking,
    masked,
    restored,
    tokens_of,
    words_of,
)
from anomaly_hunter.investigate.reasoning.limits import Purse, Reservation
from anomaly_hunter.investigate.reasoning.options import RoleOptions
from anomaly_hunter.tracing.spans import Span, count, heard, span

__all__ = ["GuardedModel", "ModelCallError"]

MOST_TRIES: Final = 3
MOST_TOKENS: Final = 10_000_000
"""A provider that counts more than this has miscounted."""
FIRST_WAIT: Final = 0.25
LONGEST_WAIT: Final = 15.0
"""Seconds; a provider that asks for more is not waited for."""


class GuardedModel(WrapperModel):
    """A model behind limits, masking, the egress log and a span.

    Raises :class:`~.limits.LimitReachedError` where nothing may be spent any more, and
    :class:`~.failing.ModelCallError` where the model did not answer; an egress log that cannot be written
    raises its own error. In all of these cases nothing was sent, or nothing more will be.

    Parameters
    ----------
    wrapped:
        The model of the provider.
    role, incident:
        Who asks, and about what: for the limits, the log and the trace.
    options:
        The whole options of the role.
    purse:
        What the investigation may spend.
    mask:
        What hides private values.
    egress:
        Where it is written down that something leaves.
    to:
        The host that is asked.
    """

    def __init__(
        self,
        wrapped: Model,
        *,
        role: str,
        incident: str,
        options: RoleOptions,
        purse: Purse,
        mask: Masking,
        egress: EgressLog,
        to: str,
    ) -> None:
        super().__init__(wrapped)
        self.role = role
        self.incident = incident
        self.options = options
        self.purse = purse
        self.mask = mask
        self.egress = egress
        self.to = to

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        """Ask the model; a passing failure is tried again within the time that is left."""
        leaving = self._masked(messages, model_request_parameters)
        if kinds := sorted({kind for text in leaving.strings for kind in self.mask.leaks(text)}):
            raise ModelCallError(f"nothing was sent: {' and '.join(kinds)} could not be masked")
        tried = 1
        while True:
            answer = await self._once(leaving, model_settings)
            if isinstance(answer, ModelResponse):
                return restored(answer, self.mask)
            wait = answer.wait if answer.wait is not None else FIRST_WAIT * 2 ** (tried - 1)
            most = min(LONGEST_WAIT, self.purse.seconds_left(self.role, self.options))
            if not answer.again or tried == MOST_TRIES or wait >= most:
                raise answer
            tried += 1
            await asyncio.sleep(wait)

    @asynccontextmanager
    async def request_stream(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
        run_context: Any = None,
    ) -> AsyncGenerator[StreamedResponse]:
        """The whole answer at once, in the form of a stream: a value cannot be restored piece by piece."""
        answer = await self.request(messages, model_settings, model_request_parameters)
        yield CompletedStreamedResponse(
            answer, model_request_parameters=model_request_parameters, replay_events=True
        )

    def _masked(self, messages: list[ModelMessage], parameters: ModelRequestParameters) -> Leaving:
        try:
            return masked(messages, parameters, self.mask)
        except ValueError:  # its text repeats what was not masked
            pass
        raise ModelCallError("nothing was sent: the conversation could not be masked")

    async def _once(self, leaving: Leaving, settings: ModelSettings | None) -> ModelResponse | ModelCallError:
        """One request over the wire. What it took is settled in any case, also where it is broken off."""
        reservation = self.purse.before_request(self.role, self.options, leaving.tokens)
        took = (reservation.input_tokens, reservation.output_tokens)
        began = perf_counter()
        try:
            self._write_down(leaving)
        except BaseException:
            self.purse.after_request(reservation, 0, 0, 0.0)
            raise
        with span(f"ask {self.role}", "LLM", **self._asked(leaving)) as opened:
            try:
                answer = await self._answer(leaving, settings, reservation.seconds)
                if isinstance(answer, ModelResponse):
                    took = _tokens(answer, leaving)
                    if heard():  # to mask an answer for nobody costs as much as to mask a request
                        opened.set(self._answered(answer, took))
                else:
                    took = took if answer.charged else (0, 0)
                    opened.fail(answer.reason)
            finally:
                self._settle(reservation, took, perf_counter() - began, opened)
        return answer

    async def _answer(
        self, leaving: Leaving, settings: ModelSettings | None, seconds: float
    ) -> ModelResponse | ModelCallError:
        own = self._allowed_settings(settings, seconds)
        try:
            async with asyncio.timeout(seconds):
                if not self.options.stream:
                    return await self.wrapped.request(leaving.messages, own, leaving.parameters)
                async with self.wrapped.request_stream(leaving.messages, own, leaving.parameters) as pieces:
                    async for _ in pieces:
                        pass
                    return pieces.get()
        except Exception as error:  # noqa: BLE001 - the SDKs of providers raise what they like
            return failure(error, self.to)

    def _write_down(self, leaving: Leaving) -> None:
        self.egress.left(
            Departure(
                at=datetime.now(UTC).isoformat(timespec="milliseconds"),
                to=self.to,
                model=self.options.model or self.model_name,
                role=self.role,
                incident=self.incident,
                body=leaving.body,
                masked=dict(self.mask.counts),
            )
        )

    def _allowed_settings(self, given: ModelSettings | None, seconds: float) -> ModelSettings:
        """Settings of a request: nothing that could carry words past the mask, and no tries of the SDK."""
        own = ModelSettings(timeout=seconds, max_retries=0)
        if self.options.max_output_tokens is not None:
            own["max_tokens"] = self.options.max_output_tokens
        temperature = self.options.temperature
        if temperature is None and given is not None:
            temperature = given.get("temperature")
        if temperature is not None:
            own["temperature"] = temperature
        if given is not None and "tool_choice" in given:
            own["tool_choice"] = given["tool_choice"]
        return own

    def _settle(self, reservation: Reservation, took: tuple[int, int], seconds: float, opened: Span) -> None:
        before = self.purse.of(self.role).cost_usd
        self.purse.after_request(reservation, *took, seconds)
        after = self.purse.of(self.role).cost_usd
        cost = None if before is None or after is None else after - before
        model = self.options.model or self.model_name
        count("hunter.requests", 1, model=model, role=self.role)
        for direction, tokens in zip(("input", "output"), took, strict=True):
            count("hunter.tokens", tokens, "{token}", model=model, role=self.role, direction=direction)
        if cost is not None:
            count("hunter.cost_usd", cost, "USD", model=model, role=self.role)
            opened.set({"llm.cost.total": cost})

    def _asked(self, leaving: Leaving) -> Mapping[str, Any]:
        attributes: dict[str, Any] = {
            "llm.model_name": self.model_name,
            "llm.provider": self.system,
            "input.value": leaving.body,
            "input.mime_type": "application/json",
        }
        for at, (role, text) in enumerate(leaving.said):
            attributes[f"llm.input_messages.{at}.message.role"] = role
            attributes[f"llm.input_messages.{at}.message.content"] = text
        return attributes

    def _answered(self, answer: ModelResponse, took: tuple[int, int]) -> Mapping[str, Any]:
        said = self.mask.mask(words_of(answer))
        return {
            "output.value": said,
            "llm.output_messages.0.message.role": "assistant",
            "llm.output_messages.0.message.content": said,
            "llm.token_count.prompt": took[0],
            "llm.token_count.completion": took[1],
            "llm.token_count.total": sum(took),
        }

    def _model_for_response(self, response: ModelResponse) -> Model:
        return self

    async def _refused(self, *args: Any, **more: Any) -> NoReturn:
        """Nothing but :meth:`request` sends anything."""
        raise ModelCallError("nothing was sent: only plain requests may leave")

    count_tokens = compact_messages = cancel_suspended_response = _refused
    batch_encode = batch_create = batch_status = batch_results = batch_cancel = _refused


def _tokens(answer: ModelResponse, leaving: Leaving) -> tuple[int, int]:
    """Tokens in and out: what the provider says, else an estimate upwards."""
    usage = answer.usage
    came = usage.input_tokens if usage.input_tokens > 0 else leaving.tokens
    said = usage.output_tokens if usage.output_tokens > 0 else tokens_of(words_of(answer))
    return min(came, MOST_TOKENS), min(said, MOST_TOKENS)
