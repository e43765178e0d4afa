"""Every example of docs/api.md runs against a real server, one after the other."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from anomaly_hunter import Client
from docs.generate import ROOT
from tests.serve.running import running

PAGE = ROOT / "docs" / "api.md"


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_every_example_runs_and_answers_json(tmp_path: Path):
    blocks = re.findall(r"```sh run\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert len(blocks) > 10
    with running(tmp_path) as (url, _):
        script = f"set -eu\nURL={url}\n" + "\necho; echo ----\n".join(blocks)
        done = subprocess.run(
            ["bash", "-c", script], check=False, cwd=tmp_path, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, (done.stdout[-1_000:], done.stderr)
        for part in done.stdout.split("----\n"):
            decoder, text = json.JSONDecoder(), part.strip()
            while text:
                _, end = decoder.raw_decode(text)
                text = text[end:].strip()
        with Client(url) as client:
            assert client.detect([10.0, 11, 10, 9] * 3 + [60.0, 10, 11, 10, 9, 10, 11, 10]).anomalies == (12,)
            found = client.hunt(tmp_path / "latency.csv")
            assert found.hunt_id
            (known,) = (one for one in client.datasets() if "latency" in one.name)
            assert known.hunt_id
            heard = client.listen("incident", after=0)
            assert next(heard).kind == "incident.opened"
            heard.close()
