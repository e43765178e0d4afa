"""The purse of an investigation: what models may still spend, asked before every request.

A request is paid in advance with the most that it can cost, and settled afterwards. The advance goes
into the account of the day as well, so that investigations that run at the same time, also in another
program, see it; a settlement may therefore be negative. Questions cost nothing but time: they are counted
here at once, and in the account of the day with the next request.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from anomaly_hunter.investigate.reasoning.keeping import Keep, Spent
from anomaly_hunter.investigate.reasoning.options import BUILT_IN, Price, ReasoningOptions, RoleOptions
from anomaly_hunter.investigate.reasoning.prices import cost_of, price_of


class LimitReachedError(Exception):
    """A limit is reached, and nothing was sent. ``reason`` says which, in words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Reservation:
    """What was paid in advance for one request.

    ``seconds`` is how long the request may take; ``price`` is None where it is not known.
    """

    role: str
    day: str
    input_tokens: int
    output_tokens: int
    seconds: float
    price: Price | None

    @property
    def paid(self) -> Spent:
        """The advance."""
        return _spent(self.price, self.input_tokens, self.output_tokens, self.seconds)


@dataclass(frozen=True, slots=True)
class RoleSpent:
    """What one role has spent; ``cost_usd`` is None as soon as a request has no known price."""

    requests: int = 0
    tool_calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = 0.0
    seconds: float = 0.0


def utcnow() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


