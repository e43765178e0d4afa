"""The service under load: start, detect, the list of incidents, a large chart, the first page, listeners.

A server is started as a user starts it. Load comes from a process of its own over raw sockets, with as
little work of its own as can be, since it shares the cores with the server. Latency is what a client
sees, from the first byte sent to the last byte received.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import math
import os
import re
import selectors
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import record

COLUMNS = {
    "what": ("what", ""),
    "unit": ("unit", ""),
    "p50": ("p50", ".3g"),
    "p95": ("p95", ".3g"),
    "p99": ("p99", ".3g"),
    "slowest": ("slowest", ".3g"),
    "runs": ("runs", "d"),
    "limit": ("limit", ""),
    "held": ("held", ""),
}
INCIDENTS = 10_000
LISTENERS = 500
POINTS = 1_000_000
CONNECTIONS = 2
_PIECE = 1 << 18
_SETTLED = 5.0
"""Seconds after which nothing is made ready beside the requests any more."""


# ------------------------------------------------------------ a client that does next to nothing


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: status, bytes on the wire, body, and how long it took."""

    status: int
    wire: int
    body: bytes
    seconds: float


def request_bytes(port: int, method: str, path: str, body: bytes = b"", headers: str = "") -> bytes:
    """A whole request over HTTP/1.1 with keep-alive."""
    kind = "content-type: application/json\r\n" if body and "content-type" not in headers else ""
    length = f"content-length: {len(body)}\r\n" if body else ""
    return (
        f"{method} {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n{kind}{length}{headers}\r\n".encode() + body
    )


def answered(connection: socket.socket) -> tuple[int, int, bytes]:
    """(status, bytes on the wire, body) of the next answer."""
    held = bytearray()
    while (end := held.find(b"\r\n\r\n")) < 0:
        piece = connection.recv(_PIECE)
        if not piece:
            raise ConnectionError(bytes(held[:200]))
        held += piece
    head = bytes(held[:end]).lower()
    length = re.search(rb"content-length: (\d+)", head)
    if length is None:
        raise ConnectionError(f"no length: {head[:300]!r}")
    whole = end + 4 + int(length[1])
    while len(held) < whole:
        held += connection.recv(_PIECE)
    body = bytes(held[end + 4 : whole])
    return int(head[9:12]), whole, gzip.decompress(body) if b"content-encoding: gzip" in head else body


def ask(port: int, method: str, path: str, body: bytes = b"", headers: str = "") -> Reply:
    """One request on a connection of its own."""
    with socket.create_connection(("127.0.0.1", port), 120) as connection:
        started = time.perf_counter()
        connection.sendall(request_bytes(port, method, path, body, headers))
        status, wire, content = answered(connection)
        return Reply(status, wire, content, time.perf_counter() - started)


def repeated(port: int, path: str, runs: int, headers: str = "") -> list[float]:
    """Milliseconds of one GET after the other on one connection."""
    times = []
    with socket.create_connection(("127.0.0.1", port), 120) as connection:
        for _ in range(runs + 5):
            started = time.perf_counter()
            connection.sendall(request_bytes(port, "GET", path, headers=headers))
            status, _, body = answered(connection)
            times.append(1e3 * (time.perf_counter() - started))
            if status != 200:
                raise ConnectionError(f"{path}: {status} {body[:200]!r}")
    return times[5:]


def load(port: int, body: bytes, connections: int, seconds: float) -> tuple[list[float], float]:
    """Milliseconds of each POST /detect, and requests per second: each connection asks without a pause."""
    request = request_bytes(port, "POST", "/api/v1/detect", body)
    selector = selectors.DefaultSelector()
    sent: dict[socket.socket, float] = {}
    for _ in range(connections):
        connection = socket.create_connection(("127.0.0.1", port), 60)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(connection, selectors.EVENT_READ)
        sent[connection] = time.perf_counter()
        connection.sendall(request)
    times: list[float] = []
    began = time.perf_counter()
    while time.perf_counter() - began < seconds:
        for key, _ in selector.select(60):
            connection = key.fileobj  # type: ignore[assignment]
            status, _, content = answered(connection)
            now = time.perf_counter()
            if status != 200:
                raise ConnectionError(f"{status}: {content[:200]!r}")
            times.append(1e3 * (now - sent[connection]))
            sent[connection] = now
            connection.sendall(request)
    took = time.perf_counter() - began
    for connection in sent:
        connection.close()
    return times, len(times) / took


