"""People, sessions, keys, the audit log, events and replies: the same in both databases."""

import threading

import numpy as np
import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError

from anomaly_hunter.errors import UnknownError, UsageError
from anomaly_hunter.model import Event
from anomaly_hunter.remember import schema
from anomaly_hunter.remember.engine import WRITING
from anomaly_hunter.remember.life.events import Events
from anomaly_hunter.remember.life.happened import Happenings
from anomaly_hunter.remember.people.audit import Audit
from anomaly_hunter.remember.people.keys import Keys, key_of
from anomaly_hunter.remember.people.people import Doer, People, known_as, to_sign_in
from anomaly_hunter.remember.people.sessions import IDLE, LONGEST, Sessions, session_of
from anomaly_hunter.remember.serving.replies import KEPT, Asked, Replies, Reply
from anomaly_hunter.remember.store import Store, now
from tests.remember.kept import HOUR, NOON

ADMIN = Doer("cli:root", "127.0.0.1")
HOSTILE = "a'; DROP TABLE member; -- \u2028 \U0001f600 \x00 \ud800"


def entries(store):
    return [(one.action, one.detail.get("name", "")) for one in reversed(Audit(store).page())]


# ------------------------------------------------------------ people


def test_a_person_is_added_changed_and_every_change_is_written_down(memory):
    people = People(memory)
    ann = people.add("Ann", "admin", ADMIN, password="hash")
    bob = people.add("bob", "viewer", ADMIN, title=HOSTILE)
    assert people.named("ANN") == people.one(ann.id) == ann
    assert [one.name for one in people.all()] == ["ann", "bob"]
    assert people.change(bob.id, ADMIN, role="responder").role == "responder"
    assert people.change(bob.id, ADMIN, disabled=True).disabled_at is not None
    assert people.set_password(ann.id, "other", ADMIN).id == ann.id
    assert to_sign_in(memory, "ann")[1] == "other"
    assert entries(memory) == [
        ("user.added", "ann"), ("user.added", "bob"), ("user.role", "bob"), ("user.disabled", "bob"),
        ("user.password", "ann"),
    ]  # fmt: skip


def test_the_last_admin_stays_and_names_are_one_persons(memory, place):
    people = People(memory)
    ann = people.add("ann", "admin", ADMIN)
    with pytest.raises(UsageError, match="the last admin"):
        people.change(ann.id, ADMIN, role="viewer")
    with Store.open(place, "other") as other, pytest.raises(UsageError, match="is taken"):
        People(other).add("ANN", "admin", ADMIN)
    assert len(Audit(memory).page()) == 1, "what was refused is not written down"


