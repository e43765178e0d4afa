"""A disk without room, where uploads, workers and the store write: it is said, and with room all goes on."""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from pathlib import Path

import httpx
import numpy as np
import pytest

from anomaly_hunter.config import Settings
from anomaly_hunter.serve.hunting.uploaded import read_uploaded
from anomaly_hunter.serve.pool.refused import RefusedError
from tests.serve.started import server
from tests.serve.test_durable import VALUES, all_of

MB = 1_000_000
CSV = b"value\n" + b"\n".join(b"%.3f" % v for v in np.random.default_rng(7).normal(0, 1, 300_000)) + b"\n60\n"


class Disk:
    """A small disk that can be filled."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self._ballast = place / "ballast"

    def fill(self) -> None:
        with self._ballast.open("ab", buffering=0) as file:
            for size in (1 << 20, 1 << 12, 1):
                try:
                    while True:
                        file.write(b"\0" * size)
                except OSError:
                    continue

    def free(self) -> None:
        self._ballast.unlink()


@pytest.fixture
def disk(tmp_path):
    """Of 24 MB, where that can be mounted."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", place], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("no file system can be mounted here")
    yield Disk(place)
    subprocess.run(["umount", "--lazy", place], check=True)


def refused(answer):
    assert answer.status_code == 507, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["title"] == "Cannot be kept"
    return answer.json()["detail"]


def test_a_worker_says_that_its_disk_is_full_and_leaves_nothing_on_it(disk):
    file = {"name": "cpu.csv", "role": "files", "bytes": len(CSV)}
    before, tempfile.tempdir = tempfile.tempdir, str(disk.place)
    here = Path.cwd()
    try:
        disk.fill()
        with pytest.raises(RefusedError, match="no room for what was uploaded"):
            read_uploaded([file], CSV, Settings())
        assert [one.name for one in disk.place.iterdir()] == ["ballast"]
        assert Path.cwd() == here
        disk.free()
        assert read_uploaded([file], CSV, Settings()).quality.points == 300_001
    finally:
        tempfile.tempdir = before


@pytest.mark.slow
def test_an_upload_that_finds_no_room_is_refused_and_taken_when_there_is(tmp_path, disk):
    (tmp_path / "hunter.yaml").write_text(json.dumps({"serve": {"workers": 1, "wait_seconds": 60}}))
    with server(tmp_path, more={"TMPDIR": str(disk.place)}) as (address, process), Asking(address) as ask:
        assert ask.detect().status_code == 200, "the workers are there"
        disk.fill()
        assert "uploaded" in refused(ask.upload("a"))
        assert all_of(address, "jobs") == all_of(address, "hunts") == []
        assert ask.detect().status_code == 200, "what needs no room goes on"
        disk.free()
        assert ask.upload("a").status_code == 200, "what was refused had no effect: the key is free"
        assert len(all_of(address, "hunts")) == 1
        assert process.poll() is None


@pytest.mark.slow
def test_a_store_without_room_keeps_nothing_of_a_request_and_all_of_it_when_there_is(tmp_path, disk):
    memory = str(disk.place / "memory.db")
    settings = {"remember": {"memory": memory}, "serve": {"workers": 2, "wait_seconds": 0}}
    (tmp_path / "hunter.yaml").write_text(json.dumps(settings))
    with server(tmp_path) as (address, process), Asking(address) as ask:
        assert ask.keep({"first": VALUES}, "first").status_code == 200
        many = {f"s{i}": [float((i + j) * j % 101) for j in range(1_000)] for i in range(100)}
        job = ask.hunt(many).json()["id"]
        disk.fill()
        for _ in range(2):
            assert "room on a disk" in refused(ask.keep({"second": VALUES}, "second"))
            refused(ask.upload("a"))
        assert [one["id"] for one in all_of(address, "jobs")] == [job]
        ask.until(lambda: "hunter_workers_busy 0" in ask.get("/metrics").text)
        assert httpx.get(f"{address}/healthz").status_code == 200
        disk.free()
        assert ask.keep({"second": VALUES}, "second").status_code == 200
        ask.until(lambda: ask.get(f"/api/v1/jobs/{job}").json()["state"] == "done")
        assert len(all_of(address, "hunts")) == 3, "each once"
        assert process.poll() is None


class Asking:
    """A client, which asks with keys."""

    def __init__(self, address: str) -> None:
        self.http = httpx.Client(base_url=address, timeout=90)
        self.get = self.http.get

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.http.close()

    def detect(self):
        return self.http.post("/api/v1/detect", json={"data": VALUES})

    def keep(self, data, key):
        headers = {"idempotency-key": key}
        return self.http.post("/api/v1/detect?save=true", json={"data": data}, headers=headers)

    def hunt(self, data):
        return self.http.post("/api/v1/hunts", json={"data": data})

    def upload(self, key):
        headers = {"idempotency-key": key, "content-type": "multipart/form-data; boundary=end"}
        head = b'--end\r\nContent-Disposition: form-data; name="files"; filename="cpu.csv"\r\n\r\n'
        return self.http.post("/api/v1/hunts", content=head + CSV + b"\r\n--end--\r\n", headers=headers)

    def until(self, condition):
        until = time.monotonic() + 90
        while not condition():
            assert time.monotonic() < until
            time.sleep(0.05)
