"""Requests, waiting and failures in a mesh: what queueing theory says follows from a fault."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from anomaly_hunter.model import FloatArray
from anomaly_hunter.samples.topologies.mesh import Call, Mesh

SWEEPS: Final = 4
"""Load makes failures and failures make load (retries): the two are worked out in turn."""

FULL: Final = 0.97
FAILS_FAST_S: Final = 0.002
HIGH_MEMORY: Final = 0.85


@dataclass(frozen=True, slots=True)
class Effects:
    """What a fault does, as ``(t,)`` arrays by index of the node (of the call for ``on_calls_s``).

    ``more_s`` of own work, ``fails`` in [0, 1] at once, ``taken`` part of the capacity lost and seen as
    cpu, ``leaked`` part of all memory, ``pool_lost`` part of the pool that is gone, ``demand``
    factor on what comes in from outside.
    """

    more_s: dict[int, FloatArray] = field(default_factory=dict)
    fails: dict[int, FloatArray] = field(default_factory=dict)
    taken: dict[int, FloatArray] = field(default_factory=dict)
    leaked: dict[int, FloatArray] = field(default_factory=dict)
    pool_lost: dict[int, FloatArray] = field(default_factory=dict)
    on_calls_s: dict[int, FloatArray] = field(default_factory=dict)
    demand: FloatArray | None = None


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """``(nodes, t)`` each: requests per second, mean seconds and their variance as the service itself
    sees them, part that fails, busy and pool in [0, ...), memory in [0, 1], seconds of backlog.
    """

    rate: FloatArray
    mean_s: FloatArray
    variance: FloatArray
    failed: FloatArray
    busy: FloatArray
    pool: FloatArray
    memory: FloatArray
    backlog_s: FloatArray


def simulate(
    mesh: Mesh, demand: FloatArray, memory: FloatArray, effects: Effects, interval_s: float
) -> State:
    """What happens in ``mesh`` when ``demand`` ``(nodes, t)`` requests per second come from outside.

    Load flows down the calls (times per request, retries included, misses of caches); utilisation
    makes waiting, ``own (1 + rho^2 / (1 - rho))``; waiting adds up along calls that wait (the longest of
    those side by side); an attempt fails when the callee fails or takes longer than the time
    limit (``exp(-limit / mean)``); a caller fails with what it needs once all attempts failed. Pools
    follow Little's law, ``rate * seconds / size``; what does not fit waits or is turned away.
    """
    outgoing: dict[int, list[tuple[int, Call]]] = defaultdict(list)
    for number, call in enumerate(mesh.calls):
        outgoing[call.caller].append((number, call))
    usual = _Solver(mesh, outgoing, demand.max(axis=1, keepdims=True), memory[:, :1], Effects())
    capacity, pools = usual.sizes()
    if effects.demand is not None:
        demand = demand * effects.demand
    solver = _Solver(mesh, outgoing, demand, memory, effects, capacity=capacity, pools=pools)
    return solver.solve(interval_s)


class _Solver:
    """Sweeps down (load) and up (waiting, failures) until they agree."""

    def __init__(
        self,
        mesh: Mesh,
        outgoing: dict[int, list[tuple[int, Call]]],
        demand: FloatArray,
        memory: FloatArray,
        effects: Effects,
        *,
        capacity: FloatArray | None = None,
        pools: FloatArray | None = None,
    ) -> None:
        self.mesh, self.outgoing, self.demand, self.effects = mesh, outgoing, demand, effects
        self.capacity, self.pools = capacity, pools
        shape = demand.shape
        self.rate = np.zeros(shape)
        self.mean: FloatArray = np.array([[n.own_s] for n in mesh.nodes]) + np.zeros(shape)
        self.variance, self.failed = np.zeros(shape), np.zeros(shape)
        self.busy, self.pool = np.zeros(shape), np.zeros(shape)
        self.memory = np.clip(memory + self._dense(effects.leaked), 0.0, 1.0)
        self.attempt_fails: FloatArray = np.zeros((len(mesh.calls), shape[1]))

    def sizes(self) -> tuple[FloatArray, FloatArray]:
        """``(nodes, 1)`` capacity and pool size that make the peak as busy as each node says."""
        self._down()
        for node in reversed(range(len(self.mesh.nodes))):
            self._up(node)
        busy = np.array([[n.busy] for n in self.mesh.nodes])
        pooled = np.array([[n.pooled] for n in self.mesh.nodes])
        capacity = np.maximum(self.rate, 1e-3) / busy
        held = np.maximum(self.rate * self.mean, 1e-6)
        pools = np.divide(held, pooled, out=np.full(held.shape, np.inf), where=pooled > 0)
        return capacity, pools

    def solve(self, interval_s: float) -> State:
        for _ in range(SWEEPS):
            self._down()
            for node in reversed(range(len(self.mesh.nodes))):
                self._up(node)
        backlog = self._backlog(interval_s)
        return State(
            self.rate, self.mean, self.variance, self.failed, self.busy, self.pool, self.memory, backlog
        )

    def _down(self) -> None:
        self.rate = self.demand.copy()
        for node in range(len(self.mesh.nodes)):
            for number, call in self.outgoing[node]:
                attempts = _attempts_made(call, self.attempt_fails[number])
                self.rate[call.callee] += self.rate[node] * self._times(call) * attempts

    def _times(self, call: Call) -> FloatArray | float:
        """Calls per request; a cache that fails lets everything through."""
        if call.behind < 0:
            return call.per_request
        times: FloatArray = call.per_request * (1.0 - call.hits * (1.0 - self.failed[call.behind]))
        return times

    def _up(self, node: int) -> None:
        own, fails = self._own(node)
        waited, variance, works = own, (self.mesh.nodes[node].spread * own) ** 2, 1.0 - fails
        longest = np.zeros_like(own)
        for number, call in self.outgoing[node]:
            if not call.waits:
                continue
            cost, p = self._attempts(number, call)
            times = self._times(call)
            if call.side_by_side:
                longest = np.maximum(longest, times * cost)
            else:
                waited = waited + times * cost
            variance = variance + times * self.variance[call.callee]
            if call.needs:
                works = works * np.clip(1.0 - p, 0.0, 1.0) ** times
        waited = waited + longest
        waited, works = self._through_pool(node, waited, works)
        self.mean[node] = waited * (1.0 - fails) + FAILS_FAST_S * fails
        self.variance[node], self.failed[node] = variance, 1.0 - works

    def _own(self, node: int) -> tuple[FloatArray, FloatArray]:
        """Own seconds under the load, and the part that fails here."""
        here, effects = self.mesh.nodes[node], self.effects
        rho: FloatArray = np.zeros_like(self.rate[node])
        if self.capacity is not None:
            left = 1.0 - effects.taken.get(node, np.zeros_like(rho))
            rho = self.rate[node] / (self.capacity[node] * np.maximum(left, 0.02))
        else:
            rho = rho + here.busy
        self.busy[node] = rho
        inside = np.minimum(rho, FULL)
        high = np.maximum(0.0, self.memory[node] - HIGH_MEMORY) / (1.0 - HIGH_MEMORY)
        own = (here.own_s + effects.more_s.get(node, 0.0)) * (1.0 + inside**2 / (1.0 - inside))
        own = own * (1.0 + 12.0 * high**2)
        turned_away = np.maximum(0.0, 1.0 - FULL / np.maximum(rho, FULL))
        if here.role == "worker":  # what it cannot do waits in the queue
            turned_away = np.zeros_like(rho)
        injected = effects.fails.get(node, np.zeros_like(rho))
        works = (1.0 - here.failing) * (1.0 - turned_away) * (1.0 - injected) * (1.0 - 0.3 * high**3)
        return own, 1.0 - works

    def _attempts(self, number: int, call: Call) -> tuple[FloatArray, FloatArray]:
        """Seconds for one call with its retries, and the part of calls that fail in the end."""
        mean = self.mean[call.callee] + 0.0005 + self.effects.on_calls_s.get(number, 0.0)
        late = np.exp(-call.timeout_s / np.maximum(mean, 1e-6))
        p = 1.0 - (1.0 - self.failed[call.callee]) * (1.0 - late)
        self.attempt_fails[number] = 0.5 * (self.attempt_fails[number] + p)  # damped: storms settle
        attempts = _attempts_made(call, p)
        return mean * (1.0 - late) * attempts, p**attempts

    def _through_pool(
        self, node: int, waited: FloatArray, works: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        if self.pools is None or not np.isfinite(self.pools[node]).all():
            return waited, works
        lost = self.effects.pool_lost.get(node, np.zeros_like(waited))
        used = self.rate[node] * waited / (self.pools[node] * np.maximum(1.0 - lost, 0.02))
        self.pool[node] = np.maximum(np.minimum(used, 1.0) * (1.0 - lost) + lost, 0.0)
        inside = np.minimum(used, FULL)
        turned_away = np.maximum(0.0, 1.0 - 1.0 / np.maximum(used, 1.0))
        return waited * (1.0 + inside**6 / (1.0 - inside) * 0.3), works * (1.0 - turned_away)

    def _backlog(self, interval_s: float) -> FloatArray:
        """Seconds that messages wait before a worker: what comes in beyond what it can do piles up."""
        backlog = np.zeros(self.rate.shape)
        for call in self.mesh.calls:
            if call.waits:
                continue
            worker = call.callee
            slow = self.mean[worker] / self.mean[worker, 0]
            could = self.capacity[worker] / np.maximum(slow, 1e-3) if self.capacity is not None else np.inf
            surplus = (self.rate[worker] - could) * interval_s
            held = 0.0
            for i, more in enumerate(surplus):
                held = max(0.0, held + float(more))
                backlog[call.caller, i] = held / max(float(np.broadcast_to(could, surplus.shape)[i]), 1e-3)
        return backlog

    def _dense(self, by_node: dict[int, FloatArray]) -> FloatArray:
        dense = np.zeros(self.demand.shape)
        for node, values in by_node.items():
            dense[node] = values
        return dense


def _attempts_made(call: Call, p: FloatArray) -> FloatArray:
    """Attempts per call when each fails with ``p``, within the budget of retries."""
    again = sum((p**k for k in range(1, call.retries + 1)), start=np.zeros_like(p))
    return 1.0 + np.minimum(again, call.budget * call.retries)