def test_of_two_who_take_a_name_at_once_one_gets_it(memory, place):
    started = threading.Barrier(4)
    refused: list[UsageError] = []

    def add(role):
        with Store.open(place) as mine:
            started.wait()
            try:
                People(mine).add("ann", role, ADMIN)
            except UsageError as error:
                refused.append(error)

    threads = [threading.Thread(target=add, args=("admin",)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 3
    assert len(People(memory).all()) == len(Audit(memory).page()) == 1


def test_who_signs_in_elsewhere_is_known_by_issuer_and_id(memory):
    made = People(memory).add("ann", "viewer", ADMIN, issuer="https://id.example", subject="42")
    assert known_as(memory, "https://id.example", "42") == made
    assert known_as(memory, "https://id.example", "43") is None
    with pytest.raises(UsageError, match="signs in at"):
        People(memory).set_password(made.id, "hash", ADMIN)


# ------------------------------------------------------------ sessions


def test_a_session_lasts_until_one_of_its_limits(memory):
    ann = People(memory).add("ann", "admin", ADMIN)
    sessions = Sessions(memory)
    sessions.begin(ann, "a" * 64, "token", NOON, address="::1", agent=HOSTILE)
    known = session_of(memory, "a" * 64, NOON + HOUR)
    assert known is not None
    found, whose = known
    assert (found.csrf, whose.id, whose.role) == ("token", ann.id, "admin")
    assert session_of(memory, "b" * 64, NOON) is None
    assert session_of(memory, "a" * 64, NOON + IDLE) is None
    for hours in range(10, 24 * 7, 10):
        sessions.seen("a" * 64, NOON + hours * HOUR)
    assert session_of(memory, "a" * 64, NOON + LONGEST - HOUR) is not None
    assert session_of(memory, "a" * 64, NOON + LONGEST) is None


def test_sessions_end_one_by_one_all_at_once_and_with_their_person(memory):
    ann = People(memory).add("ann", "admin", ADMIN)
    sessions = Sessions(memory)
    for letter in "abcd":
        sessions.begin(ann, letter * 64, "token", NOON, address="", agent="")
    sessions.end("a" * 64)
    assert session_of(memory, "a" * 64, NOON) is None
    assert sessions.end_all(ann.id, but="b" * 64) == 2
    assert [one.digest for one in sessions.of(ann.id, NOON)] == ["b" * 64]
    People(memory).change(ann.id, ADMIN, disabled=True, spare=False)
    assert session_of(memory, "b" * 64, NOON) is None


# ------------------------------------------------------------ keys


def test_a_key_opens_until_it_ends_or_is_revoked(memory):
    keys, at = Keys(memory), now()
    one, secret = keys.add("ci", ["respond", "detect"], ADMIN)
    brief, other = keys.add("brief", ["read"], ADMIN, at + HOUR)
    assert key_of(memory, secret, at).scopes == ("detect", "respond")
    assert key_of(memory, secret[:-1] + ("a" if secret[-1] != "a" else "b"), at) is None
    assert key_of(memory, other, at + 2 * HOUR) is None
    keys.used(one.id, at)
    assert keys.one(one.id).used_at == at
    assert keys.revoke(one.id, ADMIN) == keys.revoke(one.id, ADMIN)
    assert key_of(memory, secret, at) is None
    assert {key.id for key in keys.all()} == {one.id, brief.id}
    assert [action for action, _ in entries(memory)] == ["key.added", "key.added", "key.revoked"]
    with pytest.raises(UnknownError):
        keys.revoke("0" * 12, ADMIN)


# ------------------------------------------------------------ the audit log


def test_the_chain_holds_and_is_each_organisations_own(memory, place):
    with Store.open(place, "other") as other:
        for number in range(5):
            Audit(memory).record("ann", "a.b", HOSTILE, {"n": number, "text": HOSTILE}, at=NOON)
            Audit(other).record("eve", "a.b")
        assert Audit(memory).verify().entries == Audit(other).verify().entries == 5
        assert Audit(memory).verify().broken_at is None
        assert {one.by for one in Audit(memory).page()} == {"ann"}
    first, *_, last = reversed(Audit(memory).page())
    assert Audit(memory).page(before=last.id, most=1)[0].detail["n"] == 3
    assert Audit(memory).verify(first.digest).entries == 5
    assert [one.by for one in Audit(memory).page(search="ANN")] == ["ann"] * 5
    assert Audit(memory).page(search="100%_") == ()


@pytest.mark.parametrize(
    "change", ["UPDATE audit SET about = 'x'", "DELETE FROM audit", "DELETE FROM audit WHERE id = 1"]
)
def test_the_database_refuses_to_change_what_was_written_down(memory, change):
    Audit(memory).record("ann", "a.b")
    with (
        memory.engine.connect() as connection,
        pytest.raises(DBAPIError, match="only added to"),
    ):
        connection.execute(text(change))
    assert Audit(memory).verify().entries == 1


def test_nor_can_the_log_be_emptied(memory):
    Audit(memory).record("ann", "a.b")
    if memory.engine.dialect.name == "postgresql":
        with memory.engine.connect() as connection, pytest.raises(DBAPIError, match="only added to"):
            connection.execute(text("TRUNCATE audit"))
    assert Audit(memory).verify().entries == 1


@pytest.mark.parametrize("change", ["\"by\" = 'eve'", "detail = '{}'", "at = at + 1", "about = 'x'"])
def test_what_was_changed_past_the_triggers_shows(memory, change):
    for number in range(4):
        Audit(memory).record("ann", "a.b", detail={"n": number})
    third = Audit(memory).page()[1].id
    off = (
        "ALTER TABLE audit DISABLE TRIGGER ALL"
        if memory.engine.dialect.name == "postgresql"
        else "DROP TRIGGER audit_refuses_update"
    )
    with memory.engine.connect().execution_options(**{WRITING: True}) as connection, connection.begin():
        connection.execute(text(off))
        connection.execute(text(f"UPDATE audit SET {change} WHERE id = {third}"))
    found = Audit(memory).verify()
    assert (found.entries, found.broken_at) == (2, third)


def test_writers_at_once_make_one_chain(memory, place):
    started = threading.Barrier(4)

    def write(name):
        with Store.open(place) as mine:
            started.wait()
            for _ in range(5):
                Audit(mine).record(name, "a.b")

    threads = [threading.Thread(target=write, args=(f"p{i}",)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (Audit(memory).verify().entries, Audit(memory).verify().broken_at) == (20, None)


# ------------------------------------------------------------ events


def test_events_are_kept_once_and_found_by_time(memory):
    facet = Events(memory, lambda: NOON)
    told = [Event(NOON + i * HOUR, "deploy", f"v{i} {HOSTILE}", "shop", {"n": HOSTILE}) for i in range(5)]
    kept = facet.add(told, source="api", by="ci")
    assert facet.add(told[:2], source="grafana", by="eve") == kept[:2]
    assert [one.time for one in facet.between(NOON + HOUR, NOON + 3 * HOUR)] == [
        NOON + i * HOUR for i in (1, 2, 3)
    ]
    first = facet.page(most=3)
    rest = facet.page(first.next, most=3)
    assert [one.id for one in (*first.items, *rest.items)] == [one.id for one in reversed(kept)]
    assert rest.next == ""
    facet.remove(kept[0].id)
    with pytest.raises(UnknownError):
        facet.one(kept[0].id)
    assert [one.kind for one in Happenings(memory).since(0)] == ["event.kept"] * 5


# ------------------------------------------------------------ replies


def test_a_reply_is_given_again_for_a_day(memory):
    clock = [NOON]
    replies = Replies(memory, lambda: clock[0])
    first, other = Asked("a" * 64, "b" * 64), Asked("a" * 64, "c" * 64)
    assert replies.before(first) is None
    replies.keep(first, Reply(201, {"location": "/x"}, b"\x00body"))
    assert replies.before(first) == Reply(201, {"location": "/x"}, b"\x00body")
    with pytest.raises(UsageError, match="another request"):
        replies.before(other)
    clock[0] += KEPT + np.timedelta64(1, "ns")
    assert replies.before(other) is None
    replies.keep(other, Reply(204, {}, b""))
    assert replies.before(other) == Reply(204, {}, b"")


def test_what_an_older_server_began_and_never_answered_is_done(memory):
    asked = Asked("a" * 64, "b" * 64)
    with memory.writing() as (connection, owner):
        row: dict[str, object] = {
            "key": asked.key,
            "request": "c" * 64,
            "status": None,
            "headers": {},
            "made_at": NOON,
        }
        connection.execute(insert(schema.reply).values(organisation_id=owner, **row))
    replies = Replies(memory, lambda: NOON)
    assert replies.before(asked) is None
    replies.keep(asked, Reply(204, {}, b""))
    assert replies.before(asked) == Reply(204, {}, b"")


def test_work_that_is_taken_back_takes_its_reply_along(memory):
    asked = Asked("a" * 64, "b" * 64)

    def half():
        with memory.at_once() as whole:
            Replies(whole).keep(asked, Reply(204, {}, b""))
            raise KeyError

    with pytest.raises(KeyError):
        half()
    assert Replies(memory).before(asked) is None


def test_of_many_that_send_the_same_at_once_one_is_done(memory, place):
    memory.pseudonym_key()
    started, asked = threading.Barrier(4), Asked("a" * 64, "b" * 64)
    done: list[Reply | None] = []

    def send():
        with Store.open(place) as mine:
            started.wait()
            with mine.at_once() as whole:
                before = Replies(whole).before(asked)
                if before is None:
                    Replies(whole).keep(asked, Reply(204, {}, b""))
                done.append(before)

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one is None for one in done) == [False, False, False, True]