# ------------------------------------------------------------ a server


def environment() -> dict[str, str]:
    """Ours, without settings of a user; what is compiled is kept, as for users."""
    left_out = ("HUNTER__", "PYTHONDONTWRITEBYTECODE")
    return {name: value for name, value in os.environ.items() if not name.startswith(left_out)}


@dataclass(frozen=True, slots=True)
class Started:
    """A server: its port and process, seconds until it answered, until there was a page, until it could hunt;
    its CPU until it answered.
    """

    port: int
    pid: int
    answers: float
    pages: float
    hunts: float
    cpu: float


def cpu_seconds(pid: int) -> tuple[float, float]:
    """CPU of the server, and of all processes below it; (nan, nan) where there is no /proc."""
    place = Path(f"/proc/{pid}")
    try:
        fields = (place / "stat").read_text("utf-8").rpartition(")")[2].split()
        below = (place / "task" / str(pid) / "children").read_text("utf-8").split()
    except OSError:
        return math.nan, math.nan
    own = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return own, sum(map(sum, map(cpu_seconds, map(int, below))))


@contextlib.contextmanager
def server(folder: Path) -> Iterator[Started]:
    """A server in this folder; stopped in the end."""
    (folder / "hunter.yaml").write_text("remember:\n  memory: memory.db\nserve:\n  points: 2000000\n")
    command = [sys.executable, "-m", "anomaly_hunter", "serve", "--port", "0"]
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, env=environment(), stderr=subprocess.PIPE)
    try:
        assert process.stderr is not None
        said = re.search(rb"http://[^:]+:(\d+)", process.stderr.readline())
        if said is None:
            raise RuntimeError("the server does not start")
        port = int(said[1])
        answers = _until(port, "/healthz", started)
        cpu = sum(cpu_seconds(process.pid)[:1])
        pages = _until(port, "/", started)
        hunts = _until(port, "/readyz", started)
        yield Started(port, process.pid, answers, pages, hunts, cpu)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        process.stderr.close()  # type: ignore[union-attr]


def _until(port: int, path: str, started: float) -> float:
    while time.perf_counter() - started < 60:
        try:
            if ask(port, "GET", path).status == 200:
                return time.perf_counter() - started
        except OSError:
            pass
        time.sleep(0.01)
    raise RuntimeError(f"{path} does not answer with 200")


# ------------------------------------------------------------ what is measured


def row(
    what: str, unit: str, times: Sequence[float], limit: str = "", held: bool | None = None
) -> dict[str, Any]:
    """A line of the result."""
    p50, p95, p99 = (float(value) for value in np.percentile(times, (50, 95, 99)))
    return {
        "what": what, "unit": unit, "p50": p50, "p95": p95, "p99": p99, "slowest": max(times),
        "runs": len(times), "limit": limit, "held": "" if held is None else ("yes" if held else "no"),
    }  # fmt: skip


