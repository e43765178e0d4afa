"""A small server that speaks the wire format of Prometheus' `query_range`, or whatever a test tells it."""

from __future__ import annotations

import gzip
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


class Prometheus(ThreadingHTTPServer):
    """``series`` is labels -> function of the second; ``reply`` (status, type, body, headers) goes first."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.series = {}
        self.reply = None
        self.asked = []
        self.packed = True
        self.hold = None

    def handle_error(self, *_):
        """Who hung up does not hear of it."""

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"

    def answer(self, form):
        start, end, step = (float(form[key]) for key in ("start", "end", "step"))
        steps = round((end - start) / step) + 1
        if steps > 11_000:
            error = "exceeded maximum resolution of 11,000 points per timeseries."
            return 400, {"status": "error", "errorType": "bad_data", "error": error}
        result = []
        for labels, value in self.series.items():
            moments = [start + i * step for i in range(steps)]
            values = [[t, text] for t in moments if (text := value(t)) is not None]
            if values:
                result.append({"metric": dict(labels), "values": values})
        return 200, {"status": "success", "data": {"resultType": "matrix", "result": result}}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Prometheus

    def do_GET(self):
        self._reply(urlsplit(self.path).query)

    def do_POST(self):
        self._reply(self.rfile.read(int(self.headers["Content-Length"])).decode())

    def _reply(self, query):
        form = {key: values[0] for key, values in parse_qs(query).items()}
        self.server.asked.append((self.command, urlsplit(self.path).path, form, dict(self.headers)))
        if self.server.hold is not None:
            self.server.hold.wait(10)
        if self.server.reply is not None:
            status, kind, body, more = (*self.server.reply, {})[:4]
        else:
            status, document = self.server.answer(form)
            kind, body, more = "application/json", json.dumps(document).encode(), {}
            if self.server.packed:
                body, more = gzip.compress(body, 1), {"Content-Encoding": "gzip"}
        self.send_response(status)
        headers = {"Content-Type": kind, "Content-Length": str(len(body)), **more}
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextmanager
def prometheus():
    with Prometheus() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
