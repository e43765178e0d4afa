import pytest

from tests.serve.guard.calling import place_of


@pytest.fixture
def place(tmp_path):
    made = place_of(tmp_path)
    with made.store:
        yield made
