"""What is at a path and is no document: pipes, sockets, devices, links, folders, and what may not be looked at."""

from __future__ import annotations

import ctypes
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qa import Library
from qa.errors import QuothError
from tests.conftest import Quoth
from tests.faults.inputs import Record, tell

BRIDGE = "The bridge was built in 1847.\n"


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "library") as library:
        yield library


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one document."""
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "bridge.txt").write_text(BRIDGE)
    return folder


def listen(path: Path) -> None:
    """A socket at a path; its name stays when it is closed."""
    with socket.socket(socket.AF_UNIX) as server:
        os.chdir(path.parent)  # a socket's path is 107 bytes at most
        server.bind(path.name)


def outside(path: Path) -> None:
    path.parent.with_name("outside.txt").write_text("The secret is 4711.\n")
    path.symlink_to(path.parent.with_name("outside.txt"))


SPECIAL: dict[str, tuple[Callable[[Path], None], str]] = {
    "pipe": (os.mkfifo, "it is not a regular file but a pipe, socket or device"),
    "socket": (listen, "it is not a regular file but a pipe, socket or device"),
    "link to /dev/zero": (lambda path: path.symlink_to("/dev/zero"), "it is not a regular file but a pipe"),
    "link to a pipe": (lambda path: (os.mkfifo(path.parent / ".p"), path.symlink_to(".p"))[1], "not a regular file"),
    "loop of links": (lambda path: path.symlink_to(path.name), "cannot be looked at: Too many levels"),
    "link to nothing": (lambda path: path.symlink_to("nothing"), "does not exist"),
    "link out of the folder": (outside, "read"),
}


def test_special_files_are_passed_over_in_a_folder_and_named_when_they_are_named(
    library: Library, folder: Path, record_property: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    paths = {what: folder / f"special {number}.txt" for number, what in enumerate(SPECIAL)}
    for what, path in paths.items():
        SPECIAL[what][0](path)
    report = library.add([folder])
    assert (report.added, report.failed) == ((str(folder / "bridge.txt"),), ())
    for what, path in paths.items():
        try:
            named = library.add([path])
        except QuothError as error:
            ended = str(error).replace(str(path), "it")
        else:
            ended = named.failed[0].reason if named.failed else "read"
        assert (what, SPECIAL[what][1] in ended) == (what, True)
        tell(record_property, f"{what}, named", ended)


def test_a_device_given_by_name(quoth: Quoth, record_property: Record) -> None:
    ran = quoth("add", "/dev/zero")
    assert ran.code == 4
    assert "- /dev/zero: it is not a regular file but a pipe, socket or device" in ran.out
    tell(record_property, "/dev/zero by name", "it is not a regular file")


def obey_permissions() -> None:
    """Run by a child before it becomes the command: the superuser's right to pass over permissions goes."""
    if os.geteuid() == 0:
        libc = ctypes.CDLL(None, use_errno=True)
        for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
            if libc.prctl(24, capability, 0, 0, 0):  # PR_CAPBSET_DROP
                os._exit(99)


def test_what_may_not_be_looked_at_is_named_and_what_was_read_of_it_kept(
    quoth_process: Quoth, folder: Path, record_property: Record
) -> None:
    (folder / "open").mkdir()
    (folder / "open" / "tea.txt").write_text("The tea house opens at nine.\n")
    (folder / "closed").mkdir()
    for name in ("mill.txt", "ship.txt"):
        (folder / "closed" / name).write_text(f"The {name} was built in 1923.\n")
    assert quoth_process("add", str(folder), str(folder / "closed" / "ship.txt")).code == 0

    def run(*arguments: str) -> tuple[int, str, list[str]]:
        ran = quoth_process(*arguments, preexec_fn=obey_permissions)
        assert "fault in Quoth" not in ran.err
        with Library() as opened:
            left = sorted(os.path.relpath(source.source, folder) for source in opened.sources())
        return ran.code, ran.out + ran.err, left

    every = ["bridge.txt", "closed/mill.txt", "closed/ship.txt", "open/tea.txt"]
    (folder / "bridge.txt").chmod(0)
    os.utime(folder / "bridge.txt", (1, 1))
    code, said, left = run("update")
    assert (code, left) == (4, every)
    assert "no permission to read it: change its permissions; the version that was read before is kept" in said
    tell(record_property, "file without permission", "left out, and kept as it was")
    for mode in (0o000, 0o400, 0o100):
        (folder / "closed").chmod(mode)
        code, said, left = run("update")
        assert (code, left) == (4, every)
        assert "ermission" in said
        tell(record_property, f"folder of mode {mode:o} within", "named, and its documents kept")
    code, said, left = run("add", str(folder / "closed" / "new.txt"))
    assert (code, left) == (1, every)
    (folder / "closed").chmod(0)
    code, said, left = run("add", str(folder / "closed" / "ship.txt"))
    assert (code, left) == (1, every)
    assert "ship.txt cannot be looked at: Permission denied; nothing was added" in said
    tell(record_property, "file in a folder without permission, by name", "cannot be looked at: Permission denied")
    folder.chmod(0)
    code, said, left = run("update")
    assert (code, left) == (4, every)
    assert "documents are kept" in said
    tell(record_property, "added folder without permission", "named, and its documents kept")
    folder.parent.chmod(0)
    try:
        code, said, left = run("update")
    finally:
        folder.parent.chmod(0o700)
    assert (code, left) == (4, every)
    assert "it cannot be read: Permission denied" in said
    tell(record_property, "added folder in a folder without permission", "named, and its documents kept")
    folder.chmod(0o700)
    (folder / "closed").chmod(0o700)
    (folder / "bridge.txt").chmod(0o600)
    code, _, left = run("update")
    assert (code, left) == (0, every)


def test_a_folder_where_a_file_was_and_a_file_where_a_folder_was(
    library: Library, folder: Path, record_property: Record
) -> None:
    single = folder / "single"
    single.write_text("The tea house opens at nine.\n")
    (folder / "sub").mkdir()
    (folder / "sub" / "mill.txt").write_text("The mill was built in 1750.\n")
    library.add([folder / "sub", single, folder])
    shutil.rmtree(folder / "sub")
    (folder / "sub").write_text("The sub was built in 1960.\n")
    single.unlink()
    single.mkdir()
    (single / "inner.txt").write_text("The inner tea house opens at ten.\n")
    library.update()
    names = [os.path.relpath(source.source, folder) for source in library.sources()]
    assert sorted(names) == ["bridge.txt", "single/inner.txt", "sub"]
    tell(record_property, "a folder that became a file, and the other way round", "the old documents go, the new come")


@pytest.mark.parametrize("where", ["file", "file/inner", "folder/quoth-library"])
def test_a_library_where_something_else_is(
    quoth: Quoth, folder: Path, tmp_path: Path, where: str, record_property: Record
) -> None:
    (tmp_path / "file").write_text("no library")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "folder" / "quoth-library")
    ran = quoth("add", str(folder), "--library", str(tmp_path / where))
    assert ran.code == 1
    assert "cannot be written to: " in ran.err
    assert (tmp_path / "file").read_text() == "no library"
    tell(record_property, f"a library at {where}", ran.err.strip().rpartition(" cannot ")[2])
