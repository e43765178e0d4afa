"""2,000 orders of a shop, of which seven are fraud of one kind: stolen accounts that buy gift cards."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from anomaly_hunter.samples.files import stamp, write_dicts

START: Final = np.datetime64("2026-03-02T00:00:00", "s")
ORDERS: Final = 2_000
FRAUDS: Final = 7
SPACING_S: Final = 430

_COUNTRIES: Final = (("DE", 0.42), ("FR", 0.21), ("NL", 0.14), ("AT", 0.13), ("PL", 0.1))
_CHANNELS: Final = (("web", 0.55), ("app", 0.35), ("partner", 0.1))
_PAYMENTS: Final = (("card", 0.52), ("paypal", 0.3), ("invoice", 0.13), ("gift card", 0.05))


@dataclass(frozen=True, slots=True)
class Truth:
    """Which rows are fraud (0-based), of what kind, and the segment they share."""

    rows: tuple[int, ...]
    kind: str
    segment: dict[str, str]
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Orders:
    """The records in order of time, and the truth."""

    rows: tuple[dict[str, object], ...]
    truth: Truth


def make(seed: int = 0) -> Orders:
    """2,000 orders over ten days; the same seed gives the same ones.

    A fraud is a large order by gift card through the partner channel, paid after many attempts,
    minutes after the password was changed, sent far from the billing address.
    """
    rng = np.random.default_rng(seed)
    # Not in the first and not in the last tenth: nobody should find them by looking at an end.
    frauds = np.sort(rng.choice(np.arange(ORDERS // 10, ORDERS * 9 // 10), FRAUDS, replace=False))
    fraud = np.isin(np.arange(ORDERS), frauds)
    measures = _measures(rng, fraud)
    country, channel, payment = (_draw(rng, shares) for shares in (_COUNTRIES, _CHANNELS, _PAYMENTS))
    channel[fraud], payment[fraud] = "partner", "gift card"
    seconds = np.cumsum(rng.exponential(SPACING_S, ORDERS)).astype(np.int64)
    rows = tuple(
        {
            "order_id": f"A-{700_000 + i}",
            "ordered_at": stamp(START + np.timedelta64(int(seconds[i]), "s")),
            **{name: column[i] for name, column in measures.items()},
            "country": str(country[i]),
            "channel": str(channel[i]),
            "payment": str(payment[i]),
        }
        for i in range(ORDERS)
    )
    columns = (
        "amount_eur",
        "items",
        "payment_attempts",
        "days_since_password_change",
        "shipping_distance_km",
    )
    segment = {"channel": "partner", "payment": "gift card"}
    return Orders(rows, Truth(tuple(frauds.tolist()), "account takeover", segment, columns))


def _measures(rng: np.random.Generator, fraud: np.ndarray) -> dict[str, list[float]]:
    items = 1 + rng.poisson(1.4, ORDERS)
    amount = items * rng.lognormal(3.4, 0.45, ORDERS)
    attempts = 1 + rng.binomial(2, 0.06, ORDERS)
    password_days = rng.lognormal(5.0, 0.8, ORDERS)
    distance = rng.lognormal(1.6, 0.9, ORDERS)
    discount = rng.choice([0.0, 5.0, 10.0, 20.0], ORDERS, p=[0.7, 0.12, 0.12, 0.06])
    amount[fraud] = rng.uniform(880, 1_450, FRAUDS)
    items[fraud] = rng.integers(6, 10, FRAUDS)
    attempts[fraud] = rng.integers(6, 11, FRAUDS)
    password_days[fraud] = rng.uniform(0.002, 0.02, FRAUDS)
    distance[fraud] = rng.uniform(600, 1_900, FRAUDS)
    return {
        "amount_eur": amount.round(2).tolist(),
        "items": items.tolist(),
        "discount_pct": discount.tolist(),
        "payment_attempts": attempts.tolist(),
        "days_since_password_change": password_days.round(3).tolist(),
        "shipping_distance_km": distance.round(1).tolist(),
    }


def _draw(rng: np.random.Generator, shares: tuple[tuple[str, float], ...]) -> np.ndarray:
    names = np.array([name for name, _ in shares], dtype=object)
    return rng.choice(names, ORDERS, p=[share for _, share in shares])


def write(folder: Path, seed: int = 0) -> tuple[Path, ...]:
    """Writes ``orders.csv``."""
    return (write_dicts(folder / "orders.csv", make(seed).rows),)
