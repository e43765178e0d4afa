"""What is read as JSON keeps the bounds of JSON, whatever the request calls it."""

from __future__ import annotations

import pytest

from tests.serve.apps import served

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    with served(tmp_path_factory.mktemp("served"), workers=1) as (client, _):
        yield client


@pytest.mark.parametrize(
    ("path", "kind"),
    [("detect", "text/plain"), ("detect", ""), ("detection/run", "text/plain"), ("hunts", "")],
)
@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"data": ' + b"[" * 100 + b"]" * 100 + b"}", 413),
        (b'{"data": [NaN, 1, 2]}', 400),
        (b'{"data": {"\\ud800": [1, 2, 3]}}', 400),
        (b'{"data": {"a\\\\": [1, 2, 3, 4, 5, 6]}}', 200),
    ],
)
def test_no_other_type_of_body_avoids_them(client, path, kind, body, status):
    if path == "detection/run" and status == 200:
        body = b'{"data": [[1, 2], [2, 1], [1, 1], [2, 2]]}'
    asked = client.build_request("POST", f"/api/v1/{path}", content=body)
    if kind:
        asked.headers["content-type"] = kind
    answered = client.send(asked)
    assert answered.status_code == status, answered.text
