"""The catalogue of known failure patterns: symptoms, what they mean, what to do.

One record each. A symptom is a metric kind with a direction (and sometimes a shape); ``calm``
symptoms ask that something measured did not move. Steps are filled with the facts of the case:
``{service} {metric} {begin} {event} {rate}``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from anomaly_hunter.investigate.semantics import MetricKind
from anomaly_hunter.model import Direction


@dataclass(frozen=True, slots=True)
class Symptom:
    """One sign of a pattern.

    ``shapes`` is empty where any shape will do ("ramp" is a shape too: a steady rise or fall).
    ``core`` symptoms must be there; ``calm`` ones must be measured and not have moved; with
    ``events`` the sign is a recorded change of that kind just before; with ``of_data`` a series
    of that shape is the sign, whatever it measures. ``least_pct`` is the smallest change that counts.
    """

    text: str
    kinds: tuple[MetricKind, ...] = ()
    direction: Direction = "up"
    shapes: tuple[str, ...] = ()
    core: bool = False
    calm: bool = False
    events: str = ""
    of_data: str = ""
    least_pct: float = 0.0


@dataclass(frozen=True, slots=True)
class Pattern:
    """A failure that is known by its symptoms.

    ``alone`` is the confidence that its core symptom deserves when nothing else is measured
    (0: it takes two symptoms).
    """

    name: str
    meaning: str
    symptoms: tuple[Symptom, ...]
    steps: tuple[str, ...]
    alone: float = 0.0


CATALOGUE: Final[tuple[Pattern, ...]] = (
    Pattern(
        "connection-pool exhaustion",
        "callers wait for a free connection",
        (
            Symptom("pool in use up", ("pool",), core=True),
            Symptom("latency up", ("latency",), core=True),
            Symptom("errors or queue up", ("errors", "queue")),
            Symptom("traffic calm", ("traffic",), calm=True),
        ),
        (
            "list the holders of connections at {service} since {begin}: slow queries and leaks first",
            "raise the pool limit of {service} only after the holder is found",
        ),
    ),
    Pattern(
        "memory leak",
        "memory is taken and not given back",
        (
            Symptom("memory ramps up", ("memory",), shapes=("ramp", "drift"), core=True),
            Symptom("latency up (collector, swapping)", ("latency",)),
            Symptom("restarts up", ("restarts",)),
            Symptom("traffic calm", ("traffic",), calm=True),
        ),
        (
            "take a heap profile of {where} now and compare it with one from before {begin}",
            "restart {where} before {metric} reaches its limit ({rate}), as a stopgap",
        ),
        alone=0.6,
    ),
    Pattern(
        "disk filling up",
        "space runs out",
        (
            Symptom(
                "disk use ramps up or free space down", ("disk used",), core=True,
                shapes=("ramp", "drift", "level shift"),
            ),
            Symptom("errors up", ("errors",)),
            Symptom("latency up", ("latency",)),
        ),
        (
            "find what grows on {where} since {begin} (logs, temporary files, a table) and free space",
            "set an alarm on the time left for {metric} ({rate})",
        ),
        alone=0.6,
    ),
    Pattern(
        "cpu saturation",
        "the processor is the bottleneck",
        (
            Symptom("cpu up", ("cpu",), core=True),
            Symptom("latency up", ("latency",)),
            Symptom("traffic calm (not load)", ("traffic",), calm=True),
        ),
        (
            "profile {where} at {begin}: which call burns the processor",
            "add capacity to {where} or limit the work while it is searched",
        ),
        alone=0.45,
    ),
    Pattern(
        "cache stampede",
        "the cache no longer answers and its origin takes the load",
        (
            Symptom("cache misses up or hits down", ("cache miss",), core=True),
            Symptom("queries or cpu or traffic at the origin up", ("queries", "cpu", "traffic", "pool")),
            Symptom("latency up", ("latency",)),
        ),
        (
            "check expiry, flush and size of the cache of {service} at {begin}",
            "let one request refill an entry while the others wait, and spread the expiry times",
        ),
        alone=0.45,
    ),
    Pattern(
        "traffic surge",
        "more demand than usual",
        (
            Symptom("traffic up", ("traffic", "business"), core=True),
            Symptom("latency or queue up", ("latency", "queue")),
            Symptom("cpu or pool up", ("cpu", "pool")),
        ),
        (
            "see who sends the extra {metric} since {begin}: campaign, crawler, retries or attack",
            "scale {where} or limit the rate of the largest sender",
        ),
        alone=0.45,
    ),
    Pattern(
        "bad deploy",
        "a change went out just before and the service got worse without more demand",
        (
            Symptom("a deploy just before", events="deploy|release|rollout|version|upgrade", core=True),
            Symptom("errors up", ("errors",), core=True),
            Symptom("latency up", ("latency",)),
            Symptom("traffic calm", ("traffic",), calm=True),
        ),
        (
            "roll back {event} and watch {metric}",
            "compare the error messages of {service} before and after {begin}",
        ),
    ),
    Pattern(
        "outage",
        "the service no longer does its work",
        (
            Symptom(
                "traffic or success falls away", ("traffic", "success", "business"), "down", core=True,
                least_pct=50.0,
            ),
            Symptom("errors up", ("errors",)),
            Symptom("latency up", ("latency",)),
        ),
        (
            "check whether {where} is reachable and running since {begin}",
            "send users elsewhere or show a notice while {where} is down",
        ),
        alone=0.45,
    ),
    Pattern(
        "certificate expiry",
        "a certificate ran out, so connections fail at once",
        (
            Symptom("certificate or handshake failures", ("certificate",), "both", core=True),
            Symptom("errors up", ("errors",)),
            Symptom("success or traffic down", ("success", "traffic"), "down"),
        ),
        (
            "check the end dates of the certificates that {service} uses and offers",
            "renew and reload, then watch {metric}",
        ),
        alone=0.45,
    ),
    Pattern(
        "n+1 queries",
        "one request makes many small queries",
        (
            Symptom("queries up", ("queries",), core=True),
            Symptom("latency up", ("latency",), core=True),
            Symptom("traffic calm", ("traffic",), calm=True),
        ),
        (
            "count queries per request of {service} before and after {begin}",
            "fetch in one query what {service} now fetches one by one",
        ),
    ),
    Pattern(
        "data feed late or broken",
        "values no longer arrive",
        (
            Symptom("a gap in the data, or lag up", ("freshness",), of_data="gap", core=True),
            Symptom("volume down", ("traffic", "business", "transactions"), "down"),
        ),
        (
            "check the job, exporter or line that delivers {metric}: nothing sound came since {begin}",
            "mark figures that rest on {metric} after {begin} as incomplete, and load them again later",
        ),
        alone=0.55,
    ),
    Pattern(
        "stuck sensor or exporter",
        "the same value is repeated",
        (Symptom("flat line", of_data="flat line", core=True),),
        (
            "check the sensor or exporter of {metric}: it repeats one value since {begin}",
            "do not trust {metric} after {begin} until it moves again",
        ),
        alone=0.55,
    ),
    Pattern(
        "fraud burst",
        "unusual money movements come together",
        (
            Symptom("transactions or amounts up", ("transactions",), core=True),
            Symptom("declines or errors up", ("errors",)),
            Symptom("other demand calm", ("traffic",), calm=True),
        ),
        (
            "hold and review the transactions behind {metric} since {begin}",
            "look for what they share: card range, merchant, device, address",
        ),
        alone=0.45,
    ),
)  # fmt: skip
