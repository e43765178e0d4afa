from __future__ import annotations

import csv
from collections import Counter

import numpy as np
import pytest
import yaml

from anomaly_hunter.samples import series, services, table, tickets

SAMPLES = (series, table, tickets, services)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: s.__name__.rpartition(".")[2])
def test_writing_twice_gives_the_same_bytes(sample, tmp_path):
    first, second = sample.write(tmp_path / "a"), sample.write(tmp_path / "b")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: s.__name__.rpartition(".")[2])
def test_files_are_small_and_hold_whole_rows(sample, tmp_path):
    for path in sample.write(tmp_path):
        assert path.stat().st_size < 1_500_000
        if path.suffix == ".csv":
            with path.open(encoding="utf-8", newline="") as file:
                rows = list(csv.reader(file))
            assert len({len(row) for row in rows}) == 1
            assert len(rows) > 1


def test_another_seed_gives_other_data():
    assert tickets.make(1).rows != tickets.make(0).rows
    assert table.make(1).rows != table.make(0).rows


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_tickets_are_a_few_thousand_in_order_and_most_come_on_mondays(seed):
    made = tickets.make(seed)
    days = Counter(row["created_at"][:10] for row in made.rows)
    assert 3_000 <= len(made.rows) <= 6_000
    assert [row["created_at"] for row in made.rows] == sorted(row["created_at"] for row in made.rows)
    assert len(days) == tickets.DAYS
    ordinary = [day for day in days if day != made.truth.day]
    mondays = [days[d] for d in ordinary if np.datetime64(d).astype(int) % 7 == 4]
    sundays = [days[d] for d in ordinary if np.datetime64(d).astype(int) % 7 == 3]
    assert np.mean(mondays) > 1.5 * np.mean(sundays)
    assert max(days, key=lambda d: days[d]) == made.truth.day


def test_the_incident_lies_in_the_last_quarter_and_nowhere_before():
    made = tickets.make()
    told = [row["created_at"][:10] for row in made.rows if "double charge" in row["tags"]]
    assert min(told) == made.truth.day > str((tickets.START + np.timedelta64(67, "D")).astype("M8[D]"))


def test_tickets_have_unique_ids_filled_slots_and_two_languages():
    made = tickets.make()
    assert len({row["id"] for row in made.rows}) == len(made.rows)
    assert not any("{" in row["subject"] + row["body"] for row in made.rows)
    assert {row["language"] for row in made.rows} == {"de", "en"}


def test_the_deploy_that_did_it_is_among_the_ticket_events_just_before():
    made = tickets.make()
    cause = next(event for event in made.events if event["title"] == made.truth.cause)
    assert cause["time"].startswith(made.truth.day)
    assert cause["service"] == made.truth.service


def test_checkout_incident_is_seen_upstream_and_nowhere_else():
    shop = series.make()
    quiet, loud = slice(288, shop.truth.first - 2), slice(shop.truth.first + 3, series.ROLLBACK_AT)
    for name in shop.truth.affected:
        assert shop.metrics[name][loud].mean() > 1.5 * shop.metrics[name][quiet].mean(), name
    for name in shop.truth.untouched:
        assert shop.metrics[name][loud].mean() < 1.3 * shop.metrics[name][quiet].mean(), name


def test_checkout_metrics_are_finite_positive_and_on_one_clock():
    shop = series.make()
    assert all(
        len(v) == len(shop.time) and np.isfinite(v).all() and (v > 0).all() for v in shop.metrics.values()
    )
    assert set(np.diff(shop.time).astype(int)) == {300}


def test_the_pool_saturates_before_anything_upstream_is_slow():
    shop = series.make()
    usual = slice(300, shop.truth.first - 2)

    def begins(name):
        value = shop.metrics[name]
        limit = value[usual].mean() + 6 * value[usual].std()
        return int(np.flatnonzero(value[440:] > limit)[0])

    order = [begins(n) for n in ("payments_pool_in_use", "checkout_latency_ms", "web_latency_ms")]
    assert order == sorted(order)
    assert order[0] < order[2]


def test_graph_file_is_yaml_of_the_graph(tmp_path):
    series.write(tmp_path)
    read = yaml.safe_load((tmp_path / "checkout-graph.yaml").read_text(encoding="utf-8"))
    assert {caller: tuple(callees) for caller, callees in read.items()} == series.GRAPH


def test_frauds_share_a_segment_that_honest_orders_rarely_have():
    made = table.make()
    segment = made.truth.segment
    shared = [i for i, row in enumerate(made.rows) if all(row[k] == v for k, v in segment.items())]
    assert set(made.truth.rows) <= set(shared)
    assert len(shared) < 5 * table.FRAUDS


def test_api_latency_has_500_points_and_one_spike():
    _, value = series.api_latency()
    assert len(value) == 500
    assert 380 <= int(value.argmax()) < 388
