"""People, keys and audit entries as JSON."""

from __future__ import annotations

from typing import Any

import numpy as np

from anomaly_hunter.model import iso
from anomaly_hunter.remember.people.membership import Entry, Key, Member


def member_document(member: Member) -> dict[str, Any]:
    """A person, without what only they know."""
    return {
        "id": member.id, "name": member.name, "title": member.title, "role": member.role,
        "signs_in_at": member.issuer or None, "made_at": iso(member.made_at),
        "seen_at": _time(member.seen_at), "disabled_at": _time(member.disabled_at),
    }  # fmt: skip


def key_document(key: Key) -> dict[str, Any]:
    """A key, without the key."""
    return {
        "id": key.id, "name": key.name, "hint": key.hint, "scopes": list(key.scopes), "by": key.by,
        "made_at": iso(key.made_at), "ends_at": _time(key.ends_at), "used_at": _time(key.used_at),
        "revoked_at": _time(key.revoked_at),
    }  # fmt: skip


def entry_document(entry: Entry) -> dict[str, Any]:
    """One line of the audit log; its digest too, to be noted down."""
    return {
        "id": entry.id, "at": iso(entry.at), "by": entry.by, "action": entry.action, "about": entry.about,
        "detail": dict(entry.detail), "address": entry.address, "digest": entry.digest,
    }  # fmt: skip


def _time(at: np.datetime64 | None) -> str | None:
    return None if at is None else iso(at)
