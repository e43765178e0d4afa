"""`hunter users`, `hunter keys`, `hunter audit`: who may come in, and who let them."""

import io
import json
import re
import sqlite3
import sys

import pytest

from anomaly_hunter.remember.people.keys import key_of
from anomaly_hunter.remember.people.people import to_sign_in
from anomaly_hunter.remember.store import Store, now
from anomaly_hunter.serve.guard.passwords import fits

PASSWORD = "correct horse battery"


@pytest.fixture
def typed(monkeypatch):
    """What comes through the pipe."""

    def typed(text):
        monkeypatch.setattr(sys, "stdin", io.StringIO(text))

    return typed


@pytest.fixture
def project(hunter, tmp_path):
    """An empty project; the place of its memory."""
    assert hunter("init").code == 0
    return tmp_path / ".hunter" / "memory.db"


@pytest.fixture
def ann(hunter, project, typed):
    """The first admin, let in by the command line."""
    typed(PASSWORD + "\n")
    ran = hunter("users", "add", "Ann", "--role", "admin", "--title", "Ann \x1b[31mB.")
    assert ran.code == 0, ran.err
    return ran.out


def listed(hunter, what, *options):
    return json.loads(hunter(what, "list", "--json", *options).out)


def test_somebody_is_let_in_with_the_password_of_a_pipe(hunter, project, ann):
    assert ann == f"ann may come in as admin of {project.parent.parent.name}.\n"
    with Store.open(project) as store:
        known = to_sign_in(store, "ANN")
        assert known is not None
        assert (known[0].role, fits(PASSWORD, known[1])) == ("admin", True)
    assert PASSWORD not in project.read_bytes().decode("latin-1")
    (one,) = listed(hunter, "users")
    assert (one["name"], one["role"], one["disabled_at"]) == ("ann", "admin", None)
    assert "password" not in one
    assert hunter("users", "list").out.split()[:2] == ["ann", "admin"]


@pytest.mark.parametrize(
    ("password", "why"),
    [("short\n", "12 to 1000"), ("", "no password came"), ("a" * 20 + "\n", "guessed at once")],
)
def test_a_password_that_is_none_lets_nobody_in(hunter, project, typed, password, why):
    typed(password)
    ran = hunter("users", "add", "ann", "--role", "admin")
    assert ran.code == 2
    assert why in " ".join(ran.err.split())
    assert listed(hunter, "users") == []
    assert "nobody yet" in hunter("users", "list").out


def test_a_name_is_taken_in_every_organisation(hunter, ann, typed):
    typed(PASSWORD + "\n")
    ran = hunter("users", "add", "ANN", "--role", "viewer", "--organisation", "other")
    assert (ran.code, "is taken" in ran.err) == (2, True)
    typed(PASSWORD + "\n")
    assert "of other." in hunter("users", "add", "bob", "--role", "viewer", "--organisation", "other").out
    assert [one["name"] for one in listed(hunter, "users", "--organisation", "other")] == ["bob"]
    assert [one["name"] for one in listed(hunter, "users")] == ["ann"]


def test_the_last_admin_stays(hunter, ann, typed):
    for change in (("role", "ann", "viewer"), ("disable", "ann")):
        ran = hunter("users", *change)
        assert (ran.code, "is the last admin" in ran.err) == (2, True)
    typed(PASSWORD + "\n")
    hunter("users", "add", "bob", "--role", "admin")
    assert hunter("users", "role", "ann", "viewer").out == "ann is a viewer now.\n"
    assert "does not come in" in hunter("users", "disable", "ann").out
    assert listed(hunter, "users")[0]["disabled_at"] is not None
    assert "may come in again" in hunter("users", "disable", "ann", "--undo").out
    assert listed(hunter, "users")[0]["disabled_at"] is None


