"""Which memory a command asks: of the settings, of the server beside it, or one that is named."""

from __future__ import annotations

from anomaly_hunter.cli.stored import USUAL
from anomaly_hunter.remember.people.people import Doer, People
from anomaly_hunter.remember.store import Store
from tests.stores import new_store

ASKING = (["incidents"], ["stats"], ["feedback", "history"], ["store", "check"], ["audit", "verify"])


def test_where_nothing_is_remembered_the_cure_is_said_and_nothing_is_made(hunter, tmp_path):
    for command in ASKING:
        ran = hunter(*command)
        assert ran.code == 2
        assert "nothing is remembered here; expected a memory in hunter.yaml" in ran.err
        assert "--memory" in ran.err
    assert list(tmp_path.iterdir()) == []


def test_what_the_server_keeps_is_found_without_settings(hunter, tmp_path):
    new_store(tmp_path / USUAL).close()
    for command in ASKING:
        assert hunter(*command).code == 0


def test_a_memory_can_be_named_and_a_wrong_name_makes_none(hunter, tmp_path):
    new_store(tmp_path / "other.db").close()
    for command in (["incidents", "list"], *ASKING[1:]):
        assert hunter(*command, "--memory", "other.db").code == 0
        assert "there is no memory `othre.db`" in hunter(*command, "--memory", "othre.db").err
    assert not (tmp_path / "othre.db").exists()


def test_each_organisation_has_its_own_people(hunter, tmp_path):
    with Store.open(tmp_path / "memory.db", "shop") as store:
        People(store).add("ann", "admin", Doer("cli:test"))
    named = ("users", "list", "--memory", "memory.db")
    assert "ann" in hunter(*named, "--organisation", "shop").out
    assert "nobody yet" in hunter(*named).out


def test_a_backup_of_one_memory_goes_into_another_that_is_made_for_it(hunter, tmp_path):
    new_store(tmp_path / USUAL).close()
    assert hunter("store", "backup", "all.gz").code == 0
    assert "0 incidents" in hunter("store", "restore", "all.gz", "--memory", "new/memory.db").out
    assert (tmp_path / "new" / "memory.db").exists()
