"""kill -9 in the middle of writes and a full disk: what was acknowledged is there, the store is whole."""

import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from anomaly_hunter.errors import StoreReadOnlyError
from anomaly_hunter.remember.life.life import Life
from anomaly_hunter.remember.store import Store
from anomaly_hunter.remember.upkeep.checking import check
from tests.remember.kept import NOON, spike_hunt

WRITER = """
import sys
from anomaly_hunter.remember.life.life import Life
from anomaly_hunter.remember.store import Store
from tests.remember.kept import NOON, spike_hunt
with Store.open(sys.argv[1]) as memory:
    for number in range(100_000):
        (name,) = memory.keep(spike_hunt(hours=12 * number), NOON)
        Life(memory).comment(name, f"said {number}", "ann")
        print(number, name, flush=True)
"""


@pytest.mark.slow
@pytest.mark.parametrize("after", [1, 7, 12])
def test_who_is_killed_while_writing_loses_nothing_that_was_acknowledged(place, after):
    with subprocess.Popen([sys.executable, "-c", WRITER, place], stdout=subprocess.PIPE, text=True) as writer:
        told = [writer.stdout.readline().split() for _ in range(after)]
        writer.send_signal(signal.SIGKILL)
        told += [words for line in writer.stdout if len(words := line.split()) == 2]
    with Store.open(place) as memory:
        assert check(memory).wrong == ()
        for number, name in told:
            assert memory.incident(name).kept.state == "open"
            assert Life(memory).history(name)[-1].text == f"said {number}"
        assert len(memory.incidents()) - len(told) in (0, 1)
        memory.keep(spike_hunt(hours=-48), NOON)


def test_a_file_that_may_not_grow_says_so_and_loses_nothing(tmp_path):
    place = tmp_path / "memory.db"
    with Store.open(place) as memory:
        kept = [memory.keep(spike_hunt(), NOON)[0]]
        with memory.engine.connect() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 8}")
        with pytest.raises(StoreReadOnlyError, match=r"cannot be written.*room on a disk"):
            kept.extend(name for n in range(1, 100) for name in memory.keep(spike_hunt(hours=12 * n), NOON))
        assert {one.id for one in memory.incidents()} == set(kept)
    with Store.open(place) as memory:
        assert check(memory).wrong == ()
        assert {one.id for one in memory.incidents()} == set(kept)
        memory.keep(spike_hunt(hours=-48), NOON)


FILLER = """
import sys
from anomaly_hunter.errors import StoreReadOnlyError
from anomaly_hunter.remember.store import Store
from tests.remember.kept import NOON, spike_hunt
with Store.open(sys.argv[1]) as memory:
    try:
        for number in range(100_000):
            print(*memory.keep(spike_hunt(hours=12 * number), NOON), flush=True)
    except StoreReadOnlyError:
        print("full", flush=True)
"""


def limited():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (900_000, 900_000))


@pytest.mark.slow
def test_a_disk_on_which_no_file_can_grow_loses_nothing(tmp_path):
    place = str(tmp_path / "memory.db")
    command = [sys.executable, "-c", FILLER, place]
    done = subprocess.run(command, capture_output=True, text=True, preexec_fn=limited, check=True)
    *told, last = done.stdout.split()
    assert last == "full"
    assert told
    assert Path(place).stat().st_size <= 900_000
    with Store.open(place) as memory:
        assert check(memory).wrong == ()
        assert {one.id for one in memory.incidents()} >= set(told)
        memory.keep(spike_hunt(hours=-48), NOON)
