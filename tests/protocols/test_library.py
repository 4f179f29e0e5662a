"""The protocols that may be begun: ours, and a school's own from a folder of real files."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from protocols.library import FOLDER, Library, library
from tests.protocols.factories import LIBRARY, protocol
from tests.protocols.own import OWN, write_own


def own(found: Library) -> list[str]:
    """The ids of a school's own protocols."""
    return [each.id for each in found.protocols if each not in LIBRARY.protocols]


def taken(file: Path, name: str, other: str) -> str:
    """What is said of a file whose protocol has a name that another one has."""
    until = 'Left out until it has another name after "protocol:".'
    return f'{file}: "{name}" is in {other} already. {until}'


def test_our_protocols_are_ordered_by_id_and_none_is_left_out() -> None:
    ids = [protocol.id for protocol in LIBRARY.protocols]
    assert ids == sorted(path.stem for path in FOLDER.glob("*.yaml"))
    assert (LIBRARY.files, LIBRARY.left_out) == ({}, ())


def test_a_protocol_is_found_by_id_or_title() -> None:
    wanted = next(protocol for protocol in LIBRARY.protocols if protocol.id == "notice-wonder")
    named = ["notice-wonder", "Notice  Wonder", "notice and wonder", "NOTICE AND WONDER"]
    assert [LIBRARY.find(words) for words in named] == [wanted] * 4
    assert LIBRARY.find("notice") is None
    assert LIBRARY.nearest("notise and wonder") == wanted
    assert LIBRARY.nearest("xyz") is None


def test_an_id_comes_before_a_title_and_ours_before_a_school_s_own() -> None:
    ours = replace(protocol(), id="b", title="Walk")
    same, named_like_it = replace(ours, id="a"), replace(ours, id="c", title="B")
    found = Library((same, ours, named_like_it), {"a": "a.yaml", "c": "c.yaml"})
    assert [found.find(words) for words in ("walk", "b", "a", "c")] == [
        ours,
        ours,
        same,
        named_like_it,
    ]


def test_without_a_folder_there_are_ours(tmp_path: Path) -> None:
    assert library(tmp_path / "protocols") == library() == LIBRARY


def test_a_school_s_own_protocols_stand_among_ours_by_id(tmp_path: Path) -> None:
    file = write_own(tmp_path / "walk.yaml")
    found = library(tmp_path)
    assert [each.id for each in found.protocols] == sorted(
        ["gallery-walk", *(each.id for each in LIBRARY.protocols)]
    )
    assert (found.files, found.left_out) == ({"gallery-walk": str(file)}, ())


def test_a_faulty_file_is_left_out_with_its_faults_and_the_next_step(tmp_path: Path) -> None:
    file = write_own(tmp_path / "a walk.yaml", abouts="about")
    write_own(tmp_path / "b.yaml")
    found = library(tmp_path)
    assert own(found) == ["gallery-walk"]
    assert found.left_out == (
        f'{file}:1:1: "about" is missing here; it takes a text of at most 300 characters and 60 words.',
        f'{file}:3:1: "abouts" is not a word I know; did you mean "about"?',
        f"Left out until it is mended: colloquy check '{file}'",
    )


def test_a_protocol_of_ours_is_never_replaced(tmp_path: Path) -> None:
    file = write_own(tmp_path / "ours.yaml", **{"notice-wonder": "gallery-walk"})
    assert library(tmp_path) == replace(
        LIBRARY,
        left_out=(taken(file, "notice-wonder", "the library of Colloquy"),),
    )


def test_of_two_files_with_one_name_the_first_is_kept(tmp_path: Path) -> None:
    second, first = write_own(tmp_path / "b.yaml"), write_own(tmp_path / "a.yaml")
    found = library(tmp_path)
    assert found.files == {"gallery-walk": str(first)}
    assert found.left_out == (taken(second, "gallery-walk", str(first)),)


MEMORY = Path("/proc/self/mem")  # a file whose first byte cannot be read, not even by root
ODD = {
    b"": ":1:1: this is no protocol",
    b"\x00\xff\xd8\xff" * 9: ":1:2: this is no UTF-8 text; save the file as UTF-8.",
    b"a: b\n" * 20_000: ":1:1: this file is larger than 64 KiB",
    b"\xef\xbb\xbf" + b"#" * 65_536: ":1:1: this is no protocol",
}


@pytest.mark.parametrize("content", ODD, ids=["empty", "binary", "huge", "largest"])
def test_a_file_that_is_no_protocol_is_left_out(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "odd.yaml"
    file.write_bytes(content)
    found = library(tmp_path)
    first, *_, last = found.left_out
    assert (own(found), first.startswith(f"{file}{ODD[content]}")) == ([], True)
    assert last == f"Left out until it is mended: colloquy check {file}"


def test_what_is_no_file_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "nowhere.yaml").symlink_to(tmp_path / "gone")
    os.mkfifo(tmp_path / "pipe.yaml")
    assert library(tmp_path).left_out == tuple(
        f"{tmp_path}/{name}.yaml is no file. Left out until it is one."
        for name in ("folder", "nowhere", "pipe")
    )


@pytest.mark.skipif(not MEMORY.is_file(), reason="only Linux has it")
def test_a_file_that_cannot_be_read_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "memory.yaml").symlink_to(MEMORY)
    assert library(tmp_path).left_out == (
        f"I cannot read {tmp_path}/memory.yaml: Input/output error. Left out until I may.",
    )


def test_a_folder_that_is_none_is_named(tmp_path: Path) -> None:
    file = write_own(tmp_path / "walk.yaml")
    assert library(file).left_out == (
        f"I cannot read {file}: Not a directory. Make it a folder that I may read.",
    )


def test_what_is_not_called_yaml_or_begins_with_a_dot_is_not_looked_at(tmp_path: Path) -> None:
    for name in ("notes.txt", "walk.yaml~", ".walk.yaml", "._walk.yaml"):
        (tmp_path / name).write_text("protocol: [")
    assert library(tmp_path) == LIBRARY


def test_a_name_of_odd_bytes_can_be_shown(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"walk\xff.yaml")).write_text(OWN)
    assert library(tmp_path).files == {"gallery-walk": f"{tmp_path}/walk?.yaml"}
