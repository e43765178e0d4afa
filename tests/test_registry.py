"""Names to classes: ours by file name, other people's by entry point, both checked alike."""

from __future__ import annotations

import subprocess
import sys

import pytest

from anomaly_hunter import registry
from anomaly_hunter.detect.forecasting.packages import missing
from anomaly_hunter.errors import MissingExtraError, PluginError, UsageError

GOOD = """
class Mine:
    \"\"\"Counts the letters.\"\"\"
    name = "mine"
    takes = "table"
    def fit(self, data):
        return self
    def score(self, data):
        return data.sum(axis=1)
"""


@pytest.fixture
def distribution(tmp_path, monkeypatch):
    """A function that installs a tiny package: a module and its entry points."""

    def install(package, source, entry_points):
        (tmp_path / f"{package}.py").write_text(source)
        info = tmp_path / f"{package}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(entry_points)
        monkeypatch.syspath_prepend(str(tmp_path))

    before = set(sys.modules)
    yield install
    for name in set(sys.modules) - before:
        if (tmp_path / f"{name}.py").exists():
            del sys.modules[name]


def test_ours_are_found_by_file_name_with_dash_or_underscore():
    found = registry.lookup("detectors", "normal-neighbours")
    assert found.__module__ == "anomaly_hunter.detect.detectors.normal_neighbours"
    assert registry.lookup("detectors", "normal_neighbours") is found


@pytest.mark.parametrize("kind", registry.KINDS)
def test_every_one_of_ours_keeps_its_contract_and_bears_the_name_of_its_file(kind):
    for given in registry.each(kind):
        stem = given.__module__.rpartition(".")[2]
        assert given.name.replace("-", "_") == stem
        if not missing(given):
            assert registry.lookup(kind, given.name) is given