def values(count: int, clocked: bool) -> bytes:
    """A request for a hunt: noise with ten points that are too high."""
    x = 10 + np.random.default_rng(1).normal(0, 1, count)
    x[3 * count // 5 : 3 * count // 5 + 10] += 15
    request: dict[str, Any] = {"data": x.round(4).tolist()}
    if clocked:
        request["timestamps"] = [1_700_000_000 + 60 * i for i in range(count)]
    return json.dumps(request).encode()


def starts(runs: int) -> list[dict[str, Any]]:
    """From the command to the first answer, and to the first process that hunts."""
    seen = []
    for _ in range(runs + 1):
        with tempfile.TemporaryDirectory() as folder, server(Path(folder)) as started:
            seen.append(started)
    seen = seen[1:]  # the first one compiles
    answers = [one.answers for one in seen]
    return [
        row("server start: until it answers", "s", answers, "<= 2", statistics.median(answers) <= 2),
        row("server start: CPU until it answers", "s", [one.cpu for one in seen]),
        row("server start: until the first page is there", "s", [one.pages for one in seen]),
        row("server start: until a process hunts", "s", [one.hunts for one in seen]),
    ]


def detects(port: int, pid: int, seconds: float) -> list[dict[str, Any]]:
    """POST /detect with 500 points: one at a time, and as fast as two connections go."""
    rows = []
    for clocked in (False, True):
        name = "500 points" + (" and timestamps" if clocked else "")
        body = values(500, clocked)
        for connections in (1, CONNECTIONS):
            before = cpu_seconds(pid)
            times, rate = in_another_process(port, body, connections, seconds)
            spent = [
                1e3 * (b - a) / (len(times) * (1 + 1 / seconds))
                for a, b in zip(before, cpu_seconds(pid), strict=True)
            ]
            p50, p99 = np.percentile(times, (50, 99))
            who = "1 client" if connections == 1 else f"{connections} clients"
            held = bool(p50 <= 10 and p99 <= 50)
            rows.append(row(f"POST /detect, {name}, {who}", "ms", times, "p50 <= 10, p99 <= 50", held))
            if connections == 1:
                rows.append(row(f"CPU of the server for one, {name}", "ms", spent[:1]))
                rows.append(row(f"CPU of the process that hunts for one, {name}", "ms", spent[1:]))
            else:
                rows.append(row(f"requests per second, {name}, {who}", "1/s", [rate], ">= 150", rate >= 150))
    return rows


def in_another_process(port: int, body: bytes, connections: int, seconds: float) -> tuple[list[float], float]:
    """:func:`load` in a process of its own, after a second that is not counted."""
    command = [sys.executable, "-m", "benchmarks.service", "--load", f"{port},{connections},{seconds}"]
    done = subprocess.run(command, input=body, stdout=subprocess.PIPE, check=True, env=environment())
    times, rate = json.loads(done.stdout)
    return times, rate


def lists(port: int, count: int, runs: int) -> list[dict[str, Any]]:
    """The list of incidents, as JSON and as a page."""
    rows = []
    for name, path in (
        ("GET /incidents", "/api/v1/incidents?limit=50"),
        ("the page of incidents", "/incidents"),
    ):
        times = repeated(port, path, runs)
        held = bool(np.percentile(times, 95) <= 100)
        rows.append(row(f"{name}, {count:,} kept", "ms", times, "p95 <= 100", held))
    return rows


def first_page(port: int, runs: int) -> list[dict[str, Any]]:
    """The page that opens first: how long the server takes, and all that a browser loads for it."""
    packed = "accept-encoding: gzip\r\naccept: text/html\r\n"
    times = repeated(port, "/", runs, packed)
    page = ask(port, "GET", "/", headers=packed)
    needed = set(re.findall(rb'(?:src|href)="(/static/[^"]+)"', page.body))
    sizes = {path.decode(): ask(port, "GET", path.decode(), headers=packed).wire for path in needed}
    total = (page.wire + sum(sizes.values())) / 1e3
    held = bool(np.percentile(times, 95) <= 100)
    return [
        row("the first page", "ms", times, "<= 100", held),
        row(f"the first page and its {len(sizes)} files", "kB", [total], "<= 150", total <= 150),
    ]


def large_chart(port: int) -> list[dict[str, Any]]:
    """A series of a million points: hunted as an upload, then its chart opened and zoomed."""
    rng = np.random.default_rng(2)
    x = 100 + 10 * np.sin(np.arange(POINTS) * 2 * np.pi / 1440) + rng.normal(0, 1, POINTS)
    x[POINTS // 2 : POINTS // 2 + 60] += 40
    start = np.datetime64("2024-01-01T00:00")
    stamps = np.datetime_as_string(start + np.arange(POINTS), timezone="UTC")
    text = "time,load\n" + "\n".join(f"{t},{v:.3f}" for t, v in zip(stamps, x.tolist(), strict=True))
    began = time.perf_counter()
    hunt_id = _uploaded(port, "load.csv", text.encode())
    hunted = time.perf_counter() - began
    series = json.loads(ask(port, "GET", f"/api/v1/hunts/{hunt_id}/series").body)["items"][0]
    name = series.get("id") or series["subject_id"]
    place = f"/api/v1/hunts/{hunt_id}/series/{name}/chart?points=2000"
    opened = ask(port, "GET", place)
    zooms = []
    for i in range(10):
        begin = int(start.astype("datetime64[s]").astype(np.int64)) + 60 * (i + 1) * (POINTS // 16)
        zoom = f"{place}&from={begin}&to={begin + 60 * 20_000}"
        reply = ask(port, "GET", zoom)
        if reply.status != 200:
            raise ConnectionError(f"{zoom}: {reply.body[:300]!r}")
        zooms.append(reply.seconds)
    if opened.status != 200:
        raise ConnectionError(f"{place}: {opened.body[:300]!r}")
    return [
        row(f"POST /hunts with {POINTS:,} points, kept, until the job is done", "s", [hunted]),
        row(f"chart of {POINTS:,} points: opened", "s", [opened.seconds], "<= 2", opened.seconds <= 2),
        row(f"chart of {POINTS:,} points: zoomed", "s", zooms, "<= 0.5", zooms[-1] <= 0.5),
    ]


def _uploaded(port: int, name: str, content: bytes) -> str:
    """The id of the kept hunt in this file, once its job is done."""
    border = "b0rder"
    head = f'--{border}\r\ncontent-disposition: form-data; name="files"; filename="{name}"\r\n\r\n'.encode()
    body = head + content + f"\r\n--{border}--\r\n".encode()
    kind = f"content-type: multipart/form-data; boundary={border}\r\n"
    reply = ask(port, "POST", "/api/v1/hunts", body, kind)
    said = json.loads(reply.body)
    while reply.status == 202 or said.get("state") in ("queued", "running"):
        time.sleep(0.1)
        reply = ask(port, "GET", f"/api/v1/jobs/{said['id']}")
        said = json.loads(reply.body)
    return str((said.get("result") or said)["hunt_id"])


def listening(port: int, folder: Path, listeners: int, events: int = 20) -> list[dict[str, Any]]:
    """How long after it happened (its transaction is done) each listener has an event."""
    from anomaly_hunter.remember.life import feed
    from anomaly_hunter.remember.moments import now
    from anomaly_hunter.remember.store import Store

    selector, held = selectors.DefaultSelector(), []
    for _ in range(listeners):
        connection = socket.create_connection(("127.0.0.1", port), 60)
        connection.sendall(request_bytes(port, "GET", "/api/v1/live?kinds=benchmark"))
        held.append(connection)
    for connection in held:
        got = b""
        while b": listening" not in got:
            got += connection.recv(_PIECE)
        selector.register(connection, selectors.EVENT_READ)
    latest, every = [], []
    with Store.open(folder / "memory.db") as store:
        for number in range(events):
            word = f'"number":{number}}}'.encode()
            with store.writing() as (database, owner):
                feed.tell(database, owner, now(), "benchmark.told", "x", {"number": number})
            told = time.perf_counter()
            waiting = set(held)
            while waiting and time.perf_counter() - told < 10:
                for key, _ in selector.select(1):
                    connection = key.fileobj  # type: ignore[assignment]
                    if word in connection.recv(_PIECE):
                        waiting.discard(connection)
                        every.append(1e3 * (time.perf_counter() - told))
            if waiting:
                raise RuntimeError(f"{len(waiting)} listeners heard nothing")
            latest.append(every[-1])
            time.sleep(0.05 * (number % 5))
    for connection in held:
        connection.close()
    name = f"{listeners} listeners: an event reaches"
    return [
        row(f"{name} one", "ms", every),
        row(f"{name} the last one", "ms", latest, "<= 1000", max(latest) <= 1000),
    ]


def fill(folder: Path, count: int) -> None:
    """A memory with so many incidents, of one real hunt with other names and times."""
    from dataclasses import replace

    import anomaly_hunter as ah
    from anomaly_hunter.model import Series, stable_id
    from anomaly_hunter.remember.store import Store

    x = 10 + np.random.default_rng(3).normal(0, 1, 300)
    x[200:204] += 20
    start = np.datetime64("2026-01-01T00:00:00", "ns")
    time_of = start + np.arange(300) * np.timedelta64(60_000_000_000, "ns")
    found = ah.hunt(Series.of(x, time_of, "latency_ms"))
    one = found.incidents[0]
    begin_at, end_at = one.begin, one.end
    assert begin_at is not None
    assert end_at is not None
    with Store.open(folder / "memory.db") as store:
        for begin in range(0, count, 500):
            incidents, detections = [], []
            for number in range(begin, min(begin + 500, count)):
                series = Series.of(x, time_of, f"latency_ms {number}", labels={"service": f"s{number % 97}"})
                later = np.timedelta64(number, "m")
                anomalies = tuple(
                    replace(
                        a, id=stable_id(a.id, number), subject=series.title, subject_id=series.id,
                        begin=a.begin + later, end=a.end + later,
                    )
                    for a in one.anomalies
                    if a.begin is not None and a.end is not None
                )  # fmt: skip
                verdict = replace(one.verdict, severity=number % 101 / 10)
                name = stable_id("incident", number)
                incidents.append(replace(one, id=name, anomalies=anomalies, verdict=verdict,
                                         begin=begin_at + later, end=end_at + later))  # fmt: skip
                detections.append(replace(found.detections[0], series=series, subject=series.title,
                                          anomalies=anomalies))  # fmt: skip
            store.keep(replace(found, incidents=tuple(incidents), detections=tuple(detections)))


def run(arguments: Sequence[str] | None = None) -> None:
    """All of it; ``--quick`` with a tenth of the incidents and less time."""
    parser = record.options("service", "the service under load")
    parser.add_argument("--load", metavar="PORT,CONNECTIONS,SECONDS", help="only send load (what it starts)")
    given = parser.parse_args(arguments)
    if given.load:
        _send(given.load)
        return
    rows = starts(2 if given.quick else 5)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        count = INCIDENTS // 10 if given.quick else INCIDENTS
        fill(folder, count)
        with server(folder) as started:
            port = started.port
            time.sleep(_SETTLED)
            rows += detects(port, started.pid, 3.0 if given.quick else 15.0)
            rows += lists(port, count, 20 if given.quick else 200)
            rows += first_page(port, 20 if given.quick else 200)
            rows += large_chart(port)
            rows += listening(port, folder, LISTENERS)
    notes = [
        "One server with two processes that hunt, SQLite, nobody signs in; load from a second process over "
        "raw sockets, connections kept alive, each asking without a pause. A busy machine shows as spread."
    ]
    about = {"load": f"{os.getloadavg()[0]:.1f}"}
    tables = [record.Table("The service", COLUMNS, rows)]
    record.write(record.Result("service", "The service", tables, notes, rows, about), given.out, arguments)


def _send(asked: str) -> None:
    port, connections, seconds = asked.split(",")
    body = sys.stdin.buffer.read()
    load(int(port), body, int(connections), 1.0)
    json.dump(load(int(port), body, int(connections), float(seconds)), sys.stdout)


if __name__ == "__main__":
    record.main(run)
