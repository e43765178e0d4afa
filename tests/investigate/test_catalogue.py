"""Every shipped failure pattern comes first on its own sample, and on none where it should be silent."""

import pytest

from anomaly_hunter.investigate.matching import LEAST_SCORE, SURE_OF_A_FULL_FIT, matches
from anomaly_hunter.investigate.pattern_files import COMPILED, FOLDER, built_in, compiled
from anomaly_hunter.investigate.pattern_schema import PLACEHOLDERS
from anomaly_hunter.investigate.pattern_steps import steps
from anomaly_hunter.investigate.wording import plainly
from tests.investigate.pattern_samples import pattern_case

PATTERNS = {pattern.id: pattern for pattern in built_in()}
NAMED_IN_THE_CHARTER = {
    "connection-pool-exhaustion", "memory-leak", "oom-after-ramp", "n-plus-one-queries", "cache-stampede",
    "cpu-saturation", "dns-failure", "certificate-expiry", "bad-deploy", "config-change", "feature-flag",
    "traffic-surge", "retry-storm", "dependency-outage", "network-partition", "disk-full", "clock-change",
    "data-feed-late", "schema-change", "duplicated-data", "fraud-burst", "sensor-drift", "stuck-sensor",
    "seasonal-campaign", "batch-overrun", "lock-contention", "gc-pressure", "third-party-rate-limit",
    "queue-backlog",
}  # fmt: skip


def test_the_compiled_catalogue_is_what_the_files_say():
    assert COMPILED.read_text(encoding="utf-8") == compiled(), "run `make docs`"


def test_the_catalogue_covers_what_people_expect_in_every_domain():
    assert set(PATTERNS) >= NAMED_IN_THE_CHARTER
    domains = {pattern.domain for pattern in PATTERNS.values()}
    assert domains == {"services", "infrastructure", "data", "business", "fraud", "sensors", "tickets"}


def test_a_file_is_named_for_its_pattern():
    assert {path.stem for path in FOLDER.glob("*.yaml")} == set(PATTERNS)


@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS)
def test_a_pattern_comes_first_on_its_sample(pattern):
    case = pattern_case(pattern.sample)
    found = matches(case)
    assert [match.pattern.id for match in found][:1] == [pattern.id], [(m.pattern.id, m.score) for m in found]
    assert found[0].score >= 0.5
    evidence = {e.id: e for e in case.patterns()}[f"patterns:{pattern.id}"]
    assert evidence.numbers["score"] == found[0].score
    assert evidence.numbers["for"]


@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS)
def test_its_steps_are_filled_from_the_case(pattern):
    case = pattern_case(pattern.sample)
    found = steps(case, matches(case)[0])
    assert len(found) == 2
    for step in found:
        assert not any("{" + name + "}" in step for name in PLACEHOLDERS)
        assert "nan" not in step.split()
    assert any(
        fact in " ".join(found) for fact in ("2026-03", *(plainly(s.title) for s in case.dataset.series))
    )


@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS)
def test_a_pattern_without_a_required_symptom_is_never_cited(pattern):
    """The sample with one entry after the other taken out: cited only while all that is required is seen."""
    for left_out in pattern.sample:
        rest = [entry for entry in pattern.sample if entry is not left_out]
        if not any(entry.get("course", "calm") != "calm" for entry in rest):
            continue
        for match in matches(pattern_case(rest)):
            needed = {symptom.text for symptom in match.pattern.required}
            assert needed <= set(match.present)
            assert match.score >= LEAST_SCORE


@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS)
def test_a_pattern_is_complete_and_modest(pattern):
    assert 1 <= len(pattern.steps) <= 3
    assert pattern.references
    assert pattern.supporting
    assert pattern.alone * SURE_OF_A_FULL_FIT <= 0.85
    assert all(any("{" + fact + "}" in step for fact in FACTS) for step in pattern.steps), "boilerplate"


FACTS = ("service", "metric", "onset", "event")


def test_a_disk_that_stands_at_its_limit_is_full_and_not_stuck():
    full = [{"metric": "disk_used_pct", "course": "flat", "height": 50.0}]
    free = [{"metric": "disk_free_gb", "course": "zero"}]
    for entries in (full, free):
        assert [match.pattern.id for match in matches(pattern_case(entries))] == ["disk-full"]


def test_time_left_is_told_where_a_share_ramps_towards_its_limit():
    case = pattern_case([{"metric": "disk_used_pct", "course": "ramp", "slope": 0.5}])
    assert "min" in steps(case, matches(case)[0])[1]
    assert "left at +0.5" in steps(case, matches(case)[0])[1]


DECOYS = {
    "a value without a name": [{"metric": "value", "course": "spike", "service": ""}],
    "latency alone": [{"metric": "latency_ms", "course": "up"}],
    "errors alone": [{"metric": "errors", "course": "up"}],
    "latency and calm resources": [
        {"metric": "latency_ms", "course": "up"},
        {"metric": "cpu_percent", "course": "calm"},
        {"metric": "heap_used_bytes", "course": "calm"},
        {"metric": "requests", "course": "calm"},
    ],
    "a deploy elsewhere": [
        {"metric": "latency_ms", "course": "up"},
        {"metric": "errors", "course": "up"},
        {"change": "deploy", "title": "search v7", "service": "search", "minutes_before": 2},
    ],
    "a deploy afterwards": [
        {"metric": "errors", "course": "up"},
        {"change": "deploy", "title": "hotfix", "minutes_before": -20},
    ],
    "better than usual": [{"metric": "latency_ms", "course": "down"}, {"metric": "errors", "course": "down"}],
    "a season that breaks": [{"metric": "visitors", "course": "season break", "service": ""}],
    "symptoms of two services": [
        {"metric": "db_pool_in_use", "course": "up", "service": "a"},
        {"metric": "latency_ms", "course": "up", "service": "b"},
    ],
    "less memory": [{"metric": "heap_used_bytes", "course": "down"}],
    "a level of memory": [{"metric": "heap_used_bytes", "course": "up"}],
    "a few requests less": [{"metric": "requests", "course": "down", "height": 10.0}],
    "a spike after the clocks changed": [
        {"onset": "2026-03-29 06:00"},
        {"metric": "value", "course": "spike", "service": ""},
        {"metric": "api_errors", "course": "up", "service": ""},
    ],
    "a service whose name is a symptom": [
        {"metric": "payments_latency_ms", "course": "up", "service": "payments"},
        {"metric": "gc_errors", "course": "up", "service": "gc"},
    ],
    "words that only begin alike": [
        {"metric": "retrieval_latency", "course": "up"},
        {"metric": "locker_errors", "course": "up"},
    ],
    "mixed types somewhere in the file": [
        {"metric": "errors", "course": "up"},
        {"issue": "mixed types"},
        {"issue": "mixed time zones"},
    ],
    "maintenance before": [
        {"metric": "latency_ms", "course": "up"},
        {"change": "maintenance", "title": "nightly backup", "minutes_before": 5},
    ],
    "an unknown flat share": [{"metric": "conversion_ratio", "course": "up"}],
}


@pytest.mark.parametrize("entries", DECOYS.values(), ids=DECOYS)
def test_no_pattern_is_cited_on_a_decoy(entries):
    assert [match.pattern.id for match in matches(pattern_case(entries))] == []