class Purse:
    """What one investigation may spend. Used from one thread; checks and reserves without a pause between.

    Parameters
    ----------
    limits:
        The limits of an investigation and of a day, and the prices.
    keep:
        Where the spending of the day is kept.
    now:
        A clock in UTC. The time of the investigation runs from here on.
    """

    def __init__(self, limits: ReasoningOptions, keep: Keep, now: Callable[[], datetime] = utcnow) -> None:
        self._limits = limits
        self._keep = keep
        self._now = now
        self._began = now()
        self._used = Spent()
        self._owed = Spent()
        self._seen: tuple[str, Spent] | None = None
        self._roles: dict[str, RoleSpent] = {}
        self._roles_began: dict[str, datetime] = {}

    def before_request(self, role: str, options: RoleOptions, input_tokens: int) -> Reservation:
        """Pay for one request in advance; raises :class:`LimitReachedError` where that is too much."""
        self._roles_began.setdefault(role, self._now())
        price = price_of(options.model or "", self._limits.prices)
        self._refuse_unknown_price(options.model or "", price)
        day = self._day()
        today = self._today(day, again=True)
        output_tokens = options.max_output_tokens or BUILT_IN.max_output_tokens or 0
        self._refuse(role, "requests", self.of(role).requests, 1, options.requests)
        self._refuse_beyond(today, _spent(price, input_tokens, output_tokens, 0.0))
        seconds = self._seconds_allowed(role, options, today)
        reservation = Reservation(role, day, input_tokens, output_tokens, seconds, price)
        self._pay(day, reservation.paid)
        self._take_back_beyond(reservation)
        self._roles[role] = replace(self.of(role), requests=self.of(role).requests + 1)
        return reservation

    def after_request(
        self, reservation: Reservation, input_tokens: int, output_tokens: int, seconds: float
    ) -> None:
        """Settle a request with what it really took. What is not known counts as it was reserved."""
        took = _spent(reservation.price, input_tokens, output_tokens, seconds)
        paid = reservation.paid
        self._pay(
            reservation.day,
            Spent(
                tokens=took.tokens - paid.tokens, seconds=took.seconds - paid.seconds, usd=took.usd - paid.usd
            ),
        )
        before = self.of(reservation.role)
        cost = cost_of(reservation.price, input_tokens, output_tokens)
        self._roles[reservation.role] = replace(
            before,
            input_tokens=before.input_tokens + input_tokens,
            output_tokens=before.output_tokens + output_tokens,
            cost_usd=None if cost is None or before.cost_usd is None else before.cost_usd + cost,
            seconds=before.seconds + seconds,
        )

    def before_tool_call(self, role: str, options: RoleOptions) -> None:
        """Count one question; raises :class:`LimitReachedError` where it is one too many."""
        self._roles_began.setdefault(role, self._now())
        today, one = self._today(self._day()), Spent(tool_calls=1)
        self._refuse(role, "tool calls", self.of(role).tool_calls, 1, options.tool_calls)
        self._refuse_beyond(today, one)
        self._seconds_allowed(role, options, today)
        self._used, self._owed = self._used + one, self._owed + one
        self._roles[role] = replace(self.of(role), tool_calls=self.of(role).tool_calls + 1)

    def seconds_left(self, role: str, options: RoleOptions) -> float:
        """How long this role may still take; 0 where its time, or that of the investigation, is over."""
        left = [limit - used for limit, used, _ in self._clocks(role, options)]
        return max(0.0, min(left))

    def of(self, role: str) -> RoleSpent:
        """What a role has spent so far; a request that is under way counts as a request only."""
        return self._roles.get(role, RoleSpent())

    def _take_back_beyond(self, reservation: Reservation) -> None:
        """Refuse also where another program paid between our look at the day and our advance."""
        limits, paid, now = self._limits, reservation.paid, self._keep.spent(reservation.day)
        for what, used, limit in (
            ("requests", now.requests, limits.day_requests),
            ("tokens", now.tokens, limits.day_tokens),
            ("USD", now.usd, limits.day_usd),
        ):
            if limit is not None and used > limit:
                self._pay(reservation.day, paid.negative)
                raise LimitReachedError(
                    f"the limit of {limit:,g} {what} for a day leaves no room for another one"
                )

    def _day(self) -> str:
        return self._now().astimezone(UTC).date().isoformat()

    def _today(self, day: str, again: bool = False) -> Spent:
        """The account of the day, as it was when it was last looked at, and what is not in it yet."""
        if again or self._seen is None or self._seen[0] != day:
            self._seen = (day, self._keep.spent(day))
        return self._seen[1] + self._owed

    def _pay(self, day: str, amount: Spent) -> None:
        paid = amount + self._owed
        self._keep.spend(day, paid)
        self._owed = Spent()
        if self._seen is not None and self._seen[0] == day:
            self._seen = (day, self._seen[1] + paid)
        self._used = self._used + amount

    def _refuse_unknown_price(self, model: str, price: Price | None) -> None:
        if price is None and (self._limits.limit_usd is not None or self._limits.day_usd is not None):
            raise LimitReachedError(f"the price of {model} is not known, and there is a limit of money")

    def _refuse_beyond(self, today: Spent, more: Spent) -> None:
        limits = self._limits
        for used, scope, requests, tool_calls, tokens, usd in (
            (self._used, "an investigation", limits.limit_requests, limits.limit_tool_calls,
             limits.limit_tokens, limits.limit_usd),
            (today, "a day", limits.day_requests, limits.day_tool_calls, limits.day_tokens, limits.day_usd),
        ):  # fmt: skip
            self._refuse(scope, "requests", used.requests, more.requests, requests)
            self._refuse(scope, "tool calls", used.tool_calls, more.tool_calls, tool_calls)
            self._refuse(scope, "tokens", used.tokens, more.tokens, tokens)
            self._refuse(scope, "USD", used.usd, more.usd, usd)

    @staticmethod
    def _refuse(scope: str, what: str, used: float, more: float, limit: float | None) -> None:
        if limit is None or not more or used + more <= limit:
            return
        missing = "is reached" if used >= limit else "leaves no room for another one"
        raise LimitReachedError(f"the limit of {limit:,g} {what} for {scope} {missing}")

    def _clocks(self, role: str, options: RoleOptions) -> list[tuple[float, float, str]]:
        now = self._now()
        of_role = (now - self._roles_began.get(role, now)).total_seconds()
        clocks = [(self._limits.limit_seconds, (now - self._began).total_seconds(), "an investigation")]
        if options.seconds is not None:
            clocks.append((options.seconds, of_role, role))
        return clocks

    def _seconds_allowed(self, role: str, options: RoleOptions, today: Spent) -> float:
        """Until the first of the clocks runs out. The time of a day is the sum of its requests."""
        clocks = [*self._clocks(role, options), (self._limits.day_seconds, today.seconds, "a day")]
        for limit, used, scope in clocks:
            self._refuse(scope, "seconds", used, 1e-3, limit)
        return min(limit - used for limit, used, _ in clocks)


def _spent(price: Price | None, input_tokens: int, output_tokens: int, seconds: float) -> Spent:
    return Spent(
        requests=1,
        tokens=input_tokens + output_tokens,
        seconds=seconds,
        usd=cost_of(price, input_tokens, output_tokens) or 0.0,
        unpriced=int(price is None),
    )
