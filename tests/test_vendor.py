"""Files of others that ship with the package are exactly the published ones."""

import hashlib
import json
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "anomaly_hunter"
RECORDS = sorted(SOURCE.rglob("VENDOR.json"))


def test_there_is_a_record_for_every_vendored_package():
    folders = {path for room in SOURCE.rglob("vendor") for path in room.iterdir() if path.is_dir()}
    assert folders == {record.parent for record in RECORDS}
    assert len(folders) >= 3


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.parent.name)
def test_the_vendored_files_are_the_published_ones(path):
    record = json.loads(path.read_text("utf-8"))
    assert set(record["files"]) | {"VENDOR.json"} == {file.name for file in path.parent.iterdir()}
    for name, digest in record["files"].items():
        assert hashlib.sha256((path.parent / name).read_bytes()).hexdigest() == digest, name
    assert record["licence"] in {"MIT", "0BSD"}
    assert "LICENSE" in record["files"]
