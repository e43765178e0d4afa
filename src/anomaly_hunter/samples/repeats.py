"""Incidents that come back: families of faults in several domains, each time somewhat different.

Every turn of a family has other noise, levels, onset, height and length; a secondary symptom may be
missing, and an unrelated series may wobble. What stays is what makes it the same kind of incident.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from anomaly_hunter.model import Dataset, Event, FloatArray, Graph, Quality, Series

POINTS: Final = 240
STEP: Final = np.timedelta64(300, "s")
FIRST_DAY: Final = np.datetime64("2026-01-05", "ns")
CALLS: Final = (
    ("web", "cart"), ("web", "search"), ("web", "checkout"), ("cart", "db"), ("search", "catalogue"),
    ("checkout", "payments"), ("checkout", "db"), ("catalogue", "db"), ("payments", "ledger"),
)  # fmt: skip
METRICS: Final[Mapping[str, tuple[float, float]]] = {
    "latency_ms": (120, 4), "errors": (6, 1.0), "requests": (900, 25), "cpu_percent": (40, 2),
    "memory_mb": (900, 8), "pool_in_use": (20, 1.2), "queue_depth": (12, 1.5), "cache_hit_ratio": (92, 0.8),
    "disk_used_percent": (55, 0.5),
}  # fmt: skip
MACHINES: Final = ("press-1", "press-2", "oven-1", "oven-2")
COUNTRIES: Final = ("DE", "FR", "US", "JP")
TICKETS: Final[Mapping[str, tuple[str, ...]]] = {
    "refund": ("the refund has not arrived", "money back is missing after a return", "please refund this"),
    "login": ("cannot log in to my account", "the password mail is missing", "login ends with an error"),
    "parcel": ("the parcel arrived damaged", "the box was broken", "the parcel was lost by the carrier"),
    "invoice": ("the invoice shows a wrong address", "need a copy of my invoice", "the tax is wrong"),
}

Move = tuple[str, str, str, float]
"""(service, metric, how, height in noise units); how is step, spike or ramp."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """One turn of a family: the data, and when the fault lasts."""

    family: str
    data: Any
    begin: np.datetime64
    end: np.datetime64


FAULTS: Final[Mapping[str, tuple[tuple[Move, ...], str]]] = {
    "pool of cart": (
        (("cart", "pool_in_use", "step", 12), ("cart", "latency_ms", "step", 14),
         ("web", "latency_ms", "step", 9), ("cart", "errors", "step", 7)), ""),
    "pool of payments": (
        (("payments", "pool_in_use", "step", 12), ("payments", "latency_ms", "step", 14),
         ("checkout", "latency_ms", "step", 9), ("payments", "errors", "step", 7)), ""),
    "leak in search": ((("search", "memory_mb", "ramp", 25), ("search", "latency_ms", "ramp", 10)), ""),
    "leak in catalogue": (
        (("catalogue", "memory_mb", "ramp", 25), ("catalogue", "latency_ms", "ramp", 10)), ""),
    "deploy of checkout": (
        (("checkout", "errors", "step", 16), ("checkout", "latency_ms", "step", 8),
         ("web", "errors", "step", 8)),
        "checkout"),
    "deploy of search": (
        (("search", "errors", "step", 16), ("search", "latency_ms", "step", 8),
         ("web", "errors", "step", 8)),
        "search"),
    "queries of cart": ((("cart", "latency_ms", "step", 14), ("db", "requests", "step", 12)), ""),
    "retries to payments": (
        (("payments", "latency_ms", "step", 14), ("payments", "requests", "step", 12),
         ("checkout", "errors", "step", 7)), ""),
    "surge": (
        (("web", "requests", "step", 14), ("cart", "requests", "step", 12),
         ("search", "requests", "step", 12), ("web", "cpu_percent", "step", 9)), ""),
    "disk of db": ((("db", "disk_used_percent", "ramp", 30), ("db", "latency_ms", "ramp", 8)), ""),
    "cache of catalogue": (
        (("catalogue", "cache_hit_ratio", "step", -14), ("db", "requests", "step", 10),
         ("catalogue", "latency_ms", "step", 8)), ""),
    "backlog of ledger": ((("ledger", "queue_depth", "ramp", 24), ("payments", "errors", "step", 5)), ""),
    "slow db": (
        (("db", "latency_ms", "step", 16), ("cart", "latency_ms", "step", 9),
         ("checkout", "latency_ms", "step", 9), ("catalogue", "latency_ms", "step", 8)), ""),
}  # fmt: skip


def _family_shop(family: str, rng: np.random.Generator, turn: int) -> Repeat:
    """Metrics of nine services, one fault."""
    moves, deployed = FAULTS[family]
    first, last = _window(rng)
    begin = _day(turn, rng)
    kept = [moves[0], *(move for move in moves[1:] if rng.random() < 0.8)]
    services = sorted({name for call in CALLS for name in call})
    values = {(s, m): _steady(rng, *METRICS[m]) for s in services for m in _measured(s)}
    height = float(rng.uniform(0.7, 1.5))
    for service, metric, how, size in kept:
        values[service, metric] = values[service, metric] + METRICS[metric][1] * height * size * _form(
            how, first, last
        )
    wobbling = list(values)[int(rng.integers(len(values)))]
    values[wobbling] = values[wobbling] + 5 * METRICS[wobbling[1]][1] * _form("spike", first + 3, last)
    time = begin + np.arange(POINTS) * STEP
    series = tuple(
        Series(metric, time, value, {"service": service}, source="shop")
        for (service, metric), value in values.items()
    )
    events = []
    if deployed:
        version = f"v{turn + 1}.{int(rng.integers(20))}"
        events.append(
            Event(time[first] - np.timedelta64(120, "s"), "deploy", f"{deployed} {version}", deployed)
        )
    data = Dataset(
        "shop",
        "series",
        Quality(100.0, POINTS),
        "read",
        series=series,
        events=tuple(events),
        graph=Graph(CALLS),
    )
    return Repeat(family, data, time[first], time[last - 1])


def _measured(service: str) -> tuple[str, ...]:
    own = {
        "db": ("disk_used_percent",), "catalogue": ("memory_mb", "cache_hit_ratio"), "search": ("memory_mb",),
        "ledger": ("queue_depth",), "cart": ("pool_in_use",), "payments": ("pool_in_use",),
        "web": ("cpu_percent",),
    }  # fmt: skip
    return ("latency_ms", "errors", "requests", *own.get(service, ()))


def _family_plant(family: str, rng: np.random.Generator, turn: int) -> Repeat:
    """Temperatures and vibrations of four machines; "drift of oven-1", "stuck press-2"."""
    word, _, machine = family.partition(" ")
    machine = machine.removeprefix("of ")
    first, last = _window(rng)
    time = _day(turn, rng) + np.arange(POINTS) * STEP
    series = []
    for name in MACHINES:
        for metric, level, noise in (("temperature", 71.0, 0.6), ("vibration", 3.0, 0.1)):
            value = _steady(rng, level, noise)
            if name == machine and metric == "temperature":
                height = float(rng.uniform(0.7, 1.5))
                value = (
                    np.where(_form("step", first, last) > 0, value[first], value)
                    if word == "stuck"
                    else value + noise * 16 * height * _form("ramp", first, last)
                )
            series.append(Series(metric, time, value, {"machine": name}, source="plant"))
    data = Dataset("plant", "series", Quality(100.0, POINTS), "read", series=tuple(series))
    return Repeat(family, data, time[first], time[last - 1])


def _family_orders(family: str, rng: np.random.Generator, turn: int) -> Repeat:
    """Orders of four countries; "orders lost in DE"."""
    country = family.rpartition(" ")[2]
    first, last = _window(rng)
    time = _day(turn, rng) + np.arange(POINTS) * STEP
    height = float(rng.uniform(0.7, 1.3))
    series = tuple(
        Series(
            "orders",
            time,
            _steady(rng, 300, 9) - (9 * 15 * height * _form("step", first, last) if name == country else 0.0),
            {"country": name},
            source="orders",
        )
        for name in COUNTRIES
    )
    data = Dataset("orders", "series", Quality(100.0, POINTS), "read", series=series)
    return Repeat(family, data, time[first], time[last - 1])


def _family_tickets(family: str, rng: np.random.Generator, turn: int) -> Repeat:
    """Support tickets, one row each; "tickets about refund" come faster for a while."""
    about = family.rpartition(" ")[2]
    first, last = _window(rng)
    time = _day(turn, rng) + np.arange(POINTS) * STEP
    often = float(rng.uniform(0.8, 1.2))
    more = float(rng.uniform(5.0, 8.0)) * _form("step", first, last)
    rows = []
    for name, texts in TICKETS.items():
        for i, count in enumerate(rng.poisson(often + more * (name == about))):
            for _ in range(int(count)):
                at = (time[i] + np.timedelta64(int(rng.integers(300)), "s")).astype("datetime64[s]")
                text = f"{texts[int(rng.integers(len(texts)))]}, order {int(rng.integers(1000, 9999))}"
                rows.append({"time": str(at), "category": name, "text": text})
    return Repeat(family, rows, time[first], time[last - 1])


FAMILIES: Final[Mapping[str, Callable[[str, np.random.Generator, int], Repeat]]] = {
    **dict.fromkeys(FAULTS, _family_shop),
    **dict.fromkeys(("drift of oven-1", "drift of press-1", "stuck oven-2", "stuck press-2"), _family_plant),
    **dict.fromkeys(("orders lost in DE", "orders lost in JP"), _family_orders),
    **dict.fromkeys(("tickets about refund", "tickets about login", "tickets about parcel"), _family_tickets),
}


def repeats(seed: int = 0, turns: int = 5) -> tuple[Repeat, ...]:
    """Every family ``turns`` times, in mixed order; each on a later day than the one before."""
    rng = np.random.default_rng(seed)
    names = [name for name in FAMILIES for _ in range(turns)]
    order = rng.permutation(len(names))
    return tuple(
        FAMILIES[names[i]](names[i], np.random.default_rng((seed, int(i))), turn)
        for turn, i in enumerate(order)
    )


def _day(turn: int, rng: np.random.Generator) -> np.datetime64:
    return FIRST_DAY + np.timedelta64(turn, "D") + np.timedelta64(int(rng.integers(12)) * 300, "s")


def _window(rng: np.random.Generator) -> tuple[int, int]:
    first = int(rng.integers(130, 200))
    return first, min(POINTS, first + int(rng.integers(10, 40)))


def _steady(rng: np.random.Generator, level: float, noise: float) -> FloatArray:
    value: FloatArray = level * float(rng.uniform(0.9, 1.1)) + noise * rng.standard_normal(POINTS)
    return value


def _form(how: str, first: int, last: int) -> FloatArray:
    """1 in the window (step), at its first point (spike), or rising to 1 in it (ramp)."""
    form = np.zeros(POINTS)
    if how == "spike":
        form[min(first, POINTS - 1)] = 1.0
    elif how == "ramp":
        form[first:last] = np.linspace(0.0, 1.0, last - first)
    else:
        form[first:last] = 1.0
    return form
