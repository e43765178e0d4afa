"""What models answered and cost outlives the program: bounded, added up, apart for each organisation."""

import multiprocessing
from dataclasses import replace

import pytest

from anomaly_hunter.errors import StoreBusyError, StoreReadOnlyError
from anomaly_hunter.investigate.reasoning.keeping import Keep, KeptInProcess, Spent
from anomaly_hunter.model import Reasoned
from anomaly_hunter.remember import spending
from anomaly_hunter.remember.plain import finding_of, finding_plain
from anomaly_hunter.remember.store import Store
from tests.remember.kept import NOON, spike_hunt

DAY = "2026-11-21"
KEY = "ab" * 32


@pytest.fixture(params=["in the process", "in the memory"])
def keep(request, memory) -> Keep:
    return KeptInProcess() if request.param == "in the process" else memory


def test_an_answer_comes_back_and_the_later_one_counts(keep):
    assert keep.answer(KEY) is None
    keep.keep_answer(KEY, '{"claim": "\u00e4"}')
    keep.keep_answer(KEY, '{"claim": 2}')
    assert (keep.answer(KEY), keep.answer("cd" * 32)) == ('{"claim": 2}', None)


def test_a_full_shelf_drops_the_oldest(memory, monkeypatch):
    monkeypatch.setattr(spending, "MOST_ANSWERS", 3)
    for number in (1, 2, 3, 1, 4, 5):
        memory.keep_answer(str(number), f"said {number}")
    assert [memory.answer(str(number)) for number in range(1, 6)] == [
        "said 1",
        None,
        None,
        "said 4",
        "said 5",
    ]


def test_what_is_spent_adds_up_day_by_day(keep):
    assert keep.spent(DAY) == Spent()
    keep.spend(DAY, Spent(2, 3, 5000, 1.5, 0.25, 1))
    keep.spend(DAY, Spent(1, 0, 4_000_000_000, 0.5, 0.5))
    keep.spend("2026-11-22", Spent(requests=9))
    assert keep.spent(DAY) == Spent(3, 3, 4_000_005_000, 2.0, 0.75, 1)


def test_organisations_do_not_see_each_other(place):
    with Store.open(place, "a") as a, Store.open(place, "b") as b:
        a.spend(DAY, Spent(requests=1))
        a.keep_answer(KEY, "a's")
        assert (b.spent(DAY), b.answer(KEY)) == (Spent(), None)
        assert a.pseudonym_key() != b.pseudonym_key()


def test_the_key_of_pseudonyms_is_made_once(place):
    with Store.open(place) as memory:
        made = memory.pseudonym_key()
        assert memory.pseudonym_key() == made
    with Store.open(place) as again:
        assert again.pseudonym_key() == made
        assert len(made) == 32


def spend_often(place, times):
    for _ in range(times):
        with Store.open(place, wait_s=60) as memory:
            memory.spend(DAY, Spent(requests=1, tokens=10, usd=0.5))


@pytest.mark.slow  # three programs start
def test_several_programs_lose_no_cent(place):
    programs = multiprocessing.get_context("spawn")
    running = [programs.Process(target=spend_often, args=(place, 10)) for _ in range(3)]
    for one in running:
        one.start()
    for one in running:
        one.join()
    with Store.open(place) as memory:
        assert memory.spent(DAY) == Spent(requests=30, tokens=300, usd=15.0)


def test_a_busy_memory_and_one_that_cannot_be_written_say_so(tmp_path, monkeypatch):
    place = tmp_path / "memory.db"
    with Store.open(place) as memory, Store.open(place, wait_s=0.1) as waiting:
        made = memory.pseudonym_key()
        with memory.at_once(), pytest.raises(StoreBusyError):
            waiting.spend(DAY, Spent(requests=1))
    monkeypatch.setattr("os.access", lambda path, mode: False)
    with Store.open(place) as frozen:
        assert (frozen.spent(DAY), frozen.answer(KEY), frozen.pseudonym_key()) == (Spent(), None, made)
        with pytest.raises(StoreReadOnlyError):
            frozen.spend(DAY, Spent(requests=1))


def reasoned_hunt(cost):
    hunt = spike_hunt()
    (incident,) = hunt.incidents
    verdict = incident.verdict
    findings = tuple(replace(one, by="openai:a") for one in verdict.findings)
    roles = (
        Reasoned("Root Cause", "openai:a", "", "root_cause 3", 2, 5, 900, 80, cost, 1.5),
        Reasoned("Synthesizer", "ollama:b", stands="it took too long", cached=True),
    )
    verdict = replace(verdict, findings=findings, reasoned=roles)
    return replace(hunt, incidents=(replace(incident, verdict=verdict),))


def test_who_worded_a_verdict_and_what_it_cost_comes_back_whole(memory):
    hunt = reasoned_hunt(0.01)
    (name,) = memory.keep(hunt, NOON)
    assert memory.incident(name).incident == hunt.incidents[0]


def test_the_same_verdict_at_another_price_is_no_new_conclusion(memory):
    (name,) = memory.keep(spike_hunt(), NOON)
    for cost in (0.01, 0.02, None):
        memory.keep(reasoned_hunt(cost), NOON)
    assert len(memory.incident(name).history) == 2


def test_a_finding_that_was_kept_before_models_were_asked_is_by_none():
    (finding, *_) = reasoned_hunt(None).incidents[0].verdict.findings
    assert finding_of(finding_plain(finding)) == finding
    old = {name: value for name, value in finding_plain(finding).items() if name != "by"}
    assert finding_of(old).by == ""