def test_a_password_is_set_anew(hunter, project, ann, typed):
    typed("another battery horse\n")
    assert hunter("users", "password", "ann").out == "ann has a new password.\n"
    with Store.open(project) as store:
        known = to_sign_in(store, "ann")
    assert known is not None
    assert fits("another battery horse", known[1])
    assert not fits(PASSWORD, known[1])


def test_somebody_who_is_not_there_is_said(hunter, ann):
    for command in (("role", "eve", "viewer"), ("disable", "eve"), ("password", "eve")):
        ran = hunter("users", *command)
        assert (ran.code, "nobody called 'eve'" in ran.err) == (2, True)
    assert hunter("users", "role", "ann", "king").code == 2


def test_a_key_is_shown_once_and_opens_until_it_is_revoked(hunter, project):
    made = hunter("keys", "add", "check\x1bout", "--scope", "detect", "--scope", "read", "--days", "90")
    secret = made.out.strip()
    assert re.fullmatch(r"hk_[0-9a-f]{12}_\S{43}", secret)
    assert secret not in made.err
    with Store.open(project) as store:
        assert key_of(store, secret, now()).scopes == ("read", "detect")
    (one,) = listed(hunter, "keys")
    shown = hunter("keys", "list").out
    assert secret not in shown + json.dumps(one)
    assert "\x1b" not in shown
    assert f"key {one['id']}" in made.err
    assert "opens nothing any more" in hunter("keys", "revoke", one["id"]).out
    assert "revoked 2" in hunter("keys", "list").out
    with Store.open(project) as store:
        assert key_of(store, secret, now()) is None
    assert hunter("keys", "revoke", "0" * 12).code == 2
    assert hunter("keys", "add", "x", "--scope", "everything").code == 2
    assert hunter("keys", "add", "x").code == 2


def test_keys_of_another_organisation_are_not_there(hunter, project):
    hunter("keys", "add", "theirs", "--scope", "read", "--organisation", "other")
    assert listed(hunter, "keys") == []
    (theirs,) = listed(hunter, "keys", "--organisation", "other")
    assert hunter("keys", "revoke", theirs["id"]).code == 2
    assert "no keys yet" in hunter("keys", "list").out


def test_the_audit_log_tells_what_the_command_line_did(hunter, ann):
    hunter("keys", "add", "ci", "--scope", "detect")
    hunter("users", "role", "ann", "viewer")  # refused: nothing was done
    entries = listed(hunter, "audit")
    assert [one["action"] for one in entries] == ["key.added", "user.added"]
    assert all(one["by"].startswith("cli:") for one in entries)
    assert [one["action"] for one in listed(hunter, "audit", "--search", "key")] == ["key.added"]
    assert len(listed(hunter, "audit", "--most", "1")) == 1
    said = hunter("audit", "list").out
    assert "user.added" in said
    assert "\x1b" not in said
    assert listed(hunter, "audit", "--organisation", "other") == []
    assert "nothing was written down" in hunter("audit", "list", "--organisation", "other").out


def test_the_audit_log_is_whole_until_somebody_changes_it_past_the_program(hunter, project, ann):
    hunter("keys", "add", "ci", "--scope", "detect")
    said = hunter("audit", "verify")
    digest = said.out.split()[-1]
    assert said.out.startswith("2 entries, whole.")
    assert hunter("audit", "verify", "--holds", digest).code == 0
    unknown = hunter("audit", "verify", "--holds", "0" * 64)
    assert (unknown.code, "no entry of the audit log" in unknown.err) == (2, True)
    with sqlite3.connect(project) as connection:
        with pytest.raises(sqlite3.IntegrityError, match="only added to"):
            connection.execute("UPDATE audit SET \"by\" = 'eve'")
        connection.execute("DROP TRIGGER audit_refuses_update")
        connection.execute("UPDATE audit SET \"by\" = 'eve' WHERE id = (SELECT max(id) FROM audit)")
    connection.close()
    broken = hunter("audit", "verify")
    assert broken.code == 1
    assert "does not fit the 1 before it" in " ".join(broken.err.split())
