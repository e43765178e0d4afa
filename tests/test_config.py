"""Settings: where they come from, who wins, and what a mistake says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_hunter.config import (
    Settings,
    credentials,
    described,
    json_schema,
    load_settings,
    override,
    settings_table,
)
from anomaly_hunter.errors import ConfigError, UsageError
from anomaly_hunter.investigate.reasoning.options import RoleOptions


@pytest.fixture
def folder(tmp_path):
    def write(text):
        (tmp_path / "hunter.yaml").write_text(text, encoding="utf-8")
        return tmp_path

    return write


def load(folder, **environment):
    return load_settings(folder=folder, environment=environment)


def test_without_a_file_the_defaults_hold(tmp_path):
    assert load(tmp_path) == Settings()


def test_an_empty_file_changes_nothing(folder):
    assert load(folder("")) == Settings()


def test_a_file_changes_what_it_names_and_nothing_else(folder):
    found = load(folder("detect:\n  sensitivity: 2\n  data_range: [0, null]\nread:\n  value: cpu\n"))
    assert found.detect.sensitivity == 2
    assert found.detect.data_range == (0, None)
    assert found.read.value == ("cpu",)
    assert found.investigate == Settings().investigate


def test_the_environment_wins_over_the_file_and_the_call_over_both(folder):
    found = load(folder("detect:\n  sensitivity: 2\n"), HUNTER__DETECT__SENSITIVITY="3")
    assert found.detect.sensitivity == 3
    assert override(found, sensitivity=4.0).detect.sensitivity == 4


def test_variables_inside_the_file_are_filled_in(folder):
    text = "read:\n  tz: ${ZONE}\n  time: ${COLUMN:-ts}\n"
    found = load(folder(text), ZONE="Europe/Berlin")
    assert (found.read.tz, found.read.time) == ("Europe/Berlin", "ts")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("detect:\n  sensitvity: 2\n", "hunter.yaml:2`: unknown key 'detect.sensitvity'"),
        ("detekt:\n  sensitivity: 2\n", "did you mean 'detect'?"),
        ("detect:\n  a: 1\n  sensitivity: much\n", "unknown key 'detect.a'"),
        ("detect:\n\n  sensitivity: much\n", "hunter.yaml:3`: detect.sensitivity is 'much'"),
        ("detect:\n  sensitivity: 0\n", "hunter.yaml:2`: sensitivity is 0.0; expected a number above 0"),
        ("detect:\n  contamination: 0.9\n", "a share above 0 and up to 0.5"),
        ("detect:\n  data_range: [5, 1]\n", "a lower bound below the upper one"),
        ("investigate:\n  agents: []\n", "no agent is set"),
        (
            "serve:\n  oidc_issuer: https://a.b\n",
            "hunter.yaml:2`: oidc_issuer is set and oidc_client_id is not",
        ),
        (
            "serve:\n  oidc_issuer: https://a.b\n  oidc_client_id: h\n  oidc_roles: {sre: boss}\n",
            "hunter.yaml:4`: oidc_roles gives the role 'boss'",
        ),
        ("investigate:\n  most_incidents: 0\n", "at least 1"),
        ("detect: 3\n", "indent its settings under it"),
        ("- detect\n", "is not a mapping"),
        ("detect:\n  sensitivity: 1\n  sensitivity: 2\n", "stands twice"),
        ("detect: {a: &x 1, b: *x}\n", "uses a YAML alias"),
        ("detect: [unclosed\n", "is not YAML"),
        ("read:\n  tz: !!python/object:os.system x\n", "is not YAML"),
        ("read:\n  tz: ${NOT_SET_ANYWHERE}\n", "hunter.yaml:2` uses ${NOT_SET_ANYWHERE}, which is not set"),
    ],
)
def test_a_mistake_names_the_line_and_the_cure(folder, text, says):
    with pytest.raises(ConfigError) as caught:
        load(folder(text))
    assert says in str(caught.value)
    assert caught.value.cure
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("name", ["HUNTER__DETECT", "HUNTER__DETECT__NOPE", "HUNTER__A__B__C"])
def test_a_wrong_variable_is_named(tmp_path, name):
    with pytest.raises(ConfigError, match=name):
        load(tmp_path, **{name: "1"})


def test_a_file_asked_for_by_name_must_exist(tmp_path):
    with pytest.raises(ConfigError, match="there is no settings file"):
        load_settings(tmp_path / "other.yaml", {})


def test_a_file_that_is_not_utf8_is_an_error_of_ours(tmp_path):
    (tmp_path / "hunter.yaml").write_bytes(b"\xff\xfe\x00detect")
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path)


def test_an_unknown_option_of_a_call_offers_the_near_one():
    with pytest.raises(UsageError, match="did you mean 'sensitivity'"):
        override(Settings(), sensitivty=2)


def test_every_setting_is_described_once_and_is_in_the_schema():
    rows = list(settings_table())
    single = [key for key, _, _ in rows if key.count(".") == 1]
    assert len({key.split(".")[1] for key in single}) == len(single), "names are unique over sections"
    schema = json_schema()
    for key, _, text in rows:
        section, *role, name = key.split(".")
        below = {"ROLE": "RoleOptions", "NAME": "WatchOptions", "sql": "SqlOptions",
                 "prometheus": "PrometheusOptions"}  # fmt: skip
        record = below[role[-1]] if role else schema["properties"][section]["$ref"].rsplit("/", 1)[1]
        assert schema["$defs"][record]["properties"][name]["description"] == text
        assert text.strip()


def test_the_description_of_a_setting_is_its_docstring():
    assert described(Settings)["detect"] == "What counts as strange."


@settings(derandomize=True, max_examples=60)
@given(st.text(alphabet="abc:- \n[]{}#&*!|>'\"%@`0123456789.${}", max_size=60))
def test_any_text_as_a_file_gives_settings_or_our_error(tmp_path_factory, text):
    folder = tmp_path_factory.mktemp("any")
    (folder / "hunter.yaml").write_text(text, encoding="utf-8")
    try:
        assert isinstance(load(folder), Settings)
    except ConfigError as error:
        assert error.cure  # noqa: PT017 - either outcome is right, silence is not


@pytest.mark.parametrize(
    ("option", "value", "expected"),
    [
        ("sensitivity", "x", "a number"),
        ("seasonality", "12", "a whole number or None"),
        ("detectors", 5, "a list of text"),
        ("value", 5, "a list of text"),
        ("tz", 5, "text"),
        ("data_range", 5, "(a number or None, a number or None)"),
        ("data_range", (1,), "(a number or None, a number or None)"),
        ("max_series", 2.5, "a whole number"),
        ("day_first", "yes", "True or False or None"),
        ("kind", 5, "'series' or 'table' or 'tickets' or None"),
    ],
)
def test_an_option_of_the_wrong_type_is_a_mistake_of_the_call(option, value, expected):
    with pytest.raises(UsageError) as error:
        override(Settings(), **{option: value})
    assert (error.value.came, error.value.expected) == (f"{option} is {value!r}", expected)


def test_numbers_of_numpy_and_lists_are_as_good_as_pythons():
    found = override(Settings(), sensitivity=np.float32(2), seasonality=np.int64(24), value=["cpu"])
    assert (found.detect.sensitivity, found.detect.seasonality, found.read.value) == (2, 24, ("cpu",))


def test_settings_are_settings():
    with pytest.raises(UsageError, match="settings came as a dict"):
        override({})


@pytest.mark.parametrize("value", ["9" * 6000, "2026-99-99", "[" * 900 + "]" * 900])
def test_what_yaml_allows_and_python_cannot_hold_is_a_mistake_with_its_place(folder, value):
    with pytest.raises(ConfigError, match=r"hunter\.yaml"):
        load(folder(f"detect:\n  seasonality: {value}\n"))
    with pytest.raises(ConfigError, match="the variable HUNTER__DETECT__SEASONALITY"):
        load_settings(environment={"HUNTER__DETECT__SEASONALITY": value})


def test_a_model_for_every_role_and_what_is_said_otherwise(tmp_path):
    file = tmp_path / "hunter.yaml"
    file.write_text(
        "agents:\n"
        "  default: {model: 'openai:gpt-5-mini', temperature: 0.2}\n"
        "  root_cause: {model: 'ollama:qwen3', seconds: 60}\n"
        "  synthesizer: {model: 'off'}\n"
    )
    agents = load_settings(file, {}).agents
    assert agents.reasons
    analyst, cause = agents.of("pattern_analyst"), agents.of("root_cause")
    assert (analyst.model, analyst.temperature, analyst.seconds) == ("openai:gpt-5-mini", 0.2, 30.0)
    assert (cause.model, cause.temperature, cause.seconds) == ("ollama:qwen3", 0.2, 60.0)
    assert agents.of("synthesizer") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "agents:\n  root_cause:\n    modle: openai:a\n",
            ["hunter.yaml:3", "root_cause.modle", "did you mean 'model'?"],
        ),
        ("agents:\n  root_cause: {model: gpt-5}\n", ["hunter.yaml:2", "'gpt-5'", "PROVIDER:NAME"]),
        (
            "agents:\n  root_cause: {temperature: hot}\n",
            ["hunter.yaml:2", "agents.root_cause.temperature", "'hot'"],
        ),
        ("agents:\n  root_cause: {requests: 0}\n", ["hunter.yaml:2", "requests is 0", "more than 0"]),
        ("agents:\n  watcher: {model: openai:a}\n", ["hunter.yaml:2", "agents.watcher", "root_cause"]),
        ("reasoning:\n  prices: {'openai:a': {input: 1, outptu: 2}}\n", ["hunter.yaml:2", "outptu"]),
        ("reasoning:\n  prices: {'openai:a': {input: -1, output: 2}}\n", ["hunter.yaml:2", "-1"]),
        (
            "reasoning:\n  prices_date: yesterday\n",
            ["hunter.yaml:2", "prices_date is 'yesterday'"],
        ),
        ("reasoning:\n  limit_usd: 0\n", ["hunter.yaml:2", "limit_usd is 0"]),
        ("tracing:\n  endpoint: localhost:4318\n", ["hunter.yaml:2", "an http(s) URL"]),
    ],
)
def test_what_is_wrong_with_models_is_said_with_its_place(tmp_path, text, said):
    file = tmp_path / "hunter.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_settings(file, {})
    assert [part for part in said if part not in str(caught.value)] == []


def test_the_egress_log_lies_beside_the_settings_file(tmp_path):
    file = tmp_path / "hunter.yaml"
    file.write_text("reasoning:\n  egress_log: .hunter/egress.jsonl\n")
    assert load_settings(file, {}).reasoning.egress_log == str(tmp_path / ".hunter" / "egress.jsonl")


def test_keys_come_from_the_environment_by_their_usual_name_or_the_one_that_is_set():
    given = override(Settings(), default=RoleOptions("openai:a", key="GATEWAY_KEY"))
    found = credentials(
        given, {"GATEWAY_KEY": "g", "ANTHROPIC_API_KEY": "a", "HOME": "/", "OPENAI_API_KEY": ""}
    )
    assert found == {"GATEWAY_KEY": "g", "ANTHROPIC_API_KEY": "a"}
