"""Names of people are found by the names of columns."""

from dataclasses import replace

import numpy as np
import pytest

from anomaly_hunter.errors import UsageError
from anomaly_hunter.investigate.reasoning.private import holds_people, private_names
from anomaly_hunter.model import Column, Dataset, Event, Graph, Quality, Series, Table


def dataset(**columns):
    made = []
    for name, values in columns.items():
        if isinstance(values, tuple):
            codes = np.arange(4, dtype=np.int32) % len(values)
            made.append(Column(name.replace("__", " "), "dimension", codes, values))
        else:
            made.append(Column(name.replace("__", " "), "text", np.array(values, dtype=object)))
    series = (Series.of([1.0, 2.0], name="Latency", labels={"owner": "Olga Owen", "host": "web-1"}),)
    at = np.datetime64("2026-01-05", "ns")
    events = (Event(at, "deploy", "checkout v2", "payments", {"author": "Dana Deploy"}),)
    graph = Graph((("web", "search"),))
    return Dataset("t", "tickets", Quality(100.0, 0), "read", series, Table("t", tuple(made)), events, graph)


@pytest.mark.parametrize(
    "name",
    [
        "customer_name",
        "CustomerName",
        "Full Name",
        "first-name",
        "lastName",
        "surname",
        "requester",
        "Reporter",
        "assignee",
        "agent_name",
        "user_name",
        "username",
        "author",
        "owner",
        "contact_name",
        "Kundenname",
        "Bearbeiter",
        "assigned to",
        "created_by_name",
        "Vorname",
        "reported_by",
    ],
)
def test_columns_of_people_are_known_by_their_names(name):
    assert holds_people(name)


@pytest.mark.parametrize(
    "name",
    [
        "name",
        "host_name",
        "hostname",
        "service_name",
        "metric name",
        "series",
        "file_name",
        "product_name",
        "filename",
        "owner_id",
        "user_agent",
        "users",
        "customers",
        "contact_channel",
        "agent_version",
        "queue",
        "author_count",
    ],
)
def test_columns_of_things_are_not(name):
    assert not holds_people(name)


def test_names_come_from_such_columns_from_labels_and_from_those_given():
    data = dataset(
        customer_name=["Ann Lee", "", "Bo", "12345"],
        Assignee=("Zoë Zimmer", "search", "Latency", "payments"),
        host_name=("web-1", "web-2"),
        who=["Will Wong", "Will Wong", "who", ""],
    )
    found = ("Dana Deploy", "Zoë Zimmer", "Olga Owen", "Ann Lee")
    assert private_names(data) == found
    assert set(private_names(data, ["who"])) == {*found, "Will Wong"}


def test_a_column_that_is_not_there_is_said_with_what_there_is():
    with pytest.raises(UsageError, match=r"'whom'; expected one of: customer_name, who"):
        private_names(dataset(who=["a"] * 4, customer_name=["b"] * 4), ["whom"])


def test_at_most_twenty_thousand_names_the_longest_first():
    data = dataset(requester=[f"Person {'x' * (n % 50)}{n}" for n in range(30_000)])
    found = private_names(data)
    assert len(found) == 20_000
    assert [*map(len, found)] == sorted(map(len, found), reverse=True)


def test_full_names_count_also_in_columns_that_hold_people_or_not():
    given = dataset(customer=["Ann Lee", "Özil, Mesut", "Acme", "new", "web"], segment=["North West"] * 5)
    assert set(private_names(given)) == {"Özil, Mesut", "Ann Lee", "Dana Deploy", "Olga Owen"}


@pytest.mark.parametrize("label", ["deployed_by", "approver", "by"])
def test_who_deployed_is_a_person(label):
    event = Event(np.datetime64("2026-01-05T14:00", "ns"), "deploy", "cart v2", "cart", {label: "Ann Lee"})
    assert "Ann Lee" in private_names(replace(dataset(), events=(event,)))
