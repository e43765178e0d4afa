"""Patterns of users: read strictly, put beside ours, and told what is wrong with them."""

import json
from pathlib import Path

import pytest
import yaml

from anomaly_hunter import hunt
from anomaly_hunter.config import Settings, override
from anomaly_hunter.errors import ConfigError
from anomaly_hunter.investigate.matching import matches
from anomaly_hunter.investigate.pattern_files import built_in, catalogue, read_patterns
from anomaly_hunter.investigate.pattern_schema import pattern_from
from tests.investigate.pattern_samples import pattern_case

PLAIN = {
    "id": "too-warm",
    "name": "too warm",
    "domain": "sensors",
    "meaning": "the room is too warm",
    "required": [{"sign": "temperature up", "metric": "sensor", "weight": 2}],
    "supporting": [{"sign": "fan down", "name": "fan", "moves": "down"}],
    "steps": ["open a window at {service} ({metric})"],
}


def written(folder: Path, file: str = "mine.yaml", changes=None) -> Path:
    path = folder / file
    path.write_text(yaml.safe_dump({**PLAIN, **(changes or {})}, sort_keys=False), encoding="utf-8")
    return path


def test_a_pattern_of_a_user_is_matched_beside_ours(tmp_path):
    known = catalogue((str(written(tmp_path)),))
    assert len(known) == len(built_in()) + 1
    entries = [{"metric": "room_temperature", "course": "up"}, {"metric": "fan_rpm", "course": "down"}]
    case = pattern_case(entries, known)
    assert matches(case)[0].pattern.id == "too-warm"
    assert matches(case)[0].score == pytest.approx(1.0)
    assert matches(pattern_case(entries)) == ()


def test_the_same_id_replaces_ours_and_a_later_path_an_earlier_one(tmp_path):
    first = written(tmp_path, "a.yaml", {"id": "outage", "name": "first"})
    second = written(tmp_path, "b.yaml", {"id": "outage", "name": "second"})
    known = catalogue((str(first), str(second)))
    assert len(known) == len(built_in())
    assert [p.name for p in known if p.id == "outage"] == ["second"]


def test_a_folder_and_a_file_of_several_documents_are_read(tmp_path):
    text = yaml.safe_dump_all([PLAIN, {**PLAIN, "id": "other"}])
    (tmp_path / "two.yml").write_text(text, encoding="utf-8")
    (tmp_path / "notes.txt").write_text("no pattern", encoding="utf-8")
    assert [p.id for p in read_patterns(tmp_path)] == ["too-warm", "other"]


def test_a_hunt_uses_the_patterns_of_the_settings(tmp_path):
    path = written(tmp_path)
    data = [
        {"time": f"2026-03-01T{i // 60:02}:{i % 60:02}:00Z", "temperature": 20 + i % 3 + 30 * (i >= 200)}
        for i in range(300)
    ]
    plain, own = hunt(data), hunt(data, patterns=str(path))
    assert not any(e.id == "patterns:too-warm" for i in plain for e in i.verdict.evidence)
    assert any(e.id == "patterns:too-warm" for i in own for e in i.verdict.evidence)
    assert any("open a window" in step for i in own for step in i.verdict.recommendations)


