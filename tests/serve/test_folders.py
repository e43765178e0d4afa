from __future__ import annotations

import gzip
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_hunter.errors import DataError, UsageError
from anomaly_hunter.serve.mcp.folders import Folders
from anomaly_hunter.serve.mcp.limits import Limits


@pytest.fixture
def places(tmp_path):
    """A folder that may be read, and one beside it that may not."""
    inside, outside = tmp_path / "data", tmp_path / "data-secret"
    for folder in (inside, inside / "shop", outside):
        folder.mkdir()
    for file in (inside / "a.csv", inside / "shop" / "b.csv", inside / "shop" / "c.csv", outside / "s.csv"):
        file.write_text("time,x\n1,2\n")
    return inside, outside


def test_a_file_is_found_by_its_relative_and_by_its_whole_path(places):
    folders = Folders.of([places[0]])
    assert (
        folders.files("a.csv") == folders.files(str(places[0] / "a.csv")) == [(places[0] / "a.csv").resolve()]
    )


def test_a_folder_stands_for_the_data_files_in_it(places):
    assert [file.name for file in Folders.of([places[0]]).files("shop")] == ["b.csv", "c.csv"]


def test_several_folders_may_be_read(places):
    assert [f.name for f in Folders.of(places).files(["s.csv", "a.csv"])] == ["s.csv", "a.csv"]


@pytest.mark.parametrize(
    "asked",
    ["../data-secret/s.csv", "shop/../../data-secret/s.csv", "-", "", "~/s.csv", "http://x/s.csv", "/",
     "file:///etc/passwd", "*.csv", "shop/*", "a.csv\x00", "a\n.csv", "nothing.csv", "/etc/passwd",
     "a.csv/x", "x" * 5000],
)  # fmt: skip
def test_tricks_are_refused(places, asked):
    with pytest.raises(UsageError):
        Folders.of([places[0]]).files(asked)


def test_a_folder_of_a_like_name_is_another_one(places):
    with pytest.raises(UsageError, match="not below"):
        Folders.of([places[0]]).files(str(places[1] / "s.csv"))


def test_links_that_lead_out_are_refused_and_left_out_of_folders(places):
    inside, outside = places
    (inside / "link.csv").symlink_to(outside / "s.csv")
    (inside / "shop" / "link.csv").symlink_to(outside / "s.csv")
    (inside / "linked").symlink_to(outside)
    (inside / "circle.csv").symlink_to(inside / "circle.csv")
    folders = Folders.of([inside])
    assert [file.name for file in folders.files("shop")] == ["b.csv", "c.csv"]
    for asked in ("link.csv", "linked", "linked/s.csv", "circle.csv"):
        with pytest.raises(UsageError):
            folders.files(asked)


def test_a_link_within_the_folder_is_followed(places):
    (places[0] / "latest.csv").symlink_to(places[0] / "a.csv")
    assert [file.name for file in Folders.of([places[0]]).files("latest.csv")] == ["a.csv"]


def test_what_is_outside_is_refused_alike_whether_it_is_there_or_not(places):
    said = []
    for name in ("s.csv", "t.csv"):
        with pytest.raises(UsageError) as refused:
            Folders.of([places[0]]).files(str(places[1] / name))
        said.append(str(refused.value).replace(name, "NAME"))
    assert said[0] == said[1]


def test_hidden_files_are_not_read(places):
    (places[0] / ".env").write_text("KEY=1")
    (places[0] / ".hunter").mkdir()
    (places[0] / ".hunter" / "x.csv").write_text("time,x\n1,2\n")
    for asked in (".env", ".hunter", ".hunter/x.csv"):
        with pytest.raises(UsageError, match="hidden"):
            Folders.of([places[0]]).files(asked)


def test_pipes_are_refused(places):
    os.mkfifo(places[0] / "pipe.csv")
    with pytest.raises(UsageError, match="no plain file"):
        Folders.of([places[0]]).files("pipe.csv")


def test_too_much_is_refused(places):
    folders = Folders.of([places[0]], Limits(files=1))
    with pytest.raises(UsageError, match="2 files"):
        folders.files("shop")
    (places[0] / "packed.csv.gz").write_bytes(b"\x1f\x8b" + b"0" * 40)
    with pytest.raises(UsageError, match="packed ones count 10 times"):
        Folders.of([places[0]], Limits(file_bytes=100)).files("packed.csv.gz")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_an_error_of_ours(places):
    (places[0] / "a.csv").chmod(0)
    with pytest.raises(DataError, match="may not be read"):
        Folders.of([places[0]]).files("a.csv")


def test_texts_name_no_place_of_the_folders(places):
    folders = Folders.of([places[0]])
    assert folders.hidden(f"{places[0]}/a.csv is empty, see {places[0]}") == "a.csv is empty, see ."


def test_a_folder_that_is_not_there_is_refused_at_the_start(tmp_path):
    with pytest.raises(UsageError, match="not a folder"):
        Folders.of([tmp_path / "none"])


PIECES = [
    "a.csv",
    "shop",
    "b.csv",
    "..",
    ".",
    "/",
    "//",
    "~",
    "data-secret",
    "s.csv",
    "linked",
    "*",
    "\x00",
    " ",
    "é",
]


@pytest.fixture(scope="module")
def tangled(tmp_path_factory):
    """A folder with links in and out."""
    inside, outside = (tmp_path_factory.mktemp(name) for name in ("data", "data-secret"))
    (inside / "shop").mkdir()
    for file in (inside / "a.csv", inside / "shop" / "b.csv", outside / "s.csv"):
        file.write_text("time,x\n1,2\n")
    (inside / "linked").symlink_to(outside)
    (inside / "shop" / "s.csv").symlink_to(outside / "s.csv")
    return inside


@settings(derandomize=True, max_examples=200)
@given(
    pieces=st.lists(st.sampled_from(PIECES), max_size=6), glue=st.sampled_from(["/", ""]), whole=st.booleans()
)
def test_whatever_is_asked_nothing_outside_is_given(tangled, pieces, glue, whole):
    asked = (f"{tangled}/" if whole else "") + glue.join(pieces)
    try:
        found = Folders.of([tangled]).files(asked)
    except UsageError:
        return
    assert all(file.is_relative_to(tangled.resolve()) and file == file.resolve() for file in found)


def test_a_small_file_that_unpacks_to_a_large_one_is_refused(tmp_path):
    (tmp_path / "bomb.csv.gz").write_bytes(gzip.compress(b"value\n" + b"1\n" * 1_000_000))
    folders = Folders.of([tmp_path], Limits(file_bytes=1_000_000))
    with pytest.raises(UsageError, match="MB of files"):
        folders.files("bomb.csv.gz")