def test_a_lookup_of_ours_imports_that_module_and_nothing_heavy():
    code = (
        "import sys; from anomaly_hunter import registry\n"
        "registry.lookup('detectors', 'ecod'); print(*sys.modules, sep='\\n')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    others = {name for name in loaded if name.startswith("anomaly_hunter.detect.detectors.")}
    assert others == {"anomaly_hunter.detect.detectors.ecod"}
    assert {"importlib.metadata", "sklearn", "scipy", "pyod", "torch"}.isdisjoint(loaded)


def test_listing_detectors_imports_neither_scikit_learn_nor_pyod_nor_torch():
    code = (
        "import sys; from anomaly_hunter import registry; registry.describe('detectors')\n"
        "print(*sys.modules, sep='\\n')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"sklearn", "scipy", "pyod", "torch"}.isdisjoint(done.stdout.split())


def test_the_list_says_what_each_takes_does_and_needs():
    entries = {entry.name: entry for entry in registry.describe("detectors")}
    ecod = entries["ecod"]
    assert (ecod.takes, ecod.origin, ecod.installed) == ("table", "built-in", True)
    assert ecod.summary.endswith(".")
    assert entries["lof"].origin == "scikit-learn"
    assert entries["abod"].origin == "PyOD"
    for entry in entries.values():
        assert "`" not in entry.summary
        assert entry.installed == (entry.cure == "")
        assert registry.names("detectors").count(entry.name) == 1


def test_a_mistyped_name_gets_similar_ones():
    with pytest.raises(UsageError, match="isolation_forest"):
        registry.lookup("detectors", "isolationforest")
    with pytest.raises(UsageError, match="there is no kind 'detector'"):
        registry.lookup("detector", "ecod")
    with pytest.raises(UsageError, match=r"there is no report 'jsn'.*json"):
        registry.lookup("reports", "jsn")


@pytest.mark.parametrize(
    ("short", "usual"),
    [("iforest", "isolation_forest"), ("ocsvm", "one_class_svm"), ("Isolation-Forest", "isolation_forest")],
)
def test_usual_short_names_lead_to_the_same_detector(short, usual):
    assert registry.lookup("detectors", short) is registry.lookup("detectors", usual)


def test_ecod_copod_and_hbos_are_ours_not_the_adapters():
    for name in ("ecod", "copod", "hbos"):
        assert registry.lookup("detectors", name).__module__.startswith("anomaly_hunter.detect.detectors")


def test_a_known_detector_without_its_package_says_what_to_install():
    missing = [entry for entry in registry.describe("detectors") if not entry.installed]
    for entry in missing:
        with pytest.raises(MissingExtraError, match=r"pip install 'anomaly-hunter\[(tables|forecast)\]'"):
            registry.lookup("detectors", entry.name)


def test_an_installed_package_brings_a_detector(distribution):
    distribution("letters", GOOD, "[anomaly_hunter.detectors]\nmine = letters:Mine\n")
    assert registry.lookup("detectors", "mine").__module__ == "letters"
    entry = registry.describe("detectors")[-1]
    assert (entry.name, entry.takes, entry.origin) == ("mine", "table", "letters")
    assert entry.summary == "Counts the letters."
    assert "mine" in registry.names("detectors")


def test_a_plug_in_may_not_take_a_name_of_ours(distribution):
    distribution("thief", GOOD, "[anomaly_hunter.detectors]\necod = thief:Mine\n")
    assert registry.lookup("detectors", "ecod").__module__ == "anomaly_hunter.detect.detectors.ecod"
    with pytest.raises(PluginError, match="'thief' brings detectors 'ecod', a name that is taken by ours"):
        registry.names("detectors")


def test_two_packages_with_one_name_are_an_error(distribution):
    distribution("first", GOOD, "[anomaly_hunter.detectors]\nmine = first:Mine\n")
    distribution("second", GOOD, "[anomaly_hunter.detectors]\nmine = second:Mine\n")
    with pytest.raises(PluginError, match="taken by that of package 'first'"):
        registry.lookup("detectors", "mine")


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("import no_such_module_at_all\n", "cannot be imported: ModuleNotFoundError: .*no_such_module"),
        ("1 / 0\n", "cannot be imported: ZeroDivisionError"),
        ("Other = 1\n", "cannot be imported: AttributeError"),
        ("Mine = 1\n", "is no class"),
        ("class Mine: pass\n", "has no `name`"),
        ("class Mine:\n    name = 'mine'\n", "has no `takes`"),
        (GOOD.replace("fit(self, data)", "fit(self)"), "has no method `fit` of 1 arguments"),
        (GOOD.replace("def score", "def rate"), "has no method `score`"),
        (GOOD + "    def __init__(self, size): pass\n", "cannot be built from 0 arguments"),
    ],
)
def test_a_plug_in_that_does_not_load_or_breaks_the_contract_is_never_silent(distribution, source, says):
    distribution("broken", source, "[anomaly_hunter.detectors]\nmine = broken:Mine\n")
    with pytest.raises(PluginError, match=says) as caught:
        registry.lookup("detectors", "mine")
    assert "package 'broken' (broken:Mine)" in str(caught.value)
    with pytest.raises(PluginError):
        registry.describe("detectors")


def test_other_kinds_are_checked_too(distribution):
    source = (
        "class Pager:\n    name = 'pager'\n    def __init__(self, target): pass\n    def send(self): pass\n"
    )
    distribution("pagers", source, "[anomaly_hunter.sinks]\npager = pagers:Pager\n")
    with pytest.raises(PluginError, match="has no method `send` of 1 arguments"):
        registry.lookup("sinks", "pager")


def test_a_forecaster_of_a_package_is_a_detector_too(distribution):
    source = GOOD.replace('"table"', '"series"') + "    def predict(self, horizon):\n        return None\n"
    distribution("oracle", source, "[anomaly_hunter.forecasters]\nmine = oracle:Mine\n")
    assert registry.lookup("forecasters", "mine").__module__ == "oracle"
    assert registry.lookup("detectors", "mine") is registry.lookup("forecasters", "mine")
    assert "mine" in registry.names("detectors")


def test_a_forecaster_may_not_take_the_name_of_a_detector(distribution):
    distribution("thief", GOOD, "[anomaly_hunter.forecasters]\necod = thief:Mine\n")
    with pytest.raises(PluginError, match="taken by ours"):
        registry.names("forecasters")
