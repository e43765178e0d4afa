"""A server with people in two organisations, and browsers and programs that call it."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path

import numpy as np
from fastapi import FastAPI
from starlette.testclient import TestClient

from anomaly_hunter.config import Settings
from anomaly_hunter.remember.options import RememberOptions
from anomaly_hunter.remember.people.keys import Keys
from anomaly_hunter.remember.people.people import Doer, People, of_organisation
from anomaly_hunter.remember.store import Store
from anomaly_hunter.serve.app import create_app
from anomaly_hunter.serve.guard import passwords
from anomaly_hunter.serve.options import ServeOptions

HOME = "http://localhost:8787"
PASSWORD = "correct horse battery"
PEOPLE = {"ann": "admin", "rob": "responder", "vic": "viewer"}
DOER = Doer("cli:test")
LITTLE = 64
"""KiB: guessing costs nothing here."""


@cache
def hash_of(password: str) -> str:
    """Hashing costs on purpose: here little, and once per password is enough."""
    return passwords.hashed(password, memory_kib=LITTLE)


class Clock:
    """A time of day that goes on when it is told to."""

    def __init__(self, at: str = "2026-04-01T12:00:00"):
        self.at = np.datetime64(at, "ns")

    def __call__(self):
        return self.at

    def go_on(self, **time):
        """Like `go_on(hours=3)`."""
        self.at = self.at + np.timedelta64(timedelta(**time), "ns")


@dataclass
class Place:
    """A server, its store, and its time."""

    app: FastAPI
    store: Store
    clock: Clock

    @property
    def entrance(self):
        return self.app.state.entrance

    def client(self, **more):
        """A browser or program that is nobody yet."""
        given = {"base_url": HOME, "follow_redirects": False, "raise_server_exceptions": False} | more
        return TestClient(self.app, **given)

    def browser(self, name, password=PASSWORD):
        """A browser signed in, with the token that its pages would bring back."""
        client = self.client()
        client.headers["Origin"] = HOME
        answered = client.post("/sign-in", data={"name": name, "password": password})
        assert answered.status_code == 303, answered.text
        client.headers["X-CSRF-Token"] = self.session_of(client).csrf
        return client

    def session_of(self, client):
        from anomaly_hunter.remember.people.sessions import session_of
        from anomaly_hunter.serve.guard.entrance import digest

        found = session_of(self.store, digest(client.cookies["hunter"]), self.clock())
        return found[0]

    def program(self, *scopes, organisation="default"):
        """A program with a new key."""
        _, secret = Keys(of_organisation(self.store, organisation)).add("program", scopes, DOER)
        return self.client(headers={"Authorization": f"Bearer {secret}"})


@cache
def memory_of(people: tuple[tuple[str, str], ...]) -> bytes:
    """A store with these people in both organisations, made once and copied for each test."""
    with tempfile.TemporaryDirectory() as folder:
        with Store.open(f"{folder}/memory.db") as store:
            for organisation, tail in (("default", ""), ("other", "@other")):
                those = People(of_organisation(store, organisation))
                for name, role in people:
                    those.add(name + tail, role, DOER, password=hash_of(PASSWORD))
        return Path(folder, "memory.db").read_bytes()


def place_of(folder, *, people=PEOPLE, **options):
    """A server over a new store; sign-in is on if nothing else is said."""
    place = folder / "memory.db"
    place.write_bytes(memory_of(tuple(people.items())))
    store = Store.open(place)
    settings = Settings(
        remember=RememberOptions(str(place)), serve=ServeOptions(**{"sign_in": True} | options)
    )
    app = create_app(settings, store)
    clock = Clock()
    app.state.entrance.clock = clock
    app.state.entrance.memory_kib = LITTLE
    return Place(app, store, clock)