def test_a_wrong_pattern_stops_the_hunt_before_it_begins(tmp_path):
    settings = override(Settings(), patterns=str(written(tmp_path, changes={"domain": 7})))
    with pytest.raises(ConfigError, match="domain is 7"):
        hunt(str(tmp_path / "not-even-there.csv"), settings=settings)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"colour": 1}, "unknown key 'colour'"),
        ({"suporting": []}, "did you mean 'supporting'?"),
        ({"id": "Too Warm"}, "small letters, digits and dashes"),
        ({"required": []}, "at least one symptom"),
        ({"required": "temperature"}, "a list"),
        ({"required": ["temperature"]}, r"required\[0\] is 'temperature'"),
        ({"required": [{"metric": "sensor"}]}, "a `sign`"),
        ({"required": [{"sign": "x"}]}, "keys of one source"),
        ({"required": [{"sign": "x", "moves": "up"}]}, "one of metric, name, shape"),
        ({"required": [{"sign": "x", "metric": "sensor", "event": "deploy"}]}, "keys of one source"),
        ({"required": [{"sign": "x", "metric": "sensors"}]}, "did you mean 'sensor'?"),
        ({"required": [{"sign": "x", "metric": []}]}, "at least one word"),
        ({"required": [{"sign": "x", "name": ["--"]}]}, "at least one letter"),
        ({"required": [{"sign": "x", "metric": "cpu", "moves": "clam"}]}, "did you mean 'calm'?"),
        ({"required": [{"sign": "x", "metric": "cpu", "weight": 0}]}, "a number from 0.01 to 100"),
        ({"required": [{"sign": "x", "metric": "cpu", "weight": True}]}, "a number from"),
        ({"required": [{"sign": "x", "metric": "cpu", "weight": float("nan")}]}, "a number from"),
        ({"required": [{"sign": "x", "metric": "cpu", "least_pct": -1}]}, "a number from 0"),
        ({"required": [{"sign": "x", "any": []}]}, "a list of signs"),
        ({"required": [{"sign": "x", "any": [{"metric": "cpu"}], "moves": "up"}]}, "below `any:`"),
        ({"required": [{"sign": "x", "any": [{"sign": "y", "metric": "cpu"}]}]}, "unknown key 'sign'"),
        ({"required": [{"sign": "fan down", "metric": "cpu"}]}, "stands twice"),
        ({"steps": []}, "at least one next step"),
        ({"steps": ["call {nobody}"]}, "only the placeholders"),
        ({"steps": ["call {service:>10}"]}, "only the placeholders"),
        ({"steps": ["call {service.name}"]}, "only the placeholders"),
        ({"steps": ["call {"]}, "only the placeholders"),
        ({"name": 404}, "text of up to 500"),
        ({"name": " "}, "text of up to 500"),
        ({"sample": ["x"]}, "keys and values"),
        ({True: 1}, "unknown key True"),
    ],
)
def test_what_is_wrong_is_told_with_file_expectation_and_cure(tmp_path, changes, said):
    with pytest.raises(ConfigError, match=said) as raised:
        read_patterns(written(tmp_path, changes=changes))
    assert "mine.yaml" in raised.value.came
    assert raised.value.expected
    assert raised.value.cure


@pytest.mark.parametrize("key", ["id", "name", "domain", "meaning", "required", "steps"])
def test_a_missing_key_is_named(key):
    with pytest.raises(ConfigError, match=f"the key '{key}' is missing"):
        pattern_from({k: v for k, v in PLAIN.items() if k != key}, "mine.yaml")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("---\n---\n", "is empty"),
        ("- a\n", "it holds"),
        ("id: [", "is not YAML"),
        ("id: a\nid: b\n", "stands twice"),
        ("a: &x 1\nb: *x\n", "alias"),
        ("a: !!python/object:os.system 1\n", "is not YAML"),
        ("[" * 900, "cannot be read|is not YAML"),
        ("{a: 1}: 2\n", "is not YAML|unknown key"),
        ("when: 2026-99-99\n", "cannot be read"),
    ],
)
def test_what_is_no_pattern_at_all_is_told(tmp_path, text, said):
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=said):
        read_patterns(path)


def test_bytes_that_are_no_text_an_empty_folder_and_a_missing_file_are_told(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b.yaml").write_bytes(b"\xff\xfe\x00id")
    for path, said in (("a", "has no patterns"), ("b.yaml", "cannot be read"), ("c.yaml", "there are no")):
        with pytest.raises(ConfigError, match=said):
            read_patterns(tmp_path / path)


def test_one_id_twice_in_a_folder_is_refused(tmp_path):
    written(tmp_path, "a.yaml")
    written(tmp_path, "b.yaml")
    with pytest.raises(ConfigError, match="stands in"):
        read_patterns(tmp_path)


def test_the_shipped_catalogue_needs_no_yaml():
    documents = json.loads(
        (Path(read_patterns.__code__.co_filename).parent / "catalogue/catalogue.json").read_text()
    )
    assert len(documents) == len(built_in())
