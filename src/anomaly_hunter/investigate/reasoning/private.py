"""Names of people in the data: columns that hold some, and their values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np

from anomaly_hunter.errors import UsageError
from anomaly_hunter.model import Column, Dataset

MOST_NAMES: Final = 20_000
_LONGEST: Final = 100
_PEOPLE: Final = frozenset({
    "requester", "reporter", "assignee", "requestor", "submitter", "sender", "recipient", "author",
    "owner", "creator", "caller", "agent", "contact", "customer", "client", "user", "employee",
    "operator", "engineer", "technician", "manager", "person", "patient", "student", "member", "guest",
    "passenger", "driver", "raisedby", "openedby", "createdby", "assignedto", "reportedby", "closedby",
    "resolvedby", "updatedby", "modifiedby", "deployedby", "committedby", "mergedby", "approvedby",
    "triggeredby", "reviewedby", "releasedby", "committer", "deployer", "approver", "reviewer", "oncall",
    "kunde", "kundin", "melder", "bearbeiter", "ansprechpartner",
    "mitarbeiter", "benutzer", "autor", "absender",
})  # fmt: skip
_NAMES: Final = frozenset({
    "name", "fullname", "firstname", "lastname", "surname", "givenname", "familyname", "middlename",
    "forename", "nickname", "displayname", "username", "login", "vorname", "nachname", "familienname",
    "kundenname", "benutzername", "nom", "prenom", "nombre", "apellido",
})  # fmt: skip
_ALWAYS: Final = (_NAMES - {"name", "displayname"}) | (
    _PEOPLE - {"customer", "client", "user", "agent", "person"}
)
_MAYBE: Final = frozenset({"customer", "client", "user", "agent", "person", "actor", "by", "member"})
_FULL_NAME: Final = re.compile(r"[^\W\d_a-z][\w'\u2019.-]*(?:,? [^\W\d_a-z][\w'\u2019.-]*){1,3}")
"""Two to four words with capitals: in a column of people they are one ("Ann Lee", and not "web", "new")."""
_WORD: Final = re.compile(r"[A-ZÄÖÜ]?[a-zäöüßéè]+|[A-ZÄÖÜ]+(?![a-z])|\d+")


def private_names(dataset: Dataset, columns: Sequence[str] = ()) -> tuple[str, ...]:
    """Names of people in a dataset, longest first, at most 20,000.

    Looked for in columns that are called so (``customer_name``, ``Assignee``, ``Kundenname``), in those
    given, and in labels of series and events with such a name; of columns that may hold people or not
    (``customer``, ``user``) what is written like a full name. What is also the name of a series, service
    or column is none; nor is what holds no letter.

    Parameters
    ----------
    dataset:
        What was read.
    columns:
        More columns of the table that hold names of people.

    Raises
    ------
    UsageError
        The table has no column of that name.
    """
    table = dataset.table.columns if dataset.table is not None else ()
    known = {column.name for column in table} | set(dataset.roles)
    for name in columns:
        if name not in known:
            there = ", ".join(sorted(known)) or "no columns"
            raise UsageError(
                f"private_columns names {name!r}", f"one of: {there}", "correct the name, or leave it out"
            )
    taken = {name.casefold() for name in _names_of_things(dataset)}
    found = {
        value: None
        for column in table
        for value in _people_of(column.name, _values(column), always=column.name in columns)
        if value.casefold() not in taken
    }
    found |= {value: None for value in _labelled(dataset) if value.casefold() not in taken}
    return tuple(sorted(found, key=lambda value: (-len(value), value))[:MOST_NAMES])


def holds_people(column: str) -> bool:
    """Whether a column of this name holds names of people.

    >>> [holds_people(name) for name in ("customer_name", "Assignee", "firstName", "Kundenname")]
    [True, True, True, True]
    >>> [holds_people(name) for name in ("name", "host_name", "owner_id", "user_agent", "contact_channel")]
    [False, False, False, False, False]
    """
    words = [match[0].lower() for match in _WORD.finditer(column)]
    whole = "".join(words)
    if whole in _ALWAYS or (len(words) > 1 and whole in _NAMES | _PEOPLE):
        return True
    if len(words) < 2:
        return False
    *before, last = words
    if last == "name" or whole.endswith(("username", "fullname", "firstname", "lastname")):
        return bool(_PEOPLE.intersection((*before, "".join(before)))) or "".join(words[-2:]) in _ALWAYS
    return last in _ALWAYS and last not in {"contact", "login"}


def _people_of(name: str, values: Iterable[str], *, always: bool = False) -> Iterator[str]:
    """Of the values of a column or label those that are people."""
    if always or holds_people(name):
        yield from values
    elif name.strip().lower() in _MAYBE:
        yield from (value for value in values if _FULL_NAME.fullmatch(value))


def _values(column: Column) -> Iterator[str]:
    if column.role == "dimension":
        given: Sequence[str] = column.categories
    elif column.role in ("text", "id"):
        given = [str(value) for value in np.unique(column.values.astype(str))]
    else:
        return
    for value in given:
        name = value.strip()
        if 3 <= len(name) <= _LONGEST and any(sign.isalpha() for sign in name):
            yield name


def _labelled(dataset: Dataset) -> Iterator[str]:
    for labels in (*(one.labels for one in dataset.series), *(event.labels for event in dataset.events)):
        for label, value in labels.items():
            if len(value.strip()) >= 3 and any(sign.isalpha() for sign in value):
                yield from _people_of(label, [value.strip()[:_LONGEST]])


def _names_of_things(dataset: Dataset) -> Iterator[str]:
    for series in dataset.series:
        yield from (series.name, *series.channels)
    for event in dataset.events:
        yield event.service
    if dataset.graph is not None:
        yield from dataset.graph.nodes
    if dataset.table is not None:
        yield from (column.name for column in dataset.table.columns)
    yield from dataset.roles
